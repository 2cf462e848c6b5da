package constructs

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"example.com/breakglass/access"
)

func TestTargetRole(t *testing.T) {
	const target = "999999999999"
	inline := map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{
		"Effect": "Allow", "Action": []any{"support:*", "iam:GetUser"}, "Resource": "*",
		"Condition": map[string]any{
			"NumericLessThan": map[string]any{"aws:MultiFactorAuthAge": 3600.0},
			"Bool":            map[string]any{"aws:ViaAWSService": false},
			"StringEquals":    map[string]any{"aws:PrincipalTag/x": []any{"", "${aws:username}"}},
		},
	}}}
	roles := []RoleProps{
		{Name: "Plain", ManagedPolicies: []string{"arn:aws:iam::aws:policy/IAMFullAccess"}, SessionDuration: time.Hour},
		{Name: "Whole", InlinePolicy: inline, PermissionsBoundary: "team/Boundary", SessionDuration: 90 * time.Minute},
		{Name: "Bound", InlinePolicy: map[string]any{}, PermissionsBoundary: "arn:aws:iam::aws:policy/PowerUserAccess", SessionDuration: 12 * time.Hour},
	}
	one := synth(t, func(stack awscdk.Stack) {
		for _, r := range roles {
			r.Place, r.Users = here.Of(target), emergencyUsers
			NewTargetRole(stack, r.Name, r)
		}
	})
	role := func(t *testing.T, name string) map[string]any {
		return one.named(t, "AWS::IAM::Role", "RoleName", name).Properties
	}

	t.Run("who gets in", func(t *testing.T) {
		same(t, "trust", role(t, "Plain")["AssumeRolePolicyDocument"], access.Trust(emergencyUsers, false))
		s := statement(t, role(t, "Plain")["AssumeRolePolicyDocument"], "BreakGlassUsersWithMFA")
		// A user in Principal turns into an ID, and is lost when the user is made again.
		same(t, "principal", s["Principal"], map[string]any{"AWS": "arn:aws-us-gov:iam::012345678901:root"})
		condition := s["Condition"].(map[string]any)
		same(t, "users", condition["ArnEquals"], map[string]any{"aws:PrincipalArn": []string{
			"arn:aws-us-gov:iam::012345678901:user/BreakglassUser", "arn:aws-us-gov:iam::012345678901:user/alice+bg@example.com",
		}})
		same(t, "MFA", condition["Bool"], map[string]any{"aws:MultiFactorAuthPresent": "true"})
	})

	t.Run("what it may do", func(t *testing.T) {
		plain := role(t, "Plain")
		same(t, "managed policies", plain["ManagedPolicyArns"], []string{"arn:aws:iam::aws:policy/IAMFullAccess"})
		for _, name := range []string{"Plain", "Bound"} {
			if got := role(t, name)["Policies"]; got != nil {
				t.Errorf("%s has no inline policy, and its template %v", name, got)
			}
		}
		policies := role(t, "Whole")["Policies"].([]any)
		if len(policies) != 1 {
			t.Fatalf("%d inline policies", len(policies))
		}
		same(t, "inline policy", policies[0].(map[string]any)["PolicyDocument"], inline)
		if list, _ := role(t, "Whole")["ManagedPolicyArns"].([]any); len(list) > 0 {
			t.Errorf("it has managed policies that nobody gave it: %v", list)
		}
	})

	t.Run("boundary", func(t *testing.T) {
		if got := role(t, "Plain")["PermissionsBoundary"]; got != nil {
			t.Errorf("no boundary was asked for, and there is %v", got)
		}
		// A name is of a policy of the target, and not of the hub or of AWS.
		same(t, "by name", role(t, "Whole")["PermissionsBoundary"], "arn:aws-us-gov:iam::999999999999:policy/team/Boundary")
		same(t, "by ARN", role(t, "Bound")["PermissionsBoundary"], "arn:aws:iam::aws:policy/PowerUserAccess")
	})

	t.Run("session", func(t *testing.T) {
		for name, seconds := range map[string]int{"Plain": 3600, "Whole": 5400, "Bound": 43200} {
			same(t, name, role(t, name)["MaxSessionDuration"], seconds)
		}
	})

	// It can be deployed alone, before the hub or after it.
	t.Run("needs nothing", func(t *testing.T) {
		for id, r := range one.Resources {
			if r.Type != "AWS::IAM::Role" {
				t.Errorf("%s is a %s", id, r.Type)
			}
			text, err := json.Marshal(r.Properties)
			if err != nil {
				t.Fatal(err)
			}
			if r.DependsOn != nil || strings.Contains(string(text), `"Ref":`) || strings.Contains(string(text), `"Fn::`) {
				t.Errorf("%s refers to something: %s", id, text)
			}
			if r.DeletionPolicy != "" {
				t.Errorf("%s stays when its stack goes", id)
			}
		}
	})
}
