package proof

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/reviewed"
	"example.com/breakglass/watch"
)

// TestTheReportIsTheReviewedOne has a report on a period in which everything happened, as JSON and as a page, and the findings of each
// period in which one thing was missing.
func TestTheReportIsTheReviewedOne(t *testing.T) {
	w := well(t)
	c, err := config.Parse("breakglass.yaml", []byte(fileText+"targets: [{account: \"222222222222\"}]\nobservers: {regions: [us-east-1], activity: true}\n"))
	if err != nil {
		t.Fatal(err)
	}
	w.config = c
	w.drillEverywhere()
	some := []watch.Fields{}
	for _, entry := range []string{"sign-in", "failed-sign-in", "switch-role", "assume-role", "root-sign-in", "iam-change", "topic-change", "undelivered"} {
		some = append(some, sampleOf(t, entry))
	}
	for _, name := range []string{"a switch as the target account records it", "a policy that somebody attaches"} {
		n := slices.IndexFunc(watch.TargetSamples, func(s watch.Sample) bool { return s.Name == name })
		some = append(some, watch.TargetSamples[n].Event())
	}
	some = append(some, watch.ActivitySamples[1].Event(), watch.Fields{"source": "aws.s3", "detail-type": "new", "region": hub, "detail": watch.Fields{}})
	for i, event := range some {
		if detail := event["detail"].(watch.Fields); detail["eventID"] != nil {
			detail["eventID"] = fmt.Sprint("event-", i)
		}
		hubs := []string{hub, standby}
		if i%5 == 2 {
			hubs = hubs[:1]
		}
		w.put(event, hour(2+i).Add(time.Duration(i)*time.Second), hubs...)
	}
	w.exercise(watch.ExerciseBegins, "BreakglassUser", hour(20))
	w.exercise(watch.ExerciseEnds, "BreakglassUser", hour(21))
	for _, name := range []string{"a recorded call that reads", "a recorded call that writes"} {
		s, _ := watch.SampleNamed(name)
		w.recordedCall(watch.At(watch.InRegion(s.Event(), forwarder), hour(7)), hour(7).Add(4*time.Minute))
	}
	delete(w.beats[arrival{hub: hub, region: forwarder}], hour(3))
	w.beats[arrival{hub: standby, region: hub}][hour(3)]--
	w.incidents = []Incident{
		{Folder: "second", Period: Period{hour(10), hour(12)}, Users: []string{"BreakglassUser"}, Differs: []string{}},
		{
			Folder: "first one", Period: Period{hour(3), hour(5)}, Users: []string{"BreakglassUser"}, Trigger: "an outage", Ticket: "4711", Signed: hour(30),
			Name: "Ada", SHA256: "0123", Differs: []string{"report.json"},
		},
		{Folder: "before", Period: Period{hour(-5), hour(0)}, Users: []string{"BreakglassUser"}, Differs: []string{}},
		{Folder: "after", Period: Period{now, now.Add(time.Hour)}, Users: []string{"BreakglassUser"}, Differs: []string{}},
	}
	r := w.report()
	r.Took, r.SHA256 = "1.2s", strings.Repeat("0", 64)
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	reviewed.Text(t, "report.json", string(text)+"\n")
	page, err := r.Page()
	if err != nil {
		t.Fatal(err)
	}
	reviewed.Text(t, "report.html", string(page[strings.Index(string(page), "</style>"):]))

	var all strings.Builder
	for _, c := range everyBroken() {
		w := well(t)
		w.drillEverywhere()
		c.break_(w)
		r := w.report()
		fmt.Fprintf(&all, "== %s: %d problems, %d notes\n", c.name, r.Problems, r.Notes)
		for _, f := range r.Findings {
			fmt.Fprintf(&all, "%s in %s: %s; %s\n", f.Severity, f.Places(), f.What, f.Fix)
		}
		for _, l := range r.Logs {
			fmt.Fprintf(&all, "%s of %s: %s to %s, %d lines, %s\n", l.Name, l.Hub, when(l.From), when(l.To), l.Lines, l.Unread)
		}
		all.WriteString("\n")
	}
	reviewed.Text(t, "findings.txt", all.String())
}

// What the flags refuse says what to pass.
func TestWhatAPeriodRefuses(t *testing.T) {
	var all strings.Builder
	for _, c := range [][3]string{
		{"soon", "", ""}, {"-3h", "", ""}, {"0d", "", ""}, {"30d", "2026-11-01", ""}, {"", "", "2026-11-01"}, {"", "1.11.2026", ""}, {"", "2026-11-01", "later"},
		{"", "2026-11-02", "2026-11-02"}, {"", "2026-11-02", "2026-11-24"}, {"366d", "", ""}, {"367d", "", ""}, {"", "2025-11-22T13:00:00Z", ""},
		{"", "2025-11-22T12:00:00Z", ""}, {"1h", "", ""}, {"46m", "", ""}, {"44m", "", ""},
	} {
		p, err := NewPeriod(c[0], c[1], c[2], now)
		fmt.Fprintf(&all, "%q: %s to %s, %v\n", c, when(p.From), when(p.To), err)
	}
	reviewed.Text(t, "period.txt", all.String())
	for n, want := range map[int]string{5: "a, b, c, d, e", 6: "a, b, c, d, e and 1 more"} {
		if got := (Finding{Where: strings.Split("abcdef"[:n], "")}).Places(); got != want {
			t.Errorf("%d Regions: %s", n, got)
		}
	}
}
