package constructs

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"example.com/breakglass/access"
	"example.com/breakglass/plan"
)

func TestHeartbeat(t *testing.T) {
	one := synth(t, func(stack awscdk.Stack) {
		NewSchedules(stack, []plan.Schedule{{
			ID: "Heartbeat", Name: "beat", Description: "A beat", Expression: "rate(1 hour)", Target: here.Bus(), Role: here.Role("beater"),
			Source: "breakglass.heartbeat", DetailType: "heartbeat", Input: `{}`,
		}})
	})
	schedule := one.only(t, "AWS::Scheduler::Schedule").Properties
	has(t, schedule, "Name", "Description", "ScheduleExpression", "FlexibleTimeWindow", "Target")
	same(t, "the expression", schedule["ScheduleExpression"], "rate(1 hour)")
	same(t, "on time", schedule["FlexibleTimeWindow"], map[string]any{"Mode": "OFF"})
	same(t, "the target", schedule["Target"], map[string]any{
		"Arn":                   "arn:aws-us-gov:events:us-gov-west-1:012345678901:event-bus/default",
		"RoleArn":               "arn:aws-us-gov:iam::012345678901:role/beater",
		"EventBridgeParameters": map[string]any{"Source": "breakglass.heartbeat", "DetailType": "heartbeat"},
		"Input":                 `{}`,
		"RetryPolicy":           map[string]any{"MaximumEventAgeInSeconds": 600, "MaximumRetryAttempts": 3},
	})
}

// A schedule that calls AWS puts no event.
func TestScheduledCall(t *testing.T) {
	one := synth(t, func(stack awscdk.Stack) {
		NewSchedules(stack,
			[]plan.Schedule{{
				ID: "Canary/Read", Name: "read", Expression: "rate(1 hour)", Target: here.ScheduledCall("eventbridge:testEventPattern"), Role: here.Role("beater"),
				Input: `{"a":1}`,
			}})
	})
	same(t, "the target", one.only(t, "AWS::Scheduler::Schedule").Properties["Target"], map[string]any{
		"Arn": "arn:aws-us-gov:scheduler:::aws-sdk:eventbridge:testEventPattern", "RoleArn": "arn:aws-us-gov:iam::012345678901:role/beater", "Input": `{"a":1}`,
		"RetryPolicy": map[string]any{"MaximumEventAgeInSeconds": 600, "MaximumRetryAttempts": 3},
	})
}

func TestHeartbeatRole(t *testing.T) {
	one := synth(t, func(stack awscdk.Stack) { NewHeartbeatRole(stack, "Heartbeat", here, access.Canary{}) })
	role := one.only(t, "AWS::IAM::Role").Properties
	same(t, "name", role["RoleName"], "breakglass-heartbeat-role")
	same(t, "trust", role["AssumeRolePolicyDocument"], access.HeartbeatTrust(here))
	policy := one.only(t, "AWS::IAM::ManagedPolicy").Properties
	same(t, "rights", policy["PolicyDocument"], access.Heartbeat(here, access.Canary{}))
	if roles := policy["Roles"].([]any); len(roles) != 1 || !one.refers(roles[0], "AWS::IAM::Role", "") {
		t.Errorf("the policy is of %v", roles)
	}
}
