package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"

	"example.com/breakglass/plan"
)

// NewObserved is to be written.
func NewObserved(app App, p plan.Placement, hub Hub) awscdk.Stack {
	return newStack(app, p, "Break glass observed: tells of what the observers in the target accounts see")
}
