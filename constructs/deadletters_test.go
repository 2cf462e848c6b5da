package constructs

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
)

func TestDeadLetters(t *testing.T) {
	one := synth(t, func(stack awscdk.Stack) { NewDeadLetters(stack, "Letters", here) })
	same(t, "the resources", one.types(), []string{"AWS::SQS::Queue", "AWS::SQS::QueuePolicy"})

	queue := one.only(t, "AWS::SQS::Queue")
	// No name, so that it can be replaced; no key, which EventBridge would need a grant for; not FIFO, which no rule takes.
	has(t, queue.Properties, "MessageRetentionPeriod", "SqsManagedSseEnabled")
	same(t, "kept for the most that SQS has, 14 days", queue.Properties["MessageRetentionPeriod"], 1209600)
	same(t, "encrypted", queue.Properties["SqsManagedSseEnabled"], true)
	if queue.DeletionPolicy != "" {
		t.Errorf("when the stack goes, the queue is to %s", queue.DeletionPolicy)
	}

	policy := one.only(t, "AWS::SQS::QueuePolicy").Properties
	queues := policy["Queues"].([]any)
	if len(queues) != 1 || !one.refers(queues[0], "AWS::SQS::Queue", "") {
		t.Errorf("the policy is of %v", queues)
	}
	allow := statement(t, policy["PolicyDocument"], "UndeliveredEvents")
	if !one.refers(allow["Resource"], "AWS::SQS::Queue", "Arn") {
		t.Errorf("the grant is on %v", allow["Resource"])
	}
	same(t, "who puts letters in", allow["Principal"], map[string]any{"Service": "events.amazonaws.com"})
	same(t, "only this Region's rules", allow["Condition"], map[string]any{
		"ArnLike": map[string]any{"aws:SourceArn": "arn:aws-us-gov:events:us-gov-west-1:012345678901:rule/*-breakglass-*"},
	})
	deny := statement(t, policy["PolicyDocument"], "TLSOnly")
	same(t, "effect", deny["Effect"], "Deny")
	if !one.refers(deny["Resource"], "AWS::SQS::Queue", "Arn") {
		t.Errorf("TLS is asked for on %v", deny["Resource"])
	}
}
