package constructs

import (
	"slices"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"example.com/breakglass/access"
	"example.com/breakglass/place"
	"example.com/breakglass/watch"
)

func TestObserverRole(t *testing.T) {
	role := synth(t, func(stack awscdk.Stack) {
		NewObserverRole(stack, "Role", ObserverRoleProps{
			Place: place.Place{Partition: "aws-us-gov", Account: "222222222222", Region: "us-gov-west-1"},
			Buses: []string{
				"arn:aws-us-gov:events:us-gov-east-1:111111111111:event-bus/default", "arn:aws-us-gov:events:us-gov-west-1:111111111111:event-bus/default",
			},
			Sources: watch.TargetSources(),
		})
	}).only(t, "AWS::IAM::Role").Properties
	has(t, role, "RoleName", "Description", "AssumeRolePolicyDocument", "Policies")
	same(t, "name", role["RoleName"], "breakglass-observer-role")
	same(t, "trust", role["AssumeRolePolicyDocument"].(map[string]any)["Statement"], []any{map[string]any{
		"Sid": "Observers", "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": map[string]any{"Service": "events.amazonaws.com"},
		"Condition": map[string]any{
			"StringEquals": map[string]any{"aws:SourceAccount": "222222222222"},
			"ArnLike":      map[string]any{"aws:SourceArn": "arn:aws-us-gov:events:*:222222222222:rule/observe-breakglass-*"},
		},
	}})
	policies := role["Policies"].([]any)
	if len(policies) != 1 {
		t.Fatalf("%d policies", len(policies))
	}
	policy := policies[0].(map[string]any)
	same(t, "policy", policy["PolicyName"], "breakglass-observer-policy")
	may := statement(t, policy["PolicyDocument"], "PutEventsOnTheHubs")
	same(t, "action", may["Action"], "events:PutEvents")
	same(t, "buses", may["Resource"],
		[]string{"arn:aws-us-gov:events:us-gov-east-1:111111111111:event-bus/default", "arn:aws-us-gov:events:us-gov-west-1:111111111111:event-bus/default"})
}

// TestObserverRoleHasItsBoundary: where CloudFormation may write what it likes into its policy.
func TestObserverRoleHasItsBoundary(t *testing.T) {
	role := synth(t, func(stack awscdk.Stack) {
		NewObserverRole(stack, "Role", ObserverRoleProps{
			Place: place.Place{Partition: "aws", Account: "222222222222", Region: "us-east-1"}, Sources: watch.TargetSources(),
			Boundary: "arn:aws:iam::222222222222:policy/breakglass-execution",
		})
	}).only(t, "AWS::IAM::Role").Properties
	has(t, role, "RoleName", "Description", "AssumeRolePolicyDocument", "Policies", "PermissionsBoundary")
	same(t, "boundary", role["PermissionsBoundary"], "arn:aws:iam::222222222222:policy/breakglass-execution")
}

func TestBusPolicy(t *testing.T) {
	policy := access.HubBus(access.BusPolicyProps{Organization: "o-ab12cd34ef", Sources: watch.TargetSources()})
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
