package watch

import (
	"slices"
	"strings"
	"testing"
)

const hub = "us-east-1"

// caught lists the entries whose rules an event matches in a hub.
func caught(s Scope, event Fields, hub string) []string {
	event = asJSON(event)
	var ids []string
	for _, e := range Catalogue {
		if matches(asJSON(e.InHub(s, hub)), event) {
			ids = append(ids, e.ID)
		}
	}
	return ids
}

func forwarded(event Fields, region string) []string {
	event = asJSON(event)
	var ids []string
	for _, e := range SampleScope.Forwarded(region) {
		if matches(asJSON(e.Forward(SampleScope, region)), event) {
			ids = append(ids, e.ID)
		}
	}
	return ids
}

func TestEverySampleReachesExactlyTheEntryItBelongsTo(t *testing.T) {
	for _, s := range Samples {
		t.Run(s.Name, func(t *testing.T) {
			var inHub, entries []string
			if s.Entry != "" {
				inHub, entries = []string{s.Entry}, []string{s.Entry}
			}
			if s.Beat {
				entries = everyID(SampleScope.Forwarded(s.Event()["region"].(string)))
			}
			if s.Disguised != "" {
				inHub = []string{s.Disguised}
			}
			if got := caught(SampleScope, s.Event(), hub); !s.Beat && !slices.Equal(got, inHub) {
				t.Errorf("in the hub it reaches %q, want %q", got, inHub)
			}
			region := s.Event()["region"].(string)
			if got := forwarded(s.Event(), region); !slices.Equal(got, entries) {
				t.Errorf("its own Region forwards it by %q, want %q", got, entries)
			}
			if got := forwarded(s.Event(), "ap-south-1"); len(got) > 0 {
				t.Errorf("another Region forwards it by %q: events could go round in a circle", got)
			}
		})
	}
}

// TestABeatOfTheHubPassesEveryRuleThatStartsTheComposer: a rule that is disabled is missing from what the composer counts.
func TestABeatOfTheHubPassesEveryRuleThatStartsTheComposer(t *testing.T) {
	s, _ := SampleNamed("a heartbeat")
	stranger, _ := SampleNamed("a heartbeat of another account")
	for _, region := range []string{hub, "eu-west-1"} {
		var want []string
		if region == hub {
			want = everyID(slices.DeleteFunc(SampleScope.Composed(), func(e Entry) bool { return e.Part == TargetAccounts }))
		}
		if got := caught(SampleScope, InRegion(s.Event(), region), hub); !slices.Equal(got, want) {
			t.Errorf("a beat of %s passes %q, want %q", region, got, want)
		}
		if got := caught(SampleScope, InRegion(stranger.Event(), region), hub); got != nil {
			t.Errorf("a beat of another account passes %q", got)
		}
	}
}

func everyID(entries []Entry) []string {
	var ids []string
	for _, e := range entries {
		ids = append(ids, e.ID)
	}
	return ids
}

func TestABeatOfARegionCountsThereOnly(t *testing.T) {
	s, _ := SampleNamed("a heartbeat")
	stranger, _ := SampleNamed("a heartbeat of another account")
	for _, counted := range []string{"us-east-1", "eu-west-1"} {
		pattern := asJSON(Beat(SampleScope, counted))
		for _, from := range []string{"us-east-1", "eu-west-1"} {
			if got := matches(pattern, asJSON(InRegion(s.Event(), from))); got != (from == counted) {
				t.Errorf("a beat of %s counts for %s: %v", from, counted, got)
			}
		}
		if matches(pattern, asJSON(InRegion(stranger.Event(), counted))) {
			t.Errorf("a beat of another account counts for %s", counted)
		}
	}
}

func TestEveryRuleThatForwardsCountsAsABeat(t *testing.T) {
	if got := SampleScope.BeatsExpected("us-east-1", "us-east-1"); got != 1 {
		t.Errorf("the hub expects %d beats of its own Region, where nothing forwards", got)
	}
	if got, want := SampleScope.BeatsExpected("us-east-1", "us-west-2"), len(Catalogue)+1; got != want {
		t.Errorf("the standby expects %d beats of the hub's Region, want %d", got, want)
	}
	elsewhere := slices.DeleteFunc(slices.Clone(Catalogue), func(e Entry) bool { return e.HubsOnly })
	if far := SampleScope.BeatsExpected("eu-west-1", "us-east-1"); far != len(elsewhere)+1 {
		t.Errorf("the hub expects %d beats of another Region, want %d", far, len(elsewhere)+1)
	}
	few := SampleScope
	few.Parts, few.Pipeline, few.Bootstrap = nil, false, false
	if got := few.BeatsExpected("eu-west-1", "us-east-1"); got != len(accessEntries)+len(otherEntries)+1 {
		t.Errorf("with nothing else on, %d beats are expected, want %d", got, len(accessEntries)+len(otherEntries)+1)
	}
}

func TestEveryRegionHasItsPartOfTheWorld(t *testing.T) {
	for region, want := range map[string]string{
		"ap-southeast-7": "asia-pacific", "eu-west-1": "europe-africa", "il-central-1": "europe-africa", "us-east-1": "americas", "mx-central-1": "americas",
	} {
		if got := WorldPartOf(region); got != want {
			t.Errorf("%s is in %s, want %s", region, got, want)
		}
	}
}

// TestADrillIsRecordedOnceInEachHub, whatever Region it is from. What is counted must not count a drill of another Region.
func TestADrillIsRecordedOnceInEachHub(t *testing.T) {
	distant := asJSON(DistantDrills(SampleScope, hub))
	for _, s := range Samples {
		if s.Entry == "" {
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			e, _ := ByID(s.Entry)
			near := InRegion(s.AsDrill(), hub)
			if got := caught(SampleScope, near, hub); !slices.Equal(got, []string{s.Entry}) {
				t.Errorf("a drill in the hub's Region reaches %q", got)
			}
			if matches(distant, asJSON(near)) {
				t.Error("a drill in the hub's Region is recorded twice")
			}
			far := InRegion(s.AsDrill(), "eu-south-2")
			var want []string
			if len(e.Messages) > 0 {
				want = []string{s.Entry}
			}
			if got := caught(SampleScope, far, hub); !slices.Equal(got, want) {
				t.Errorf("a drill in another Region reaches %q, want %q", got, want)
			}
			if got := matches(distant, asJSON(far)); got != (len(want) == 0) {
				t.Errorf("the rule of distant drills records a drill in another Region: %v", got)
			}
			want = []string{s.Entry}
			if e.HubsOnly {
				want = nil
			}
			if got := forwarded(far, "eu-south-2"); !slices.Equal(got, want) {
				t.Errorf("a drill in another Region is forwarded by %q", got)
			}
		})
	}
}

func TestEveryAlertHasASampleOnBothSides(t *testing.T) {
	silent := 0
	reached := map[string]bool{}
	for _, s := range Samples {
		if s.Entry == "" {
			silent++
		}
		reached[s.Entry+s.Alert] = true
	}
	for _, e := range Catalogue {
		for _, suffix := range e.Suffixes() {
			if !reached[e.ID+suffix] {
				t.Errorf("%s%s has no sample", e.ID, suffix)
			}
		}
	}
	if silent < len(Catalogue) {
		t.Errorf("only %d samples must stay silent", silent)
	}
}

func TestNamesDescriptionsAndTextsFitTheirLimits(t *testing.T) {
	instructions := strings.Repeat("x", 500)
	ids := map[string]bool{}
	for _, e := range Catalogue {
		if ids[e.ID] {
			t.Errorf("%s stands twice in the catalogue", e.ID)
		}
		ids[e.ID] = true
		if (len(e.Messages) == 0) == (len(e.Counts) == 0) {
			t.Errorf("%s must have messages or counts, and not both", e.ID)
		}
		for _, d := range []string{e.Description(), e.DescriptionInHub()} {
			if n := len(d); n > maxDescription {
				t.Errorf("%s: a rule's description has %d characters: %s", e.ID, n, d)
			}
		}
		if n := len("capture-" + e.Rule + "-standby"); n > 64 {
			t.Errorf("%s: the rule's name has %d characters, EventBridge allows 64", e.ID, n)
		}
		for _, p := range []Fields{e.Forward(SampleScope, "ap-southeast-1"), e.InHub(SampleScope, "ap-southeast-1")} {
			if n := Size(p); n > MaxPattern {
				t.Errorf("%s: the pattern has %d characters", e.ID, n)
			}
		}
		for _, c := range e.Counts {
			if n := len(c.Text(e, "111111111111", "ap-southeast-1", instructions)); n > MaxAlarmText {
				t.Errorf("%s%s: the alarm's description has %d characters", e.ID, c.Suffix, n)
			}
		}
	}
}

func TestTheAlarmsOnSilenceFitTheirLimits(t *testing.T) {
	texts := []string{SilenceText("us-east-1", "us-east-1", 1, 0), SilenceText("ap-southeast-7", "ap-southeast-1", 18, 0),
		SilenceText("ap-southeast-1", "ap-southeast-1", 1, 2), SilenceText("ap-southeast-7", "ap-southeast-1", 18, 2),
		AliveText("ap-southeast-1", 18, strings.Repeat("x", 500)), ComposerThrottledText("ap-southeast-1", strings.Repeat("x", 500)),
	}
	for _, part := range WorldParts {
		texts = append(texts, SilentText(part.Name, "ap-southeast-1", strings.Repeat("x", 500), false),
			SilentText(part.Name, "ap-southeast-1", strings.Repeat("x", 500), true))
	}
	for _, text := range texts {
		if n := len(text); n > MaxAlarmText {
			t.Errorf("%d characters:\n%s", n, text)
		}
	}
}

// TestARefusalCountsByTheNamesInItsMessage holds for a few users; with more, EventBridge has no room for their names.
func TestARefusalCountsByTheNamesInItsMessage(t *testing.T) {
	e, _ := ByID("refused-iam-change")
	for _, users := range [][]string{{"alice"}, {"alice", "bob"}, {"alice", "bob", "carol"}, {"alice", "bob", "carol", "dave"}} {
		s := SampleScope
		s.Users = users
		counts := func(on string) bool {
			base, _ := SampleNamed("a key refused, without the call's parameters")
			event := base.Event()
			put(event, "detail.errorMessage", "User: arn:aws:sts::111111111111:assumed-role/ReadOnly/mallory is not authorized to perform: iam:X on resource: "+on)
			return matches(asJSON(e.InHub(s, hub)), asJSON(event))
		}
		const reason = " because no identity-based policy allows it"
		for _, user := range users {
			for _, on := range []string{"user " + user + reason, "arn:aws:iam::111111111111:user/" + user + reason} {
				if !counts(on) {
					t.Errorf("of %q: %s does not count", users, on)
				}
			}
		}
		if len(users) == 1 {
			s.Users = []string{"Alice"}
			if !counts("user alice"+reason) || !counts("user Alice"+reason) || counts("user malice"+reason) {
				t.Error("with one user, the name in small letters does not count, or a longer one does")
			}
			s.Users = users
		}
		few := len(users) <= maxNamedInMessages
		for _, on := range []string{"user mallory" + reason, "arn:aws:iam::111111111111:user/mallory" + reason, "user alice2" + reason} {
			if counts(on) == few {
				t.Errorf("of %q: %s counts: %v", users, on, !few)
			}
		}
		for _, on := range []string{"role user-sync" + reason, "arn:aws:iam::111111111111:role/user" + reason, "group users" + reason} {
			if counts(on) {
				t.Errorf("of %q: %s counts", users, on)
			}
		}
	}
}

// TestRootIsNobodysNamesake: CloudTrail gives root the alias of the account for a name, which may be that of an emergency user.
func TestRootIsNobodysNamesake(t *testing.T) {
	for name, want := range map[string]string{
		"a policy of the hub account's own role": "role-change",
		"passwords that expire":                  "other-call",
		"a key refused to somebody else":         "other-call",
		"a sign-in of root":                      "root-sign-in",
		"a key of root":                          "root-sign-in",
		"a key that root makes for the user":     "iam-change",
		"a wrong password of root":               "failed-sign-in",
		"the guard's text changed":               "role-change",
		"a password recovery of root":            "root-sign-in",
		"an aws login of root":                   "root-sign-in",
	} {
		s, ok := SampleNamed(name)
		if !ok {
			t.Fatal(name)
		}
		event := s.Event()
		put(event, "detail.userIdentity", with(asRoot, Fields{"userName": "breakglassuser"}))
		if got := caught(SampleScope, event, hub); !slices.Contains(got, want) {
			t.Errorf("%s, of an account whose alias is the name of a user: %q, want %q", name, got, want)
		}
	}
}
