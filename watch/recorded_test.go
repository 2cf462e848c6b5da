package watch

import (
	"encoding/json"
	"testing"
)

func TestARecordedCallReachesTheHeartbeatLogsOnly(t *testing.T) {
	inHub, forwards := asJSON(Recorded(SampleScope)), asJSON(ForwardRecorded(SampleScope, "eu-west-1"))
	calls := map[string]bool{}
	for _, s := range Samples {
		if got := matches(inHub, asJSON(s.Event())); got != s.Recorded {
			t.Errorf("%s: the hub's rule matches: %v", s.Name, got)
		}
		for _, region := range []string{"eu-west-1", "ap-south-1"} {
			event := asJSON(InRegion(s.Event(), region))
			if got := matches(forwards, event); got != ((s.Recorded || s.Beat) && region == "eu-west-1") {
				t.Errorf("%s in %s: the rule of eu-west-1 matches: %v", s.Name, region, got)
			}
			call, ok := RecordedCallOf(event)
			if s.Recorded && (call != RecordedCall{"k3v7", region, call.Call} || !ok) {
				t.Errorf("%s in %s is read as %+v", s.Name, region, call)
			}
			calls[call.Call] = true
		}
	}
	for _, call := range RecordedCalls() {
		if !calls[call] {
			t.Errorf("no sample is a record of %s", call)
		}
	}
	if size := Size(ForwardRecorded(SampleScope, "ap-southeast-1")); size > MaxPattern {
		t.Errorf("the pattern has %d characters", size)
	}
}

func TestOnlyARecordOfADrillsCallIsRead(t *testing.T) {
	for _, name := range []string{"the same call by another program", "another call of a drill", "a recorded call that somebody made up", "a heartbeat"} {
		s, ok := SampleNamed(name)
		if call, is := RecordedCallOf(asJSON(s.Event())); !ok || is {
			t.Errorf("%s is read as %+v", name, call)
		}
	}
}

func TestTheEventOfTheReadingCallMatches(t *testing.T) {
	pattern, event := RecordedEvent("111111111111", "eu-west-1")
	var p, e Fields
	for text, into := range map[string]*Fields{pattern: &p, event: &e} {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			t.Fatal(err)
		}
	}
	if !matches(p, e) {
		t.Errorf("%s does not match %s", pattern, event)
	}
	if app := RecordedApp("1234567890123456"); len(app) > 50 {
		t.Errorf("%s is too long", app)
	}
}
