package constructs

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/access"
	"example.com/breakglass/names"
)

// NewForwardingRole makes the role with which rules of any Region put events on the hubs' buses. IAM is global: one serves all
// Regions.
//
// Its trust has no source condition: a role can't be passed across accounts, so no other account's rule can use it, and
// a condition that EventBridge met in one Region but not in another would silence that Region.
//
// Other stacks refer to it by its name, spelled out, also in its own Region, where the CDK would have them import it: an
// export that is in use would keep the hub from being updated when a standby is taken out of the file.
func NewForwardingRole(scope constructs.Construct, id string, buses []string) {
	role := awsiam.NewRole(scope, jsii.String(id), &awsiam.RoleProps{
		RoleName:    jsii.String(names.ForwardRole),
		Description: jsii.String("Lets EventBridge forward break glass events from every Region to the hub"),
		AssumedBy:   awsiam.NewServicePrincipal(jsii.String("events.amazonaws.com"), nil),
	})
	awsiam.NewManagedPolicy(role, jsii.String("Policy"), &awsiam.ManagedPolicyProps{
		ManagedPolicyName: jsii.String(names.ForwardPolicy),
		Description:       jsii.String("Put events on the buses of the break glass hubs"),
		Document:          awsiam.PolicyDocument_FromJson(map[string]any(access.Forward(buses))),
		Roles:             &[]awsiam.IRole{role},
	})
}
