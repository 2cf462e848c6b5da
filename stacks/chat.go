package stacks

import (
	own "example.com/breakglass/constructs"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
)

// newChat makes a hub's rules for the chat channel. The rules on the alerting itself have a stack of their own: those of the
// whole catalogue don't fit into one. The channel, which an account can set up once, is the hub's; it also subscribes to the
// standby's topic.
func newChat(a app, at plan.Placement, all before) made {
	c := a.config
	stack := newStack(a, at)
	refs := plan.Refs{Key: all.key(a.plan, at.Region)}
	if at.Group == "" {
		props := own.ChatProps{Place: at.Place(), Key: refs.Key}
		if at.Region == c.Hub.Region {
			props.Slack, props.Teams = own.SlackChannel(c.Chat.Slack), own.TeamsChannel(c.Chat.Teams)
			if c.Hub.Standby != "" {
				props.Topics = []string{c.HubIn(c.Hub.Standby).Topic(names.ChatTopic)}
			}
		}
		refs.ChatTopic = own.NewChat(stack, "Chat", props)
	}
	return withDeadLetters(stack, at, refs)
}
