package constructs

import (
	"slices"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"example.com/breakglass/watch"
)

// TestForwardingElsewhere: a Region without a hub has no rules for what only a hub's Region has.
func TestForwardingElsewhere(t *testing.T) {
	one := synth(t, func(stack awscdk.Stack) {
		buses := []Bus{DefaultBus(here)}
		NewForwarding(stack, "Forwarding", ForwardingProps{
			Region: "us-gov-south-1", Scope: scope, Prefix: "capture-", Buses: buses,
			Role: NewForwardingRole(stack, "Role", here, buses), DeadLetters: NewDeadLetters(stack, "Letters", DeadLettersProps{Place: here}),
		})
	})
	for _, e := range watch.Catalogue {
		found := slices.ContainsFunc(one.all("AWS::Events::Rule"), func(r resource) bool { return r.Properties["Name"] == "capture-"+e.Rule })
		if found == e.HubsOnly {
			t.Errorf("%s: forwarded %v", e.ID, found)
		}
	}
}

func TestForwarding(t *testing.T) {
	one := synth(t, func(stack awscdk.Stack) {
		var buses []Bus
		for _, region := range []string{"eu-west-1", "us-gov-east-1"} {
			buses = append(buses, DefaultBus(here.In(region)))
		}
		NewForwarding(stack, "Forwarding", ForwardingProps{
			Region: here.Region, Scope: scope, Prefix: "forward-",
			Buses: buses, Role: NewForwardingRole(stack, "Role", here, buses), DeadLetters: NewDeadLetters(stack, "Letters", DeadLettersProps{Place: here}),
		})
	})
	if got, want := len(one.all("AWS::Events::Rule")), len(watch.Catalogue); got != want {
		t.Errorf("%d rules, want %d", got, want)
	}
	for _, e := range watch.Catalogue {
		name := "forward-" + e.Rule
		t.Run(name, func(t *testing.T) {
			rule := one.rule(t, name)
			same(t, "pattern", rule["EventPattern"], e.Forward(scope, here.Region))
			// Without it, an event that was forwarded here would be forwarded on, in a circle.
			same(t, "the Region", rule["EventPattern"].(map[string]any)["region"], []string{here.Region})
			if text, _ := rule["Description"].(string); text == "" || len(text) > 512 {
				t.Errorf("the description has %d characters", len(text))
			}
			if len(name) > 64 || !letIn(name) {
				t.Errorf("%s is too long, or the queue does not let it in", name)
			}
			var ids, arns []any
			for _, target := range targetsOf(rule) {
				has(t, target, "Id", "Arn", "RoleArn", "DeadLetterConfig")
				ids, arns = append(ids, target["Id"]), append(arns, target["Arn"])
				same(t, "role", target["RoleArn"], "arn:aws-us-gov:iam::012345678901:role/breakglass-event-bus-role")
				if letters := target["DeadLetterConfig"].(map[string]any); !one.refers(letters["Arn"], "AWS::SQS::Queue", "Arn") {
					t.Errorf("its dead letters end in %v", letters["Arn"])
				}
			}
			same(t, "targets", ids, []string{"eu-west-1", "us-gov-east-1"})
			same(t, "buses", arns, []string{
				"arn:aws-us-gov:events:eu-west-1:012345678901:event-bus/default", "arn:aws-us-gov:events:us-gov-east-1:012345678901:event-bus/default",
			})
		})
	}
	// Forwarding tells nobody by itself: one hub does, once.
	for _, kind := range []string{"AWS::SNS::Topic", "AWS::Logs::LogGroup", "AWS::CloudWatch::Alarm"} {
		if len(one.all(kind)) > 0 {
			t.Errorf("it makes a %s", kind)
		}
	}
}
