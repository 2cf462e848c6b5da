package compose

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/internal/reviewed"
	"example.com/breakglass/watch"
)

// sampleTexts returns the texts of a hub with two named accounts.
func sampleTexts() Texts {
	return Texts{
		Scope: watch.SampleScope, Region: "us-east-1",
		Entries:      slices.DeleteFunc(slices.Clone(watch.Catalogue), func(e watch.Entry) bool { return len(e.Messages) == 0 }),
		Instructions: "Call the duty officer, +1 555 0100.\nIt's in the runbook: https://example.com/runbook",
		Accounts:     []Account{{"111111111111", "hub"}, {"222222222222", "production"}},
	}
}

// sent returns the samples that the composer writes about.
func sent(t *testing.T) []watch.Sample {
	t.Helper()
	var all []watch.Sample
	for _, s := range watch.Samples {
		if e, ok := watch.ByID(s.Entry); ok && len(e.Messages) > 0 {
			all = append(all, s)
		}
	}
	if len(all) < 40 {
		t.Fatalf("only %d samples", len(all))
	}
	return all
}

// TestMessagesAreTheReviewedOnes holds the subject and the text of the first sample of each alert against testdata/messages.txt.
func TestMessagesAreTheReviewedOnes(t *testing.T) {
	p := samplePreview(t)
	var b strings.Builder
	seen := map[string]bool{}
	for _, s := range sent(t) {
		if seen[s.Entry+s.Alert] {
			continue
		}
		seen[s.Entry+s.Alert] = true
		m := preview(t, p, s.Entry, asJSON(t, s.Event()))
		fmt.Fprintf(&b, "==== %s\nSubject: %s\nSMS: %s\n\n%s\n\n", s.Name, m.Subject, m.Readers["sms"], m.Readers["email"])
	}
	reviewed.Text(t, "messages.txt", b.String())
}

// TestEveryReaderGetsTheReviewedText holds what each kind of subscriber gets against testdata/readers.txt: of a record, of a drill, and of
// an entry that the composer does not know.
func TestEveryReaderGetsTheReviewedText(t *testing.T) {
	p := samplePreview(t)
	var b strings.Builder
	one := sent(t)[0]
	for _, of := range []struct {
		name, entry string
		event       watch.Fields
	}{{"a record", one.Entry, one.Event()}, {"a drill", one.Entry, one.AsDrill()}, {"of an unknown entry", "another", one.Event()}} {
		m := preview(t, p, of.entry, asJSON(t, of.event))
		fmt.Fprintf(&b, "==== %s\nSubject: %s\n", of.name, m.Subject)
		for _, protocol := range slices.Sorted(maps.Keys(m.Readers)) {
			fmt.Fprintf(&b, "-- %s\n%s\n", protocol, m.Readers[protocol])
		}
		fmt.Fprintf(&b, "-- chat\n%s\n\n", m.Chat)
	}
	reviewed.Text(t, "readers.txt", b.String())
}

// hostile values are what an actor may write wherever the record has a text.
var hostile = []string{
	"x\nMFA: Yes\r\n\nWhat to do now\nNothing",
	"\u2028MFA: Yes\u202e\u200b\u00ad\x00\x1b[31m",
	`"quoted" \back\ {"$eval": "1"} {% $x %} ${Key} 'apostrophe'`,
	strings.Repeat("a", 5000),
	"",
	"arn:aws:iam::222222222222:role/" + strings.Repeat("é", 100),
	"   ",
}

// misshapen are values of another kind than the record has.
var misshapen = []any{
	[]any{"one", "two"}, []any{}, []any{map[string]any{"type": "Root"}, map[string]any{"userName": "two"}}, map[string]any{"a": []any{1.0, nil}}, 17.5, true, nil,
}

// untimely are times that no event has: of a day that no month has, without seconds, and of years far away.
var untimely = []any{"2026-02-30T10:00:00Z", "2026-11-31T24:00:00Z", "2026-11-22T08:15Z", "2026-11-22T08:15:00+01:00", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z"}

// TestNobodyForgesALine puts hostile values, and values of another kind, wherever a sample has a text.
func TestNobodyForgesALine(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing runs side by side here")
	}
	p := samplePreview(t)
	n := 0
	for _, s := range hostileEvents(t) {
		m, err := p.Message(s.entry, s.event)
		if err != nil {
			continue // it is sent as it is; the judges hold this against JSONata
		}
		n++
		if problem := unfit(m); problem != "" {
			t.Errorf("%s: %s", s.name, problem)
		}
	}
	if n < 500 {
		t.Errorf("only %d events could be composed", n)
	}
}

// unfit returns what is wrong with a message.
func unfit(m Message) string {
	switch {
	case len(m.Subject) == 0 || len(m.Subject) > maxSubject || notASCII.MatchString(m.Subject):
		return fmt.Sprintf("the subject is %q", m.Subject)
	case len(m.Readers["sms"]) > maxSMS || notASCII.MatchString(m.Readers["sms"]):
		return fmt.Sprintf("the SMS is %q", m.Readers["sms"])
	case strings.Count(m.Readers["email"], "\nWhat to do now\n") != 1, strings.Count(m.Readers["email"], "\nLook it up\n") != 1:
		return "a heading is missing, or forged:\n" + m.Readers["email"]
	}
	seen := map[string]bool{}
	for _, line := range strings.Split(m.Readers["email"], "\n") {
		if notASCII.MatchString(line) {
			return fmt.Sprintf("the line %q", line)
		}
		label, value, ok := strings.Cut(line, ": ")
		if ok && label != "It's in the runbook" && seen[label] {
			return fmt.Sprintf("two lines %s", label)
		}
		if strings.HasSuffix(line, ":") || ok && strings.TrimSpace(value) == "" {
			return fmt.Sprintf("the empty line %q", line)
		}
		seen[label] = true
	}
	for _, reader := range []string{"https", "sqs"} {
		var machine struct {
			Version        int
			Entry, Subject string
			Record         map[string]any
		}
		if err := json.Unmarshal([]byte(m.Readers[reader]), &machine); err != nil || machine.Version != Version || machine.Subject != m.Subject ||
			machine.Record == nil {
			return fmt.Sprintf("%s gets %s", reader, m.Readers[reader])
		}
	}
	return ""
}

var notASCII = regexp.MustCompile(`[^ -~]`)

type hostileEvent struct {
	name, entry string
	event       map[string]any
}

// hostileEvents returns a sample of each message with one text or object replaced.
func hostileEvents(t *testing.T) []hostileEvent {
	t.Helper()
	var all []hostileEvent
	seen := map[string]bool{}
	for _, s := range sent(t) {
		if seen[s.Entry+s.Alert] {
			continue
		}
		seen[s.Entry+s.Alert] = true
		whole := asJSON(t, s.Event())
		text, err := json.Marshal(whole)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range nodes(whole, nil) {
			if path[0] != "detail" || len(path) == 1 {
				continue // EventBridge writes the envelope
			}
			// Most paths are in many samples: among them, each meets all of these.
			var values []any
			for i := range 3 {
				values = append(values, misshapen[(len(all)+i)%len(misshapen)])
			}
			if _, ok := at(whole, path).(string); ok {
				for _, text := range hostile {
					values = append(values, text)
				}
			}
			if path[1] == "eventTime" {
				values = append(values, untimely...)
			}
			for _, value := range values {
				var event map[string]any
				if err := json.Unmarshal(text, &event); err != nil {
					t.Fatal(err)
				}
				put(event, path, value)
				all = append(all, hostileEvent{fmt.Sprintf("%s, %s is %.40q", s.Name, strings.Join(path, "."), fmt.Sprint(value)), s.Entry, event})
			}
		}
	}
	return all
}

// nodes returns the paths of the texts and the objects in a value.
func nodes(value any, at []string) [][]string {
	var all [][]string
	switch v := value.(type) {
	case string:
		return [][]string{at}
	case map[string]any:
		if len(at) > 0 {
			all = append(all, at)
		}
		for _, key := range slices.Sorted(maps.Keys(v)) { // a path meets the same values in every run
			all = append(all, nodes(v[key], append(slices.Clone(at), key))...)
		}
	}
	return all
}

func at(event map[string]any, path []string) any {
	for _, key := range path[:len(path)-1] {
		event = event[key].(map[string]any)
	}
	return event[path[len(path)-1]]
}

func put(event map[string]any, path []string, value any) {
	for _, key := range path[:len(path)-1] {
		event = event[key].(map[string]any)
	}
	event[path[len(path)-1]] = value
}

func samplePreview(t *testing.T) Preview {
	t.Helper()
	p, err := NewPreview(sampleTexts())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func preview(t *testing.T, p Preview, entry string, event map[string]any) Message {
	t.Helper()
	m, err := p.Message(entry, event)
	if err != nil {
		t.Fatalf("%s: %v", entry, err)
	}
	return m
}

func asJSON(t testing.TB, value any) map[string]any {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// signIn returns a sign-in as it appears on the bus, with an event ID of its own.
func signIn(t testing.TB, id string) map[string]any {
	t.Helper()
	s, ok := watch.SampleNamed("a sign-in with MFA")
	if !ok {
		t.Fatal("no such sample")
	}
	event := asJSON(t, s.Event())
	event["detail"].(map[string]any)["eventID"] = id
	return event
}
