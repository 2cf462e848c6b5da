package stacks

import (
	own "example.com/breakglass/constructs"
	"example.com/breakglass/plan"
)

// newForwarder makes the rules that forward a Region's events to the hubs in other Regions. Changes to a hub's key go to the
// other hub, since the hub's own topic could no longer send the alert.
func newForwarder(a app, at plan.Placement, all before) made {
	stack := newStack(a, at)
	own.NewSchedules(stack, a.plan.Schedules(at))
	return withDeadLetters(stack, at, plan.Refs{Key: all.key(a.plan, at.Region)})
}
