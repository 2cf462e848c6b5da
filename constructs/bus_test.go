package constructs

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
)

func TestForwardingRoleAndTarget(t *testing.T) {
	// The CDK sorts them.
	arns := []string{
		"arn:aws-us-gov:events:us-gov-east-1:012345678901:event-bus/default",
		"arn:aws-us-gov:events:us-gov-west-1:012345678901:event-bus/default",
	}
	var region string
	one := synth(t, func(stack awscdk.Stack) {
		near := DefaultBus(here)
		far := DefaultBus(here.In("us-gov-east-1"))
		region = far.Region
		role := NewForwardingRole(stack, "Role", here, []Bus{near, far})
		NewRule(stack, "Rule", RuleProps{
			Name: "forward-breakglass-x", Pattern: map[string]any{"source": []string{"x"}},
			Targets: []awsevents.CfnRule_TargetProperty{ToBus(far, role, NewDeadLetters(stack, "Letters", DeadLettersProps{Place: here}))},
		})
	})
	same(t, "the Region of the far bus", region, "us-gov-east-1")
	// A default bus is there already, and its own account needs no policy on it.
	for _, kind := range []string{"AWS::Events::EventBus", "AWS::Events::EventBusPolicy", "AWS::IAM::Policy"} {
		if n := len(one.all(kind)); n > 0 {
			t.Errorf("%d resources of type %s", n, kind)
		}
	}

	role := one.only(t, "AWS::IAM::Role").Properties
	// No policies of its own: what it may do is the managed policy.
	has(t, role, "RoleName", "Description", "AssumeRolePolicyDocument")
	same(t, "name", role["RoleName"], "breakglass-event-bus-role")
	// With a source condition, a Region in which EventBridge does not meet it would fall silent.
	same(t, "trust", role["AssumeRolePolicyDocument"].(map[string]any)["Statement"], []any{map[string]any{
		"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": map[string]any{"Service": "events.amazonaws.com"},
	}})

	policy := one.only(t, "AWS::IAM::ManagedPolicy").Properties
	same(t, "name", policy["ManagedPolicyName"], "breakglass-event-bus-policy")
	statements := policy["PolicyDocument"].(map[string]any)["Statement"].([]any)
	if len(statements) != 1 {
		t.Fatalf("%d statements", len(statements))
	}
	may := statements[0].(map[string]any)
	same(t, "effect", may["Effect"], "Allow")
	same(t, "action", may["Action"], "events:PutEvents")
	same(t, "buses", may["Resource"], arns)
	roles, _ := policy["Roles"].([]any)
	if len(roles) != 1 || !one.refers(roles[0], "AWS::IAM::Role", "") {
		t.Errorf("the policy is of the roles %v", policy["Roles"])
	}
	if policy["Users"] != nil || policy["Groups"] != nil {
		t.Error("the policy is of somebody else, too")
	}

	target := targetsOf(one.rule(t, "forward-breakglass-x"))[0]
	// Unchanged: a transformed event would meet no rule of the hub.
	has(t, target, "Id", "Arn", "RoleArn", "DeadLetterConfig")
	same(t, "bus", target["Arn"], arns[0])
	same(t, "role", target["RoleArn"], "arn:aws-us-gov:iam::012345678901:role/breakglass-event-bus-role")
}
