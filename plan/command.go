package plan

import (
	"slices"
	"strings"
)

// DeployCommand returns the command that deploys some stacks, which are given by their names or paths.
func (p Plan) DeployCommand(stacks ...string) string { return "breakglass deploy" + p.chosen(stacks) }

// RestoreCommand returns the command that sets stacks back to what the plan says, where something was changed outside
// CloudFormation.
func (p Plan) RestoreCommand(stacks ...string) string {
	return "breakglass deploy --revert-drift" + p.chosen(stacks)
}

// chosen returns the flags that select stacks.
func (p Plan) chosen(stacks []string) (flags string) {
	var all []string
	for _, stack := range stacks {
		all = append(all, stack[strings.LastIndex(stack, "/")+1:])
	}
	if slices.ContainsFunc(p.Placements, func(at Placement) bool { return at.Path() != at.Stack && slices.Contains(all, at.Stack) }) {
		flags = " --all-stages" // otherwise they are left to the pipeline
	}
	slices.Sort(all)
	return flags + " --only " + strings.Join(slices.Compact(all), ",")
}
