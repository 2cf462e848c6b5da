package stacks

import (
	own "example.com/breakglass/constructs"
	"example.com/breakglass/plan"
)

// newTrail makes CloudTrail's trail, where the file asks for one.
func newTrail(a app, at plan.Placement, _ before) made {
	stack := newStack(a, at)
	own.NewTrail(stack, "Trail", at.Place(), a.config.TerminationProtection)
	return made{stack: stack}
}
