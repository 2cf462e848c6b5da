package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"

	own "example.com/breakglass/constructs"
	"example.com/breakglass/plan"
)

// NewTrail makes CloudTrail's trail, where the file asks for one.
func NewTrail(app App, p plan.Placement) awscdk.Stack {
	stack := newStack(app, p, "Break glass trail: CloudTrail's management events of every Region, without which nothing is seen")
	own.NewTrail(stack, "Trail", p.Place(), app.Config.TerminationProtection)
	return stack
}
