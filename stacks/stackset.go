package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"

	"example.com/breakglass/plan"
)

// NewStackSet is to be written.
func NewStackSet(app App, p plan.Placement, hub Hub) awscdk.Stack {
	return newStack(app, p, "Break glass stackset: the role in every account of an organizational unit")
}
