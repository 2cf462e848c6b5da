package destroy

import (
	"slices"

	"example.com/breakglass/plan"
)

// dependents returns the stacks that have to be deleted before one: those that are deployed after it, and those of the kinds that
// its own names.
func dependents(of plan.Placement, all []plan.Placement) []string {
	var names []string
	for _, at := range all {
		if slices.Contains(at.After, of.Stack) || slices.Contains(of.Kind.Info().GoneFirst, at.Kind) {
			names = append(names, at.Stack)
		}
	}
	return names
}

// waves returns the stacks in groups: each can be deleted when the one before it is gone.
func waves(all []plan.Placement) [][]plan.Placement {
	level := map[string]int{}
	// The plan's order has each stack behind those that it comes after, so backwards the dependents come first.
	for _, at := range slices.Backward(all) {
		// There are fewer stacks in a chain than that.
		const room = 100
		level[at.Stack] = at.Kind.Info().Teardown * room
		for _, d := range dependents(at, all) {
			level[at.Stack] = max(level[at.Stack], level[d]+1)
		}
	}
	var levels []int
	groups := map[int][]plan.Placement{}
	for _, at := range all {
		n := level[at.Stack]
		if groups[n] == nil {
			levels = append(levels, n)
		}
		groups[n] = append(groups[n], at)
	}
	slices.Sort(levels)
	var out [][]plan.Placement
	for _, n := range levels {
		out = append(out, groups[n])
	}
	return out
}
