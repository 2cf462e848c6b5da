//go:build verify

package verify

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/names"
	"example.com/breakglass/watch"
)

// rule is an EventBridge rule of a template.
type rule struct {
	name    string
	pattern watch.Fields
	// targets are the ARNs.
	targets []string
}

// rules returns the rules of the stack.
func (s *Stack) rules() []rule {
	var rules []rule
	for _, id := range s.OfType("AWS::Events::Rule") {
		r := s.Resources[id].Properties
		one := rule{name: r["Name"].(string), pattern: r["EventPattern"].(watch.Fields)}
		for _, target := range r["Targets"].([]any) {
			one.targets = append(one.targets, target.(map[string]any)["Arn"].(string))
		}
		rules = append(rules, one)
	}
	return rules
}

// ruleNames returns the names of the stack's rules.
func (s *Stack) ruleNames() []string {
	var list []string
	for _, r := range s.rules() {
		list = append(list, r.name)
	}
	return list
}

// rule returns the pattern of one rule, for a test that breaks it.
func (app *Assembly) rule(t *testing.T, stack, name string) watch.Fields {
	t.Helper()
	return app.ruleProperties(t, stack, name)["EventPattern"].(watch.Fields)
}

func (app *Assembly) ruleProperties(t *testing.T, stack, name string) watch.Fields {
	t.Helper()
	s := app.Stacks[stack]
	for _, id := range s.OfType("AWS::Events::Rule") {
		if p := s.Resources[id].Properties; p["Name"] == name {
			return p
		}
	}
	t.Fatalf("%s has no rule %s", stack, name)
	return nil
}

// TestRulesLeadWhereTheyShould compares the rules' targets with the catalogue: TestPatterns proves which rule an event
// reaches, and this what the rule does with it. Only the rules of alerts notify people: those who can cause
// what is counted, such as a failed sign-in, must not be able to send alerts at will.
func TestRulesLeadWhereTheyShould(t *testing.T) {
	whole := wholeApp(t).Assembly
	both := []string{hubRegion, standbyRegion}
	for name, p := range map[string][]string{
		"whole": ruleProblems(whole, both),
		"small": ruleProblems(smallApp(t).Assembly, both[:1]),
	} {
		for _, one := range p {
			t.Errorf("%s: %s", name, one)
		}
	}
	for _, m := range ruleMutants {
		t.Run("mutant/"+m.name, func(t *testing.T) {
			mutant := whole.Copy()
			m.spoil(mutant.ruleProperties(t, m.stack, m.rule))
			if got, want := ruleProblems(mutant, both), m.stack+": "+m.rule; len(got) != 1 || !strings.HasPrefix(got[0], want) {
				t.Errorf("found %q, want one problem of %s", got, want)
			}
		})
	}
}

func ruleProblems(app *Assembly, hubs []string) []string {
	var problems []string
	for _, stack := range app.Stacks {
		want := stack.leads(hubs)
		for _, r := range stack.rules() {
			slices.Sort(r.targets)
			if !slices.Equal(r.targets, want[r.name]) {
				problems = append(problems, fmt.Sprintf("%s: %s leads to %q, want %q", stack.Name, r.name, r.targets, want[r.name]))
			}
			delete(want, r.name)
		}
		for name := range want {
			problems = append(problems, stack.Name+": "+name+" is missing")
		}
	}
	return problems
}

// leads returns the rules that a stack must have, and where each leads.
func (s *Stack) leads(hubs []string) map[string][]string {
	in := func(service, region, rest string) string {
		return "arn:aws:" + service + ":" + region + ":" + s.Account + ":" + rest
	}
	composer := in("states", s.Region, "stateMachine:"+names.Composer)
	ledger, beats := in("logs", s.Region, "log-group:"+names.Ledger), in("logs", s.Region, "log-group:"+names.Heartbeats)
	isHub, suffix := slices.Contains(hubs, s.Region), ""
	if isHub && s.Region == standbyRegion {
		suffix = names.StandbySuffix
	}
	want := map[string][]string{}
	each := func(access bool) {
		for _, e := range watch.Catalogue {
			if (e.Part == watch.Access) != access || !e.Always() { // no app here has a pipeline
				continue
			}
			if want[names.Capture+e.Rule+suffix] = []string{ledger}; len(e.Counts) == 0 {
				want[names.Capture+e.Rule+suffix] = []string{ledger, composer}
			}
		}
	}
	group, isBeats := strings.CutPrefix(s.Name, names.HeartbeatsStack)
	switch {
	case s.Name == names.HubStack, s.Name == names.StandbyStack:
		each(true)
		want[names.Record+"breakglass-drills"+suffix] = []string{ledger}
	case strings.HasPrefix(s.Name, names.IntegrityStack):
		each(false)
	case strings.HasPrefix(s.Name, names.ForwarderStack):
		var buses []string
		for _, hub := range hubs {
			if hub != s.Region {
				buses = append(buses, in("events", hub, "event-bus/default"))
			}
		}
		prefix := names.Capture
		if isHub {
			prefix = names.Forward
		}
		for _, e := range watch.Catalogue {
			if e.Always() && (isHub || !e.HubsOnly) {
				want[prefix+e.Rule] = buses
			}
		}
		want[prefix+names.Recorded] = buses
		if isHub {
			want[names.Forward+names.Alive] = buses
		}
	case isBeats:
		if group == "standby" || group == watch.WorldPartOf(hubRegion) {
			want[names.Capture+names.Recorded+suffix] = []string{beats}
		}
		for _, name := range s.ruleNames() {
			// Which Regions those are is the heartbeats' own test.
			if region, ok := strings.CutPrefix(name, names.Capture+names.Heartbeat+"-"); ok && (group == "standby" || group == watch.WorldPartOf(region)) {
				want[name] = []string{beats}
			}
			if ids := s.OfType("AWS::Events::ApiDestination"); name == names.Capture+names.DeadMansSwitch && len(ids) == 1 {
				monitor, _ := s.arn(ids[0])
				want[name] = []string{monitor}
			}
			if region, ok := strings.CutPrefix(name, names.Capture+names.Alive+"-"); ok && slices.Contains(hubs, region) {
				want[name] = []string{beats}
			}
		}
	}
	return want
}

// ruleMutants break the targets, or the name, of one rule each.
var ruleMutants = []struct {
	name, stack, rule string
	spoil             func(properties watch.Fields)
}{
	{"a mail for each failed sign-in", names.HubStack, "capture-breakglass-user-failed-sign-in", func(r watch.Fields) {
		r["Targets"] = append(r["Targets"].([]any), map[string]any{"Arn": "arn:aws:sns:us-east-1:111111111111:" + names.Topic})
	}},
	{"nobody notified", names.StandbyStack, "capture-breakglass-root-sign-in-standby", func(r watch.Fields) { r["Targets"] = targetsBut(r, "composer") }},
	{"not in the ledger", names.IntegrityStack + hubRegion, "capture-breakglass-trail-change", func(r watch.Fields) { r["Targets"] = targetsBut(r, "ledger") }},
	{"one hub only", names.ForwarderStack + "eu-west-1", "capture-breakglass-deployment", func(r watch.Fields) { r["Targets"] = targetsBut(r, standbyRegion) }},
	{
		"recorded calls in one hub only", names.ForwarderStack + "eu-west-1", "capture-breakglass-recorded",
		func(r watch.Fields) { r["Targets"] = targetsBut(r, hubRegion) },
	},
	{"the other hub's composer", names.StandbyStack, "capture-breakglass-user-sign-in-standby", func(r watch.Fields) {
		r["Targets"].([]any)[0].(map[string]any)["Arn"] = composerARN(hubRegion)
	}},
	{"past the composer", names.IntegrityStack + hubRegion, "capture-breakglass-topic-change", func(r watch.Fields) {
		r["Targets"].([]any)[0].(map[string]any)["Arn"] = "arn:aws:sns:us-east-1:111111111111:" + names.Topic
	}},
	{"beats in the ledger", names.HeartbeatsStack + "americas", "capture-breakglass-heartbeat-us-east-2", func(r watch.Fields) {
		r["Targets"].([]any)[0].(map[string]any)["Arn"] = "arn:aws:logs:us-east-1:111111111111:log-group:" + names.Ledger
	}},
}

// targetsBut returns the targets of a rule without one.
func targetsBut(r watch.Fields, id string) []any {
	return slices.DeleteFunc(r["Targets"].([]any), func(target any) bool { return target.(map[string]any)["Id"] == id })
}
