package constructs

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"example.com/breakglass/access"
)

var emergencyUsers = []access.User{
	{Place: here, Name: "BreakglassUser"},
	{Place: here, Name: "alice+bg@example.com"},
}

func TestUsers(t *testing.T) {
	policies := []string{"arn:aws-us-gov:iam::aws:policy/IAMFullAccess", "arn:aws-us-gov:iam::012345678901:policy/team/Own"}
	one := synth(t, func(stack awscdk.Stack) {
		NewUsers(stack, "Users", UsersProps{Users: emergencyUsers, Role: "Emergency", ManagedPolicies: policies})
	})
	// No access key and no MFA device among them.
	same(t, "the resources", one.types(), []string{
		"AWS::IAM::Group", "AWS::IAM::ManagedPolicy", "AWS::IAM::ManagedPolicy", "AWS::IAM::User", "AWS::IAM::User",
	})

	for _, want := range emergencyUsers {
		user := one.named(t, "AWS::IAM::User", "UserName", want.Name)
		// No LoginProfile, and no policy of its own: rights come through the group.
		has(t, user.Properties, "UserName", "Groups")
		groups := user.Properties["Groups"].([]any)
		if len(groups) != 1 || !one.refers(groups[0], "AWS::IAM::Group", "") {
			t.Errorf("%s is in the groups %v", want.Name, groups)
		}
	}

	group := one.only(t, "AWS::IAM::Group").Properties
	has(t, group, "GroupName", "ManagedPolicyArns")
	same(t, "name", group["GroupName"], "BreakglassUsers")
	same(t, "what the file grants", group["ManagedPolicyArns"], policies)

	for name, document := range map[string]access.Document{
		"BreakGlassAssumeRole": access.AssumeRole(here, "Emergency"),
		"BreakGlassGuard":      access.Guard(emergencyUsers),
	} {
		policy := one.named(t, "AWS::IAM::ManagedPolicy", "ManagedPolicyName", name).Properties
		has(t, policy, "ManagedPolicyName", "Description", "PolicyDocument", "Groups")
		// Policy variables such as ${aws:username} come through as they are.
		same(t, name, policy["PolicyDocument"], document)
		groups := policy["Groups"].([]any)
		if len(groups) != 1 || !one.refers(groups[0], "AWS::IAM::Group", "") {
			t.Errorf("%s is of the groups %v", name, groups)
		}
	}
}
