package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"

	"example.com/breakglass/plan"
)

// NewObserver is to be written.
func NewObserver(app App, p plan.Placement, hub Hub) awscdk.Stack {
	return newStack(app, p, "Break glass observer: carries what happens to the role in this account to the hub")
}
