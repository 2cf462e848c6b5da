//go:build verify

package verify

import (
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

// rules of the stack.
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

// rule is the pattern of one rule, for a test that breaks it.
func (app *Assembly) rule(t *testing.T, stack, name string) watch.Fields {
	t.Helper()
	for _, r := range app.Stacks[stack].rules() {
		if r.name == name {
			return r.pattern
		}
	}
	t.Fatalf("%s has no rule %s", stack, name)
	return nil
}

// publishing are the names of a hub's rules that tell people.
func publishing(stack *Stack) []string {
	var list []string
	for _, r := range stack.rules() {
		if slices.ContainsFunc(r.targets, func(arn string) bool { return strings.HasSuffix(arn, ":"+names.Topic) }) {
			list = append(list, r.name)
		}
	}
	return list
}

// TestPatternsLeadToPeople holds the rules' targets against the catalogue: TestPatterns proves which rule an event
// reaches, and this what the rule does with it.
func TestPatternsLeadToPeople(t *testing.T) {
	app := wholeApp(t)
	for stack, suffix := range map[string]string{names.HubStack: "", names.StandbyStack: names.StandbySuffix} {
		hub := app.Stacks[stack]
		var alerts []string
		for _, e := range watch.Catalogue {
			for _, a := range e.Alerts {
				alerts = append(alerts, names.Capture+e.Rule+a.Suffix+suffix)
			}
		}
		told := publishing(hub)
		slices.Sort(alerts)
		slices.Sort(told)
		if !slices.Equal(told, alerts) {
			t.Errorf("%s: people are told by %q, want %q", stack, told, alerts)
		}
		// Decision 9 of the design: whoever fails to sign in must not be able to ring the alarm at will.
		for _, r := range told {
			if strings.Contains(r, "failed-sign-in") {
				t.Errorf("%s: %s publishes", stack, r)
			}
		}
		ledger := "arn:aws:logs:" + hub.Region + ":" + hub.Account + ":log-group:" + names.Ledger
		for _, r := range hub.rules() {
			if !slices.Contains(r.targets, ledger) {
				t.Errorf("%s: %s does not write into the ledger", stack, r.name)
			}
		}
	}
}

// patternMutants break one rule each, in a stack of the whole app, and name what the matcher has to find.
var patternMutants = []struct {
	name, stack, rule string
	spoil             func(pattern watch.Fields)
	caught            string
}{
	{
		"any user", names.HubStack, "capture-breakglass-user-sign-in",
		func(p watch.Fields) { delete(at(p, "detail", "userIdentity"), "userName") },
		"a sign-in of a stranger, in us-east-1: capture-breakglass-user-sign-in matches",
	},
	{
		"any account", names.HubStack, "capture-breakglass-user-sign-in",
		func(p watch.Fields) { delete(p, "account") },
		"a sign-in of the same name in another account, in us-east-1: capture-breakglass-user-sign-in matches",
	},
	{
		"failures published", names.StandbyStack, "capture-breakglass-user-sign-in-standby",
		func(p watch.Fields) { delete(at(p, "detail"), "responseElements") },
		"a wrong password, in us-west-2: capture-breakglass-user-sign-in-standby matches",
	},
	{
		"only successes", names.HubStack, "capture-breakglass-user-sign-in",
		func(p watch.Fields) {
			at(p, "detail")["responseElements"] = watch.Fields{"ConsoleLogin": []any{"Success"}}
		},
		"a sign-in whose record has no result, in us-east-1: capture-breakglass-user-sign-in does not match",
	},
	{
		"distant drills published", names.HubStack, "capture-breakglass-user-sign-in",
		func(p watch.Fields) { delete(p["$or"].([]any)[1].(watch.Fields), "region") },
		"drill: a sign-in with MFA, in eu-south-2: capture-breakglass-user-sign-in matches",
	},
	{
		"one spelling", names.HubStack, "capture-breakglass-user-sign-in",
		func(p watch.Fields) {
			p["$or"].([]any)[0].(watch.Fields)["detail-type"] = []any{"AWS Console Sign In via CloudTrail"}
		},
		"a sign-in with the other spelling, in us-east-1: capture-breakglass-user-sign-in does not match",
	},
	{
		"a circle", names.ForwarderStack + hubRegion, "forward-breakglass-user-assume-role",
		func(p watch.Fields) { delete(p, "region") },
		"an assumption by CLI, in us-west-2: forward-breakglass-user-assume-role matches",
	},
	{
		"another Region", names.ForwarderStack + "eu-west-1", "capture-breakglass-user-sign-in",
		func(p watch.Fields) { p["region"] = []any{"eu-west-2"} },
		"a sign-in with MFA, in eu-west-1: capture-breakglass-user-sign-in does not match",
	},
	{
		"no drill", names.ForwarderStack + "eu-west-1", "capture-breakglass-root-sign-in",
		func(p watch.Fields) { at(p["$or"].([]any)[1])["source"] = []any{"breakglass.drills"} },
		"drill: a sign-in of root, in eu-west-1: capture-breakglass-root-sign-in does not match",
	},
	{
		"no such operator", names.ForwarderStack + "eu-west-1", "capture-breakglass-user-sign-in",
		func(p watch.Fields) { p["region"] = []any{watch.Fields{"anything-butt": "eu-west-2"}} },
		"is refused",
	},
	{
		"too long", names.ForwarderStack + "eu-west-1", "capture-breakglass-user-sign-in",
		func(p watch.Fields) { p["region"] = []any{strings.Repeat("x", watch.MaxPattern)} },
		"capture-breakglass-user-sign-in is too long",
	},
}

// at goes down into a pattern.
func at(value any, path ...string) watch.Fields {
	for _, key := range path {
		value = value.(watch.Fields)[key]
	}
	return value.(watch.Fields)
}
