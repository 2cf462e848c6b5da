package gather

import (
	"context"
	"errors"
	"time"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/operate/incident/chain"
	"example.com/breakglass/operate/incident/events"
	"example.com/breakglass/operate/incident/folder"
)

// ask asks one question. What CloudTrail refuses is written down; the error is for a folder that takes no more, and for ctx.
func (r *run) ask(ctx context.Context, q events.Query) error {
	p, err := r.place(ctx, q)
	if p == nil || err != nil {
		return err
	}
	before := p.Throttled
	period, read := r.rest(q, time.Now().UTC())
	err = p.Read(ctx, q, period, func(page events.Page) error {
		read.Unreadable += page.Unreadable
		if !page.Oldest.IsZero() {
			read.Reached = page.Oldest
		}
		read.Throttled = p.Throttled - before
		return r.keep(q, page, read)
	})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	read.Throttled = p.Throttled - before
	switch refusal := (*account.Refusal)(nil); {
	case err == nil:
		read.Done = true
	case errors.As(err, &refusal):
		read.Failure, read.Fix = refusal.What, refusal.Fix
		r.mutex.Lock()
		r.broken[where{q.Account, q.Region}] = true
		r.mutex.Unlock()
	default:
		return err // the folder
	}
	return r.note(read)
}

// place returns the event history of an account in a Region; nil if it cannot be read.
func (r *run) place(ctx context.Context, q events.Query) (*events.Place, error) {
	at := where{q.Account, q.Region}
	r.mutex.Lock()
	p, broken := r.places[at], r.broken[at] || r.broken[where{q.Account, ""}]
	r.mutex.Unlock()
	if p != nil || broken {
		if broken {
			return nil, nil
		}
		return p, nil
	}
	api, err := r.api(ctx, q.Account, q.Region)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	r.mutex.Lock()
	if err != nil {
		known := r.broken[where{q.Account, ""}]
		r.broken[where{q.Account, ""}] = true
		r.mutex.Unlock()
		if known {
			return nil, nil
		}
		read := folder.Read{Query: events.Query{Account: q.Account}, At: time.Now().UTC(), Failure: err.Error()}
		if refusal := (*account.Refusal)(nil); errors.As(err, &refusal) {
			read.Failure, read.Fix = refusal.What, refusal.Fix
		}
		return nil, r.note(read)
	}
	p = &events.Place{API: api}
	r.places[at] = p
	r.mutex.Unlock()
	return p, r.ends(events.Query{Account: q.Account})
}

// keep writes a page into the folder: first its records, then how far the query is.
func (r *run) keep(q events.Query, page events.Page, read folder.Read) error {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	for _, record := range page.Records {
		if !r.outcome.Chain.Add(record, chain.Sweep(q)) || r.outcome.History[record.EventID] {
			continue
		}
		r.outcome.History[record.EventID] = true
		if err := r.Folder.Add(folder.Records, folder.Kept{Account: q.Account, Region: q.Region, Record: record.Raw}); err != nil {
			return err
		}
		r.lines++
	}
	read.Records, read.To = r.lines, r.Folder.Period.To
	r.outcome.Reads[q] = read
	return r.Folder.Add(folder.Reads, read)
}

func (r *run) note(read folder.Read) error {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	read.Records, read.To = r.lines, r.Folder.Period.To
	r.took(read)
	return r.Folder.Add(folder.Reads, read)
}
