package stacks

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/config"
	"example.com/breakglass/names"
	"example.com/breakglass/watch"
)

// carriers counts the forwarding rules of the templates that carry a Region's heartbeat to a hub.
func carriers(t *testing.T, app map[string]template, region, hub string) int {
	t.Helper()
	n := 0
	for _, one := range app {
		for name, rule := range one.rules() {
			pattern := compact(t, rule["EventPattern"])
			if one.region() != region || !strings.Contains(pattern, `"region":["`+region+`"]`) {
				continue
			}
			if name == names.Forward+names.Alive {
				continue // what it forwards is itself proof of a heartbeat
			}
			for _, target := range rule["Targets"].([]any) {
				arn := text(target.(map[string]any)["Arn"])
				if !strings.HasSuffix(arn, ":event-bus/default") || strings.Split(arn, ":")[3] != hub {
					continue
				}
				if !strings.Contains(pattern, `{"source":["breakglass.heartbeat"]}`) {
					t.Errorf("%s: %s forwards and carries no heartbeat", one.stack, name)
				}
				n++
			}
		}
	}
	return n
}

// TestAnAlarmExpectsABeatOfEveryForwardingRule: too few, and a disabled rule goes unnoticed; too many, and it is always in ALARM.
func TestAnAlarmExpectsABeatOfEveryForwardingRule(t *testing.T) {
	for file, app := range map[string]map[string]template{"whole": wholeApp(t), "small": sharedApp(t, "testdata/small.yaml")} {
		found, records := 0, 0
		if file == "whole" {
			records = 2 // of its canary's calls, by one rule
		}
		for _, one := range app {
			for _, alarm := range one.ofType("AWS::CloudWatch::Alarm") {
				region, ok := strings.CutPrefix(text(alarm.Properties["AlarmName"]), "breakglass-heartbeat-")
				if !ok {
					continue
				}
				found++
				want := carriers(t, app, region, one.region())
				if region == one.region() {
					want = 1 // nothing forwards it: it occurs in the hub's own Region
				}
				if got := fmt.Sprint(alarm.Properties["Threshold"]); got != fmt.Sprint(want+records) || want == 0 {
					t.Errorf("%s: the alarm in %s on %s expects %s beats and records, %d rules carry a beat", file, one.region(), region, got, want)
				}
			}
		}
		want := len(config.AlwaysOnRegions())
		if file == "whole" {
			want = len(config.AllRegions()) - 1 + 1 // all but the unwatched one, and the hub's as the standby sees it
		}
		if found != want {
			t.Errorf("%s: %d alarms on heartbeats, want %d", file, found, want)
		}
	}
}

func TestEveryRegionHasItsSchedules(t *testing.T) {
	for file, app := range map[string]map[string]template{"whole": wholeApp(t), "small": sharedApp(t, "testdata/small.yaml")} {
		schedules := map[string][]string{}
		for _, one := range app {
			for _, schedule := range one.ofType("AWS::Scheduler::Schedule") {
				schedules[one.region()] = append(schedules[one.region()], text(schedule.Properties["Name"]))
			}
		}
		want := []string{names.Heartbeat}
		if file == "whole" {
			want = []string{names.CanaryRead, names.CanaryWrite, names.Heartbeat}
		}
		c, err := config.Load("testdata/" + file + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		for _, region := range c.Regions {
			if got := schedules[region]; !slices.Equal(slices.Sorted(slices.Values(got)), want) {
				t.Errorf("%s: %s has the schedules %q", file, region, got)
			}
		}
	}
}

// TestEveryAlarmNotifiesSomebody: by a topic of its own Region, through the alarm of its group, or by its own event, which
// the Region forwards.
func TestEveryAlarmNotifiesSomebody(t *testing.T) {
	app := wholeApp(t)
	groups := ""
	for _, one := range app {
		for _, r := range one.ofType("AWS::CloudWatch::CompositeAlarm") {
			groups += text(r.Properties["AlarmRule"])
		}
	}
	forwarded, _ := watch.ByID("undelivered")
	for _, one := range app {
		for id, r := range one.ofType("AWS::CloudWatch::Alarm") {
			name := text(r.Properties["AlarmName"])
			actions, _ := r.Properties["AlarmActions"].([]any)
			rules := one.rules()
			if len(actions) > 0 || strings.Contains(groups, `ALARM("`+name+`")`) ||
				strings.HasPrefix(name, "breakglass-dead-letters-") && (rules["capture-"+forwarded.Rule] != nil || rules["forward-"+forwarded.Rule] != nil) {
				continue
			}
			t.Errorf("%s: nobody is notified of %s (%s)", one.stack, name, id)
		}
	}
}

// TestTheExportsOfTheHubsStay: a stack that names a hub's key imports it, and must not hold up the hub when it goes.
func TestTheExportsOfTheHubsStay(t *testing.T) {
	exports := func(app map[string]template, stack string) []string {
		var list []string
		for name := range app[stack].Outputs {
			if strings.HasPrefix(name, "ExportsOutput") {
				list = append(list, name)
			}
		}
		return list
	}
	with, without := wholeApp(t), synth(t, writeFile(t, "version: 1\nhub: {account: \"111111111111\"}\nalerts: {email: [a@example.com]}\n"+
		"monitoring: {heartbeats: false, tampering: false, deliveryFailures: false, newRegions: false, dashboard: false}\n"))
	if a, b := exports(with, "BreakGlass-Hub"), exports(without, "BreakGlass-Hub"); len(a) == 0 || !slices.Equal(a, b) {
		t.Errorf("the hub exports %q, without the stacks that import it %q", a, b)
	}
}

// withKey puts the key's ID where a template refers to it.
func withKey(pattern, key string) string {
	reference := regexp.MustCompile(`\{"(Ref|Fn::ImportValue)":"[^"]*TopicKey[^"]*"\}`)
	return reference.ReplaceAllString(pattern, `"`+key+`"`)
}
