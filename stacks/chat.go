package stacks

import (
	own "example.com/breakglass/constructs"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
)

// newChat makes the topic of a hub for the chat channel, to which its composer and its alarms publish. The channel, which an account
// can set up once, is the hub's; it also subscribes to the standby's topic.
func newChat(a app, at plan.Placement, all before) made {
	c := a.config
	stack := newStack(a, at)
	props := own.ChatProps{Place: at.Place(), Key: all.key(a.plan, at.Region)}
	if at.Region == c.Hub.Region {
		props.Slack, props.Teams = own.SlackChannel(c.Chat.Slack), own.TeamsChannel(c.Chat.Teams)
		if c.Hub.Standby != "" {
			props.Topics = []string{c.HubIn(c.Hub.Standby).Topic(names.ChatTopic)}
		}
	}
	own.NewChat(stack, "Chat", props)
	return made{stack: stack}
}
