//go:build verify

package verify

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/breakglass/watch"
)

func (e *e2e) everyRegion(t *testing.T, ctx context.Context) {
	for _, region := range e.regions() {
		e.play(t, ctx, "a sign-in with MFA", region)
	}
	n := len(e.regions())
	seen := map[string]int{}
	for _, m := range e.expect(t, ctx, map[string]int{hubRegion: n, standbyRegion: n}, "BREAK GLASS SIGN-IN by BreakglassUser") {
		first, _, _ := strings.Cut(m.Text, "\n")
		seen[m.Region+" alerts on"+strings.Trim(first[strings.LastIndex(first, ",")+1:], `"`)]++
	}
	for _, hub := range hubs {
		ledger := e.ledger(t, ctx, hub, sampleEventID)
		for _, region := range e.regions() {
			if got := seen[hub+" alerts on "+region]; got != 1 {
				t.Errorf("the hub in %s alerts on %s %d times", hub, region, got)
			}
			if ledger[region+" c6b5b5f4-6e0e-4a6e-9a53-30f1f7e5b001"] == 0 {
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
		if !ok || len(entry.Alerts) == 0 || played[s.Entry+s.Alert] {
			continue
		}
		played[s.Entry+s.Alert] = true
		alert := entry.Alerts[slices.IndexFunc(entry.Alerts, func(a watch.Alert) bool { return a.Suffix == s.Alert })]
		at := map[bool]string{true: hubRegion, false: region}[entry.HubsOnly]
		event := e.sample(t, ctx, s.Name, at)
		if err := e.run.Play(ctx, event); err != nil {
			t.Fatal(err)
		}
		mails := e.collect(t, ctx, 2, 30*time.Second)
		if len(mails) != 2 {
			t.Errorf("%s: %d mails, want one from each hub", s.Name, len(mails))
		}
		for _, m := range mails {
			if got, want := comparable(m.Text, alert), comparable(alert.Fill("Call the duty officer.", m.Region, event), alert); got != want {
				t.Errorf("%s: the email is not the one in the catalogue:\n%s\nwant\n%s", s.Name, got, want)
			}
		}
	}
}

// comparable returns the text of a mail without what differs from the event that was played: the local AWS gives a forwarded
// event another ID and time, which the text shows where the record has none of its own.
func comparable(text string, a watch.Alert) string {
	lines := strings.Split(text, "\n")
	if a.Record != "" {
		lines = slices.DeleteFunc(lines, func(line string) bool {
			return strings.HasPrefix(line, `"Time (UTC): `) || strings.HasPrefix(line, `"Sent by the hub in `)
		})
	}
	return strings.Join(lines, "\n")
}

func (e *e2e) silent(t *testing.T, ctx context.Context) {
	for _, region := range []string{"eu-west-1", hubRegion} {
		for _, s := range watch.Samples {
			if s.Entry == "" && s.Event()["account"] == e.run.Config.Hub.Account && !replayed(s) {
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
	if err := e.run.Play(ctx, events...); err != nil {
		t.Fatal(err)
	}
	mails := e.expect(t, ctx, map[string]int{hubRegion: 1, standbyRegion: 1}, "BREAK GLASS SIGN-IN by BreakglassUser, account 111111111111, eu-north-1")
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
