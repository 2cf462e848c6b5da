//go:build verify

package verify

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/breakglass/compose"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

func (e *e2e) everyRegion(t *testing.T, ctx context.Context) {
	seen, ids := map[string]int{}, map[string]string{}
	for some := range slices.Chunk(e.regions(), compose.Burst) {
		e.breathe(t, ctx)
		for _, region := range some {
			event := e.sample(t, ctx, "a sign-in with MFA", region)
			ids[region] = event["detail"].(watch.Fields)["eventID"].(string)
			if err := e.run.Play(ctx, event); err != nil {
				t.Fatal(err)
			}
		}
		for _, m := range e.expect(t, ctx, map[string]int{hubRegion: len(some), standbyRegion: len(some)}, signedIn) {
			region, _, _ := strings.Cut(strings.TrimPrefix(m.Subject, signedIn), ",")
			seen[m.Region+" alerts on "+region]++
		}
	}
	for _, hub := range hubs {
		ledger := e.ledger(t, ctx, hub, sampleEventID)
		for _, region := range e.regions() {
			if got := seen[hub+" alerts on "+region]; got != 1 {
				t.Errorf("the hub in %s alerts on %s %d times", hub, region, got)
			}
			if ledger[region+" "+ids[region]] == 0 {
				t.Errorf("the sign-in in %s is not in the ledger in %s", region, hub)
			}
		}
	}
}

// everyAlert plays a record of each alert, in a Region that has it: what only hubs have happens in the hub's.
func (e *e2e) everyAlert(t *testing.T, ctx context.Context) {
	const region = "ap-southeast-7"
	played := map[string]bool{}
	for _, s := range watch.Samples {
		entry, ok := watch.ByID(s.Entry)
		if !ok || !entry.Always() || len(entry.Messages) == 0 || played[s.Entry+s.Alert] {
			continue
		}
		played[s.Entry+s.Alert] = true
		at := map[bool]string{true: hubRegion, false: region}[entry.HubsOnly]
		event := e.sample(t, ctx, s.Name, at)
		e.breathe(t, ctx)
		if err := e.run.Play(ctx, event); err != nil {
			t.Fatal(err)
		}
		mails := e.collect(t, ctx, 2, 30*time.Second)
		if len(mails) != 2 {
			t.Errorf("%s: %d mails, want one from each hub", s.Name, len(mails))
		}
		for _, m := range mails {
			want := e.composed(t, m.Region, entry.ID, event)
			if m.Subject != want.Subject {
				t.Errorf("%s: the subject is %q, want %q", s.Name, m.Subject, want.Subject)
			}
			// Without an event ID of its own, the text has that and the time of the bus.
			if event["detail"].(watch.Fields)["eventID"] != nil && m.Text != want.Readers["email"] {
				t.Errorf("%s: the text is\n%s\nwant\n%s", s.Name, m.Text, want.Readers["email"])
			}
		}
	}
}

// composed returns what the composer of a hub makes of an event.
func (e *e2e) composed(t *testing.T, hub, entry string, event watch.Fields) compose.Message {
	t.Helper()
	preview, err := compose.NewPreview(plan.Of(e.run.Config).ComposerOf(hub).Texts)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(event)
	if err != nil {
		t.Fatal(err)
	}
	var plain map[string]any
	if err := json.Unmarshal(text, &plain); err != nil {
		t.Fatal(err)
	}
	message, err := preview.Message(entry, plain)
	if err != nil {
		t.Fatal(err)
	}
	return message
}

func (e *e2e) silent(t *testing.T, ctx context.Context) {
	e.breathe(t, ctx)
	for _, region := range []string{"eu-west-1", hubRegion} {
		for _, s := range watch.Samples {
			if s.Entry == "" && s.Disguised == "" && s.Event()["account"] == e.run.Config.Hub.Account && !replayed(s) {
				e.play(t, ctx, s.Name, region)
			}
		}
		e.play(t, ctx, "a wrong password", region)
		e.play(t, ctx, "a rule written by a stack", region)
	}
	e.expect(t, ctx, map[string]int{}, "")
}

// replayed reports whether only a replay of an archive makes such an event: nobody can put one. The judge of patterns covers these.
func replayed(s watch.Sample) bool { return s.Event()["replay-name"] != nil }

// flood lets a stranger fail to sign in a thousand times, with one real sign-in among them: it has to get through, alone and
// at once. Then the alarms get the number that arrived, and notify people once each.
func (e *e2e) flood(t *testing.T, ctx context.Context) {
	const failures, region = 1000, "eu-north-1"
	// Each has an ID of its own, to be counted by.
	record := func(name, id string) watch.Fields {
		event := e.sample(t, ctx, name, region)
		event["detail"].(watch.Fields)["eventID"] = sampleEventID + "-" + id
		return event
	}
	var events []watch.Fields
	for i := range failures {
		if i == failures/2 {
			events = append(events, record("a sign-in with MFA", "flood-in"))
		}
		events = append(events, record("a wrong password", "flood-no"))
	}
	e.breathe(t, ctx)
	if err := e.run.Play(ctx, events...); err != nil {
		t.Fatal(err)
	}
	mails := e.expect(t, ctx, map[string]int{hubRegion: 1, standbyRegion: 1}, signedIn+region)
	for _, hub := range hubs {
		eventually(t, "every failure is in the ledger in "+hub, func() bool {
			return e.ledger(t, ctx, hub, sampleEventID)[region+" "+sampleEventID+"-flood-no"] == failures
		})
		for _, a := range e.alarmsOn(t, ctx, hub, "RuleName", "capture-breakglass-user-failed-sign-in"+suffixOf(hub)) {
			e.measure(t, ctx, hub, a, failures, time.Now())
			e.evaluate(t, ctx, hub, a, "ALARM")
		}
	}
	mails = append(mails, e.expect(t, ctx, map[string]int{hubRegion: 2, standbyRegion: 2}, "FAILED BREAK GLASS SIGN-IN")...)
	t.Logf("%d failures and a sign-in: %d mails from 2 hubs", failures, len(mails))
}
