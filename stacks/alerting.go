package stacks

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"example.com/breakglass/config"
	own "example.com/breakglass/constructs"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
)

// newAlerting puts what a hub and a standby have in common into the stack.
func newAlerting(stack awscdk.Stack, c *config.Config, p plan.Placement, suffix string) {
	topic := own.NewTopic(stack, "Topic", place(p), subscribers(c.Alerts))
	ledger := own.NewLedger(stack, "Ledger", place(p), c.TerminationProtection)
	deadLetters := own.NewDeadLetters(stack, "DeadLetters", place(p))
	own.NewAlerting(stack, "Alerting", own.AlertingProps{
		Place: place(p), Scope: c.Scope(), Instructions: c.Alerts.Instructions, Suffix: suffix,
		Topic: topic, Ledger: ledger, DeadLetters: deadLetters,
	})
	output(stack, names.TopicArnOutput, topic.ARN(), "The topic that tells people")
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
