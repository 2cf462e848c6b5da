package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/plan"
)

// newLinks makes a stack of outputs: the switch-role addresses that don't fit into the hub's template.
func newLinks(a app, at plan.Placement, _ before) made {
	stack := newStack(a, at)
	// A template needs a resource; this one is nothing but a name, and costs nothing.
	awscdk.NewCfnWaitConditionHandle(stack, jsii.String("Empty"), nil)
	outputLinks(stack, at.Links())
	return made{stack: stack}
}
