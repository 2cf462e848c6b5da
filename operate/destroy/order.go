package destroy

import (
	"slices"

	"example.com/breakglass/plan"
)

// ranks are the kinds in the order in which they go: the pipeline, which would deploy the others again, the users' ways in,
// and last what the rest relies on. The trail stays until the hub is gone, so that the removal itself is on record.
var ranks = map[plan.Kind]int{
	plan.Pipeline: 0, plan.Artifacts: 0,
	plan.Role: 1, plan.Observer: 1, plan.StackSet: 1,
	plan.Forwarder: 2,
	plan.Dashboard: 3, plan.Notifications: 3, plan.Chat: 3, plan.Heartbeats: 3, plan.Integrity: 3, plan.Links: 3, plan.Observed: 3,
	plan.Standby: 4, plan.Hub: 5, plan.Trail: 6,
}

// dependents are the stacks that have to be gone before one: those that come after it when they are deployed. Without a
// trail, a hub that stays would see nothing.
func dependents(of plan.Placement, all []plan.Placement) []string {
	var names []string
	for _, at := range all {
		if slices.Contains(at.After, of.Stack) || of.Kind == plan.Trail && at.Kind == plan.Hub {
			names = append(names, at.Stack)
		}
	}
	return names
}

// waves are the stacks in groups, of which each can go when the one before it has gone.
func waves(all []plan.Placement) [][]plan.Placement {
	level := map[string]int{}
	// The plan's order has each stack behind those that it comes after, so backwards the dependents come first.
	for _, at := range slices.Backward(all) {
		// There are fewer stacks in a chain than that.
		const room = 100
		level[at.Stack] = ranks[at.Kind] * room
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
