package constructs

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/access"
	"example.com/breakglass/names"
)

// NewObserverRole makes the role with which the observers of a target account put events on the hubs' buses, and returns its ARN. IAM is global:
// one serves all Regions of the account. As with the hub's own forwarding role, its trust has no source condition.
func NewObserverRole(scope constructs.Construct, id string, buses []string) string {
	role := awsiam.NewCfnRole(scope, jsii.String(id), &awsiam.CfnRoleProps{
		RoleName:                 jsii.String(names.ObserverRole),
		Description:              jsii.String("Lets EventBridge forward events on the break glass role in this account to the hub"),
		AssumeRolePolicyDocument: map[string]any(access.TrustEventBridge()),
		Policies: &[]any{&awsiam.CfnRole_PolicyProperty{
			PolicyName: jsii.String(names.ObserverPolicy), PolicyDocument: map[string]any(access.ForwardFromTarget(buses)),
		}},
	})
	return *role.AttrArn()
}
