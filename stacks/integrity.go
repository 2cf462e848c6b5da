package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"

	own "example.com/breakglass/constructs"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

// NewIntegrity makes the rules of a hub that tell of the alarm itself: that somebody changes it, that it could not
// deliver, that a Region is not watched.
func NewIntegrity(app App, p plan.Placement, hub Hub) awscdk.Stack {
	c := app.Config
	stack := newStack(app, p, "Break glass integrity: tells of changes of the alarm itself, and of what it could not deliver")
	topic := hub.Topics[p.Region].ByName()
	props := alertingProps(c, p, topic, own.NamedLog(p.Place(), names.Ledger), newDeadLetters(stack, c, p, told(c, p, topic)...))
	props.Entries = c.Scope().Of(plan.IntegrityParts...)
	own.NewAlerting(stack, "Alerting", props)
	if c.Monitoring.DeliveryFailures {
		own.NewAnyAlarm(stack, "Undelivered", own.AnyAlarmProps{
			Name: names.UndeliveredAlarm + props.Suffix, Description: watch.UndeliveredText(p.Region),
			Namespace: "AWS/SNS", Metric: "NumberOfNotificationsFailed", Statistic: "Sum",
			Dimension: "TopicName", Value: names.Topic, Topics: told(c, p, topic),
		})
	}
	return stack
}
