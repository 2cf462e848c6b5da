package plan

import (
	"fmt"
	"path"
	"slices"
)

// Only leaves of the plan the stacks whose name matches, where * stands for anything, and what they come after. Everything
// else is as in the whole plan, so that what is left has the same templates. The pipeline's template holds all of its stages:
// with it, nothing is left out.
func (p Plan) Only(glob string) (Plan, error) {
	wanted := map[string]bool{}
	matched, whole := 0, false
	for _, at := range slices.Backward(p.Placements) { // a stack comes after those before it in the list
		ok, err := path.Match(glob, at.Stack)
		if err != nil {
			return Plan{}, fmt.Errorf("only is %q, which is no pattern; say a name such as BreakGlass-Hub, or BreakGlass-Forwarder-eu-*", glob)
		}
		if ok {
			matched++
			whole = whole || at.Kind == Pipeline
		}
		if ok || wanted[at.Stack] {
			wanted[at.Stack] = true
			for _, before := range at.After {
				wanted[before] = true
			}
		}
	}
	switch {
	case matched == 0:
		return Plan{}, fmt.Errorf("only is %q, and the plan has no such stack; breakglass plan lists what it has", glob)
	case whole:
		return p, nil
	}
	p.only = wanted
	p.Notes = append(slices.Clone(p.Notes), fmt.Sprintf("only is %s: %d of %d stacks are made, with those that they come after", glob, len(wanted), len(p.Placements)))
	return p, nil
}

// Makes tells whether a placement's stack is to be made: each is, unless Only was asked for some.
func (p Plan) Makes(at Placement) bool { return p.only == nil || p.only[at.Stack] }
