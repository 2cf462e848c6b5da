package watch

import (
	"slices"
	"strings"
	"testing"
)

const hub = "us-east-1"

// alerted lists the alerts and tallies that an event reaches in a hub.
func alerted(event Fields) []string {
	event = asJSON(event)
	var names []string
	for _, e := range Catalogue {
		for _, a := range e.Alerts {
			if matches(asJSON(e.Publish(SampleScope, a, hub)), event) {
				names = append(names, e.ID+a.Suffix)
			}
		}
		if len(e.Counts) > 0 && matches(asJSON(e.Tally(SampleScope, hub)), event) {
			names = append(names, e.ID)
		}
	}
	return names
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

func TestEverySampleReachesExactlyTheAlertItBelongsTo(t *testing.T) {
	for _, s := range Samples {
		t.Run(s.Name, func(t *testing.T) {
			var alerts, entries []string
			if s.Entry != "" {
				alerts, entries = []string{s.Entry + s.Alert}, []string{s.Entry}
			}
			if s.Beat {
				entries = everyID(SampleScope.Forwarded(s.Event()["region"].(string)))
			}
			if got := alerted(s.Event()); !slices.Equal(got, alerts) {
				t.Errorf("in the hub it reaches %q, want %q", got, alerts)
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
	if got, want := SampleScope.BeatsExpected("us-east-1", "us-west-2"), len(Catalogue); got != want {
		t.Errorf("the standby expects %d beats of the hub's Region, want %d", got, want)
	}
	elsewhere := slices.DeleteFunc(slices.Clone(Catalogue), func(e Entry) bool { return e.HubsOnly })
	if far := SampleScope.BeatsExpected("eu-west-1", "us-east-1"); far != len(elsewhere) {
		t.Errorf("the hub expects %d beats of another Region, want %d", far, len(elsewhere))
	}
	few := SampleScope
	few.Parts = nil
	if got := few.BeatsExpected("eu-west-1", "us-east-1"); got != len(accessEntries) {
		t.Errorf("with nothing else on, %d beats are expected, want %d", got, len(accessEntries))
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

func TestDrillsOfTheHubRegionReachPeopleAndOthersTheLedger(t *testing.T) {
	distant := asJSON(DistantDrills(SampleScope, hub))
	for _, s := range Samples {
		if s.Entry == "" {
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			near := InRegion(s.AsDrill(), hub)
			if got := alerted(near); !slices.Equal(got, []string{s.Entry + s.Alert}) {
				t.Errorf("a drill in the hub's Region reaches %q", got)
			}
			if matches(distant, asJSON(near)) {
				t.Error("a drill in the hub's Region is recorded twice")
			}
			far := InRegion(s.AsDrill(), "eu-south-2")
			if got := alerted(far); len(got) > 0 {
				t.Errorf("a drill in another Region alerts with %q", got)
			}
			want := []string{s.Entry}
			if e, _ := ByID(s.Entry); e.HubsOnly {
				want = nil
			}
			if got := forwarded(far, "eu-south-2"); !slices.Equal(got, want) {
				t.Errorf("a drill in another Region is forwarded by %q", got)
			}
			if !matches(distant, asJSON(far)) {
				t.Error("a drill in another Region does not reach the ledger")
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
		if len(e.Alerts) == 0 && !reached[e.ID] {
			t.Errorf("%s has no sample", e.ID)
		}
		for _, a := range e.Alerts {
			if !reached[e.ID+a.Suffix] {
				t.Errorf("%s%s has no sample", e.ID, a.Suffix)
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
		if (len(e.Alerts) == 0) == (len(e.Counts) == 0) {
			t.Errorf("%s must have alerts or counts, and not both", e.ID)
		}
		descriptions := []string{e.Description()}
		for _, a := range e.Alerts {
			descriptions = append(descriptions, e.DescriptionInHub(a), e.ChatDescription(a))
		}
		for _, d := range descriptions {
			if n := len(d); n > MaxDescription {
				t.Errorf("%s: a rule's description has %d characters: %s", e.ID, n, d)
			}
		}
		for _, a := range e.Alerts {
			if n := len("capture-" + e.Rule + a.Suffix + "-standby"); n > 64 {
				t.Errorf("%s%s: the rule's name has %d characters, EventBridge allows 64", e.ID, a.Suffix, n)
			}
			if n := len(a.Template(instructions, "ap-southeast-1")); n > MaxTemplate {
				t.Errorf("%s%s: the text has %d characters", e.ID, a.Suffix, n)
			}
		}
		for _, p := range []Fields{e.Forward(SampleScope, "ap-southeast-1"), e.Tally(SampleScope, "ap-southeast-1")} {
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

// TestEveryFieldOfAnAlertHasAValueInASample finds a field that is misspelled: no event would fill it in.
func TestEveryFieldOfAnAlertHasAValueInASample(t *testing.T) {
	for _, e := range Catalogue {
		for _, a := range e.Alerts {
			for name, path := range a.Paths("", hub) {
				if !slices.ContainsFunc(Samples, func(s Sample) bool {
					return s.Entry != "" && valueAt(s.Event(), path) != ""
				}) {
					t.Errorf("%s%s: no sample fills in <%s>, %s", e.ID, a.Suffix, name, path)
				}
			}
		}
	}
}

func TestTheAlarmsOnSilenceFitTheirLimits(t *testing.T) {
	texts := []string{SilenceText("us-east-1", "us-east-1", 1), SilenceText("ap-southeast-7", "ap-southeast-1", 18)}
	for _, part := range WorldParts {
		texts = append(texts, SilentText(part.Name, "ap-southeast-1", strings.Repeat("x", 500)))
	}
	for _, text := range texts {
		if n := len(text); n > MaxAlarmText {
			t.Errorf("%d characters:\n%s", n, text)
		}
	}
}

func TestTheTextAnswersItsReadersQuestionsInOrder(t *testing.T) {
	for _, s := range Samples {
		e, ok := ByID(s.Entry)
		if !ok || len(e.Alerts) == 0 {
			continue
		}
		a := e.Alerts[slices.IndexFunc(e.Alerts, func(a Alert) bool { return a.Suffix == s.Alert })]
		text := a.Fill("Call the duty officer.", hub, s.Event())
		at := 0
		words := []string{"BREAK GLASS", "Who: ", "Account and Region: 111111111111, ", "Time (UTC): 2026-11-22T08:", "Source IP address: ", "MFA: ", "Result: ", "What to do now: Call the duty officer."}
		switch e.ID {
		case "root-sign-in":
			words[0] = "ROOT USER of the break glass hub"
		case "undelivered":
			words = []string{"BREAK GLASS ALERT NOT DELIVERED, alarm breakglass-", "Account and Region: 111111111111, ", "Time (UTC): 2026-11-22T08:", "What it means: ", "What to do now: "}
		case "new-region":
			words = []string{"REGION me-west-1 IS ENABLED AND NOT WATCHED", "Account: 111111111111", "Time (UTC): 2026-11-22T08:", "add me-west-1 to regions", "breakglass deploy", "What to do now: "}
		}
		if e.Part == Tampering {
			words = slices.Insert(words, 2, "Resource: ")
		}
		for _, word := range words {
			next := strings.Index(text[at:], word)
			if next < 0 {
				t.Errorf("%s: %q does not follow in\n%s", s.Name, word, text)
				break
			}
			at += next
		}
		if strings.ContainsAny(text, "{}<>") {
			t.Errorf("%s: raw data or an unfilled field in\n%s", s.Name, text)
		}
		for _, empty := range []string{"Who: \"", "Result: \"", "address: \"", "(UTC): \"", "Result: Failed, \"", "Resource: \"", "Resource: , "} {
			if strings.Contains(text, empty) && s.Name != "a schedule changed, as another spelling has it" && s.Name != "a sign-in whose record has no result" {
				t.Errorf("%s: an empty answer in\n%s", s.Name, text)
			}
		}
		drill := a.Fill("", hub, s.AsDrill())
		if !strings.HasPrefix(drill, `"DRILL: `+e.ID) {
			t.Errorf("%s: its drill does not say so at once:\n%s", s.Name, drill)
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
			return matches(asJSON(e.Tally(s, hub)), asJSON(event))
		}
		const reason = " because no identity-based policy allows it"
		for _, user := range users {
			for _, on := range []string{"user " + user + reason, "arn:aws:iam::111111111111:user/" + user + reason} {
				if !counts(on) {
					t.Errorf("of %q: %s does not count", users, on)
				}
			}
		}
		few := len(users) <= MaxNamedInMessages
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
