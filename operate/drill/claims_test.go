package drill

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

func receiptAt(where Where, hub string, after time.Duration) Receipt {
	return Receipt{Where: where, Hub: hub, After: after, Arrived: true, Millis: after.Milliseconds()}
}

// mixed is an outcome with each way in which a drill can fail.
func mixed() Outcome {
	ledger := &Broken{What: "rule x is disabled", Fix: "enable it"}
	return Outcome{
		Began: noon, Ended: noon.Add(90 * time.Second), Queues: 2,
		Results: []Result{
			{
				ID: "a", Region: "us-east-1", Alert: "sign-in", Sent: noon,
				Receipts: []Receipt{
					receiptAt(Ledger, "us-east-1", 1500*time.Millisecond), receiptAt(Ledger, "us-west-2", 2*time.Second), receiptAt(Topic, "us-east-1", 3*time.Second),
				},
			},
			{
				ID: "b", Region: "us-west-2", Alert: "sign-in", Sent: noon,
				Receipts: []Receipt{
					receiptAt(Ledger, "us-east-1", time.Second), {Where: Ledger, Hub: "us-west-2", Broken: ledger}, {Where: Topic, Hub: "us-west-2", Broken: ledger},
				},
			},
			{
				ID: "c", Region: "eu-west-1", Alert: "sign-in", Sent: noon,
				Receipts: []Receipt{{Where: Ledger, Hub: "us-east-1"}, {Where: Ledger, Hub: "us-west-2", Broken: ledger}},
			},
			{ID: "d", Region: "eu-west-1", Alert: "root", NotSent: "refused"},
			{ID: "e", Region: "eu-west-1", Alert: "iam-change", NotSent: "refused"},
		},
		People: []Answer{{Hub: "us-east-1", Answered: true, After: 2 * time.Second, Millis: 2000}, {Hub: "us-west-2"}},
		Left:   []string{"the queue q"},
	}
}

// TestTheEvidenceClaimsWhatWasShown compares the whole record: what arrived, what did not, and what nobody has seen.
func TestTheEvidenceClaimsWhatWasShown(t *testing.T) {
	r := newRun(t, Options{Alerts: []string{"sign-in", "failed-sign-in"}})
	text, err := r.Evidence(mixed(), "arn:aws:iam::111111111111:user/operator").JSON()
	if err != nil || text[len(text)-1] != '\n' {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	arrived := func(where, hub string, millis float64) any {
		return map[string]any{"where": where, "hub": hub, "arrived": true, "afterMs": millis}
	}
	broken := func(where, hub string) any {
		return map[string]any{"where": where, "hub": hub, "arrived": false, "broken": map[string]any{"what": "rule x is disabled", "fix": "enable it"}}
	}
	want := map[string]any{
		"drill": "x", "account": "111111111111", "by": "arn:aws:iam::111111111111:user/operator", "began": "2026-01-02T12:00:00Z", "ended": "2026-01-02T12:01:30Z",
		"ok":   false,
		"hubs": []any{"us-east-1", "us-west-2"}, "regions": []any{"eu-west-1", "us-east-1", "us-west-2"}, "alerts": []any{"sign-in", "failed-sign-in"},
		"silent": []any{"us-west-2", "eu-west-1"}, "slowestMs": 3000.0,
		"messages": map[string]any{"drills": map[string]any{"us-east-1": 1.0, "us-west-2": 1.0}, "alarms": 2.0, "subscription": 8.0},
		"results": []any{
			map[string]any{
				"id": "a", "region": "us-east-1", "alert": "sign-in", "sent": "2026-01-02T12:00:00Z",
				"receipts": []any{arrived("ledger", "us-east-1", 1500), arrived("ledger", "us-west-2", 2000), arrived("topic", "us-east-1", 3000)},
			},
			map[string]any{
				"id": "b", "region": "us-west-2", "alert": "sign-in", "sent": "2026-01-02T12:00:00Z",
				"receipts": []any{arrived("ledger", "us-east-1", 1000), broken("ledger", "us-west-2"), broken("topic", "us-west-2")},
			},
			map[string]any{
				"id": "c", "region": "eu-west-1", "alert": "sign-in", "sent": "2026-01-02T12:00:00Z",
				"receipts": []any{map[string]any{"where": "ledger", "hub": "us-east-1", "arrived": false}, broken("ledger", "us-west-2")},
			},
			map[string]any{"id": "d", "region": "eu-west-1", "alert": "root", "notSent": "refused", "receipts": nil},
			map[string]any{"id": "e", "region": "eu-west-1", "alert": "iam-change", "notSent": "refused", "receipts": nil},
		},
		"people": []any{map[string]any{"hub": "us-east-1", "answered": true, "afterMs": 2000.0}, map[string]any{"hub": "us-west-2", "answered": false}},
		"left":   []any{"the queue q"},
		"notProved": []any{
			"that CloudTrail puts records on the buses; --recorded shows it",
			"that alerts that count events trigger their alarms; their messages arrive some minutes later",
		},
	}
	for key, value := range got { // what a later version adds is no claim of this one
		if _, ok := want[key]; !ok {
			delete(got, key)
		}
		_ = value
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	// Nothing is missing from a record where there is nothing to say.
	text, err = r.Evidence(Outcome{Results: []Result{}}, "x").JSON()
	if err != nil || !strings.Contains(string(text), `"silent": [],`) || !strings.Contains(string(text), `"people": [],`) ||
		!strings.Contains(string(text), `"left": [],`) || !strings.Contains(string(text), `"ok": true`) {
		t.Errorf("%v\n%s", err, text)
	}
}

// What no drill shows is said, and what this one has shown is not.
func TestWhatWasNotProved(t *testing.T) {
	const trail, read, topics, counts = "that CloudTrail puts records on the buses; --recorded shows it", "that a message was read; --people shows it",
		"that the topics deliver it; --no-queue skipped them", "that alerts that count events trigger their alarms; their messages arrive some minutes later"
	answered := Outcome{People: []Answer{{Hub: "us-east-1", Answered: true}}}
	for _, c := range []struct {
		o    Options
		out  Outcome
		want []string
	}{
		{Options{}, Outcome{}, []string{trail, read}},
		{Options{Recorded: true}, Outcome{}, []string{
			"that the rules of an alert, its composer and its topic work; a drill without --recorded shows it",
			"that AWS records a sign-in in these Regions; only a test sign-in shows it",
		}},
		{Options{NoQueue: true}, Outcome{}, []string{trail, read, topics}},
		{Options{People: true}, answered, []string{trail}},
		{Options{People: true, NoQueue: true}, answered, []string{trail}},
		{Options{Alerts: []string{"failed-sign-in"}}, Outcome{}, []string{trail, read, counts}},
		{
			Options{Recorded: true}, Outcome{},
			[]string{
				"that the rules of an alert, its composer and its topic work; a drill without --recorded shows it",
				"that AWS records a sign-in in these Regions; only a test sign-in shows it",
			},
		},
		{Options{Alerts: []string{"failed-sign-in", "sign-in"}}, Outcome{}, []string{trail, read, counts}},
	} {
		if diff := cmp.Diff(c.want, newRun(t, c.o).NotProved(c.out)); diff != "" {
			t.Errorf("%+v: %s", c.o, diff)
		}
	}
}

func TestSums(t *testing.T) {
	o := mixed()
	if o.OK() || o.Slowest() != 3*time.Second || !slices.Equal(o.Silent(), []string{"us-west-2", "eu-west-1"}) || len(o.Of("eu-west-1")) != 3 ||
		len(o.Of("x")) != 0 {
		t.Errorf("%v %v %q", o.OK(), o.Slowest(), o.Silent())
	}
	for name, change := range map[string]func(*Outcome){
		"a queue is left":   func(o *Outcome) { o.Left = []string{"q"} },
		"nobody answered":   func(o *Outcome) { o.People = []Answer{{Hub: "us-east-1"}} },
		"it was not sent":   func(o *Outcome) { o.Results[0].NotSent = "why" },
		"it did not arrive": func(o *Outcome) { o.Results[0].Receipts[2].Arrived = false },
	} {
		good := mixed()
		good.Results, good.People, good.Left = good.Results[:1], good.People[:1], nil
		if !good.OK() {
			t.Errorf("%+v", good)
		}
		if change(&good); good.OK() {
			t.Error(name)
		}
	}
	var ways []string
	got, missing, silent := Ways(o.Results)
	for _, w := range got {
		ways = append(ways, string(w.Where)+" "+w.Hub+" "+w.Slowest.String())
	}
	if diff := cmp.Diff([]string{"ledger us-east-1 1.5s", "ledger us-west-2 2s", "topic us-east-1 3s"}, ways); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{
		"not in the ledger in us-west-2", "not on the topic in us-west-2", "not in the ledger in us-east-1", "not sent",
	}, missing); diff != "" || silent != 4 {
		t.Errorf("%d silent\n%s", silent, diff)
	}
}

// Each fault once, with everything that it kept from arriving.
func TestBrokenLinks(t *testing.T) {
	var got []Link
	for _, l := range mixed().BrokenLinks() {
		got = append(got, *l)
	}
	want := []Link{
		{Broken{What: "rule x is disabled", Fix: "enable it"}, []*Missing{
			{
				Where: "not in the ledger in us-west-2", Regions: []string{"us-west-2", "eu-west-1"},
				Alerts: map[string][]string{"us-west-2": {"sign-in"}, "eu-west-1": {"sign-in"}},
			},
			{Where: "not on the topic in us-west-2", Regions: []string{"us-west-2"}, Alerts: map[string][]string{"us-west-2": {"sign-in"}}},
		}},
		{Broken{What: "refused"}, []*Missing{{Where: "not sent", Regions: []string{"eu-west-1"}, Alerts: map[string][]string{"eu-west-1": {"root", "iam-change"}}}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestNothingWasSent(t *testing.T) {
	none := Outcome{Results: []Result{{NotSent: "a"}, {NotSent: "b"}}}
	if err := none.Err(); err == nil || err.Error() != "no drill could be sent: b" {
		t.Errorf("%v", err)
	}
	for _, o := range []Outcome{{}, {Results: []Result{{NotSent: "a"}, {}}}, {Results: []Result{{}, {NotSent: "a"}}}} {
		if err := o.Err(); err != nil {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

func TestFaults(t *testing.T) {
	var got [][]string
	for _, r := range mixed().Results[:4] {
		got = append(got, r.Faults())
	}
	if diff := cmp.Diff([][]string{nil,
		{"not in the ledger in us-west-2: rule x is disabled; enable it", "not on the topic in us-west-2: rule x is disabled; enable it"},
		{"not in the ledger in us-east-1", "not in the ledger in us-west-2: rule x is disabled; enable it"},
		{"not sent: refused"}}, got); diff != "" {
		t.Error(diff)
	}
	if got := (Broken{What: "x"}).String(); got != "x" {
		t.Error(got)
	}
}

func TestInterrupted(t *testing.T) {
	sent := Result{Sent: noon}
	for want, o := range map[string]Outcome{
		"nothing was sent; no queue was created":  {Results: []Result{{}}},
		"nothing was sent; could not remove a, b": {Queues: 2, Left: []string{"a", "b"}},
		"2 of 3 drills were sent, and arrive nevertheless; the drill's 2 queues and their subscriptions were removed": {Queues: 2, Results: []Result{sent, {}, sent}},
		"1 of 3 drills were sent, and arrive nevertheless; the drill's queue and its subscription were removed":       {Queues: 1, Results: []Result{sent}},
	} {
		if got := o.Interrupted(3); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestTheReportOfAPipeline(t *testing.T) {
	text, err := newRun(t, Options{}).Evidence(mixed(), "somebody").JUnit()
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(filepath.Join("testdata", "report.xml"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(text)); diff != "" {
		t.Error(diff)
	}
}

// The files of a run: both, one or none; a folder that is missing is an error.
func TestTheFilesOfARun(t *testing.T) {
	e := newRun(t, Options{}).Evidence(mixed(), "somebody")
	folder := t.TempDir()
	asJSON, asXML := filepath.Join(folder, "a.json"), filepath.Join(folder, "a.xml")
	if err := e.Write(asJSON, asXML); err != nil {
		t.Fatal(err)
	}
	for path, begins := range map[string]string{asJSON: "{\n  \"drill\": \"x\"", asXML: "<?xml"} {
		if text, err := os.ReadFile(path); err != nil || !strings.HasPrefix(string(text), begins) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if err := e.Write("", ""); err != nil {
		t.Error(err)
	}
	for _, err := range []error{e.Write(filepath.Join(folder, "none", "a"), ""), e.Write("", filepath.Join(folder, "none", "a"))} {
		if err == nil {
			t.Error("written into a folder that does not exist")
		}
	}
}

// What the options choose.
func TestWhatIsChosen(t *testing.T) {
	r := newRun(t,
		Options{Regions: []string{"us-west-2", "eu-west-1", "us-west-2"}, Alerts: []string{"assume-role", "sign-in", "assume-role", "key-change"}, People: true})
	var got []string
	for _, d := range r.Drills {
		got = append(got, strings.Join([]string{d.ID, d.Alert, d.Region, map[bool]string{true: "to people"}[d.ToPeople]}, " "))
	}
	want := []string{
		"drill-x-eu-west-1-assume-role assume-role eu-west-1 ", "drill-x-eu-west-1-sign-in sign-in eu-west-1 ",
		"drill-walnut-x-us-west-2-assume-role assume-role us-west-2 to people",
		"drill-walnut-x-us-west-2-assume-role-refused assume-role-refused us-west-2 to people",
		"drill-walnut-x-us-west-2-sign-in sign-in us-west-2 to people", "drill-walnut-x-us-west-2-key-change key-change us-west-2 to people",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !slices.Equal(r.Alerts, []string{"assume-role", "sign-in", "assume-role-refused", "key-change"}) ||
		!slices.Equal(r.Regions, []string{"eu-west-1", "us-west-2"}) || len(r.Words) != 1 {
		t.Errorf("alerts %q, Regions %q, words %q", r.Alerts, r.Regions, r.Words)
	}
	const off = withStandby + "monitoring: {tampering: false}\n"
	for want, o := range map[string]Options{
		`alert "target-access" needs observers, and breakglass.yaml has none; add Regions under observers`: {Alerts: []string{"target-access"}},
		`alert "rule-change" is disabled under monitoring in breakglass.yaml`:                              {Alerts: []string{"rule-change"}},
	} {
		if _, err := New(load(t, off), o, "x", nil); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	all, err := New(load(t, off), Options{All: true}, "x", nil)
	if err != nil || all.Messages().Subscription != 0 {
		t.Errorf("%v %+v", err, all)
	}
}

// Between drills that people receive there is time, after the first ones; others follow each other.
func TestWhenEachIsSent(t *testing.T) {
	r := newRun(t, Options{})
	r.pace, r.room = time.Second, 10*time.Second
	var drills []Drill
	for range Burst + 2 {
		drills = append(drills, Drill{ToPeople: true}, Drill{})
	}
	times := r.due("us-east-1", drills)
	if len(times) != 2*Burst+4 || times[0] != 0 || times[1] != time.Second || times[2*Burst-1] != time.Duration(2*Burst-1)*time.Second {
		t.Errorf("%v", times)
	}
	for i, want := range []time.Duration{
		time.Duration(2*Burst) * time.Second, time.Duration(2*Burst+1) * time.Second, max(20*time.Second, time.Duration(2*Burst+2)*time.Second),
	} {
		if got := times[2*Burst+i]; got != max(want, map[int]time.Duration{0: 10 * time.Second, 1: 11 * time.Second, 2: 20 * time.Second}[i]) {
			t.Errorf("number %d after %v", 2*Burst+i, got)
		}
	}
	for _, at := range r.due("eu-west-1", drills) {
		if at != 0 {
			t.Errorf("a Region that only forwards waits %v", at)
		}
	}
	if got := r.Sending(); got != 0 {
		t.Errorf("one drill each takes %v", got)
	}
	r.Drills = append(r.Drills, Drill{Region: "us-west-2"}, Drill{Region: "us-west-2"})
	if got := r.Sending(); got != 2*time.Second {
		t.Errorf("three drills take %v", got)
	}
}

// The IDs in a message, whoever wrote it.
func TestDrillsIn(t *testing.T) {
	for body, want := range map[string]string{
		`{"Subject": "s", "Message": "{\"eventId\": \"drill-1\", \"text\": \"drill-x-y\"}"}`: "s|drill-1",
		`{"Subject": "s", "Message": "the drill-x-eu-west-1-sign-in, and drill-y-z."}`:       "s|drill-x-eu-west-1-sign-in,drill-y-z",
		`{"Subject": "s", "Message": "{\"eventId\": \"\", \"text\": \"drill-x-y\"}"}`:        "s|drill-x-y",
		`raw text with drill-x-y`: "|drill-x-y", `nothing`: "|",
	} {
		subject, ids := drillsIn(body)
		if got := subject + "|" + strings.Join(ids, ","); got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}
