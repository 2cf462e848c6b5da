package constructs

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"example.com/breakglass/access"
)

func TestHeartbeat(t *testing.T) {
	one := synth(t, func(stack awscdk.Stack) { NewHeartbeat(stack, "Heartbeat", here) })
	schedule := one.only(t, "AWS::Scheduler::Schedule").Properties
	has(t, schedule, "Name", "Description", "ScheduleExpression", "FlexibleTimeWindow", "Target")
	same(t, "every hour, far from its ends", schedule["ScheduleExpression"], "cron(30 * * * ? *)")
	same(t, "on time", schedule["FlexibleTimeWindow"], map[string]any{"Mode": "OFF"})
	same(t, "the target", schedule["Target"], map[string]any{
		// The Region's own bus: from there on it goes the way of every record.
		"Arn":                   "arn:aws-us-gov:events:us-gov-west-1:012345678901:event-bus/default",
		"RoleArn":               "arn:aws-us-gov:iam::012345678901:role/breakglass-heartbeat-role",
		"EventBridgeParameters": map[string]any{"Source": "breakglass.heartbeat", "DetailType": "heartbeat"},
		"Input":                 `{"scheduled":"<aws.scheduler.scheduled-time>"}`,
		"RetryPolicy":           map[string]any{"MaximumEventAgeInSeconds": 600, "MaximumRetryAttempts": 3},
	})
}

func TestHeartbeatRole(t *testing.T) {
	one := synth(t, func(stack awscdk.Stack) { NewHeartbeatRole(stack, "Heartbeat", here) })
	role := one.only(t, "AWS::IAM::Role").Properties
	same(t, "name", role["RoleName"], "breakglass-heartbeat-role")
	same(t, "trust", role["AssumeRolePolicyDocument"], access.HeartbeatTrust(here))
	policy := one.only(t, "AWS::IAM::ManagedPolicy").Properties
	same(t, "rights", policy["PolicyDocument"], access.Heartbeat(here))
	if roles := policy["Roles"].([]any); len(roles) != 1 || !one.refers(roles[0], "AWS::IAM::Role", "") {
		t.Errorf("the policy is of %v", roles)
	}
}
