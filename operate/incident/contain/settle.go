package contain

import (
	"context"
	"strings"
	"sync"
	"time"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/fan"
)

// all calls work for the measures of a kind, in all accounts at once.
func (r *run) all(ctx context.Context, measures []Measure, kind Kind, work func(*Measure) error) error {
	var ids []string
	byID := map[string]*Measure{}
	for i := range measures {
		if measures[i].Kind == kind {
			id := measures[i].ID()
			ids, byID[id] = append(ids, id), &measures[i]
		}
	}
	bound := fan.Bound
	if kind == Control {
		bound = 1 // Organizations takes one change at a time
	}
	var failed error
	fan.Out(ctx, ids, bound, func(_ context.Context, id string) (struct{}, error) { return struct{}{}, work(byID[id]) }, func(result fan.Result[struct{}]) {
		if failed == nil {
			failed = result.Err
		}
	})
	return failed
}

// taken takes a measure and writes that down, the first time before AWS is asked for it, too. Its error is that of the folder, or of ctx.
func (r *run) taken(ctx context.Context, m *Measure) error {
	asking, cancel := context.WithTimeout(ctx, account.Patience)
	defer cancel()
	var err error
	if !r.begun(m.ID()) {
		if err = r.before(asking, m); err == nil {
			if err := r.note(Event{Measure: *m, What: Intended}); err != nil {
				return err
			}
		}
	}
	if err == nil {
		err = r.take(asking, m)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return r.failed(*m, err)
	}
	return r.note(Event{Measure: *m, What: Taken})
}

// failed notes why a measure failed, unless it failed for that reason before: everything is read many times.
func (r *run) failed(m Measure, err error) error {
	why := because(err, m.Title())
	if r.failure(m.ID()) == why {
		return nil
	}
	return r.note(Event{Measure: m, What: Failed, Why: why})
}

// because explains an error, without what was tried, which stands beside it.
func because(err error, doing string) string {
	return strings.TrimPrefix(account.Explain(err, doing).Error(), doing+": ")
}

func (r *run) note(e Event) error {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	e.At = time.Now().UTC()
	switch e.What {
	case Failed:
		r.errs[e.ID()] = e
	case Intended:
		r.ever[e.ID()] = true
	case Taken, Holds:
		delete(r.errs, e.ID())
	case Undone:
		r.undone[e.ID()] = e.At
		r.result.Undone = append(r.result.Undone, e)
	case Released, Started, Concluded, Proved:
	}
	if r.Note == nil {
		return nil
	}
	return r.Note(e)
}

// settle reads all measures until they hold several times in a row, or for the longest time. One that somebody undid, or that failed, is taken
// again; only those that cannot be taken do not hold up the rest.
func (r *run) settle(ctx context.Context, measures []Measure) error {
	began, quiet, pause := time.Now(), 0, r.Hold/inARow
	for time.Since(began) < longest {
		r.result.Rounds++
		var mutex sync.Mutex
		whole := true
		for _, kind := range order {
			err := r.all(ctx, measures, kind, func(m *Measure) error {
				asking, cancel := context.WithTimeout(ctx, account.Patience)
				defer cancel()
				holds, err := r.holds(asking, *m)
				if ctx.Err() != nil {
					return ctx.Err()
				}
				before := r.failure(m.ID())
				if err == nil && holds {
					if before != "" {
						return r.note(Event{Measure: *m, What: Holds})
					}
					return nil
				}
				if err != nil {
					err = r.failed(*m, err)
				} else {
					if before == "" {
						err = r.note(Event{Measure: *m, What: Undone, Why: "somebody undid it; it is taken again"})
					}
					if err == nil {
						err = r.taken(ctx, m)
					}
				}
				mutex.Lock()
				defer mutex.Unlock()
				// What was taken in this round has to be read as often as the rest.
				whole = whole && before != "" && r.failure(m.ID()) != ""
				return err
			})
			if err != nil {
				return err
			}
		}
		if quiet++; !whole {
			quiet = 0
		}
		if quiet >= inARow {
			return nil
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// conclude reads all measures a last time. In force is what holds then and was not undone for as long as everything has to hold.
func (r *run) conclude(ctx context.Context, measures []Measure) error {
	for _, kind := range order {
		err := r.all(ctx, measures, kind, func(m *Measure) error {
			asking, cancel := context.WithTimeout(ctx, account.Patience)
			defer cancel()
			holds, err := r.holds(asking, *m)
			switch before := r.failure(m.ID()); {
			case ctx.Err() != nil:
				return ctx.Err()
			case err != nil:
				return r.failed(*m, err)
			case holds && !r.contested(m.ID()):
				if before != "" {
					return r.note(Event{Measure: *m, What: Holds})
				}
			case before == "":
				return r.note(Event{Measure: *m, What: Failed, Why: "somebody undoes it again and again"})
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	for _, m := range measures {
		if e, failed := r.errs[m.ID()]; failed {
			r.result.Failed = append(r.result.Failed, e)
		} else {
			r.result.Hold = append(r.result.Hold, m)
		}
	}
	return nil
}
