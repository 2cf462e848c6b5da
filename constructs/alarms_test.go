package constructs

import (
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"example.com/breakglass/plan"
)

func TestAlarms(t *testing.T) {
	one := synth(t, func(stack awscdk.Stack) {
		topic, letters := NewTopic(stack, "Topic", here, nil), NewDeadLetters(stack, "Letters", here)
		NewAlarms(stack, []plan.Alarm{
			{
				ID: "Alarms/many", Name: "breakglass-x-many", Description: "MANY OF THEM\nCall the duty officer", Actions: []string{topic.ARN()},
				Metric: plan.Metric{
					Namespace: "AWS/Events", Name: "Invocations", Dimension: "RuleName", Value: "capture-breakglass-x", Statistic: "Sum",
					Period: 5 * time.Minute, Periods: 3, Datapoints: 2, Operator: "GreaterThanOrEqualToThreshold", Threshold: 20, Missing: "notBreaching",
				},
			},
			{ID: "Letters/Alarm", Name: "breakglass-letters", Metric: plan.Metric{
				Namespace: "AWS/SQS", Name: "ApproximateNumberOfMessagesVisible", Dimension: "QueueName", Value: letters.Name(), Statistic: "Maximum",
				Period: time.Minute, Periods: 1, Datapoints: 1, Operator: "LessThanThreshold", Threshold: 1, Missing: "breaching",
			}},
			{
				ID: "any", Name: "breakglass-any", Description: "ANY OF THEM", AnyOf: []string{"breakglass-x-many", "breakglass-letters"},
				Actions: []string{topic.ARN(), "arn:chat"}, OKActions: []string{"arn:chat"},
			},
		})
	})
	alarm := one.named(t, "AWS::CloudWatch::Alarm", "AlarmName", "breakglass-x-many").Properties
	// No OKActions and no InsufficientDataActions. No ActionsEnabled: they are.
	has(t, alarm,
		"AlarmName", "AlarmDescription", "Namespace", "MetricName", "Dimensions", "Statistic", "Period", "EvaluationPeriods",
		"DatapointsToAlarm", "ComparisonOperator", "Threshold", "TreatMissingData", "AlarmActions")
	actions := alarm["AlarmActions"].([]any)
	if len(actions) != 1 || !one.refers(actions[0], "AWS::SNS::Topic", "") {
		t.Errorf("it notifies %v", actions)
	}
	for property, want := range map[string]any{
		"AlarmDescription": "MANY OF THEM\nCall the duty officer",
		"Namespace":        "AWS/Events", "MetricName": "Invocations", "Statistic": "Sum",
		"Dimensions": []any{map[string]any{"Name": "RuleName", "Value": "capture-breakglass-x"}},
		"Period":     300, "EvaluationPeriods": 3, "DatapointsToAlarm": 2,
		"Threshold": 20, "ComparisonOperator": "GreaterThanOrEqualToThreshold", "TreatMissingData": "notBreaching",
	} {
		same(t, property, alarm[property], want)
	}
	letters := one.named(t, "AWS::CloudWatch::Alarm", "AlarmName", "breakglass-letters").Properties
	if dimension := letters["Dimensions"].([]any)[0].(map[string]any); !one.refers(dimension["Value"], "AWS::SQS::Queue", "QueueName") ||
		letters["AlarmActions"] != nil {
		t.Errorf("the queue's alarm watches %v and notifies %v", dimension, letters["AlarmActions"])
	}
	group := one.only(t, "AWS::CloudWatch::CompositeAlarm")
	has(t, group.Properties, "AlarmName", "AlarmDescription", "AlarmRule", "AlarmActions", "OKActions")
	same(t, "any of them", group.Properties["AlarmRule"], `ALARM("breakglass-x-many") OR ALARM("breakglass-letters")`)
	same(t, "what it notifies at its end", group.Properties["OKActions"], []string{"arn:chat"})
	if on, _ := group.DependsOn.([]any); len(on) != 2 {
		t.Errorf("it is made before the alarms that it names: %v", group.DependsOn)
	}
}
