package constructs

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
)

func TestDeadLetters(t *testing.T) {
	one := synth(t, func(stack awscdk.Stack) { NewDeadLetters(stack, "Letters", DeadLettersProps{Place: here}) })
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

func TestDeadLettersAlarm(t *testing.T) {
	one := synth(t, func(stack awscdk.Stack) {
		NewDeadLetters(stack, "Here", DeadLettersProps{Place: here, Of: "hub", Topics: []string{"arn:topic"}})
		NewDeadLetters(stack, "There", DeadLettersProps{Place: here, Of: "forwarder"})
	})
	for name, told := range map[string]any{"breakglass-dead-letters-hub": []string{"arn:topic"}, "breakglass-dead-letters-forwarder": nil} {
		alarm := one.named(t, "AWS::CloudWatch::Alarm", "AlarmName", name).Properties
		for property, want := range map[string]any{
			"Namespace": "AWS/SQS", "MetricName": "ApproximateNumberOfMessagesVisible", "Statistic": "Maximum", "Period": 300,
			"EvaluationPeriods": 1, "DatapointsToAlarm": 1, "Threshold": 1, "ComparisonOperator": "GreaterThanOrEqualToThreshold",
			// A queue that nobody uses sends no metrics.
			"TreatMissingData": "notBreaching",
			// Where there is no topic, the alarm's own event is forwarded.
			"AlarmActions": told,
		} {
			same(t, name+": "+property, alarm[property], want)
		}
		dimension := alarm["Dimensions"].([]any)[0].(map[string]any)
		if dimension["Name"] != "QueueName" || !one.refers(dimension["Value"], "AWS::SQS::Queue", "QueueName") {
			t.Errorf("%s watches %v", name, dimension)
		}
		if text := alarm["AlarmDescription"].(string); !strings.Contains(text, here.Region) || len(text) > 1024 {
			t.Errorf("%s says %s", name, text)
		}
	}
}
