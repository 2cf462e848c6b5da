package plan

import (
	"encoding/json"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

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
		people, chat := "people arn:aws:sns:"+at.Region+":111111111111:breakglassuser-console-logins", "chat arn:aws:sns:"+at.Region+":111111111111:breakglass-chat"
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
			case at.Kind == Chat:
				want = []string{chat}
			case at.Kind == Forwarder, at.Kind == Role, at.Kind == TargetObserver:
				want = buses
			case at.Kind == HubObserved, quiet[r.Name], strings.HasPrefix(r.Name, names.Record):
				want = []string{log}
			default:
				want = []string{people, log}
			}
			var got []string
			for _, target := range r.Targets {
				got = append(got, target.ID+" "+target.ARN)
				role := ""
				switch at.Kind {
				case Forwarder:
					role = "arn:aws:iam::111111111111:role/breakglass-event-bus-role"
				case Role, TargetObserver:
					role = "arn:aws:iam::" + at.Account + ":role/breakglass-observer-role"
				}
				if target.Role != role {
					t.Errorf("%s: %s delivers to %s as %q", at.Stack, r.Name, target.ID, target.Role)
				}
				// A lost beat is what the alarm counts.
				if target.DeadLetters == (at.Kind == Heartbeats) {
					t.Errorf("%s: %s has dead letters of %s: %v", at.Stack, r.Name, target.ID, target.DeadLetters)
				}
				if told := target.ID == PeopleTarget || target.ID == ChatTarget; told != (target.Template != "") {
					t.Errorf("%s: %s sends %s the text %q", at.Stack, r.Name, target.ID, target.Template)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s: %s delivers to %q, want %q", at.Stack, r.Name, got, want)
			}
		}
	}
}

var field = regexp.MustCompile(`<([A-Za-z]+)>`)

// TestATextNamesTheFieldsThatItFillsIn, says what to do and which hub sent it, in the form that its target takes.
func TestATextNamesTheFieldsThatItFillsIn(t *testing.T) {
	p, texts := of(t, watched), map[string]int{}
	line := regexp.MustCompile(`^"[^"\\]+"$`)
	for _, at := range p.Placements {
		for _, r := range p.Rules(at, refs) {
			for _, target := range r.Targets {
				if target.Template == "" {
					continue
				}
				texts[target.ID]++
				used := map[string]bool{}
				for _, m := range field.FindAllStringSubmatch(target.Template, -1) {
					used[m[1]] = true
				}
				if a, b := slices.Sorted(maps.Keys(target.Paths)), slices.Sorted(maps.Keys(used)); !slices.Equal(a, b) {
					t.Errorf("%s: %s fills in %q, the text has %q", at.Stack, r.Name, a, b)
				}
				for name, path := range target.Paths {
					if !strings.HasPrefix(path, "$.") {
						t.Errorf("%s: <%s> stands for %s", r.Name, name, path)
					}
				}
				if len(target.Template) > watch.MaxTemplate || !strings.Contains(target.Template, "the hub in "+at.Region) {
					t.Errorf("%s: %s is too long, or does not say which hub it is from: %s", at.Stack, r.Name, target.Template)
				}
				if target.ID == ChatTarget {
					chatMessage(t, r.Name, target.Template)
					continue
				}
				for _, each := range strings.Split(target.Template, "\n") {
					if !line.MatchString(each) {
						t.Errorf("%s: EventBridge does not take the line %s", r.Name, each)
					}
				}
				if !strings.Contains(target.Template, "Call the duty officer.\"\n\"Then the 'runbook'.") {
					t.Errorf("%s does not say what to do:\n%s", r.Name, target.Template)
				}
			}
		}
	}
	if texts[PeopleTarget] == 0 || texts[PeopleTarget] != texts[ChatTarget] {
		t.Errorf("%d texts for people, %d for the chat", texts[PeopleTarget], texts[ChatTarget])
	}
}

// chatMessage checks a text against what Amazon Q Developer posts.
func chatMessage(t *testing.T, rule, text string) {
	t.Helper()
	var message struct {
		Version, Source string
		Content         struct {
			Title     string
			NextSteps []string
		}
	}
	if err := json.Unmarshal([]byte(text), &message); err != nil {
		t.Fatalf("%s: not JSON, %v:\n%s", rule, err, text)
	}
	if message.Version != "1.0" || message.Source != "custom" || !strings.HasPrefix(message.Content.Title, "<kind>: ") {
		t.Errorf("%s: Amazon Q does not post %s", rule, text)
	}
	// An alert that is no emergency says first that it is something to fix.
	if steps := message.Content.NextSteps; len(steps) != 2 || !strings.HasSuffix(steps[0], "Call the duty officer.") || steps[1] != "Then the 'runbook'." {
		t.Errorf("%s: the next steps are %q", rule, steps)
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
	alerting, chat := map[string]Rule{}, map[string]Rule{}
	for _, stack := range []string{"BreakGlass-Standby", "BreakGlass-Integrity-eu-west-1"} {
		maps.Copy(alerting, rulesOf(t, p, stack))
	}
	for _, stack := range []string{"BreakGlass-Chat-eu-west-1", "BreakGlass-Chat-eu-west-1-integrity"} {
		maps.Copy(chat, rulesOf(t, p, stack))
	}
	rules := 1 // that of the drills
	for _, e := range watch.Catalogue {
		if _, found := elsewhere["capture-"+e.Rule]; found == e.HubsOnly {
			t.Errorf("%s: forwarded %v", e.ID, found)
		}
		if _, found := hub["forward-"+e.Rule]; !found {
			t.Errorf("%s: a hub's Region does not carry it to the other hub", e.ID)
		}
		for _, a := range e.Alerts {
			rules++
			if _, found := alerting["capture-"+e.Rule+a.Suffix+"-standby"]; !found {
				t.Errorf("%s%s: nobody is notified", e.ID, a.Suffix)
			}
			if _, found := chat["chat-"+e.Rule+a.Suffix+"-standby"]; !found {
				t.Errorf("%s%s: the chat is not notified", e.ID, a.Suffix)
			}
		}
		if len(e.Counts) > 0 {
			rules++
			if _, found := alerting["capture-"+e.Rule+"-standby"]; !found {
				t.Errorf("%s: nothing counts it", e.ID)
			}
		}
	}
	if _, found := alerting["record-breakglass-drills-standby"]; !found || len(alerting) != rules || len(chat) >= rules {
		t.Errorf("%d rules and %d of the chat for %d", len(alerting), len(chat), rules)
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
	known := Refs{Key: "the-key", Queue: "the-queue", Topic: "the-topic", ChatTopic: "the-chat", Sender: "the-sender"}
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
	for _, want := range []string{"key", "queue", "told", "the-topic", "the-chat", "the-sender"} {
		if !found[want] {
			t.Errorf("nothing refers to %s", want)
		}
	}
}
