package stacks

import (
	own "example.com/breakglass/constructs"
	"example.com/breakglass/plan"
)

// newForwarder makes the rules that carry a Region's own events to the hubs elsewhere. The other hub hears of changes of a
// hub's key, which its own topic could no longer tell of.
func newForwarder(a app, at plan.Placement, all before) made {
	stack := newStack(a, at)
	if a.config.Monitoring.Heartbeats && at.Region != a.config.Hub.Region {
		own.NewHeartbeat(stack, "Heartbeat", at.Place())
	}
	return withDeadLetters(stack, at, plan.Refs{Key: all.key(a.plan, at.Region)})
}
