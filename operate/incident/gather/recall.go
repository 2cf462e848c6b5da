package gather

import (
	"time"

	"example.com/breakglass/operate/incident/events"
	"example.com/breakglass/operate/incident/folder"
)

// recall takes what earlier runs have left in the folder.
func (r *run) recall() error {
	left, err := folder.Each(r.Folder, folder.Records, func(k folder.Kept) {
		r.lines++
		record, err := events.Parse(k.Record, k.Account, k.Region)
		if err != nil {
			r.damaged++
			return
		}
		r.outcome.Chain.Add(record, false)
		r.outcome.History[record.EventID] = true
	})
	if err != nil {
		return err
	}
	r.damaged += left.Damaged
	r.lines += left.Damaged
	if _, err := folder.Each(r.Folder, folder.Reads, r.took); err != nil {
		return err // a line that is lost there is a page that is read again
	}
	r.absent = max(0, r.counted-r.lines)
	r.outcome.Lost = max(0, r.damaged-r.replaced) + r.absent
	if left.Cut {
		r.damaged++ // if the step that it belongs to was not written down, it is read again in any case
		r.lines++
	}
	return nil
}

// again forgets what was read where lines of the records are lost: nobody knows of which query they were.
func (r *run) again() error {
	if r.outcome.Lost == 0 {
		return r.regained()
	}
	clear(r.outcome.Reads)
	return nil
}

// regained writes down that the events of all lines that are damaged or gone were read again.
func (r *run) regained() error {
	r.outcome.Lost = 0
	if r.damaged == r.replaced && r.absent == 0 {
		return nil
	}
	r.absent = 0
	return r.note(folder.Read{At: time.Now().UTC(), Lost: r.damaged})
}

// took takes a step of a query. A whole sweep covers those that knew less.
func (r *run) took(read folder.Read) {
	if read.Query == (events.Query{}) {
		r.replaced, r.counted = read.Lost, read.Records
		return
	}
	r.counted = max(r.counted, read.Records)
	r.outcome.Reads[read.Query] = read
	if !read.Done {
		return
	}
	for q := read.Query; q.Opened > 0; {
		q.Opened--
		delete(r.outcome.Reads, q)
	}
	if read.Region == "" { // it ends a failure of something whole, such as an account
		delete(r.outcome.Reads, read.Query)
	}
}

// ends writes down that a failure of something whole is over, if there was one.
func (r *run) ends(q events.Query) error {
	r.mutex.Lock()
	_, failed := r.outcome.Reads[q]
	r.mutex.Unlock()
	if !failed {
		return nil
	}
	return r.note(folder.Read{Query: q, At: time.Now().UTC(), Done: true})
}
