package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"

	"example.com/breakglass/config"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
)

// NewStandby makes the second alert Region: topic, key, ledger and rules of its own.
func NewStandby(scope constructs.Construct, c *config.Config, p plan.Placement) awscdk.Stack {
	stack := newStack(scope, c, p, "Break glass standby: a second alert topic and ledger, in case the hub Region is impaired")
	newAlerting(stack, c, p, names.StandbySuffix)
	return stack
}
