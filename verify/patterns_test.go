//go:build verify

package verify

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/breakglass/internal/judge"
	"example.com/breakglass/names"
	"example.com/breakglass/watch"
)

const (
	hubRegion     = "us-east-1"
	standbyRegion = "us-west-2"
	optInRegion   = "eu-south-2"
	secondUser    = "alice+bg@example.com" // in testdata/whole.yaml only
)

// probe is an event and the rules of a stack that it has to reach; all others it must not.
type probe struct {
	what  string
	event watch.Fields
	want  []string
}

// in is the event of a probe in another Region.
func in(region string, p probe) probe {
	p.what += ", in " + region
	p.event = watch.InRegion(copied(p.event).(watch.Fields), region)
	return p
}

// sampleProbes are all samples, and the drills of those that belong to an entry; rule says which rule a sample has to
// reach, for a drill or for the real event. With a user, the samples are those of that user.
func sampleProbes(user string, rule func(s watch.Sample, drill bool) []string) []probe {
	var probes []probe
	for _, s := range watch.Samples {
		real := asJSON(s.Event())
		isDrill := real["source"] == watch.DrillSource // a silent sample that only looks like one
		probes = append(probes, probe{s.Name, real, rule(s, isDrill)})
		if s.Entry != "" {
			probes = append(probes, probe{"drill: " + s.Name, asJSON(s.AsDrill()), rule(s, true)})
		}
	}
	if user == "" {
		return probes
	}
	var own []probe
	for _, p := range probes {
		text, err := json.Marshal(p.event)
		if err != nil {
			panic(err) // it was JSON before
		}
		// The group's name begins with the user's, and stays.
		other := strings.NewReplacer(names.Group, names.Group, watch.SampleScope.Users[0], user).Replace(string(text))
		if other == string(text) {
			continue // not about a user
		}
		own = append(own, probe{p.what + ", of " + user, asJSON(json.RawMessage(other)), p.want})
	}
	return own
}

// asJSON is the event in JSON's own types.
func asJSON(event any) watch.Fields {
	text, err := json.Marshal(event)
	if err != nil {
		panic(err) // samples are JSON
	}
	var out watch.Fields
	if err := json.Unmarshal(text, &out); err != nil {
		panic(err)
	}
	return out
}

// hubProbes are what arrives on a hub's bus, from three Regions. A real event reaches the rule of its alert wherever it
// comes from; a drill only from the hub's own Region, and the ledger from the others.
func hubProbes(stack *Stack, suffix, user string) []probe {
	var probes []probe
	for _, region := range []string{hubRegion, standbyRegion, optInRegion} {
		for _, p := range sampleProbes(user, func(s watch.Sample, drill bool) []string {
			if drill && region != stack.Region {
				return []string{names.Record + "breakglass-drills" + suffix}
			}
			if s.Entry == "" {
				return nil
			}
			entry, _ := watch.ByID(s.Entry)
			return []string{names.Capture + entry.Rule + s.Alert + suffix}
		}) {
			probes = append(probes, in(region, p))
		}
	}
	return probes
}

// forwarderProbes are what happens in a forwarder's Region, and what arrives there from a hub (in a hub's Region, from the
// other). The first reaches the rule of its entry, the second none: otherwise it would go round in a circle.
func forwarderProbes(stack *Stack, hubs []string, user string) []probe {
	prefix := names.Capture
	if slices.Contains(hubs, stack.Region) {
		prefix = names.Forward // the hub's own rules have the other prefix
	}
	own := sampleProbes(user, func(s watch.Sample, _ bool) []string {
		if s.Entry == "" {
			return nil
		}
		entry, _ := watch.ByID(s.Entry)
		return []string{prefix + entry.Rule}
	})
	from := hubRegion
	if stack.Region == hubRegion {
		from = standbyRegion
	}
	var probes []probe
	for _, p := range own {
		probes = append(probes, in(stack.Region, p))
		if user == "" && p.want != nil {
			probes = append(probes, in(from, probe{p.what, p.event, nil}))
		}
	}
	return probes
}

// appProbes are the probes of every stack that has rules; hubs are the Regions of the hub and the standby.
func appProbes(app *Assembly, hubs, users []string) map[string][]probe {
	all := map[string][]probe{}
	for name, stack := range app.Stacks {
		for _, user := range users {
			switch {
			case name == names.HubStack:
				all[name] = append(all[name], hubProbes(stack, "", user)...)
			case name == names.StandbyStack:
				all[name] = append(all[name], hubProbes(stack, names.StandbySuffix, user)...)
			case strings.HasPrefix(name, names.ForwarderStack):
				all[name] = append(all[name], forwarderProbes(stack, hubs, user)...)
			}
		}
	}
	return all
}

// TestPatterns puts everything before EventBridge's matcher in one go: each app, and the apps with something broken.
func TestPatterns(t *testing.T) {
	whole, small := wholeApp(t).Assembly, smallApp(t).Assembly
	var e exam
	both := []string{hubRegion, standbyRegion}
	e.add("whole", whole, appProbes(whole, both, []string{"", secondUser}))
	e.add("small", small, appProbes(small, both[:1], []string{""}))
	for _, m := range patternMutants {
		mutant := whole.Copy()
		stack := mutant.Stacks[m.stack]
		m.spoil(mutant.rule(t, m.stack, m.rule))
		mutant.Stacks = map[string]*Stack{m.stack: stack}
		e.add(m.name, mutant, appProbes(mutant, both, []string{""}))
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
				t.Errorf("nobody says %q, only %q", m.caught, problems[m.name])
			}
		})
	}
}

// exam collects cases for the matcher, in groups.
type exam struct {
	cases    []judge.Case
	answers  []answer
	problems map[string][]string
}

// answer is what the matcher has to say to the case in the same place.
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

// add asks about every rule of every stack with each of the stack's probes.
func (e *exam) add(group string, app *Assembly, probes map[string][]probe) {
	for name, stack := range app.Stacks {
		rules := stack.rules()
		if len(rules) > 0 && len(probes[name]) == 0 {
			e.problem(group, name+" has rules that nobody has tried")
		}
		for _, p := range probes[name] {
			for _, want := range p.want {
				if !slices.ContainsFunc(rules, func(r rule) bool { return r.name == want }) {
					e.problem(group, name+": "+p.what+": there is no rule "+want)
				}
			}
		}
		for _, r := range rules {
			if n := watch.Size(r.pattern); n > watch.MaxPattern {
				e.problem(group, name+": "+r.name+" is too long")
			}
			for _, p := range probes[name] {
				what := name + ": " + p.what + ": " + r.name
				e.cases = append(e.cases, judge.Case{ID: what, Pattern: r.pattern, Event: p.event})
				e.answers = append(e.answers, answer{group, what, slices.Contains(p.want, r.name)})
			}
		}
	}
}

// sit asks the matcher, and returns what is wrong with each group.
func (e *exam) sit(t *testing.T) map[string][]string {
	t.Helper()
	ruler, err := judge.NewRuler(t.Context(), root(t))
	if err != nil {
		t.Fatal(err)
	}
	verdicts, err := ruler.Match(t.Context(), e.cases)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range verdicts {
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
