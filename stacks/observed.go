package stacks

import (
	own "example.com/breakglass/constructs"
	"example.com/breakglass/plan"
)

// newHubObserved makes what a hub needs to receive the records of the target accounts' observers, and to alert on them; the first of
// several stacks has the bus policy.
func newHubObserved(a app, at plan.Placement, _ before) made {
	stack := newStack(a, at)
	if at.TargetAlarms().First {
		own.NewBusPolicy(stack, "Bus", plan.BusPolicy(a.config, at.Region))
	}
	return withDeadLetters(stack, at, plan.Refs{})
}
