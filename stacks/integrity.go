package stacks

import (
	"example.com/breakglass/plan"
)

// newIntegrity makes the rules of a hub that tell of the alarm itself: that somebody changes it, that it could not
// deliver, that a Region is not watched.
func newIntegrity(a app, at plan.Placement, all before) made {
	stack := newStack(a, at)
	return withDeadLetters(stack, at, plan.Refs{Key: all.key(a.plan, at.Region)})
}
