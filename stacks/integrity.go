package stacks

import (
	"example.com/breakglass/plan"
)

// newIntegrity makes the rules of a hub on the alerting itself: changes to it, failed deliveries, Regions that are not watched.
func newIntegrity(a app, at plan.Placement, all before) made {
	stack := newStack(a, at)
	return withDeadLetters(stack, at, plan.Refs{Key: all.key(a.plan, at.Region)})
}
