package constructs

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
)

func TestCountAlarm(t *testing.T) {
	one := synth(t, func(stack awscdk.Stack) {
		NewCountAlarm(stack, "Alarm", CountAlarmProps{
			Name: "breakglass-x-many", Description: "MANY OF THEM\nCall the duty officer", Rule: "capture-breakglass-x", AtLeast: 20,
			Topic: NewTopic(stack, "Topic", here, nil),
		})
	})
	alarm := one.only(t, "AWS::CloudWatch::Alarm").Properties
	// No OKActions and no InsufficientDataActions: it says nothing when it ends. No ActionsEnabled: they are.
	has(t, alarm,
		"AlarmName", "AlarmDescription", "Namespace", "MetricName", "Dimensions", "Statistic", "Period", "EvaluationPeriods",
		"DatapointsToAlarm", "ComparisonOperator", "Threshold", "TreatMissingData", "AlarmActions")
	actions := alarm["AlarmActions"].([]any)
	if len(actions) != 1 || !one.refers(actions[0], "AWS::SNS::Topic", "") {
		t.Errorf("it tells %v", actions)
	}
	for property, want := range map[string]any{
		"AlarmName": "breakglass-x-many", "AlarmDescription": "MANY OF THEM\nCall the duty officer",
		"Namespace": "AWS/Events", "MetricName": "Invocations", "Statistic": "Sum",
		// The default bus's metrics carry nothing but the rule.
		"Dimensions": []any{map[string]any{"Name": "RuleName", "Value": "capture-breakglass-x"}},
		"Period":     300, "EvaluationPeriods": 1, "DatapointsToAlarm": 1,
		"Threshold": 20, "ComparisonOperator": "GreaterThanOrEqualToThreshold",
		// EventBridge emits nothing at zero.
		"TreatMissingData": "notBreaching",
	} {
		same(t, property, alarm[property], want)
	}
}
