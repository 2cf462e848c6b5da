package docs

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/watch"
)

func TestAlertsPage(t *testing.T) {
	generated(t, "alerts.md", "alerts", alertTable())
	generated(t, "alerts.md", "mail", sampleMail(t))
	generated(t, "alerts.md", "count", sampleCount())
}

func TestObserversPage(t *testing.T) {
	entry, ok := watch.ByID("target-access")
	if !ok {
		t.Fatal("the alert target-access is gone: show another one")
	}
	text := entry.Counts[0].TextInHub("222222222222 production", sampleHub, sampleInstructions)
	generated(t, "observers.md", "count", "```text\n"+text+"\n```")
}

func TestRespondPage(t *testing.T) {
	generated(t, "respond.md", "responses", responseTable(t))
}

// responseTable returns a row for each response; entries that share one share a row.
func responseTable(t *testing.T) string {
	var rows [][]string
	for _, e := range slices.Concat(watch.Catalogue, watch.Observed) {
		if e.Response == "" {
			t.Errorf("%s does not say what to do about it", e.ID)
		}
		at := slices.IndexFunc(rows, func(row []string) bool { return row[2] == cell(e.Response) })
		if at < 0 {
			rows = append(rows, []string{"", code(e.ID), cell(e.Response)})
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
	for _, a := range e.Alerts {
		all = append(all, cell(placeholder.ReplaceAllString(a.Title, "…")))
	}
	for _, c := range e.Counts {
		all = append(all, cell(c.Title))
	}
	return all
}

var placeholder = regexp.MustCompile(`<[^>]+>`)

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
		rows = append(rows, []string{code(e.ID), cell(e.Title), code(strings.Join(e.Sources, "`, `")) + calls, notified, cell(e.Why)})
	}
	return table([]string{"Alert", "What happened", "Records", "Notified", "Why it matters"}, rows)
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
					one = "*" + end["suffix"].(string)
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
	sample, ok := watch.SampleNamed("a sign-in in an opt-in Region")
	if !ok {
		t.Fatal("the sample is gone: choose another one")
	}
	entry, _ := watch.ByID(sample.Entry)
	return "```text\n" + entry.Alerts[0].Fill(sampleInstructions, sampleHub, sample.Event()) + "\n```"
}

func sampleCount() string {
	entry, _ := watch.ByID("failed-sign-in")
	return "```text\n" + entry.Counts[0].Text(entry, watch.SampleScope.Account, sampleHub, sampleInstructions) + "\n```"
}
