package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"

	"example.com/breakglass/plan"
)

// NewPipeline is to be written.
func NewPipeline(app App, p plan.Placement, all plan.Plan, stages map[string]awscdk.Stage) awscdk.Stack {
	return newStack(app, p, "Break glass pipeline: deploys everything from the repository, wave after wave")
}
