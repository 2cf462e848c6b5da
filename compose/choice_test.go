package compose

import (
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/watch"
)

// TestConditionsChooseTheMessageOfTheSample evaluates the composer's own expression, with messages that say nothing but their name.
func TestConditionsChooseTheMessageOfTheSample(t *testing.T) {
	named := sampleTexts()
	named.Entries = slices.Clone(named.Entries)
	for i, e := range named.Entries {
		named.Entries[i].Messages = nil
		for _, m := range e.Messages {
			named.Entries[i].Messages = append(named.Entries[i].Messages, watch.Message{When: m.When, Subject: "chosen" + m.Suffix})
		}
	}
	p, err := NewPreview(named)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sent(t) {
		m := preview(t, p, s.Entry, asJSON(t, s.Event()))
		if got, _, _ := strings.Cut(strings.TrimPrefix(m.Subject, subjectPrefix), ", "); got != "chosen"+s.Alert {
			t.Errorf("%s: %q is sent, want the message %q of %s", s.Name, m.Subject, s.Alert, s.Entry)
		}
	}
}

// TestWhatMessagesShareIsWrittenOnce: each byte of a text takes one from the names of accounts.
func TestWhatMessagesShareIsWrittenOnce(t *testing.T) {
	texts := sampleTexts()
	count := map[string]int{}
	for _, e := range texts.Entries {
		for _, m := range e.Messages {
			for _, part := range parts(e, m) {
				count[part]++
			}
		}
	}
	written, shared := texts.Messages("", ""), 0
	for part, times := range count {
		if times < 2 {
			continue
		}
		if shared++; strings.Count(written, part) != 1 {
			t.Errorf("it is written %d times: %s", strings.Count(written, part), part)
		}
	}
	if shared < 5 {
		t.Errorf("only %d texts are shared", shared)
	}
}
