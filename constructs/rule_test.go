package constructs

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"

	"example.com/breakglass/watch"
)

func TestRule(t *testing.T) {
	pattern := watch.Fields{
		"account": []string{"012345678901"},
		"source":  []string{"aws.iam", ""},
		"$or": []any{
			watch.Fields{"detail": watch.Fields{"readOnly": []any{false, watch.Fields{"exists": false}}}},
			watch.Fields{"region": []any{watch.Fields{"anything-but": []string{"us-gov-east-1"}}}},
		},
	}
	one := synth(t, func(stack awscdk.Stack) {
		letters := NewDeadLetters(stack, "Letters", DeadLettersProps{Place: here})
		NewRule(stack, "Rule", RuleProps{
			Name: "capture-breakglass-x", Description: "What, and why", Pattern: pattern,
			Targets: []awsevents.CfnRule_TargetProperty{
				ToPeople(NewTopic(stack, "Topic", here, nil), `"x"`, nil, letters),
				ToLedger(NewLedger(stack, "Ledger", LedgerProps{Place: here, RetentionDays: 3653}), letters),
			},
		})
	})
	rule := one.only(t, "AWS::Events::Rule")
	// No RoleArn, no schedule, and no bus: it is on the default bus.
	has(t, rule.Properties, "Name", "Description", "State", "EventPattern", "Targets")
	same(t, "name", rule.Properties["Name"], "capture-breakglass-x")
	same(t, "description", rule.Properties["Description"], "What, and why")
	// Plain ENABLED may never see AssumeRole.
	same(t, "state", rule.Properties["State"], "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS")
	same(t, "pattern", rule.Properties["EventPattern"], pattern)

	targets := targetsOf(rule.Properties)
	if len(targets) != 2 {
		t.Fatalf("%d targets", len(targets))
	}
	same(t, "the first target", targets[0]["Id"], "people")
	same(t, "the second target", targets[1]["Id"], "ledger")
	for _, target := range targets {
		letters, _ := target["DeadLetterConfig"].(map[string]any)
		if !one.refers(letters["Arn"], "AWS::SQS::Queue", "Arn") {
			t.Errorf("what %s can't take ends in %v", target["Id"], target["DeadLetterConfig"])
		}
		// EventBridge's own is the maximum already.
		if target["RetryPolicy"] != nil {
			t.Errorf("%s has the retry policy %v", target["Id"], target["RetryPolicy"])
		}
	}
}
