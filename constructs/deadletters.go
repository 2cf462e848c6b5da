package constructs

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/access"
)

// Place is where a stack stands.
type Place struct {
	Partition, Account, Region string
}

// DeadLetters is the queue of what a Region's rules could not deliver. A rule's dead-letter queue has to be in its Region.
type DeadLetters struct {
	arn string
}

const deadLettersKept = 14 * 24 * time.Hour

// NewDeadLetters makes the queue. SQS encrypts it with a key of its own, which EventBridge needs no grant for.
func NewDeadLetters(scope constructs.Construct, id string, place Place) DeadLetters {
	scope = constructs.NewConstruct(scope, jsii.String(id))
	queue := awssqs.NewCfnQueue(scope, jsii.String("Queue"), &awssqs.CfnQueueProps{
		MessageRetentionPeriod: jsii.Number(deadLettersKept.Seconds()),
		SqsManagedSseEnabled:   jsii.Bool(true),
	})
	// Every target names it, and asking the CDK takes a round trip.
	arn := *queue.AttrArn()
	awssqs.NewCfnQueuePolicy(scope, jsii.String("Policy"), &awssqs.CfnQueuePolicyProps{
		Queues:         jsii.Strings(*queue.Ref()),
		PolicyDocument: map[string]any(access.DeadLetters(place.Partition, place.Region, place.Account, arn)),
	})
	return DeadLetters{arn: arn}
}
