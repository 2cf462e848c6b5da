package stacks

import (
	own "example.com/breakglass/constructs"
	"example.com/breakglass/plan"
)

// newObserved makes what a hub needs to hear the observers of the target accounts, and to tell people of them: in the first
// of several stacks, who may put events on its bus.
func newObserved(a app, at plan.Placement, _ before) made {
	stack := newStack(a, at)
	if at.TargetAlarms().First {
		own.NewBusPolicy(stack, "Bus", plan.BusPolicy(a.config, at.Region))
	}
	return withDeadLetters(stack, at, plan.Refs{})
}
