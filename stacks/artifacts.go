package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"

	"example.com/breakglass/plan"
)

// NewArtifacts is to be written.
func NewArtifacts(app App, p plan.Placement) awscdk.Stack {
	return newStack(app, p, "Break glass artifacts: what the pipeline keeps of its templates in this Region")
}
