package exercise

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/names"
	"example.com/breakglass/watch"
)

// Progress has the functions that report how far an exercise is. Each may be nil.
type Progress struct {
	// Recorded is called for each step that a ledger has, Alerted for each hub that has published its alert.
	Recorded func(Result)
	Alerted  func(Result, Alert)
	// Refused is called for each attempt that failed.
	Refused func(string)
	// Typed is called for each line of a person: whether an alert shows it.
	Typed func(line string, ok bool)
}

const (
	// look is the pause between two looks into the ledgers and the composers' tables.
	look = 3 * time.Second
	// early is how far the clocks of this machine and of AWS may differ.
	early = time.Minute
	// asking is how long a request may take.
	asking = 20 * time.Second
)

type state struct {
	*Run
	cloud    Cloud
	progress Progress
	look     time.Duration
	began    time.Time
	results  []Result
	// failed are attempts that were refused, by event ID.
	failed map[string]string
	// unannounced is why a ledger did not take the beginning of the exercise.
	unannounced []string
	// unread is why a ledger or a composer could not be asked, the last time, by hub.
	unread map[string]string
}

// Do announces the exercise, and waits for its records and alerts. typed has the lines of a person; nil without one. An error means
// that it did not begin.
func (r *Run) Do(ctx context.Context, cloud Cloud, by string, typed <-chan string, p Progress) (*Evidence, error) {
	return r.do(ctx, cloud, by, typed, p, look)
}

func (r *Run) do(ctx context.Context, cloud Cloud, by string, typed <-chan string, p Progress, pause time.Duration) (*Evidence, error) {
	s := &state{Run: r, cloud: cloud, progress: p, look: pause, began: time.Now().UTC(), failed: map[string]string{}, unread: map[string]string{}}
	for _, step := range r.Steps {
		s.results = append(s.results, Result{Step: step})
	}
	for _, hub := range r.Hubs {
		within, cancel := context.WithTimeout(ctx, asking)
		err := cloud.Write(within, hub, r.event(watch.ExerciseBegins, by, hub, s.began, nil))
		cancel()
		if err != nil {
			s.unannounced = append(s.unannounced, account.Explain(err, "announcing the exercise in the ledger of "+hub).Error())
		}
	}
	if len(s.unannounced) == len(r.Hubs) {
		return nil, fmt.Errorf("the exercise did not begin: %s", s.unannounced[0])
	}
	over := time.Now().Add(r.Options.Wait)
	next := time.NewTicker(s.look)
	defer next.Stop()
	for !s.complete() && ctx.Err() == nil && time.Now().Before(over) {
		select {
		case <-next.C:
			s.ask(ctx)
		case line, ok := <-typed:
			if !ok {
				typed = nil
				continue
			}
			s.typed(line)
		case <-time.After(time.Until(over)):
		case <-ctx.Done():
		}
	}
	return s.end(ctx, by), nil
}

// end writes the result into the ledgers, and returns the evidence.
func (s *state) end(ctx context.Context, by string) *Evidence {
	e := s.evidence(by, time.Now().UTC())
	for _, hub := range s.Hubs {
		// Ctrl-C must not keep the end out of the ledger.
		within, cancel := context.WithTimeout(context.WithoutCancel(ctx), asking)
		if err := s.cloud.Write(within, hub, s.event(watch.ExerciseEnds, by, hub, e.Ended, e)); err != nil {
			e.Notes = append(e.Notes, account.Explain(err, "writing the end of the exercise into the ledger of "+hub).Error())
		}
		cancel()
	}
	return e
}

func (s *state) complete() bool {
	return !slices.ContainsFunc(s.results, func(r Result) bool { return r.Record == nil || s.tooEarly(r, *r.Record) || !s.everywhere(r) }) && s.read()
}

// tooEarly reports whether a record of a step is older than the step that has to come before it: it is that of another session. Ledgers
// have records in any order.
func (s *state) tooEarly(r Result, record Record) bool {
	if r.after == 0 {
		return false
	}
	before := s.results[r.after-1].Record
	return before != nil && record.At.Before(before.At)
}

// better reports whether a record is one of a step, or a better one than it has: the first one of what others come after, and one in time
// for what comes after others.
func (s *state) better(r Result, record Record) bool {
	switch {
	case r.Record == nil:
		return true
	case r.after == 0:
		return record.At.Before(r.Record.At)
	}
	return s.tooEarly(r, *r.Record) && !s.tooEarly(r, record)
}

// everywhere reports whether every hub has the record, and has published its alert.
func (s *state) everywhere(r Result) bool {
	return len(r.Record.Hubs) == len(s.Hubs) && len(r.Alerts) == len(s.Hubs) && !slices.ContainsFunc(r.Alerts, func(a Alert) bool { return a.Sent.IsZero() })
}

// read reports whether a person has read an alert, if one is waited for.
func (s *state) read() bool {
	return !s.Options.People || slices.ContainsFunc(s.results, func(r Result) bool { return !r.Read.IsZero() })
}

func (s *state) ask(ctx context.Context) {
	for _, hub := range s.Hubs {
		within, cancel := context.WithTimeout(ctx, asking)
		events, err := s.cloud.Records(within, hub, s.began.Add(-early))
		cancel()
		if err != nil {
			if !errors.Is(err, context.Canceled) {
				s.unread[hub] = account.Explain(err, "reading the ledger "+names.Ledger+" in "+hub).Error()
			}
			continue
		}
		delete(s.unread, hub)
		for _, event := range events {
			s.take(hub, event)
		}
		s.alerts(ctx, hub)
	}
}

// take compares an event of a hub's ledger with the steps.
func (s *state) take(hub string, event watch.Fields) {
	if !s.ofUser(event) {
		return
	}
	record, why := s.record(event)
	if record.At.Before(s.began.Add(-early)) {
		return
	}
	for i := range s.results {
		r := &s.results[i]
		switch {
		case why != "":
		case r.Record != nil && r.Record.Event == record.Event:
			if !slices.Contains(r.Record.Hubs, hub) {
				r.Record.Hubs = append(r.Record.Hubs, hub)
			}
			return
		case r.is(event) && r.mfa && !record.MFA:
			why = record.What + " in " + record.Region + ": no MFA was used; do it again with the device"
		case r.is(event) && s.better(*r, record):
			record.Hubs = []string{hub}
			*r = Result{Step: r.Step, Record: &record, InMillis: max(0, record.At.Sub(s.began).Milliseconds())}
			if s.progress.Recorded != nil {
				s.progress.Recorded(*r)
			}
			return
		}
	}
	if why == "" {
		return
	}
	if s.failed[record.Event] == "" && s.progress.Refused != nil {
		s.progress.Refused(why)
	}
	s.failed[record.Event] = why
}

// alerts asks a hub's composer about the records that its ledger has.
func (s *state) alerts(ctx context.Context, hub string) {
	for i := range s.results {
		r := &s.results[i]
		if r.Record == nil || !slices.Contains(r.Record.Hubs, hub) {
			continue
		}
		at := slices.IndexFunc(r.Alerts, func(a Alert) bool { return a.Hub == hub })
		if at >= 0 && !r.Alerts[at].Sent.IsZero() {
			continue
		}
		within, cancel := context.WithTimeout(ctx, asking)
		execution, sent, err := s.cloud.Alert(within, hub, r.Record.Entry, r.Record.Event)
		cancel()
		if err != nil {
			if !errors.Is(err, context.Canceled) {
				s.unread[hub] = account.Explain(err, "asking the composer in "+hub).Error()
			}
			continue
		}
		if execution == "" {
			continue
		}
		if at < 0 {
			r.Alerts = append(r.Alerts, Alert{Hub: hub})
			at = len(r.Alerts) - 1
		}
		a := &r.Alerts[at]
		a.Composed = execution
		if !sent.IsZero() {
			a.Sent, a.Millis = sent, max(0, sent.Sub(s.began).Milliseconds())
			if s.progress.Alerted != nil {
				s.progress.Alerted(*r, *a)
			}
		}
	}
}

// typed takes a line that a person typed.
func (s *state) typed(line string) {
	ok := false
	for i := range s.results {
		if r := &s.results[i]; r.Record != nil && r.Read.IsZero() && r.Record.shown(line) {
			r.Read = time.Now().UTC()
			r.ReadMillis, ok = r.Read.Sub(s.began).Milliseconds(), true
		}
	}
	if s.progress.Typed != nil {
		s.progress.Typed(line, ok)
	}
}
