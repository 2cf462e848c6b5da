package plan

import (
	"encoding/json"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/compose"
	"example.com/breakglass/names"
	"example.com/breakglass/watch"
)

// watched is a file with all that rules and alarms are made for.
const watched = `version: 1
hub: {account: "111111111111", region: us-east-1, standby: eu-west-1}
regions: [us-east-1, eu-west-1, sa-east-1]
alerts:
  email: [security-team@example.com]
  instructions: |
    Call the duty officer.
    Then the 'runbook'.
chat: {slack: {workspace: T0123ABCDEF, channel: C0123ABCDEF}}
observers: {regions: [us-east-1, ap-northeast-1]}
targets: [{account: "222222222222", name: production}, {account: "333333333333", name: staging}]
`

// refs are what only AWS knows.
var refs = Refs{Key: watch.SampleKey, Queue: "queue-of-the-stack"}

// rulesOf returns the rules of a stack by name.
func rulesOf(t *testing.T, p Plan, stack string) map[string]Rule {
	t.Helper()
	at := in(p, stack)
	if at == nil {
		t.Fatalf("no stack %s", stack)
	}
	rules := map[string]Rule{}
	for _, r := range p.Rules(*at, refs) {
		rules[r.Name] = r
	}
	return rules
}

func compact(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestEveryRuleIsOneThatEventBridgeTakes, sees calls that only read, and is let in by the policies of the queue and the ledger.
func TestEveryRuleIsOneThatEventBridgeTakes(t *testing.T) {
	p, seen, paths := of(t, watched), map[string]bool{}, map[string]bool{}
	for _, at := range p.Placements {
		for _, r := range p.Rules(at, refs) {
			if len(r.Name) > 64 || !regexp.MustCompile(`^[^/]+-breakglass-[^/]+$`).MatchString(r.Name) {
				t.Errorf("%s: %s is too long, or no policy lets it in", at.Stack, r.Name)
			}
			if key := at.Account + at.Region + r.Name; seen[key] {
				t.Errorf("%s: %s is twice in its Region", at.Stack, r.Name)
			} else {
				seen[key] = true
			}
			if key := at.Stack + " " + r.ID; paths[key] || path.Clean(r.ID) != r.ID {
				t.Errorf("%s: the ID %s is no path, or stands twice", at.Stack, r.ID)
			} else {
				paths[key] = true
			}
			if r.State != "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS" {
				t.Errorf("%s: %s may never see AssumeRole", at.Stack, r.Name)
			}
			if n := len(r.Description); n == 0 || n > 512 {
				t.Errorf("%s: the description of %s has %d characters", at.Stack, r.Name, n)
			}
			if n := watch.Size(r.Pattern); n > watch.MaxPattern {
				t.Errorf("%s: the pattern of %s has %d characters", at.Stack, r.Name, n)
			}
			if n := len(r.Targets); n == 0 || n > 5 {
				t.Errorf("%s: %s has %d targets", at.Stack, r.Name, n)
			}
			// What observers carry is the other accounts' own.
			if got := compact(t, r.Pattern["account"]); at.Kind != HubObserved && got != `["`+at.Account+`"]` {
				t.Errorf("%s: %s takes the events of %s", at.Stack, r.Name, got)
			}
		}
	}
	if len(seen) < 100 {
		t.Errorf("%d rules", len(seen))
	}
}

func TestARuleDeliversToWhatItIsFor(t *testing.T) {
	p := of(t, watched)
	const ledger, beats = ":111111111111:log-group:/aws/events/breakglass-ledger", ":111111111111:log-group:/aws/events/breakglass-heartbeats"
	for _, at := range p.Placements {
		composer := "composer arn:aws:states:" + at.Region + ":111111111111:stateMachine:breakglass-composer"
		log := "ledger arn:aws:logs:" + at.Region + ledger
		quiet := map[string]bool{}
		for _, e := range slices.Concat(watch.Catalogue, watch.Observed) {
			// What a stranger can cause at will is counted, and rings no more than its alarm does.
			if len(e.Counts) > 0 {
				quiet[names.Capture+e.Rule], quiet[names.Capture+e.Rule+"-standby"] = true, true
			}
		}
		var buses []string
		for _, hub := range []string{"us-east-1", "eu-west-1"} {
			if hub != at.Region || at.Kind == Role || at.Kind == TargetObserver {
				buses = append(buses, hub+" arn:aws:events:"+hub+":111111111111:event-bus/default")
			}
		}
		for _, r := range p.Rules(at, refs) {
			var want []string
			switch {
			case at.Kind == Heartbeats:
				want = []string{"heartbeats arn:aws:logs:" + at.Region + beats}
			case at.Kind == Forwarder, at.Kind == Role, at.Kind == TargetObserver:
				want = buses
			case at.Kind == HubObserved, quiet[r.Name], strings.HasPrefix(r.Name, names.Record):
				want = []string{log}
			default:
				want = []string{composer, log}
			}
			var got []string
			for _, target := range r.Targets {
				got = append(got, target.ID+" "+target.ARN)
				role := ""
				switch {
				case target.ID == ComposerTarget:
					role = "arn:aws:iam::111111111111:role/breakglass-composer-start-role"
				case at.Kind == Forwarder:
					role = "arn:aws:iam::111111111111:role/breakglass-event-bus-role"
				case at.Kind == Role, at.Kind == TargetObserver:
					role = "arn:aws:iam::" + at.Account + ":role/breakglass-observer-role"
				}
				if target.Role != role {
					t.Errorf("%s: %s delivers to %s as %q", at.Stack, r.Name, target.ID, target.Role)
				}
				// A lost beat is what the alarm counts.
				if target.DeadLetters == (at.Kind == Heartbeats) {
					t.Errorf("%s: %s has dead letters of %s: %v", at.Stack, r.Name, target.ID, target.DeadLetters)
				}
				input := ""
				if target.ID == ComposerTarget {
					input = compose.InputTemplate(strings.TrimPrefix(r.ID, "Alerting/"))
				}
				if target.Template != input {
					t.Errorf("%s: %s sends %s %q", at.Stack, r.Name, target.ID, target.Template)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s: %s delivers to %q, want %q", at.Stack, r.Name, got, want)
			}
		}
	}
}

// TestAForwardingRuleTakesItsOwnRegionOnly: an event that was forwarded there would be forwarded on, in a circle.
func TestAForwardingRuleTakesItsOwnRegionOnly(t *testing.T) {
	p := of(t, watched)
	for _, at := range p.Placements {
		if at.Kind != Forwarder && at.Kind != Role && at.Kind != TargetObserver {
			continue
		}
		for _, r := range p.Rules(at, refs) {
			if got := compact(t, r.Pattern["region"]); got != `["`+at.Region+`"]` {
				t.Errorf("%s: %s takes events of %s", at.Stack, r.Name, got)
			}
		}
	}
}

// TestEveryEntryHasItsRulesWhereItHappens, and a Region without a hub has none for what only a hub's Region has.
func TestEveryEntryHasItsRulesWhereItHappens(t *testing.T) {
	p := of(t, watched)
	elsewhere, hub := rulesOf(t, p, "BreakGlass-Forwarder-sa-east-1"), rulesOf(t, p, "BreakGlass-Forwarder-eu-west-1")
	alerting := map[string]Rule{}
	for _, stack := range []string{"BreakGlass-Standby", "BreakGlass-Integrity-eu-west-1"} {
		maps.Copy(alerting, rulesOf(t, p, stack))
	}
	rules := 1 // that of the drills
	for _, e := range watch.Catalogue {
		if !e.Always() { // there is none
			continue
		}
		if _, found := elsewhere["capture-"+e.Rule]; found == e.HubsOnly {
			t.Errorf("%s: forwarded %v", e.ID, found)
		}
		if _, found := hub["forward-"+e.Rule]; !found {
			t.Errorf("%s: a hub's Region does not carry it to the other hub", e.ID)
		}
		rules++
		if _, found := alerting["capture-"+e.Rule+"-standby"]; !found {
			t.Errorf("%s: nobody is notified", e.ID)
		}
	}
	if _, found := alerting["record-breakglass-drills-standby"]; !found || len(alerting) != rules {
		t.Errorf("%d rules, want %d", len(alerting), rules)
	}
	if _, found := hub["forward-breakglass-alive"]; !found {
		t.Error("the other hub does not learn that a hub alerts no longer")
	}
	if _, found := elsewhere["capture-breakglass-alive"]; found {
		t.Error("a Region without a hub reports that it alerts")
	}
	for _, stack := range []string{"BreakGlass-Role-222222222222", "BreakGlass-Observer-ap-northeast-1-222222222222"} {
		if n := len(rulesOf(t, p, stack)); n != len(watch.Observed) {
			t.Errorf("%s has %d rules", stack, n)
		}
	}
}

// TestRefsStandInForTheNamesOfThePlan: a template refers to what it makes itself, a reader of AWS to what is there.
func TestRefsStandInForTheNamesOfThePlan(t *testing.T) {
	p := of(t, watched)
	known := Refs{Key: "the-key", Queue: "the-queue", Topic: "the-topic", Sender: "the-sender"}
	found := map[string]bool{}
	for _, at := range p.Placements {
		for _, r := range p.Rules(at, known) {
			if strings.Contains(compact(t, r.Pattern), "the-key") {
				found["key"] = true
			}
			for _, target := range r.Targets {
				found[target.ARN], found[target.Role] = true, true
			}
		}
		for _, a := range p.AlarmsOf(at, known) {
			found["queue"] = found["queue"] || a.Kind == DeadLettersAlarm && a.Metric.Value == "the-queue"
			found["told"] = found["told"] || slices.Contains(a.Actions, "the-topic")
		}
	}
	for _, want := range []string{"key", "queue", "told", "the-sender"} {
		if !found[want] {
			t.Errorf("nothing refers to %s", want)
		}
	}
}
