//go:build verify

package verify

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/breakglass/prove/judge"
	"example.com/breakglass/watch"
)

const (
	hubRegion     = "us-east-1"
	standbyRegion = "us-west-2"
	optInRegion   = "eu-south-2"
	secondUser    = "alice+bg@example.com" // in stacks/testdata/whole.yaml only
)

// TestPatterns puts everything before EventBridge's matcher in one go: each app, and the apps with something broken.
func TestPatterns(t *testing.T) {
	whole, small := wholeApp(t).Assembly, smallApp(t).Assembly
	both := []string{hubRegion, standbyRegion}
	var e exam
	for _, stack := range whole.Stacks {
		e.add("whole", stack, append(whole.probes(stack, both, ""), whole.probes(stack, both, secondUser)...), "")
	}
	for _, stack := range small.Stacks {
		e.add("small", stack, small.probes(stack, both[:1], ""), "")
	}
	for _, m := range patternMutants {
		mutant := whole.Copy()
		m.spoil(mutant.rule(t, m.stack, m.rule))
		e.add(m.name, mutant.Stacks[m.stack], mutant.probes(mutant.Stacks[m.stack], both, ""), m.rule)
	}
	began := time.Now()
	problems := e.sit(t)
	t.Logf("%d cases in %v", len(e.cases), time.Since(began).Round(100*time.Millisecond))

	for _, app := range []string{"whole", "small"} {
		for i, p := range problems[app] {
			if i == 20 {
				t.Errorf("%s: and %d more", app, len(problems[app])-i)
				break
			}
			t.Errorf("%s: %s", app, p)
		}
	}
	for _, m := range patternMutants {
		t.Run("mutant/"+m.name, func(t *testing.T) {
			if !slices.ContainsFunc(problems[m.name], func(p string) bool { return strings.Contains(p, m.caught) }) {
				t.Errorf("%q is not reported, only %q", m.caught, problems[m.name])
			}
		})
	}
}

// TestNoNumberOfUsersMakesAPatternTooComplex: the matcher refuses one that is.
func TestNoNumberOfUsersMakesAPatternTooComplex(t *testing.T) {
	s, event := watch.SampleScope, watch.Samples[0].Event()
	s.Users, s.UserARNs = nil, nil
	var cases []judge.Case
	for _, name := range []string{"BreakglassUser", "alice", "bob", "carol", "dave", "erin", "BreakglassUser2"} {
		s.Users, s.UserARNs = append(s.Users, name), append(s.UserARNs, "arn:aws:iam::111111111111:user/"+name)
		for _, e := range slices.Concat(watch.Catalogue, watch.Observed) {
			what := fmt.Sprintf("%s with %d users", e.ID, len(s.Users))
			cases = append(cases, judge.Case{ID: what, Pattern: e.Forward(s, hubRegion), Event: event})
		}
	}
	for _, v := range match(t, cases) {
		if v.Error != "" {
			t.Errorf("%s: %s", v.ID, v.Error)
		}
	}
}

// exam collects cases for the matcher, in groups.
type exam struct {
	cases    []judge.Case
	answers  []answer
	problems map[string][]string
}

// answer is the matcher's expected answer to the case at the same index.
type answer struct {
	group, what string
	want        bool
}

func (e *exam) problem(group, what string) {
	if e.problems == nil {
		e.problems = map[string][]string{}
	}
	e.problems[group] = append(e.problems[group], what)
}

// add asks about every rule of a stack, or only about one, with each of the stack's probes.
func (e *exam) add(group string, stack *Stack, probes []probe, only string) {
	rules := stack.rules()
	if len(rules) > 0 && len(probes) == 0 {
		e.problem(group, stack.Name+" has rules that nobody has tried")
	}
	ruleNames := stack.ruleNames()
	reached := map[string]bool{}
	for _, p := range probes {
		for _, want := range p.want {
			reached[want] = true
			if !slices.Contains(ruleNames, want) {
				e.problem(group, stack.Name+": "+p.what+": there is no rule "+want)
			}
		}
	}
	for _, r := range rules {
		if only != "" && r.name != only {
			continue
		}
		if !reached[r.name] {
			e.problem(group, stack.Name+": nothing that was tried belongs to "+r.name)
		}
		if n := watch.Size(r.pattern); n > watch.MaxPattern {
			e.problem(group, stack.Name+": "+r.name+" is too long")
		}
		pattern := json.RawMessage(jsonOf(r.pattern))
		for _, p := range probes {
			what := stack.Name + ": " + p.what + ": " + r.name
			e.cases = append(e.cases, judge.Case{ID: what, Pattern: pattern, Event: p.event})
			e.answers = append(e.answers, answer{group, what, slices.Contains(p.want, r.name)})
		}
	}
}

// sit asks the matcher, and returns what is wrong with each group.
func (e *exam) sit(t *testing.T) map[string][]string {
	t.Helper()
	for i, v := range match(t, e.cases) {
		a := e.answers[i]
		switch {
		case v.Error != "":
			e.problem(a.group, a.what+" is refused: "+v.Error)
		case v.Match && !a.want:
			e.problem(a.group, a.what+" matches")
		case !v.Match && a.want:
			e.problem(a.group, a.what+" does not match")
		}
	}
	for _, list := range e.problems {
		slices.Sort(list)
	}
	return e.problems
}

// match asks the matcher.
func match(t *testing.T, cases []judge.Case) []judge.Verdict {
	t.Helper()
	ruler, err := judge.NewRuler(t.Context(), root(t))
	if err != nil {
		t.Fatal(err)
	}
	verdicts, err := ruler.Match(t.Context(), cases)
	if err != nil {
		t.Fatal(err)
	}
	return verdicts
}
