package constructs

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

func TestRules(t *testing.T) {
	pattern := watch.Fields{
		"account": []string{"012345678901"},
		"source":  []string{"aws.iam", ""},
		"$or": []any{
			watch.Fields{"detail": watch.Fields{"readOnly": []any{false, watch.Fields{"exists": false}}}},
			watch.Fields{"region": []any{watch.Fields{"anything-but": []string{"us-gov-east-1"}}}},
		},
	}
	paths := map[string]string{"user": "$.detail.userIdentity.userName"}
	const bus, role = "arn:aws-us-gov:events:us-gov-east-1:012345678901:event-bus/default", "arn:aws-us-gov:iam::012345678901:role/carrier"
	one := synth(t, func(stack awscdk.Stack) {
		letters, topic := NewDeadLetters(stack, "Letters", here), NewTopic(stack, "Topic", here, nil)
		NewRules(stack, []plan.Rule{
			{ID: "Group/Inner/one", Name: "capture-breakglass-x", Description: "What, and why", State: "DISABLED", Pattern: pattern, AsText: true, Targets: []plan.RuleTarget{
				{ID: "people", ARN: topic.ARN(), Template: "\"SIGN-IN by <user>\"\n\"Call them\"", Paths: paths, DeadLetters: true},
				{ID: "ledger", ARN: "arn:log", DeadLetters: true},
			}},
			{
				ID: "Group/Inner/two", Name: "forward-breakglass-x", Description: "d", State: "ENABLED", Pattern: pattern,
				Targets: []plan.RuleTarget{{ID: "far", ARN: bus, Role: role, DeadLetters: true}},
			},
			// Beside what the construct of that name has.
			{
				ID: "Letters/three", Name: "capture-breakglass-y", Description: "d", State: "ENABLED", Pattern: pattern,
				Targets: []plan.RuleTarget{{ID: "beats", ARN: "arn:log"}},
			},
			{ID: "four", Name: "capture-breakglass-z", Description: "d", State: "ENABLED", Pattern: pattern, Targets: []plan.RuleTarget{{ID: "beats", ARN: "arn:log"}}},
		}, letters)
	})
	rule := one.rule(t, "capture-breakglass-x")
	// No RoleArn, no schedule, and no bus: it is on the default bus.
	has(t, rule, "Name", "Description", "State", "EventPattern", "Targets")
	same(t, "description", rule["Description"], "What, and why")
	same(t, "state", rule["State"], "DISABLED")
	same(t, "pattern", rule["EventPattern"], pattern)
	targets := targetsOf(rule)
	if len(targets) != 2 {
		t.Fatalf("%d targets", len(targets))
	}
	// No role and, since EventBridge's own is the maximum already, no retry policy.
	has(t, targets[0], "Id", "Arn", "InputTransformer", "DeadLetterConfig")
	same(t, "the first target", targets[0]["Id"], "people")
	if !one.refers(targets[0]["Arn"], "AWS::SNS::Topic", "") {
		t.Errorf("it publishes to %v", targets[0]["Arn"])
	}
	same(t, "text", targets[0]["InputTransformer"], map[string]any{"InputTemplate": "\"SIGN-IN by <user>\"\n\"Call them\"", "InputPathsMap": paths})
	has(t, targets[1], "Id", "Arn", "DeadLetterConfig")
	same(t, "the second target", targets[1]["Id"], "ledger")
	far := targetsOf(one.rule(t, "forward-breakglass-x"))[0]
	// Unchanged: a transformed event would meet no rule of the hub.
	has(t, far, "Id", "Arn", "RoleArn", "DeadLetterConfig")
	same(t, "bus", far["Arn"], bus)
	same(t, "role", far["RoleArn"], role)
	for _, target := range append(targets, far) {
		letters, _ := target["DeadLetterConfig"].(map[string]any)
		if !one.refers(letters["Arn"], "AWS::SQS::Queue", "Arn") {
			t.Errorf("what %s can't take ends in %v", target["Id"], target["DeadLetterConfig"])
		}
	}
	for _, name := range []string{"capture-breakglass-y", "capture-breakglass-z"} {
		has(t, targetsOf(one.rule(t, name))[0], "Id", "Arn")
	}
}
