package constructs

import (
	"slices"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"example.com/breakglass/access"
	"example.com/breakglass/watch"
)

// observers are those of a target account, with buses of two hubs in another one.
func observers(t *testing.T, scope watch.Scope) template {
	t.Helper()
	return synth(t, func(stack awscdk.Stack) {
		buses := []Bus{DefaultBus(here.Of("111111111111").In("us-gov-east-1")), DefaultBus(here.Of("111111111111"))}
		NewObservers(stack, "Observers", ObserversProps{
			Place: here, Scope: scope, Buses: buses, Role: NewObserverRole(stack, "Role", buses),
			DeadLetters: NewDeadLetters(stack, "Letters", DeadLettersProps{Place: here}),
		})
	})
}

func TestObservers(t *testing.T) {
	scope := watch.ObservedScope
	one := observers(t, scope)
	same(t, "the resources", one.types(), []string{"AWS::Events::Rule", "AWS::Events::Rule", "AWS::IAM::Role", "AWS::SQS::Queue", "AWS::SQS::QueuePolicy"})
	for _, e := range watch.Observed {
		name := "observe-" + e.Rule
		rule := one.rule(t, name)
		same(t, "pattern", rule["EventPattern"], e.Observe(scope, here.Account, here.Region))
		// Its own account and Region only: a hub's event that came back would go round in a circle.
		same(t, "account", rule["EventPattern"].(map[string]any)["account"], []string{here.Account})
		same(t, "Region", rule["EventPattern"].(map[string]any)["region"], []string{here.Region})
		same(t, "state", rule["State"], "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS")
		if !letIn(name) {
			t.Errorf("the queue does not let the dead letters of %s in", name)
		}
		var arns []any
		for _, target := range targetsOf(rule) {
			// Nothing is transformed on the way to a bus of another account, and a role is a must (EventBridge API, PutTargets).
			has(t, target, "Id", "Arn", "RoleArn", "DeadLetterConfig")
			if !one.refers(target["RoleArn"], "AWS::IAM::Role", "Arn") {
				t.Errorf("%s puts events as %v", name, target["RoleArn"])
			}
			arns = append(arns, target["Arn"])
		}
		same(t, "buses", arns, []string{"arn:aws-us-gov:events:us-gov-east-1:111111111111:event-bus/default", "arn:aws-us-gov:events:us-gov-west-1:111111111111:event-bus/default"})
	}
}

func TestObserverRole(t *testing.T) {
	role := observers(t, watch.ObservedScope).only(t, "AWS::IAM::Role").Properties
	has(t, role, "RoleName", "Description", "AssumeRolePolicyDocument", "Policies")
	same(t, "name", role["RoleName"], "breakglass-observer-role")
	same(t, "trust", role["AssumeRolePolicyDocument"].(map[string]any)["Statement"], []any{map[string]any{
		"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": map[string]any{"Service": "events.amazonaws.com"},
	}})
	policies := role["Policies"].([]any)
	if len(policies) != 1 {
		t.Fatalf("%d policies", len(policies))
	}
	policy := policies[0].(map[string]any)
	same(t, "policy", policy["PolicyName"], "breakglass-observer-policy")
	may := statement(t, policy["PolicyDocument"], "PutEventsOnTheHubs")
	same(t, "action", may["Action"], "events:PutEvents")
	same(t, "buses", may["Resource"], []string{"arn:aws-us-gov:events:us-gov-east-1:111111111111:event-bus/default", "arn:aws-us-gov:events:us-gov-west-1:111111111111:event-bus/default"})
	same(t, "the role by its name", NamedObserverRole(here).arn, "arn:aws-us-gov:iam::012345678901:role/breakglass-observer-role")
}

func TestHeard(t *testing.T) {
	scope := watch.ObservedScope
	e, _ := watch.ByID(watch.TargetAccess)
	from := []any{"222222222222", "333333333333"}
	one := synth(t, func(stack awscdk.Stack) {
		NewHeard(stack, "Heard", HeardProps{
			Place: here, Scope: scope, Instructions: "Call.", Entry: e, Suffix: "-7-standby", From: from, Which: "222222222222 production, 333333333333 staging",
			DrillsOf: here.Region,
			Topic:    Topic{arn: "arn:people"}, Ledger: NamedLog(here, "/aws/events/x"), DeadLetters: NewDeadLetters(stack, "Letters", DeadLettersProps{Place: here}),
			AlsoTold: []string{"arn:chat"},
		})
	})
	rule := one.rule(t, "capture-breakglass-target-access-7-standby")
	same(t, "pattern", rule["EventPattern"], e.Heard(scope, from, here.Region))
	targets := targetsOf(rule)
	if len(targets) != 1 || targets[0]["Id"] != "ledger" {
		t.Fatalf("it tells %v: a rule that publishes could be made to flood people", targets)
	}
	alarm := one.named(t, "AWS::CloudWatch::Alarm", "AlarmName", "breakglass-target-access-7-standby").Properties
	same(t, "text", alarm["AlarmDescription"], e.Counts[0].HeardText("222222222222 production, 333333333333 staging", here.Region, "Call."))
	same(t, "what it counts", alarm["Dimensions"].([]any)[0].(map[string]any)["Value"], "capture-breakglass-target-access-7-standby")
	if told := alarm["AlarmActions"].([]any); len(told) != 2 || told[1] != "arn:chat" {
		t.Errorf("it tells %v", told)
	}
	if alarm["OKActions"] != nil {
		t.Error("it tells of its end, too")
	}
}

func TestBusPolicy(t *testing.T) {
	policy := access.ObservedBus(access.BusPolicyProps{Organization: "o-ab12cd34ef", Sources: watch.ObservedSources()})
	one := synth(t, func(stack awscdk.Stack) { NewBusPolicy(stack, "Bus", policy) })
	got := one.only(t, "AWS::Events::EventBusPolicy").Properties
	has(t, got, "EventBusName", "StatementId", "Statement")
	same(t, "bus", got["EventBusName"], "default")
	same(t, "statement's name", got["StatementId"], "breakglass-observers")
	same(t, "statement", got["Statement"], policy.Only())
	if sources := got["Statement"].(map[string]any)["Condition"].(map[string]any)["ForAllValues:StringEquals"].(map[string]any)["events:source"].([]any); slices.Contains(sources, any(watch.DrillSource)) {
		t.Error("a target account may put drills on the hub's bus")
	}
}
