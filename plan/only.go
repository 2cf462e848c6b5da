package plan

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// Only returns a plan that makes only the stacks whose name matches one of the patterns, which commas separate, and those that they depend on. Their
// templates are the same as in the whole plan. The pipeline's template contains all of its stages: with it, every stack is
// made.
func (p Plan) Only(glob string) (Plan, error) {
	wanted := map[string]bool{}
	matched, whole := 0, false
	for _, at := range slices.Backward(p.Placements) { // a stack comes after those before it in the list
		ok, err := Matches(glob, at.Stack)
		if err != nil {
			return Plan{}, fmt.Errorf("invalid pattern %q for only: use a name such as BreakGlass-Hub, or a pattern such as BreakGlass-Forwarder-eu-*", glob)
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
		return Plan{}, fmt.Errorf("no stack matches only %q: breakglass plan lists the stacks", glob)
	case whole:
		return p, nil
	}
	p.only = wanted
	p.Notes = append(slices.Clone(p.Notes),
		fmt.Sprintf("only %s: %d of %d stacks are made, including those that they depend on", glob, len(wanted), len(p.Placements)))
	return p, nil
}

// Makes reports whether the stack of a placement is made: every stack is, unless Only selected some.
func (p Plan) Makes(at Placement) bool { return p.only == nil || p.only[at.Stack] }

// Matches reports whether the name of a stack matches one of the patterns, which commas separate.
func Matches(globs, stack string) (matches bool, err error) {
	for glob := range strings.SplitSeq(globs, ",") {
		ok, err := path.Match(strings.TrimSpace(glob), stack)
		if err != nil {
			return false, err
		}
		matches = matches || ok
	}
	return matches, nil
}
