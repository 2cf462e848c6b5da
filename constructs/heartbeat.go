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
	"example.com/breakglass/plan"
)

// NewHeartbeatRole makes the role with which the schedules of every Region put beats on that Region's bus. IAM is global:
// one serves all Regions, and other stacks refer to it by its name.
func NewHeartbeatRole(scope constructs.Construct, id string, hub place.Place, canary access.Canary) {
	scope = constructs.NewConstruct(scope, jsii.String(id))
	role := awsiam.NewCfnRole(scope, jsii.String("Role"), &awsiam.CfnRoleProps{
		RoleName:                 jsii.String(names.HeartbeatRole),
		Description:              jsii.String("Lets the schedules put the hourly break glass heartbeats on the event bus of their Region"),
		AssumeRolePolicyDocument: map[string]any(access.HeartbeatTrust(hub)),
	})
	awsiam.NewCfnManagedPolicy(scope, jsii.String("Policy"), &awsiam.CfnManagedPolicyProps{
		ManagedPolicyName: jsii.String(names.HeartbeatPolicy),
		Description:       jsii.String("Put break glass heartbeats on the default bus"),
		PolicyDocument:    map[string]any(access.Heartbeat(hub, canary)),
		Roles:             texts([]string{*role.Ref()}),
	})
}

const (
	heartbeatAge     = 10 * time.Minute
	heartbeatRetries = 3
)

// NewSchedules makes the schedules of a stack as the plan has them. A beat, or a call, that fails is not kept: the next one comes
// within the hour, and a missing one is what the alarm is for.
func NewSchedules(stack constructs.Construct, schedules []plan.Schedule) {
	in := scopes{}
	for _, s := range schedules {
		target := &awsscheduler.CfnSchedule_TargetProperty{
			Arn: jsii.String(s.Target), RoleArn: jsii.String(s.Role), Input: jsii.String(s.Input),
			// A late beat would count for an hour that has its own.
			RetryPolicy: &awsscheduler.CfnSchedule_RetryPolicyProperty{
				MaximumEventAgeInSeconds: jsii.Number(heartbeatAge.Seconds()), MaximumRetryAttempts: jsii.Number(heartbeatRetries),
			},
		}
		if s.Source != "" {
			target.EventBridgeParameters = &awsscheduler.CfnSchedule_EventBridgeParametersProperty{
				Source: jsii.String(s.Source), DetailType: jsii.String(s.DetailType),
			}
		}
		scope, id := in.of(stack, s.ID)
		awsscheduler.NewCfnSchedule(scope, jsii.String(id), &awsscheduler.CfnScheduleProps{
			Name: jsii.String(s.Name), Description: jsii.String(s.Description), ScheduleExpression: jsii.String(s.Expression),
			FlexibleTimeWindow: &awsscheduler.CfnSchedule_FlexibleTimeWindowProperty{Mode: jsii.String("OFF")},
			Target:             target,
		})
	}
}
