package constructs

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/access"
	"example.com/breakglass/place"
	"example.com/breakglass/plan"
)

// RoleProps describe the role in a target account.
type RoleProps struct {
	Name  string
	Place place.Place
	// Users may assume it.
	Users []access.User
	// ManagedPolicies are ARNs, at most 10.
	ManagedPolicies []string
	// InlinePolicy is a policy document; nil means none.
	InlinePolicy map[string]any
	// PermissionsBoundary is the ARN or the name of a customer managed policy of the account; empty means none.
	PermissionsBoundary string
	// SessionDuration is from one hour to twelve.
	SessionDuration time.Duration
	// RequireSessionName demands that the session has the name of its user.
	RequireSessionName bool
}

// NewTargetRole makes the role that the users get into an account with.
func NewTargetRole(scope constructs.Construct, id string, props RoleProps) {
	role := &awsiam.CfnRoleProps{
		RoleName:                 jsii.String(props.Name),
		Description:              jsii.String(plan.RoleDescription),
		AssumeRolePolicyDocument: map[string]any(access.Trust(props.Users, props.RequireSessionName)),
		ManagedPolicyArns:        texts(props.ManagedPolicies),
		MaxSessionDuration:       jsii.Number(props.SessionDuration.Seconds()),
	}
	if len(props.InlinePolicy) > 0 {
		role.Policies = &[]any{&awsiam.CfnRole_PolicyProperty{
			PolicyName: jsii.String(props.Name), PolicyDocument: props.InlinePolicy,
		}}
	}
	if boundary := props.PermissionsBoundary; boundary != "" {
		role.PermissionsBoundary = jsii.String(access.BoundaryARN(props.Place, boundary))
	}
	awsiam.NewCfnRole(scope, jsii.String(id), role)
}
