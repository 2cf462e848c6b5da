package cdkcli

import (
	"fmt"
	"time"
)

// Kind says what happened.
type Kind string

// The kinds of events. Every stack that was begun ends with one of the last three.
const (
	Synthesized Kind = "synthesized" // the app has run; no stack
	Started     Kind = "started"
	Done        Kind = "done"
	Unchanged   Kind = "unchanged"
	Failed      Kind = "failed"
)

// Event is one step of a run.
type Event struct {
	Kind   Kind
	Action string        // what the CLI was asked: deploy, destroy, …
	Stack  string        // empty for Synthesized
	Index  int           // of Started: its number
	Total  int           // of Started: out of so many
	Took   time.Duration // since the stack was begun; of Synthesized: as the CLI says
	Reason string        // of Failed: why; of Done: what went wrong on the way, mostly empty
}

// String is the event as one line for people.
func (e Event) String() string {
	took := e.Took.Round(100 * time.Millisecond)
	switch e.Kind {
	case Synthesized:
		return fmt.Sprintf("templates made in %v", took)
	case Started:
		return fmt.Sprintf("%s: %s started (%d of %d)", e.Stack, e.Action, e.Index, e.Total)
	case Unchanged:
		return e.Stack + ": no changes"
	case Failed:
		return fmt.Sprintf("%s: %s failed after %v: %s", e.Stack, e.Action, took, e.Reason)
	}
	past := map[string]string{"deploy": "deployed", "destroy": "removed"}[e.Action]
	if past == "" {
		past = e.Action + " done"
	}
	if e.Reason != "" {
		return fmt.Sprintf("%s: %s in %v, but %s", e.Stack, past, took, e.Reason)
	}
	return fmt.Sprintf("%s: %s in %v", e.Stack, past, took)
}
