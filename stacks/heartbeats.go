package stacks

import (
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	own "example.com/breakglass/constructs"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
)

// NewHeartbeats makes the alarms of a hub on the heartbeats of some Regions.
func NewHeartbeats(app App, p plan.Placement, hub Hub) awscdk.Stack {
	c := app.Config
	stack := newStack(app, p, "Break glass heartbeats: notices a Region that has gone silent, or one of whose rules is off")
	own.NewSilence(stack, "Silence", own.SilenceProps{
		Hub: p.Place(), Scope: c.Scope(), Name: p.Group, Regions: p.Beats, Instructions: c.Alerts.Instructions,
		Topics: told(c, p, hub.Topics[p.Region].ByName()), Log: own.NamedLog(p.Place(), names.Heartbeats),
	})
	// The hub's own Region may have no forwarder, which would have the schedule.
	if p.Region == c.Hub.Region && slices.Contains(p.Beats, p.Region) {
		own.NewHeartbeat(stack, "Heartbeat", p.Place())
	}
	return stack
}
