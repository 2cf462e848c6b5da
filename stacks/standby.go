package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"

	"example.com/breakglass/plan"
)

// NewStandby makes the second alert Region: topic, key, ledger and rules of its own.
func NewStandby(app App, p plan.Placement, hub Hub) awscdk.Stack {
	stack := newStack(app, p, "Break glass standby: a second alert topic and ledger, in case the hub Region is impaired")
	hub.Topics[p.Region] = newAlerting(stack, app.Config, p)
	return stack
}
