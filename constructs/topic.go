package constructs

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/access"
	"example.com/breakglass/names"
	"example.com/breakglass/place"
)

// Subscriber is a person or a system that receives the topic's messages.
type Subscriber struct {
	// ID of the subscription in the template.
	ID string
	// Protocol as SNS calls it: email, https, sms, sqs.
	Protocol string
	// Endpoint is the address, number or ARN.
	Endpoint string
}

// Topic is the alert topic with its key.
type Topic struct {
	arn, keyID string
	key        awskms.CfnKey
}

const keyDeletionWindowDays = 10

// NewTopic makes the topic, encrypted with a customer managed key: with the AWS managed key CloudWatch can't publish, and everybody
// in the account can.
func NewTopic(scope constructs.Construct, id string, hub place.Place, subscribers []Subscriber) Topic {
	scope = constructs.NewConstruct(scope, jsii.String(id))
	key := awskms.NewCfnKey(scope, jsii.String("Key"), &awskms.CfnKeyProps{
		Description:         jsii.String("Encrypts the break glass alerts"),
		EnableKeyRotation:   jsii.Bool(true),
		PendingWindowInDays: jsii.Number(keyDeletionWindowDays),
		KeyPolicy:           map[string]any(access.Key(hub)),
	})
	awskms.NewCfnAlias(scope, jsii.String("Alias"), &awskms.CfnAliasProps{
		AliasName: jsii.String(names.KeyAlias), TargetKeyId: key.Ref(),
	})
	topic := awssns.NewCfnTopic(scope, jsii.String("Topic"), &awssns.CfnTopicProps{
		TopicName: jsii.String(names.Topic), DisplayName: jsii.String(names.TopicDisplayName), KmsMasterKeyId: key.Ref(),
	})
	arn := *topic.Ref()
	awssns.NewCfnTopicPolicy(scope, jsii.String("Policy"), &awssns.CfnTopicPolicyProps{
		Topics:         jsii.Strings(arn),
		PolicyDocument: map[string]any(access.Topic(hub, arn)),
	})
	newBeatTopic(scope, hub, key)
	for _, s := range subscribers {
		awssns.NewCfnSubscription(scope, jsii.String(s.ID), &awssns.CfnSubscriptionProps{
			TopicArn: jsii.String(arn), Protocol: jsii.String(s.Protocol), Endpoint: jsii.String(s.Endpoint),
		})
	}
	return Topic{arn: arn, keyID: *key.Ref(), key: key}
}

// newBeatTopic makes the topic of the heartbeats, which has the key and the policy of the alert topic, so that what passes it would
// pass the other.
func newBeatTopic(scope constructs.Construct, hub place.Place, key awskms.CfnKey) {
	scope = constructs.NewConstruct(scope, jsii.String("Heartbeats"))
	topic := awssns.NewCfnTopic(scope, jsii.String("Topic"), &awssns.CfnTopicProps{
		TopicName: jsii.String(names.BeatTopic), KmsMasterKeyId: key.Ref(),
	})
	awssns.NewCfnTopicPolicy(scope, jsii.String("Policy"), &awssns.CfnTopicPolicyProps{
		Topics:         jsii.Strings(*topic.Ref()),
		PolicyDocument: map[string]any(access.Topic(hub, *topic.Ref())),
	})
}

// ARN of the topic.
func (t Topic) ARN() string { return t.arn }

// KeyID returns the ID of the topic's key, which CloudFormation generates.
func (t Topic) KeyID() string { return t.keyID }

// CloseAfter has CloudFormation change the policies of the key, and of the topics that come after it, when it has changed the rules. A
// rule of an earlier version, or of the solution that was adopted, publishes to the topic by itself: with the key first, what it
// matches would be lost until the rule has its new target. The composer repeats a call that the key does not let in yet.
func (t Topic) CloseAfter(rules []awsevents.CfnRule) {
	for _, rule := range rules {
		t.key.AddResourceDependency(rule, nil)
	}
}
