package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"

	own "example.com/breakglass/constructs"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

// NewChat makes a hub's way into the chat channel. What tells of the alarm itself has a stack of its own: the rules of the
// whole catalogue don't fit into one. The channel, which an account can set up once, is the hub's; it listens to the
// standby's topic, too.
func NewChat(app App, p plan.Placement, hub Hub) awscdk.Stack {
	c := app.Config
	stack := newStack(app, p, "Break glass chat: tells a chat channel, through Amazon Q Developer in chat applications")
	topic := hub.Topics[p.Region]
	alerting := alertingProps(c, p, topic, own.Log{}, newDeadLetters(stack, c, p, told(c, p, topic.ByName())...))
	if p.Group != "" {
		own.NewChatRules(stack, "Chat", own.ChatRulesProps{
			Place: p.Place(), Scope: alerting.Scope, Entries: c.Scope().Of(plan.IntegrityParts...), Instructions: c.Alerts.Instructions,
			Suffix: alerting.Suffix, Topic: own.ChatTopicARN(p.Place()), DeadLetters: alerting.DeadLetters,
		})
		return stack
	}
	props := own.ChatProps{
		Place: p.Place(), Scope: alerting.Scope, Entries: c.Scope().Of(watch.Access), Instructions: c.Alerts.Instructions,
		Suffix: alerting.Suffix, Key: topic.KeyID(), DeadLetters: alerting.DeadLetters,
	}
	if p.Region == c.Hub.Region {
		props.Slack, props.Teams = own.SlackChannel(c.Chat.Slack), own.TeamsChannel(c.Chat.Teams)
		if c.Hub.Standby != "" {
			standby := p.Place()
			standby.Region = c.Hub.Standby
			props.Topics = []string{own.ChatTopicARN(standby)}
		}
	}
	own.NewChat(stack, "Chat", props)
	return stack
}
