package proof

import (
	"time"

	"example.com/breakglass/watch"
)

// late is how long after its minute a signal is not missed yet.
const late = 10 * time.Minute

// lateRecord is the same for a record of CloudTrail, which may take a quarter of an hour.
const lateRecord = 30 * time.Minute

// counts are how often a Region's signal arrived, by the hour in which it was sent.
type counts map[time.Time]int

// hours compares what arrived of a duty with what was due from since on. read reports whether the log was read at a time.
func (s signal) hours(d duty, arrived counts, since time.Time, period Period, now time.Time, read func(time.Time) bool) Hours {
	h := Hours{Signal: s.id, Region: d.region, Hub: d.hub, Rules: d.rules, Since: since, Gaps: []Gap{}}
	for hour := since.Truncate(time.Hour); hour.Before(period.To); hour = hour.Add(time.Hour) {
		due := hour.Add(time.Duration(s.minute) * time.Minute)
		if due.Before(since) || !due.Before(period.To) || due.Add(s.late).After(now) {
			continue
		}
		h.Due++
		switch n := arrived[hour]; {
		case n >= d.rules:
			h.Answered++
		case !read(due):
			h.Unread++
		case n > 0:
			h.Partial++
			h.gap(hour, n)
		default:
			h.Missing++
			h.gap(hour, n)
		}
	}
	return h
}

// gap adds an hour to the last gap, if that ends there and is of the same kind, or to a new one.
func (h *Hours) gap(hour time.Time, carried int) {
	if n := len(h.Gaps) - 1; n >= 0 && h.Gaps[n].To.Equal(hour) && (h.Gaps[n].Carried > 0) == (carried > 0) {
		last := &h.Gaps[n]
		last.To, last.Hours, last.Carried = hour.Add(time.Hour), last.Hours+1, min(last.Carried, carried)
		return
	}
	h.Gaps = append(h.Gaps, Gap{From: hour, To: hour.Add(time.Hour), Hours: 1, Carried: carried})
}

// add counts a signal. One that took as long as the next one took to be due did not answer its hour, and nor did one that arrived before
// the time that it has.
func (c counts) add(sent, arrived time.Time) {
	if took := arrived.Sub(sent); -late < took && took < watch.HeartbeatPeriod {
		c[sent.UTC().Truncate(time.Hour)]++
	}
}

// first returns the first hour in which a signal arrived; zero if none did.
func (c counts) first() (first time.Time) {
	for hour := range c {
		if first.IsZero() || hour.Before(first) {
			first = hour
		}
	}
	return first
}
