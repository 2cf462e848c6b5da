package constructs

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/access"
	"example.com/breakglass/names"
)

// UsersProps describe the emergency users and what they may do.
type UsersProps struct {
	// Users are at least one.
	Users []access.User
	// Role is the name of the role that they may assume in any account.
	Role string
	// ManagedPolicies are ARNs: what they may do in the hub account itself.
	ManagedPolicies []string
}

// NewUsers makes the users without password, key or MFA device: no secret is in the template or in any state. Rights
// reach them through a group.
func NewUsers(scope constructs.Construct, id string, props UsersProps) {
	scope = constructs.NewConstruct(scope, jsii.String(id))
	group := awsiam.NewCfnGroup(scope, jsii.String("Group"), &awsiam.CfnGroupProps{
		GroupName: jsii.String(names.Group), ManagedPolicyArns: texts(props.ManagedPolicies),
	})
	// CloudFormation replaces a managed policy whose description changes, and cannot create the new one while the old one has the
	// name: the descriptions stay as they are, whatever their wording.
	policies := []struct {
		id, name, description string
		document              access.Document
	}{
		{"AssumeRole", names.AssumePolicy, "Assume the break glass role in any account", access.AssumeRole(props.Users[0].Place, props.Role)},
		{"Guard", names.GuardPolicy, "Nothing without MFA; hands off the users, the group and the forwarding", access.Guard(props.Users)},
	}
	for _, p := range policies {
		awsiam.NewCfnManagedPolicy(scope, jsii.String(p.id), &awsiam.CfnManagedPolicyProps{
			ManagedPolicyName: jsii.String(p.name), Description: jsii.String(p.description),
			PolicyDocument: map[string]any(p.document), Groups: texts([]string{*group.Ref()}),
		})
	}
	for _, user := range props.Users {
		awsiam.NewCfnUser(scope, jsii.String(user.Name), &awsiam.CfnUserProps{
			UserName: jsii.String(user.Name), Groups: texts([]string{*group.Ref()}),
		})
	}
}

// texts returns nil for an empty list: CloudFormation then leaves the property out.
func texts(list []string) *[]any {
	if len(list) == 0 {
		return nil
	}
	values := make([]any, len(list))
	for i, text := range list {
		values[i] = text
	}
	return &values
}
