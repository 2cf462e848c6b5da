package contain

import (
	"context"
	"slices"
	"strings"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/page"
)

// InForce returns the measures of a folder that may be in force: those that were intended, even if no answer arrived, and not released. They have
// what was there before the first time.
func InForce(events []Event) []Measure {
	at := map[string]Measure{}
	var ids []string
	for _, e := range events {
		id := e.ID()
		switch _, known := at[id]; {
		case (e.What == Intended || e.What == Taken || e.What == Holds) && !known:
			at[id] = e.Measure
			ids = append(ids, id)
		case e.What == Released:
			delete(at, id)
			ids = slices.DeleteFunc(ids, func(other string) bool { return other == id })
		}
	}
	all := make([]Measure, len(ids))
	for i, id := range ids {
		all[i] = at[id]
	}
	return all
}

// Release undoes the measures, the last first, and returns those that it could not undo.
func Release(ctx context.Context, o Options, measures []Measure) ([]Event, error) {
	return newRun(o).release(ctx, measures)
}

func (r *run) release(ctx context.Context, measures []Measure) ([]Event, error) {
	if len(measures) == 0 {
		return nil, errNothing
	}
	if err := r.open(ctx, measures); err != nil {
		return nil, err
	}
	// A user and a key are one for all incidents: they stay denied and inactive as long as another incident needs that.
	if others, err := r.others(ctx); err != nil {
		r.shared = account.Explain(err, "asking whether another incident is contained")
	} else if len(others) > 0 {
		r.shared = &account.Refusal{
			What: "incident " + page.Clean(strings.Join(others, ", ")) + " is contained, too", Fix: "release that one first, then repeat this",
		}
	}
	var failed []Event
	for _, kind := range slices.Backward(order) {
		if err := r.all(ctx, measures, kind, func(m *Measure) error {
			err := r.undo(ctx, *m)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			e := Event{Measure: *m, What: Released}
			if m.Existed {
				e.Why = "it was so before, and stays so"
			}
			if err != nil {
				e.What, e.Why = Failed, because(err, "releasing: "+m.Title())
				r.mutex.Lock()
				failed = append(failed, e)
				r.mutex.Unlock()
			}
			return r.note(e)
		}); err != nil {
			return failed, err
		}
	}
	return failed, nil
}

// open enters the management account, if a measure is there.
func (r *run) open(ctx context.Context, measures []Measure) error {
	i := slices.IndexFunc(measures, func(m Measure) bool { return m.Kind == Control })
	if i < 0 || r.organization != nil {
		return nil
	}
	var err error
	r.organization, err = r.organizationIn(ctx, measures[i].Account)
	return err
}
