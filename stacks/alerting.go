package stacks

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"example.com/breakglass/config"
	own "example.com/breakglass/constructs"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

// newAlerting puts what a hub and a standby have in common into the stack, and returns the topic.
func newAlerting(stack awscdk.Stack, c *config.Config, p plan.Placement) own.Topic {
	topic := own.NewTopic(stack, "Topic", p.Place(), subscribers(c.Alerts))
	ledger := own.NewLedger(stack, "Ledger", own.LedgerProps{
		Place: p.Place(), RetentionDays: c.Ledger.RetentionDays, Keep: c.TerminationProtection, Heartbeats: c.Monitoring.Heartbeats,
	})
	props := alertingProps(c, p, topic, ledger, newDeadLetters(stack, c, p, told(c, p, topic)...))
	props.Entries, props.DistantDrills = c.Scope().Of(watch.Access), true
	own.NewAlerting(stack, "Alerting", props)
	output(stack, names.TopicArnOutput, topic.ARN(), "The topic that tells people")
	// Rules in other stacks of the Region name the key. The export stays when they go, so that nothing holds up the hub.
	stack.ExportValue(topic.KeyID(), nil)
	return topic
}

// alertingProps are those of any stack in a hub's Region that tells people.
func alertingProps(c *config.Config, p plan.Placement, topic own.Topic, ledger own.Log, deadLetters own.DeadLetters) own.AlertingProps {
	scope := c.Scope()
	scope.Key, scope.KeyRegion = topic.KeyID(), p.Region
	props := own.AlertingProps{
		Place: p.Place(), Scope: scope, Instructions: c.Alerts.Instructions, Topic: topic, Ledger: ledger, DeadLetters: deadLetters,
	}
	if p.Region != c.Hub.Region {
		props.Suffix = names.StandbySuffix
	}
	props.AlsoTold = told(c, p, topic)[1:]
	return props
}

// told are the ARNs of the topics of a hub that an alarm tells: people's, and the chat's where there is one.
func told(c *config.Config, p plan.Placement, topic own.Topic) []string {
	topics := []string{topic.ARN()}
	if c.Chat != (config.Chat{}) {
		topics = append(topics, own.ChatTopicARN(p.Place()))
	}
	return topics
}

// newDeadLetters makes the dead-letter queue of a stack, with an alarm if the file wants it.
func newDeadLetters(stack awscdk.Stack, c *config.Config, p plan.Placement, topics ...string) own.DeadLetters {
	props := own.DeadLettersProps{Place: p.Place(), Topics: topics}
	if c.Monitoring.DeliveryFailures {
		props.Of = p.DeadLetters()
	}
	return own.NewDeadLetters(stack, "DeadLetters", props)
}

// subscribers names each subscription after its address and not after its place in the file: one that moved up would be
// subscribed anew, and have to be confirmed again.
func subscribers(a config.Alerts) []own.Subscriber {
	var all []own.Subscriber
	for _, list := range []struct {
		protocol  string
		endpoints []string
	}{{"email", a.Email}, {"https", a.HTTPS}, {"sms", a.SMS}, {"sqs", a.SQS}} {
		for _, endpoint := range list.endpoints {
			all = append(all, own.Subscriber{ID: fmt.Sprintf("%s:%s", list.protocol, endpoint), Protocol: list.protocol, Endpoint: endpoint})
		}
	}
	return all
}
