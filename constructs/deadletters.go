package constructs

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/access"
	"example.com/breakglass/names"
	"example.com/breakglass/place"
	"example.com/breakglass/watch"
)

// DeadLetters is the queue of what a Region's rules could not deliver. A rule's dead-letter queue has to be in its Region.
type DeadLetters struct {
	arn string
}

// DeadLettersProps describe a queue and its alarm.
type DeadLettersProps struct {
	Place place.Place
	// Of is the kind of the stack, which ends the alarm's name; empty means no alarm.
	Of string
	// Topics that the alarm tells by itself. In a Region without a topic there are none: the alarm's change of state is an
	// event, which is forwarded.
	Topics []string
}

// NewDeadLetters makes the queue, and an alarm that rings as soon as anything is in it. SQS encrypts the queue with a key
// of its own, which EventBridge needs no grant for.
func NewDeadLetters(scope constructs.Construct, id string, props DeadLettersProps) DeadLetters {
	scope = constructs.NewConstruct(scope, jsii.String(id))
	at := props.Place
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
	if props.Of != "" {
		NewAnyAlarm(scope, "Alarm", AnyAlarmProps{
			Name: names.DeadLettersAlarm + props.Of, Description: watch.DeadLettersText(at.Region),
			Namespace: "AWS/SQS", Metric: "ApproximateNumberOfMessagesVisible", Statistic: "Maximum",
			Dimension: "QueueName", Value: *queue.AttrQueueName(), Topics: props.Topics,
		})
	}
	return DeadLetters{arn: arn}
}
