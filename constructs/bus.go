package constructs

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/access"
	"example.com/breakglass/names"
	"example.com/breakglass/place"
)

// Bus is an event bus.
type Bus struct {
	Region, ARN string
}

// DefaultBus is the default event bus of an account in a Region: every account has it, and AWS services put their events
// there.
func DefaultBus(at place.Place) Bus { return Bus{Region: at.Region, ARN: at.Bus()} }

// ForwardingRole is the role with which rules of any Region put events on the hubs' buses.
type ForwardingRole struct {
	arn string
}

// NewForwardingRole makes the role. IAM is global: one serves all Regions.
//
// Its trust has no source condition: a role can't be passed across accounts, so no other account's rule can use it, and
// a condition that EventBridge met in one Region but not in another would silence that Region.
//
// Other stacks refer to it by its name, spelled out, also in its own Region, where the CDK would have them import it: an
// export that is in use would keep the hub from being updated when a standby is taken out of the file.
func NewForwardingRole(scope constructs.Construct, id string, hub place.Place, buses []Bus) ForwardingRole {
	role := awsiam.NewRole(scope, jsii.String(id), &awsiam.RoleProps{
		RoleName:    jsii.String(names.ForwardRole),
		Description: jsii.String("Lets EventBridge carry break glass events from every Region to the hub"),
		AssumedBy:   awsiam.NewServicePrincipal(jsii.String("events.amazonaws.com"), nil),
	})
	awsiam.NewManagedPolicy(role, jsii.String("Policy"), &awsiam.ManagedPolicyProps{
		ManagedPolicyName: jsii.String(names.ForwardPolicy),
		Description:       jsii.String("Put events on the buses of the break glass hubs"),
		Document:          awsiam.PolicyDocument_FromJson(map[string]any(access.Forward(busARNs(buses)))),
		Roles:             &[]awsiam.IRole{role},
	})
	return ForwardingRole{arn: hub.Role(names.ForwardRole)}
}

// ToBus is a target that puts the event on a bus of another Region, unchanged.
func ToBus(bus Bus, role ForwardingRole, deadLetters DeadLetters) awsevents.CfnRule_TargetProperty {
	return deliver(awsevents.CfnRule_TargetProperty{
		Id: jsii.String(bus.Region), Arn: jsii.String(bus.ARN), RoleArn: jsii.String(role.arn),
	}, deadLetters)
}
