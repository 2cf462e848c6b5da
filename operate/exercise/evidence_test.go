package exercise

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/breakglass/internal/printed"
	"example.com/breakglass/internal/reviewed"
)

// played writes an exercise from its announcement to its evidence, by a simulated clock.
func played(t *testing.T, out *strings.Builder, name string, o Options, f func() *fake, typed ...string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r, err := New(planned(t), o, "test")
		if err != nil {
			t.Fatal(err)
		}
		r.Again = " --profile hub"
		began := time.Now()
		say := func(format string, args ...any) {
			fmt.Fprintf(out, "%s: %s\n", time.Since(began), fmt.Sprintf(format, args...))
		}
		lines := make(chan string)
		go func() {
			defer close(lines)
			for _, line := range typed {
				time.Sleep(10 * time.Second)
				lines <- line
			}
		}()
		fmt.Fprintf(out, "== %s\n", name)
		account := f()
		e, err := r.Do(t.Context(), account, "arn:by", lines, Progress{
			Recorded: func(r Result) { say("%s: %s recorded as %s", r.ID, r.Title, r.Record.Event) },
			Alerted:  func(r Result, a Alert) { say("%s: alert of %s, %s", r.ID, a.Hub, a.Composed) },
			Refused:  func(why string) { say("refused: %s", why) },
			Typed:    func(line string, ok bool) { say("typed %q: %v", line, ok) },
		})
		if err != nil {
			say("error: %v", err)
			return
		}
		text, err := e.JSON()
		if err != nil {
			t.Fatal(err)
		}
		written, err := json.MarshalIndent(account.written, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(name, "not complete") {
			say("OK %v, refused %q, notes %q, %d ms to the last step, %d ms to the last alert", e.OK, e.Refused, e.Notes, e.InMillis, e.ToldMillis)
			for _, r := range e.Results {
				say("%s: %+v, alerts %+v, missing %q", r.ID, r.Record, r.Alerts, r.Missing)
			}
			return
		}
		say("%s", text)
		if len(typed) == 0 {
			return
		}
		junit, err := e.JUnit()
		if err != nil {
			t.Fatal(err)
		}
		page, err := e.Page()
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(out, "%s\n%s\n%s\n", written, junit, page[strings.Index(string(page), "</style>"):])
	})
}

// TestTheEvidenceIsTheReviewedOne plays a complete exercise of each way, and each that is not complete.
func TestTheEvidenceIsTheReviewedOne(t *testing.T) {
	var out strings.Builder
	complete := func() *fake { return &fake{records: both(signIn("eu-west-1"), assumed("eu-west-1"))} }
	people := options(Console)
	people.People = true
	played(t, &out, "complete, with a person who reads", people, complete, "0a1b2c", "something else", "0A1B2C3D-Consolelogin")
	played(t, &out, "nobody reads", people, complete, "nothing")
	gone := options(Login)
	gone.Scenario = Gone
	played(t, &out, "us-east-1 is gone", gone, complete)
	played(t, &out, "with a key", options(Key), func() *fake { return &fake{unreachable: []string{"us-west-2"}} })
	played(t, &out, "no ledger takes anything", options(Key), func() *fake { return &fake{deaf: []string{"us-east-1", "us-west-2"}} })
	played(t, &out, "switched in the console", options(Console), func() *fake {
		return &fake{records: both(signIn("eu-west-1"), switchedInto("222222222222", "BreakGlassRole"))}
	})
	played(t, &out, "a hub hangs", options(Console), func() *fake { f := complete(); f.hanging = []string{"us-west-2"}; return f })
	played(t, &out, "a composer cannot be asked", options(Console), func() *fake { f := complete(); f.mute = []string{"us-west-2"}; return f })
	for _, name := range slices.Sorted(maps.Keys(incompletes())) {
		played(t, &out, "not complete: "+name, options(Console), func() *fake { f := incompletes()[name].f; return &f })
	}
	reviewed.Text(t, "evidence.txt", out.String())
}

// TestTheEvidenceIsPrintedWhole prints an exercise of so many accounts that it takes several pages.
func TestTheEvidenceIsPrintedWhole(t *testing.T) {
	e := Evidence{ID: "exercise-1", Account: "111111111111", User: "Ada", Way: Console, CloseOut: []string{"Sign out."}}
	for n := range 60 {
		r := Result{Step: Step{ID: "account", Title: fmt.Sprint("Switch into account ", n)}, Record: &Record{What: "SwitchRole", Region: "eu-west-1"}}
		if n%3 == 0 {
			r.Missing = []string{"No record came: the person did not switch, or there is no trail in the account.", "No alert came."}
		}
		e.Results = append(e.Results, r)
	}
	page, err := e.Page()
	if err != nil {
		t.Fatal(err)
	}
	printed.Show(t, page, 390)
	for _, size := range printed.Sizes {
		if sheets := printed.Print(t, page, size).Sheets; len(sheets) < 2 || !sheets[len(sheets)-1].Has("Close-out") {
			t.Errorf("%s: %d pages", size, len(sheets))
		}
	}
}
