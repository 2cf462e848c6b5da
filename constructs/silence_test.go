package constructs

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"example.com/breakglass/watch"
)

func silence(t *testing.T, regions ...string) template {
	t.Helper()
	return synth(t, func(stack awscdk.Stack) {
		NewSilence(stack, "Silence", SilenceProps{
			Hub: here, Scope: scope, Name: "world", Regions: regions, Instructions: "Call the duty officer.",
			Topics: []string{NewTopic(stack, "Topic", here, nil).ARN()}, Log: NamedLog(here, "/aws/events/breakglass-heartbeats"),
		})
	})
}

func TestSilence(t *testing.T) {
	one := silence(t, here.Region, "us-gov-east-1", "eu-west-1")
	for region, beats := range map[string]int{
		here.Region: 1, "us-gov-east-1": len(watch.Catalogue), "eu-west-1": len(scope.Forwarded("eu-west-1")),
	} {
		rule := one.rule(t, "capture-breakglass-heartbeat-"+region)
		same(t, region+": pattern", rule["EventPattern"], watch.Beat(scope, region))
		targets := targetsOf(rule)
		// Beats never reach people by themselves.
		if len(targets) != 1 || targets[0]["Arn"] != "arn:aws-us-gov:logs:us-gov-west-1:012345678901:log-group:/aws/events/breakglass-heartbeats" {
			t.Errorf("%s: the beats go to %v", region, targets)
		}
		alarm := one.named(t, "AWS::CloudWatch::Alarm", "AlarmName", "breakglass-heartbeat-"+region).Properties
		// The other hub's silence is told by itself.
		if actions, _ := alarm["AlarmActions"].([]any); len(actions) > 0 != (region == "us-gov-east-1") {
			t.Errorf("%s tells %v", region, actions)
		}
		for property, want := range map[string]any{
			"Namespace": "AWS/Events", "MetricName": "Invocations", "Statistic": "Sum",
			"Dimensions": []any{map[string]any{"Name": "RuleName", "Value": "capture-breakglass-heartbeat-" + region}},
			"Period":     3600, "EvaluationPeriods": 3, "DatapointsToAlarm": 3,
			// One beat for each rule that forwards it: one rule that is off is one too few.
			"Threshold": beats, "ComparisonOperator": "LessThanThreshold",
			// EventBridge emits nothing at zero, and silence is what this is for.
			"TreatMissingData": "breaching",
		} {
			same(t, region+": "+property, alarm[property], want)
		}
		if text := alarm["AlarmDescription"].(string); !strings.HasPrefix(text, region+" IS SILENT") {
			t.Errorf("%s: the alarm says %s", region, text)
		}
	}
	group := one.only(t, "AWS::CloudWatch::CompositeAlarm")
	same(t, "name", group.Properties["AlarmName"], "breakglass-silent-world")
	same(t, "any of them", group.Properties["AlarmRule"],
		`ALARM("breakglass-heartbeat-us-gov-west-1") OR ALARM("breakglass-heartbeat-eu-west-1")`)
	for _, property := range []string{"AlarmActions", "OKActions"} {
		if actions := group.Properties[property].([]any); len(actions) != 1 || !one.refers(actions[0], "AWS::SNS::Topic", "") {
			t.Errorf("%s are %v", property, actions)
		}
	}
	if on, _ := group.DependsOn.([]any); len(on) != 2 {
		t.Errorf("it is made before the alarms that it names: %v", group.DependsOn)
	}
	if text := group.Properties["AlarmDescription"].(string); !strings.Contains(text, "Call the duty officer.") {
		t.Errorf("it says %s", text)
	}
}

func TestSilenceOfASingleRegionTellsByItself(t *testing.T) {
	one := silence(t, "eu-west-1")
	if n := len(one.all("AWS::CloudWatch::CompositeAlarm")); n > 0 {
		t.Errorf("%d alarms on one alarm", n)
	}
	alarm := one.only(t, "AWS::CloudWatch::Alarm").Properties
	for _, property := range []string{"AlarmActions", "OKActions"} {
		if actions := alarm[property].([]any); len(actions) != 1 || !one.refers(actions[0], "AWS::SNS::Topic", "") {
			t.Errorf("%s are %v", property, actions)
		}
	}
}
