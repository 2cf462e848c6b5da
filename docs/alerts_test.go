package docs

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/compose"
	"example.com/breakglass/internal/reviewed"
	"example.com/breakglass/watch"
)

func TestAlertsPage(t *testing.T) {
	reviewed.Part(t, "alerts.md", "alerts", alertTable())
	reviewed.Part(t, "alerts.md", "mail", sampleMail(t))
	reviewed.Part(t, "alerts.md", "count", sampleCount())
	reviewed.Part(t, "alerts.md", "json", memberTable(t))
}

// members are those of the JSON for machines: the name, the version that it came with, and what it is.
var members = [][]string{
	{"version", "1", "the version of this object"},
	{"entry", "1", "the alert, as in the table above"},
	{
		"severity", "1",
		"`critical`: a use of the emergency access, or a change that opens a way to it; `high`: a change to the alerting, or a part of it that failed",
	},
	{"drill", "1", "`true` for a drill: page nobody"},
	{"subject", "1", "the subject of the email"},
	{"user", "1", "who did it: the name of a user, `ROLE/SESSION` for a session of a role, `root`, or in words where the record has no name"},
	{"account", "1", "number of the account that recorded it"},
	{"accountName", "1", "its name in `targets`"},
	{"region", "1", "the Region that recorded it"},
	{"time", "1", "when it happened, in UTC, as the record has it"},
	{"address", "1", "the source address, as the record has it"},
	{"mfa", "1", "`Yes`, `NO`, or what the record has"},
	{"result", "1", "`Success`, `REFUSED: …` with AWS's error code, or what the record has"},
	{"eventId", "1", "the CloudTrail event ID or, without one, that of EventBridge; the same in the alerts of two hubs about one event"},
	{
		"record", "1",
		"the whole event of EventBridge, with CloudTrail's record under `detail`. What an actor wrote in it is not cleaned. A large one (of some 50,000 characters, or of 14,000 if not all are ASCII) has `truncated: true`, `id`, `source` and `detail-type` only",
	},
}

// memberTable returns a row for each member that the composer writes, and fails if members lacks one or has one too many.
func memberTable(t *testing.T) string {
	t.Helper()
	var found map[string]any
	if err := json.Unmarshal([]byte(sampleMessage(t).Readers["sqs"]), &found); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(found["version"]) != fmt.Sprint(compose.Version) {
		t.Errorf("the object has version %v", found["version"])
	}
	var rows [][]string
	for _, m := range members {
		if _, ok := found[m[0]]; !ok {
			t.Errorf("the composer does not write %s", m[0])
		}
		delete(found, m[0])
		rows = append(rows, []string{code(m[0]), m[1], cell(m[2])})
	}
	for name := range found {
		t.Errorf("the member %s is not documented", name)
	}
	return table([]string{"Member", "Since version", "What it is"}, rows)
}

func TestObserversPage(t *testing.T) {
	entry, ok := watch.ByID("target-access")
	if !ok {
		t.Fatal("the alert target-access is gone: show another one")
	}
	text := entry.Counts[0].TextInHub("222222222222 production", sampleHub, sampleInstructions)
	reviewed.Part(t, "observers.md", "count", "```text\n"+text+"\n```")
}

func TestRespondPage(t *testing.T) {
	reviewed.Part(t, "respond.md", "responses", responseTable(t))
	reviewed.Part(t, "respond.md", "actors", actorTable())
}

// nameInText is a field in a text, with the space before it: the page names nobody.
var nameInText = regexp.MustCompile(` <[A-Za-z]+>|, <[A-Za-z]+>,`)

// actorTable returns how to stop each kind of actor, as alerts say it.
func actorTable() string {
	var rows [][]string
	for _, s := range watch.Stops {
		do := nameInText.ReplaceAllString(s.Do, "")
		rows = append(rows, []string{cell(s.Actor), cell(strings.ToUpper(do[:1]) + do[1:])})
	}
	return table([]string{"Whoever did it is", "Stop it so"}, rows)
}

// response returns what the page says to do about an entry: how to stop each kind of actor is step 2 there.
func response(e watch.Entry) string {
	return cell(strings.ReplaceAll(e.Response, watch.StopPlace, "Do step 2."))
}

// responseTable returns a row for each response; entries that share one share a row.
func responseTable(t *testing.T) string {
	var rows [][]string
	for _, e := range slices.Concat(watch.Catalogue, watch.Observed) {
		if e.Response == "" {
			t.Errorf("%s does not say what to do about it", e.ID)
		}
		at := slices.IndexFunc(rows, func(row []string) bool { return row[2] == response(e) })
		if at < 0 {
			rows = append(rows, []string{"", code(e.ID), response(e)})
			at = len(rows) - 1
		} else {
			rows[at][1] += ", " + code(e.ID)
		}
		for _, title := range titles(e) {
			if !strings.Contains(rows[at][0], title) {
				rows[at][0] = strings.TrimPrefix(rows[at][0]+"; "+title, "; ")
			}
		}
	}
	return table([]string{"It says", "Alert", "Do this if nobody announced it"}, rows)
}

// titles returns how the alerts of an entry begin, with … for what differs from one event to the next.
func titles(e watch.Entry) []string {
	var all []string
	for _, m := range e.Messages {
		all = append(all, cell("BREAK GLASS: "+placeholder.ReplaceAllString(m.Subject, "…")))
	}
	for _, c := range e.Counts {
		all = append(all, cell(c.Title))
	}
	return all
}

// A template may have several values without a space between them.
var placeholder = regexp.MustCompile(`(<[^>]+>)+`)

func alertTable() string {
	var rows [][]string
	for _, e := range slices.Concat(watch.Catalogue, watch.Observed) {
		calls := ""
		if named := eventNames(e.Detail(watch.SampleScope)); len(named) > 0 {
			calls = ": " + code(strings.Join(named, "`, `"))
		}
		notified := "at once"
		if len(e.Counts) > 0 {
			var counts []string
			for _, c := range e.Counts {
				counts = append(counts, fmt.Sprint(c.AtLeast))
			}
			notified = fmt.Sprintf("at %s within %.0f minutes", strings.Join(counts, " and again at "), watch.CountPeriod.Minutes())
		}
		rows = append(rows, []string{code(e.ID), cell(e.Title), records(e) + calls, notified, cell(e.Why)})
	}
	return table([]string{"Alert", "What happened", "Records", "Notified", "Why it matters"}, rows)
}

func records(e watch.Entry) string {
	if len(e.Sources) == 0 {
		return "every service"
	}
	return code(strings.Join(e.Sources, "`, `"))
}

// eventNames returns the calls that a pattern names, also in its branches.
func eventNames(pattern watch.Fields) []string {
	var found []string
	for key, value := range pattern {
		if list, ok := value.([]string); ok && key == "eventName" {
			found = append(found, list...)
		}
		if list, ok := value.([]any); ok && key == "eventName" {
			for _, one := range list {
				if end, ok := one.(watch.Fields); ok {
					switch {
					case end["suffix"] != nil:
						one = "*" + end["suffix"].(string)
					case end["prefix"] != nil:
						one = end["prefix"].(string) + "*"
					default:
						continue // all but some
					}
				}
				found = append(found, one.(string))
			}
		}
	}
	branches, _ := pattern["$or"].([]any)
	for _, b := range branches {
		for _, name := range eventNames(b.(watch.Fields)) {
			if !slices.Contains(found, name) {
				found = append(found, name)
			}
		}
	}
	return found
}

const (
	sampleHub          = "us-east-1"
	sampleInstructions = "Call the duty officer, +1 555 0100. Runbook: https://example.com/runbook"
)

func sampleMail(t *testing.T) string {
	t.Helper()
	return "```text\n" + sampleMessage(t).mail() + "\n```"
}

// sampleMessage returns the alert that the page shows.
func sampleMessage(t *testing.T) message {
	t.Helper()
	sample, ok := watch.SampleNamed("a sign-in in an opt-in Region")
	if !ok {
		t.Fatal("the sample is gone: choose another one")
	}
	entry, _ := watch.ByID(sample.Entry)
	return written(t, compose.Texts{
		Scope: watch.SampleScope, Entries: watch.SampleScope.Composed(), Region: sampleHub, Instructions: sampleInstructions,
		Accounts: []compose.Account{{Number: watch.SampleScope.Account, Name: "security"}},
	}, entry, sample.Event())
}

// message is an alert.
type message compose.Message

// mail returns it as people read it: the subject, and the text.
func (m message) mail() string { return "Subject: " + m.Subject + "\n\n" + m.Readers["email"] }

// written returns what the composer writes about an event.
func written(t *testing.T, texts compose.Texts, entry watch.Entry, event watch.Fields) message {
	t.Helper()
	preview, err := compose.NewPreview(texts)
	if err != nil {
		t.Fatal(err)
	}
	var plain map[string]any
	if err := json.Unmarshal(asJSON(t, event), &plain); err != nil {
		t.Fatal(err)
	}
	m, err := preview.Message(entry.ID, plain)
	if err != nil {
		t.Fatal(err)
	}
	return message(m)
}

func asJSON(t *testing.T, value any) []byte {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func sampleCount() string {
	entry, _ := watch.ByID("failed-sign-in")
	return "```text\n" + entry.Counts[0].Text(entry, watch.SampleScope.Account, sampleHub, sampleInstructions) + "\n```"
}
