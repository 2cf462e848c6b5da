package stacks

import (
	"slices"

	own "example.com/breakglass/constructs"
	"example.com/breakglass/plan"
)

// newHeartbeats makes the alarms of a hub on the heartbeats of some Regions.
func newHeartbeats(a app, at plan.Placement, _ before) made {
	stack := newStack(a, at)
	// The hub's own Region may have no forwarder, which would have the schedule.
	if at.Region == a.config.Hub.Region && slices.Contains(at.Beats, at.Region) {
		own.NewHeartbeat(stack, "Heartbeat", at.Place())
	}
	return made{stack: stack}
}
