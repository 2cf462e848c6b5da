package constructs

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/access"
	"example.com/breakglass/place"
	"example.com/breakglass/watch"
)

// DeadLetters is the queue of what a Region's rules could not deliver. A rule's dead-letter queue has to be in its Region.
type DeadLetters struct {
	queue awssqs.CfnQueue
	arn   string
}

// NewDeadLetters makes the queue. SQS encrypts it with a key of its own, which EventBridge needs no grant for.
func NewDeadLetters(scope constructs.Construct, id string, at place.Place) DeadLetters {
	scope = constructs.NewConstruct(scope, jsii.String(id))
	queue := awssqs.NewCfnQueue(scope, jsii.String("Queue"), &awssqs.CfnQueueProps{
		MessageRetentionPeriod: jsii.Number(watch.DeadLettersKept.Seconds()),
		SqsManagedSseEnabled:   jsii.Bool(true),
	})
	// Every target names it, and asking the CDK takes a round trip.
	arn := *queue.AttrArn()
	awssqs.NewCfnQueuePolicy(scope, jsii.String("Policy"), &awssqs.CfnQueuePolicyProps{
		Queues:         jsii.Strings(*queue.Ref()),
		PolicyDocument: map[string]any(access.DeadLetters(at, arn)),
	})
	return DeadLetters{queue: queue, arn: arn}
}

// Name of the queue, which CloudFormation makes up.
func (d DeadLetters) Name() string { return *d.queue.AttrQueueName() }
