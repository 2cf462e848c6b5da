package constructs

import (
	"encoding/json"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/access"
	"example.com/breakglass/names"
	"example.com/breakglass/place"
	"example.com/breakglass/watch"
)

// LedgerProps describe the logs of a hub.
type LedgerProps struct {
	Place place.Place
	// RetentionDays of the ledger, a number that CloudWatch Logs offers.
	RetentionDays int
	// Keep the ledger when its stack is removed.
	Keep bool
	// Heartbeats asks for the log of heartbeats, too.
	Heartbeats bool
}

// NewLedger makes the log group with everything that a hub has seen, and the one of the heartbeats, and lets EventBridge
// write into them.
func NewLedger(scope constructs.Construct, id string, props LedgerProps) {
	scope = constructs.NewConstruct(scope, jsii.String(id))
	hub := props.Place
	group := awslogs.NewCfnLogGroup(scope, jsii.String("Group"), &awslogs.CfnLogGroupProps{
		LogGroupName: jsii.String(names.Ledger), RetentionInDays: jsii.Number(props.RetentionDays),
	})
	if props.Keep {
		// But not by a stack that could not be made: its ledger would be in the way of the next attempt.
		group.ApplyRemovalPolicy(awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE, nil)
	}
	arns := []string{hub.LogGroup(names.Ledger)}
	if props.Heartbeats {
		awslogs.NewCfnLogGroup(scope, jsii.String("Heartbeats"), &awslogs.CfnLogGroupProps{
			LogGroupName: jsii.String(names.Heartbeats), RetentionInDays: jsii.Number(watch.HeartbeatDays),
		})
		arns = append(arns, hub.LogGroup(names.Heartbeats))
	}
	document, err := json.Marshal(access.Ledger(hub, arns...))
	if err != nil {
		panic(err) // a policy document holds maps, lists and texts only
	}
	awslogs.NewCfnResourcePolicy(scope, jsii.String("Policy"), &awslogs.CfnResourcePolicyProps{
		PolicyName: jsii.String(names.LedgerPolicy), PolicyDocument: jsii.String(string(document)),
	})
}
