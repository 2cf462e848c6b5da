package constructs

import (
	"encoding/json"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/access"
	"example.com/breakglass/names"
)

// Ledger is the log group with everything that a hub has seen.
type Ledger struct {
	arn string
}

// ledgerDays is ten years, a value that CloudWatch Logs accepts.
const ledgerDays = 3653

// NewLedger makes the log group and lets EventBridge write into it. With keep, it outlives its stack.
func NewLedger(scope constructs.Construct, id string, place Place, keep bool) Ledger {
	scope = constructs.NewConstruct(scope, jsii.String(id))
	group := awslogs.NewCfnLogGroup(scope, jsii.String("Group"), &awslogs.CfnLogGroupProps{
		LogGroupName: jsii.String(names.Ledger), RetentionInDays: jsii.Number(ledgerDays),
	})
	if keep {
		group.ApplyRemovalPolicy(awscdk.RemovalPolicy_RETAIN, nil)
	}
	// A rule wants the ARN without the ":*" that the log group's own attribute ends in.
	arn := "arn:" + place.Partition + ":logs:" + place.Region + ":" + place.Account + ":log-group:" + names.Ledger
	document, err := json.Marshal(access.Ledger(place.Partition, place.Region, place.Account, arn))
	if err != nil {
		panic(err) // a policy document holds maps, lists and texts only
	}
	awslogs.NewCfnResourcePolicy(scope, jsii.String("Policy"), &awslogs.CfnResourcePolicyProps{
		PolicyName: jsii.String(names.LedgerPolicy), PolicyDocument: jsii.String(string(document)),
	})
	return Ledger{arn: arn}
}

// ToLedger is a target that writes the event down as it came.
func ToLedger(l Ledger, deadLetters DeadLetters) awsevents.CfnRule_TargetProperty {
	return deliver(awsevents.CfnRule_TargetProperty{Id: jsii.String("ledger"), Arn: jsii.String(l.arn)}, deadLetters)
}
