package watch

import (
	"fmt"
	"slices"
	"testing"
)

// Every sample is recognized as what it is, as a record and as a drill.
func TestEverySampleIsRecognized(t *testing.T) {
	r := NewRecognizer(SampleScope)
	seen := map[string]bool{}
	for _, s := range slices.Concat(Samples, TargetSamples) {
		if s.Entry == "" {
			continue
		}
		seen[s.Entry] = true
		want, _ := ByID(s.Entry)
		e, drill, ok := r.Entry(asJSON(s.Event()))
		// Several entries may match a record; a reader wants the part.
		if !ok || drill != (Text(s.Event(), "source") == DrillSource) || e.Part != want.Part || e.Part == Access && e.ID != s.Entry {
			t.Errorf("%s: %s, drill %v, known %v; want %s", s.Name, e.ID, drill, ok, s.Entry)
		}
		if e, drill, ok := r.Entry(asJSON(s.AsDrill())); !ok || !drill || e.ID != s.Entry {
			t.Errorf("%s, as a drill: %s, drill %v, known %v", s.Name, e.ID, drill, ok)
		}
	}
	if len(seen) != len(Catalogue)+len(Observed) {
		t.Errorf("samples of %d entries", len(seen))
	}
}

// An event of a service that an entry does not name is not that entry's, unless it is of any service of AWS.
func TestOfAnotherServiceOnlyWhatIsOfAnyMatches(t *testing.T) {
	r, ofAny := NewRecognizer(SampleScope), 0
	for _, s := range slices.Concat(Samples, TargetSamples) {
		event := asJSON(s.Event())
		for source, any := range map[string]bool{"aws.other": true, "other": false, "": false} {
			event["source"] = source
			for _, e := range r.Matching(event) {
				ofAny++
				if !e.AnyService || !any {
					t.Errorf("%s: of %q, it is %s", s.Name, source, e.ID)
				}
			}
		}
	}
	if ofAny == 0 {
		t.Error("none is of any service")
	}
}

func TestWhatNoPatternMatchesIsRecognizedByItsSource(t *testing.T) {
	for _, c := range []struct {
		source, kind string
		set          Fields
		want         string
	}{
		{"aws.kms", "AWS API Call via CloudTrail", Fields{"detail.eventName": "DisableKey"}, "key-change"},
		{"aws.iam", "AWS API Call via CloudTrail", Fields{"detail.eventName": "CreateUser", "detail.userIdentity": asBystander}, ""},                    // of several parts
		{"aws.signin", "AWS Console Sign In via CloudTrail", Fields{"detail.eventName": "ConsoleLogin", "detail.userIdentity": asBystander}, "sign-in"}, // of a user who is no more
		{"aws.signin", "AWS Console Sign In via CloudTrail", Fields{"detail.eventName": "SwitchRole"}, ""},                                              // into a role, or one that deploys
		{"aws.signin", "AWS API Call via CloudTrail", Fields{"detail.eventName": "CreateOAuth2TokenWithIAM", "detail.userIdentity": asBystander}, "assume-role"},
		{"aws.signin", "AWS API Call via CloudTrail", Fields{"detail.eventName": "BatchRevokeSessions"}, "account-change"},
		{"aws.kms", "another", nil, ""},
		{"aws.ec2", "AWS API Call via CloudTrail", nil, ""},
		{DrillSource, "DRILL: nothing", nil, ""},
		{DrillSource, "sign-in", nil, ""},
	} {
		event := Sample{record: "create-access-key", set: Fields{"source": c.source, "detail-type": c.kind, "detail.requestParameters": nil}}.Event()
		for path, value := range c.set {
			put(event, path, value)
		}
		scope := SampleScope
		scope.Key = ""
		e, _, ok := NewRecognizer(scope).Entry(asJSON(event))
		if ok != (c.want != "") || ok && e.ID != c.want {
			t.Errorf("%s, %s: %s, %v; want %q", c.source, c.kind, e.ID, ok, c.want)
		}
	}
}

func TestTarget(t *testing.T) {
	for name, want := range map[string]string{
		"assume-role": "arn:aws:iam::222222222222:role/BreakGlassRole", "create-access-key": "BreakglassUser", "console-login": "",
	} {
		if got := Target(asJSON(Sample{record: name}.Event())); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got := Target(Fields{"detail": Fields{"requestParameters": Fields{"alarmName": "a", "roleArn": 1.0}}}); got != "a" {
		t.Errorf("%q, want the alarm", got)
	}
}

func TestTheMinuteOfTheBeatIsThatOfItsSchedule(t *testing.T) {
	if want := fmt.Sprintf("cron(%d * * * ? *)", HeartbeatMinute); HeartbeatSchedule != want {
		t.Errorf("the schedule is %s, want %s", HeartbeatSchedule, want)
	}
}
