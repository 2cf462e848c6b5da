package cdkcli

import (
	"fmt"
	"time"
)

// Kind is the kind of an event.
type Kind string

// The kinds of events. A stack that fails has no event of its own: Run's error has the CLI's last lines, and CloudFormation
// has the reason.
const (
	Synthesized Kind = "synthesized" // the app has run; no stack
	Started     Kind = "started"
	Done        Kind = "done"
	Unchanged   Kind = "unchanged"
)

// Event is one step of a run.
type Event struct {
	Kind   Kind
	Action string        // the CLI's command: deploy, destroy, …
	Stack  string        // empty for Synthesized
	Index  int           // of Started: its number
	Total  int           // of Started: out of so many
	Took   time.Duration // since the stack was started; of Synthesized: as the CLI reports it
}

// String returns the event as one line for people.
func (e Event) String() string {
	took := e.Took.Round(100 * time.Millisecond)
	switch e.Kind {
	case Synthesized:
		return fmt.Sprintf("templates made in %v", took)
	case Started:
		return fmt.Sprintf("%s: %s started (%d of %d)", e.Stack, e.Action, e.Index, e.Total)
	case Unchanged:
		return e.Stack + ": no changes"
	}
	past := map[string]string{"deploy": "deployed", "destroy": "removed"}[e.Action]
	if past == "" {
		past = e.Action + " done"
	}
	return fmt.Sprintf("%s: %s in %v", e.Stack, past, took)
}
