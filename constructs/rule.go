// Package constructs holds the building blocks of the stacks, one a file. It is the only code that touches the CDK's
// resources and jsii's pointers.
package constructs

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/watch"
)

// RuleProps describe a rule on the default bus.
type RuleProps struct {
	Name        string
	Description string
	Pattern     watch.Fields
	// Targets are at most 5.
	Targets []awsevents.CfnRule_TargetProperty
}

// NewRule makes a rule that also sees read-only management events: AssumeRole is one, and plain ENABLED may never see it
// (EventBridge user guide, management events from AWS services). Only the L1 resource has that state.
func NewRule(scope constructs.Construct, id string, props RuleProps) awsevents.CfnRule {
	targets := make([]any, len(props.Targets))
	for i := range props.Targets {
		targets[i] = &props.Targets[i]
	}
	return awsevents.NewCfnRule(scope, jsii.String(id), &awsevents.CfnRuleProps{
		Name:         jsii.String(props.Name),
		Description:  jsii.String(props.Description),
		State:        jsii.String("ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"),
		EventPattern: props.Pattern,
		Targets:      targets,
	})
}

// deliver completes a target: what can't be delivered ends in the dead-letter queue of the rule's own Region. It says
// nothing of retries: EventBridge's own 24 hours and 185 attempts are its maximum already.
func deliver(target awsevents.CfnRule_TargetProperty, deadLetters DeadLetters) awsevents.CfnRule_TargetProperty {
	target.DeadLetterConfig = &awsevents.CfnRule_DeadLetterConfigProperty{Arn: jsii.String(deadLetters.arn)}
	return target
}
