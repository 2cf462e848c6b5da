package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"

	"example.com/breakglass/plan"
)

// NewRole makes the role of a target account, with its observers. Without observers it needs nothing of the hub to exist,
// and so depends on no stack: it can be deployed by itself, with that account's own credentials.
func NewRole(app App, p plan.Placement) awscdk.Stack {
	stack := newStack(app, p, roleDescription)
	inTarget(stack, app, *p.Target, p.Place(), len(p.To) > 0)
	return stack
}
