package watch

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// heard lists the entries whose rules in a hub match an event from the target account.
func heard(event Fields, from []any) []string {
	event = asJSON(event)
	var ids []string
	for _, e := range Observed {
		if matches(asJSON(e.PatternInHub(SampleTargetScope, from, hub)), event) {
			ids = append(ids, e.ID)
		} else if matches(asJSON(e.PatternInHub(SampleTargetScope, from, "")), event) {
			ids = append(ids, e.ID+" where it takes no drills")
		}
	}
	return ids
}

func carried(event Fields, account, region string) []string {
	event = asJSON(event)
	var ids []string
	for _, e := range Observed {
		if matches(asJSON(e.PatternInTarget(SampleTargetScope, account, region)), event) {
			ids = append(ids, e.ID)
		}
	}
	return ids
}

// TestObserversForwardTheirEventsAndTheHubMatchesJustThose: a record of the target account passes the observers' rule and the
// hub's; nothing that somebody made up passes either, or any other rule of the hub.
func TestObserversForwardTheirEventsAndTheHubMatchesJustThose(t *testing.T) {
	listed, units := []any{SampleTarget}, SampleTargetScope.AllOthers([]string{"999999999999"})
	for _, s := range TargetSamples {
		t.Run(s.Name, func(t *testing.T) {
			event := s.Event()
			var want []string
			if s.Entry != "" {
				want = []string{s.Entry}
			}
			region := event["region"].(string)
			if got := heard(event, listed); !slices.Equal(got, want) {
				t.Errorf("a hub hears it by %q, want %q", got, want)
			}
			if got := heard(event, units); !slices.Equal(got, want) {
				t.Errorf("from an account of a unit a hub hears it by %q, want %q", got, want)
			}
			if got := carried(event, event["account"].(string), region); event["account"] == SampleTarget && !slices.Equal(got, want) {
				t.Errorf("the observers carry it by %q, want %q", got, want)
			}
			if got := carried(event, SampleTarget, "sa-east-1"); len(got) > 0 {
				t.Errorf("observers of another Region carry it by %q", got)
			}
			if got := carried(event, "333333333333", region); len(got) > 0 {
				t.Errorf("observers of another account carry it by %q", got)
			}
			if got := caught(SampleScope, event, hub); len(got) > 0 {
				t.Errorf("in the hub it reaches %q, too", got)
			}
			for _, r := range []string{hub, "us-west-2", region} {
				if got := forwarded(event, r); len(got) > 0 {
					t.Errorf("the hub account carries it on from %s by %q", r, got)
				}
				if matches(asJSON(Beat(SampleTargetScope, r)), asJSON(event)) {
					t.Errorf("it passes for a heartbeat of %s", r)
				}
			}
			if matches(asJSON(DistantDrills(SampleTargetScope, hub)), asJSON(event)) {
				t.Error("it passes for a drill of another Region")
			}
		})
	}
}

// TestTheHubsOwnRecordsMatchNoRuleForTargets: the hub account's own records belong to its own entries.
func TestTheHubsOwnRecordsMatchNoRuleForTargets(t *testing.T) {
	for _, s := range Samples {
		for _, from := range [][]any{{SampleTarget}, SampleTargetScope.AllOthers(nil)} {
			event := s.Event()
			if event["account"] != SampleScope.Account {
				continue
			}
			if got := heard(event, from); len(got) > 0 {
				t.Errorf("%s is heard by %q", s.Name, got)
			}
		}
	}
}

// TestADrillOfTheObserversIsTheHubsOwn: it is put on the hub's bus by the hub account, in the hub's Region, and nowhere else.
func TestADrillOfTheObserversIsTheHubsOwn(t *testing.T) {
	for _, e := range Observed {
		for region, want := range map[string][]string{hub: {e.ID}, "eu-west-1": nil} {
			event := e.Drill(SampleTargetScope, "", region, "drill-x", time.Now())
			if got := heard(event, []any{SampleTarget}); !slices.Equal(got, want) {
				t.Errorf("a drill of %s in %s is heard by %q", e.ID, region, got)
			}
			if got := caught(SampleScope, event, hub); len(got) > 0 {
				t.Errorf("a drill of %s reaches %q", e.ID, got)
			}
			if matches(asJSON(e.PatternInHub(SampleTargetScope, []any{SampleTarget}, "")), asJSON(event)) {
				t.Errorf("a drill of %s in %s triggers a second alarm", e.ID, region)
			}
			event["account"] = SampleTarget
			if got := heard(event, []any{SampleTarget}); len(got) > 0 {
				t.Errorf("a drill of %s that a target account makes up is heard by %q", e.ID, got)
			}
		}
	}
}

// TestADrillNamesTheDeploymentsRole: a file may call it something else.
func TestADrillNamesTheDeploymentsRole(t *testing.T) {
	s := SampleTargetScope
	s.Role = "EmergencyAccess"
	for _, e := range Observed {
		if !matches(asJSON(e.PatternInHub(s, []any{SampleTarget}, hub)), asJSON(e.Drill(s, "", hub, "drill-x", time.Now()))) {
			t.Errorf("a drill of %s is not heard where the role is %s", e.ID, s.Role)
		}
	}
}

func TestWhatIsObservedFitsItsLimits(t *testing.T) {
	for _, e := range Observed {
		if len(e.Messages) > 0 || len(e.Counts) != 1 || e.Counts[0].Suffix != "" {
			t.Errorf("%s must be counted, once: whoever has rights in a target account can cause it at will", e.ID)
		}
		if _, known := ByID(e.ID); !known {
			t.Errorf("nobody finds %s", e.ID)
		}
		if n := len(e.Description()); n > maxDescription {
			t.Errorf("%s: the rule's description has %d characters, EventBridge allows 512", e.ID, n)
		}
		text := e.Counts[0].TextInHub("222222222222 production", "ap-southeast-7", strings.Repeat("x", 500))
		if n := utf8.RuneCountInString(text); n > MaxAlarmText {
			t.Errorf("%s: the alarm's text has %d characters", e.ID, n)
		}
		if at := strings.Index(text, "production"); at < 0 || at > 60 {
			t.Errorf("%s: the account's name is not among the first words: %s", e.ID, text)
		}
	}
	for _, source := range TargetSources() {
		if !strings.HasPrefix(source, "aws.") {
			t.Errorf("anybody can put events of %s", source)
		}
	}
}
