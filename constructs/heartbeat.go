package constructs

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsscheduler"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/access"
	"example.com/breakglass/names"
	"example.com/breakglass/place"
	"example.com/breakglass/watch"
)

// NewHeartbeatRole makes the role with which the schedules of every Region put beats on that Region's bus. IAM is global:
// one serves all Regions, and other stacks refer to it by its name.
func NewHeartbeatRole(scope constructs.Construct, id string, hub place.Place) {
	scope = constructs.NewConstruct(scope, jsii.String(id))
	role := awsiam.NewCfnRole(scope, jsii.String("Role"), &awsiam.CfnRoleProps{
		RoleName:                 jsii.String(names.HeartbeatRole),
		Description:              jsii.String("Lets the schedules put the hourly break glass heartbeats on the event bus of their Region"),
		AssumeRolePolicyDocument: map[string]any(access.HeartbeatTrust(hub)),
	})
	awsiam.NewCfnManagedPolicy(scope, jsii.String("Policy"), &awsiam.CfnManagedPolicyProps{
		ManagedPolicyName: jsii.String(names.HeartbeatPolicy),
		Description:       jsii.String("Put break glass heartbeats on the default bus"),
		PolicyDocument:    map[string]any(access.Heartbeat(hub)),
		Roles:             texts([]string{*role.Ref()}),
	})
}

const (
	heartbeatAge     = 10 * time.Minute
	heartbeatRetries = 3
)

// NewHeartbeat makes a Region's schedule. It puts an event of the project's own source on the Region's bus, where every
// forwarding rule carries it. A beat that fails is not kept: the next one comes within the hour, and a missing one is
// what the alarm is for.
func NewHeartbeat(scope constructs.Construct, id string, at place.Place) {
	awsscheduler.NewCfnSchedule(scope, jsii.String(id), &awsscheduler.CfnScheduleProps{
		Name:               jsii.String(names.Heartbeat),
		Description:        jsii.String("Hourly heartbeat, which every forwarding rule sends to the hub"),
		ScheduleExpression: jsii.String(watch.HeartbeatSchedule),
		FlexibleTimeWindow: &awsscheduler.CfnSchedule_FlexibleTimeWindowProperty{Mode: jsii.String("OFF")},
		Target: &awsscheduler.CfnSchedule_TargetProperty{
			Arn:     jsii.String(at.Bus()),
			RoleArn: jsii.String(at.Role(names.HeartbeatRole)),
			EventBridgeParameters: &awsscheduler.CfnSchedule_EventBridgeParametersProperty{
				Source: jsii.String(watch.HeartbeatSource), DetailType: jsii.String(watch.HeartbeatType),
			},
			Input: jsii.String(`{"scheduled":"<aws.scheduler.scheduled-time>"}`),
			// A late beat would count for an hour that has its own.
			RetryPolicy: &awsscheduler.CfnSchedule_RetryPolicyProperty{
				MaximumEventAgeInSeconds: jsii.Number(heartbeatAge.Seconds()), MaximumRetryAttempts: jsii.Number(heartbeatRetries),
			},
		},
	})
}
