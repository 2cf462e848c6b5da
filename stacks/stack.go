// Package stacks builds the CDK stacks of a plan from the constructs, one file per kind of stack; a stack passes what others
// need as typed values, never as texts. It may import the CDK, constructs, plan and the packages below plan.
package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/plan"
)

// newStack makes the empty stack of a placement.
func newStack(a app, at plan.Placement) awscdk.Stack {
	scope := a.scope
	if at.Stage != "" {
		scope = a.stages[at.Stage]
	}
	tags := map[string]*string{}
	for key, value := range a.config.Tags {
		tags[key] = jsii.String(value)
	}
	return awscdk.NewStack(scope, jsii.String(at.Stack), &awscdk.StackProps{
		Env: &awscdk.Environment{Account: jsii.String(at.Account), Region: jsii.String(at.Region)},
		// Within a stage of a pipeline, the CDK would put the stage's name before it.
		StackName:             jsii.String(at.Stack),
		Description:           jsii.String(at.Description()),
		TerminationProtection: jsii.Bool(a.config.TerminationProtection),
		Tags:                  &tags,
		Synthesizer:           newSynthesizer(a, at.Place()),
		// A template counts with its white space, and has to stay under 51,200 bytes; cdk synth shows it laid out as YAML.
		SuppressTemplateIndentation: jsii.Bool(true),
	})
}

func output(stack awscdk.Stack, name, value, description string) {
	awscdk.NewCfnOutput(stack, jsii.String(name), &awscdk.CfnOutputProps{
		Value: jsii.String(value), Description: jsii.String(description),
	})
}
