package stacks

import (
	own "example.com/breakglass/constructs"
	"example.com/breakglass/plan"
)

// newHeartbeats makes the alarms of a hub on the heartbeats of some Regions.
func newHeartbeats(a app, at plan.Placement, _ before) made {
	stack := newStack(a, at)
	own.NewSchedules(stack, a.plan.Schedules(at))
	var refs plan.Refs
	if at.DeadMansSwitch {
		refs.DeadMansSwitch = own.NewDeadMansSwitch(stack, "Switch", at.Place(), a.config.Monitoring.DeadMansSwitch.URL)
	}
	return made{stack: stack, refs: refs}
}
