package watch

import (
	"slices"
	"testing"
)

// TestEveryAlertHasItsMessage: the last message of an entry takes what no condition of another takes.
func TestEveryAlertHasItsMessage(t *testing.T) {
	for _, e := range Catalogue {
		for i, m := range e.Messages {
			if last := i == len(e.Messages)-1; (m.When.Path == "") != last {
				t.Errorf("%s%s: only the last message has no condition", e.ID, m.Suffix)
			}
			if slices.ContainsFunc(e.Messages[:i], func(other Message) bool { return other.Suffix == m.Suffix }) {
				t.Errorf("%s has two messages %q", e.ID, m.Suffix)
			}
		}
		if n := len(e.Messages); n > 0 && (!slices.ContainsFunc(e.Messages, func(m Message) bool { return m.Suffix == "" }) || len(e.Suffixes()) != n) {
			t.Errorf("%s has %d messages, and the alerts %q", e.ID, n, e.Suffixes())
		}
		if suffixes := e.Suffixes(); suffixes[0] != "" {
			t.Errorf("%s begins with %q: a Region that forwards drills the first only", e.ID, suffixes[0])
		}
		if (len(e.Messages) == 0) == (len(e.Counts) == 0) {
			t.Errorf("%s must have messages or counts, and not both", e.ID)
		}
	}
}
