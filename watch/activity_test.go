package watch

import "testing"

// TestActivityIsNoAlert: what a session did belongs to no entry, unless it changed the role, which alerts as ever.
func TestActivityIsNoAlert(t *testing.T) {
	r := NewRecognizer(SampleTargetScope)
	for _, s := range ActivitySamples {
		event := asJSON(s.Event())
		if got := r.IsActivity(event); got != (s.Entry == ActivityCalls) {
			t.Errorf("%s: activity: %v", s.Name, got)
		}
		if _, _, known := r.Entry(event); known && s.Entry == ActivityCalls {
			t.Errorf("%s belongs to an alert", s.Name)
		}
	}
}

// TestActivityPatterns: the rules of the account and of the hub match what sessions of the role do there, reads and refusals included.
func TestActivityPatterns(t *testing.T) {
	inTarget, inHub := asJSON(ActivityInTarget(SampleTargetScope, SampleTarget, "us-east-1")), asJSON(ActivityInHub(SampleTargetScope))
	for _, s := range ActivitySamples {
		event, want := asJSON(InRegion(s.Event(), "us-east-1")), s.Entry != ""
		if got := matches(inTarget, event); got != want {
			t.Errorf("%s: the account's rule: %v", s.Name, got)
		}
		if got := matches(inHub, event); got != want {
			t.Errorf("%s: the hub's rule: %v", s.Name, got)
		}
		if elsewhere := asJSON(InRegion(s.Event(), "eu-west-1")); matches(inTarget, elsewhere) {
			t.Errorf("%s: the rule of another Region carries it", s.Name)
		}
	}
}
