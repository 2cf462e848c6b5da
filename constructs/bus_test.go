package constructs

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
)

func TestForwardingRole(t *testing.T) {
	// The CDK sorts them.
	arns := []string{
		"arn:aws-us-gov:events:us-gov-east-1:012345678901:event-bus/default",
		"arn:aws-us-gov:events:us-gov-west-1:012345678901:event-bus/default",
	}
	one := synth(t, func(stack awscdk.Stack) {
		NewForwardingRole(stack, "Role", []string{here.Bus(), here.In("us-gov-east-1").Bus()})
	})
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
}
