package stacks

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"example.com/breakglass/config"
	own "example.com/breakglass/constructs"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
)

// withTopic puts what a hub and a standby have in common into the stack: the alert topic and the ledger.
func withTopic(stack awscdk.Stack, a app, at plan.Placement) made {
	c := a.config
	topic := own.NewTopic(stack, "Topic", at.Place(), subscribers(c.Alerts))
	own.NewLedger(stack, "Ledger", own.LedgerProps{
		Place: at.Place(), RetentionDays: c.Ledger.RetentionDays, Keep: c.TerminationProtection, Heartbeats: c.Monitoring.Heartbeats,
	})
	output(stack, names.TopicArnOutput, topic.ARN(), "The alert topic")
	// Rules in other stacks of the Region name the key. The export stays when they go, so that nothing holds up the hub.
	stack.ExportValue(topic.KeyID(), nil)
	one := withDeadLetters(stack, at, plan.Refs{Key: topic.KeyID(), Topic: topic.ARN()})
	one.topic = &topic
	return one
}

// withDeadLetters puts the dead-letter queue of its rules into the stack.
func withDeadLetters(stack awscdk.Stack, at plan.Placement, refs plan.Refs) made {
	letters := own.NewDeadLetters(stack, "DeadLetters", at.Place())
	refs.Queue = letters.Name()
	return made{stack: stack, refs: refs, letters: letters}
}

// subscribers names each subscription after its address and not after its position in the file: one that moved up would be
// subscribed again, and have to be confirmed again.
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
