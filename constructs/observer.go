package constructs

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/access"
	"example.com/breakglass/names"
	"example.com/breakglass/place"
	"example.com/breakglass/plan"
)

// ObserverRoleProps describe the role of a target account's observers.
type ObserverRoleProps struct {
	Place place.Place
	// Buses of the hubs, and the sources of the events that they get.
	Buses, Sources []string
	// Boundary is the ARN of the role's permissions boundary; empty means none.
	Boundary string
}

// NewObserverRole makes the role with which the observers of a target account put events on the hubs' buses, and returns its ARN.
// IAM is global: one serves all Regions of the account.
func NewObserverRole(scope constructs.Construct, id string, props ObserverRoleProps) string {
	role := awsiam.NewCfnRole(scope, jsii.String(id), &awsiam.CfnRoleProps{
		RoleName:                 jsii.String(names.ObserverRole),
		Description:              jsii.String(plan.ObserverRoleDescription),
		AssumeRolePolicyDocument: map[string]any(access.ObserverTrust(props.Place)),
		Policies: &[]any{&awsiam.CfnRole_PolicyProperty{
			PolicyName: jsii.String(names.ObserverPolicy), PolicyDocument: map[string]any(access.ForwardFromTarget(props.Buses, props.Sources)),
		}},
	})
	if props.Boundary != "" {
		role.SetPermissionsBoundary(jsii.String(props.Boundary))
	}
	return *role.AttrArn()
}
