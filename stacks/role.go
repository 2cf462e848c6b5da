package stacks

import (
	"example.com/breakglass/plan"
)

// newRole makes the role of a target account, with its observers. Without observers it needs nothing of the hub to exist, and so
// depends on no stack: it can be deployed alone, with that account's own credentials.
func newRole(a app, at plan.Placement, _ before) made {
	stack := newStack(a, at)
	return inTarget(stack, a, *at.Target, at.Place(), len(at.To) > 0)
}

// newTargetObserver makes the observers of a target account in a Region without its role's stack.
func newTargetObserver(a app, at plan.Placement, _ before) made {
	stack := newStack(a, at)
	return inObserved(stack, a, at.Place(), false, true)
}
