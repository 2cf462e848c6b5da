package constructs

import (
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
	arn, key string
}

const keyDeletionWindowDays = 10

// NewTopic makes the topic, encrypted with a customer managed key: with the AWS managed key neither EventBridge nor
// CloudWatch can publish.
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
	for _, s := range subscribers {
		awssns.NewCfnSubscription(scope, jsii.String(s.ID), &awssns.CfnSubscriptionProps{
			TopicArn: jsii.String(arn), Protocol: jsii.String(s.Protocol), Endpoint: jsii.String(s.Endpoint),
		})
	}
	return Topic{arn: arn, key: *key.Ref()}
}

// ARN of the topic.
func (t Topic) ARN() string { return t.arn }

// KeyID returns the ID of the topic's key, which CloudFormation generates.
func (t Topic) KeyID() string { return t.key }
