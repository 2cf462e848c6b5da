package check

import (
	"slices"
	"strings"
	"testing"
)

// TestEveryCheckIsInTheRegister: the register is what the page, the documents and the drill of permissions are made from. A finding of
// a check that it lacks would have no title, and nobody would say which permissions it needs.
func TestEveryCheckIsInTheRegister(t *testing.T) {
	var ids []string
	for _, c := range Checks {
		ids = append(ids, c.ID)
		if c.Title == "" || c.Why == "" {
			t.Errorf("%s has no title or no reason", c.ID)
		}
	}
	want := "answers regions stacks trail rules bus composer topic key subscribers queues alarms heartbeats ledger forwarding users exercises passwords group roles bootstrap way stacksets"
	if got := strings.Join(ids, " "); got != want {
		t.Errorf("the checks are %s", got)
	}
	for _, f := range well(t, hub).ask(t) {
		if !slices.Contains(ids, f.Check) {
			t.Errorf("a finding of %q: %+v", f.Check, f)
		}
	}
}
