package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"

	"example.com/breakglass/plan"
)

// NewObserver makes the observers of a target account in a Region without its role's stack.
func NewObserver(app App, p plan.Placement) awscdk.Stack {
	stack := newStack(app, p, observerDescription)
	inObserved(stack, app, p.Place(), false, true)
	return stack
}
