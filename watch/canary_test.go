package watch

import (
	"strings"
	"testing"

	"example.com/breakglass/names"
)

func withCanary() Scope {
	s := SampleScope
	s.Canary = true
	return s
}

// The records of a canary go the way of the heartbeat, are counted with it, and nobody is notified of them: not of the tag on the rule
// either.
func TestACanarysRecordCountsWithTheHeartbeatOfItsRegion(t *testing.T) {
	on := withCanary()
	calls := map[string]bool{}
	for _, s := range Samples {
		for _, region := range []string{"eu-west-1", "ap-south-1"} {
			event := asJSON(InRegion(s.Event(), region))
			here := region == "eu-west-1"
			for name, rule := range map[string]struct {
				pattern Fields
				want    bool
			}{
				"the rule that forwards":        {ForwardRecorded(on, "eu-west-1"), here && (s.Canary || s.Beat || s.Recorded)},
				"the rule that counts":          {Beat(on, "eu-west-1"), here && (s.Canary || s.Beat)},
				"the forwarding one without it": {ForwardRecorded(SampleScope, "eu-west-1"), here && (s.Beat || s.Recorded)},
				"the counting one without it":   {Beat(SampleScope, "eu-west-1"), here && s.Beat},
				"the rule of the drill's":       {Recorded(on), s.Recorded},
			} {
				if got := matches(asJSON(rule.pattern), event); got != rule.want {
					t.Errorf("%s in %s: %s matches: %v", s.Name, region, name, got)
				}
			}
			from, call, ok := CanaryCallOf(event)
			if s.Canary {
				calls[call] = true
			}
			if s.Canary && (!ok || from != region) {
				t.Errorf("%s in %s is read as %s of %s, %v", s.Name, region, call, from, ok)
			}
			// The account, an archive and an error are the patterns' business; who called, and what, is read here.
			if ok && (call != RecordedRead && call != RecordedWrite || s.Recorded || s.Entry != "") {
				t.Errorf("%s is taken for a canary's", s.Name)
			}
		}
		if caught := caught(on, s.Event(), hub); s.Canary && len(caught) > 0 {
			t.Errorf("%s alerts by %q", s.Name, caught)
		}
	}
	for _, call := range RecordedCalls() {
		if !calls[call] {
			t.Errorf("no sample is a record of %s by a canary", call)
		}
	}
	for name, pattern := range map[string]Fields{"Beat": Beat(on, "ap-southeast-1"), "ForwardRecorded": ForwardRecorded(on, "ap-southeast-1")} {
		if n := Size(pattern); n > MaxPattern {
			t.Errorf("%s has %d characters", name, n)
		}
	}
}

// The same calls by an emergency user are a use of the access.
func TestTheCallsOfACanaryByAnEmergencyUserAlert(t *testing.T) {
	for _, name := range []string{"a canary's call that reads", "a canary's call that writes"} {
		s, _ := SampleNamed(name)
		event := s.Event()
		put(event, "detail.userIdentity", asLongTermKey)
		if got := caught(withCanary(), event, hub); len(got) != 1 || got[0] != "other-call" {
			t.Errorf("%s, by an emergency user, alerts by %q", name, got)
		}
	}
}

func TestAnAlarmWaitsForARecordOfEachCall(t *testing.T) {
	if on, off := withCanary().RecordsExpected(), SampleScope.RecordsExpected(); on != 2 || off != 0 {
		t.Errorf("%d with a canary, %d without", on, off)
	}
}

// The alarm says which parts it waits for, how many of each, and how to find out which one is missing.
func TestTheAlarmNamesBothParts(t *testing.T) {
	for text, wants := range map[string][]string{
		SilenceText("eu-west-1", "us-east-1", 20, 2): {
			"fewer than 22 events", "20 heartbeats", "2 calls (TestEventPattern and TagResource)", "If the reason has 20", "breakglass check", names.CanaryWrite,
			"BreakGlass-Forwarder-eu-west-1",
		},
		SilenceText("us-east-1", "us-east-1", 1, 2):   {"fewer than 3 events", "If the reason has 1,", "breakglass check", names.CanaryRead},
		SilentText("americas", "us-east-1", "", true): {"CloudTrail's records", "breakglass check"},
	} {
		for _, want := range wants {
			if !strings.Contains(text, want) {
				t.Errorf("%q lacks %q", text, want)
			}
		}
	}
	if text := SilentText("americas", "us-east-1", "", false); strings.Contains(text, "CloudTrail") {
		t.Errorf("%q without a canary", text)
	}
}

// The schedules are named where a change of one alerts.
func TestAChangeOfEveryScheduleAlerts(t *testing.T) {
	for _, name := range names.Schedules() {
		for _, field := range []string{"name", "Name"} {
			s := tampering("", "rule-change", "scheduler", "DeleteSchedule", Fields{field: name})
			if got := caught(SampleScope, s.Event(), hub); len(got) != 1 || got[0] != "rule-change" {
				t.Errorf("%s of %s alerts by %q", field, name, got)
			}
		}
	}
}
