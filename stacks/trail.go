package stacks

import (
	own "example.com/breakglass/constructs"
	"example.com/breakglass/plan"
)

// newTrail makes CloudTrail's trail, where the file asks for one.
func newTrail(a app, at plan.Placement, _ before) made {
	stack := newStack(a, at, "Break glass trail: CloudTrail's management events of every Region, without which nothing is seen")
	own.NewTrail(stack, "Trail", at.Place(), a.config.TerminationProtection)
	return made{stack: stack}
}
