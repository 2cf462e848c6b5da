package constructs

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/access"
	"example.com/breakglass/names"
)

// DefaultBus is the default event bus of an account in a Region: every account has it, and AWS services put their events
// there.
func DefaultBus(scope constructs.Construct, id, partition, account, region string) awsevents.IEventBus {
	arn := "arn:" + partition + ":events:" + region + ":" + account + ":event-bus/default"
	return awsevents.EventBus_FromEventBusArn(scope, jsii.String(id), jsii.String(arn))
}

// NewForwardingRole makes the role with which rules of any Region put events on the hubs' buses. IAM is global: one role
// serves all Regions.
//
// Its trust has no source condition: a role can't be passed across accounts, so no other account's rule can use it, and
// a condition that EventBridge met in one Region but not in another would silence that Region.
func NewForwardingRole(scope constructs.Construct, id string, buses []awsevents.IEventBus) awsiam.IRole {
	role := awsiam.NewRole(scope, jsii.String(id), &awsiam.RoleProps{
		RoleName:    jsii.String(names.ForwardRole),
		Description: jsii.String("Lets EventBridge carry break glass events from every Region to the hub"),
		AssumedBy:   awsiam.NewServicePrincipal(jsii.String("events.amazonaws.com"), nil),
	})
	arns := make([]string, len(buses))
	for i, bus := range buses {
		arns[i] = *bus.EventBusArn()
	}
	awsiam.NewManagedPolicy(role, jsii.String("Policy"), &awsiam.ManagedPolicyProps{
		ManagedPolicyName: jsii.String(names.ForwardPolicy),
		Description:       jsii.String("Put events on the buses of the break glass hubs"),
		Document:          awsiam.PolicyDocument_FromJson(map[string]any(access.Forward(arns))),
		Roles:             &[]awsiam.IRole{role},
	})
	return role
}

// ToBus is a target that puts the event on a bus of another Region, unchanged.
func ToBus(id string, bus awsevents.IEventBus, role awsiam.IRole, deadLetters DeadLetters) awsevents.CfnRule_TargetProperty {
	return deliver(awsevents.CfnRule_TargetProperty{
		Id: jsii.String(id), Arn: bus.EventBusArn(), RoleArn: role.RoleArn(),
	}, deadLetters)
}
