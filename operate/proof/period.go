package proof

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// Period is the time that the evidence is about, without its end.
type Period struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// defaultSince is the period without flags: as long as heartbeats are kept.
const defaultSince = "30d"

// longest is the longest period, in days.
const longest = 366

const day = 24 * time.Hour

var inDays = regexp.MustCompile(`^([0-9]{1,4})d$`)

// NewPeriod reads the flags: since, or from and to, of which the second may be empty. What began within an hour is left out.
func NewPeriod(since, from, to string, now time.Time) (Period, error) {
	now = now.UTC()
	p := Period{To: now}
	switch {
	case from != "" && since != "":
		return p, errors.New("--since and --from exclude each other; pass one of them")
	case from == "" && to != "":
		return p, errors.New("--to needs --from; add --from with the first day")
	case from != "":
		var err error
		if p.From, err = Instant("--from", from); err != nil {
			return p, err
		}
		if to != "" {
			if p.To, err = Instant("--to", to); err != nil {
				return p, err
			}
		}
	default:
		if since == "" {
			since = defaultSince
		}
		back, err := Duration(since)
		if err != nil {
			return p, err
		}
		p.From = now.Add(-back)
	}
	p.From = nextHour(p.From)
	switch {
	case p.To.After(now):
		return p, fmt.Errorf("invalid --to %q: it is in the future; leave it out for now", to)
	case !p.From.Before(p.To):
		return p, errors.New("the period is empty; use one of at least two hours, with --to after --from")
	case p.To.Sub(p.From) > longest*day:
		return p, fmt.Errorf("the period has more than %d days; use a shorter one", longest)
	}
	return p, nil
}

// Duration reads the flag --since.
func Duration(since string) (time.Duration, error) {
	if m := inDays.FindStringSubmatch(since); m != nil {
		days, _ := strconv.Atoi(m[1]) // at most four digits
		return time.Duration(days) * day, nil
	}
	back, err := time.ParseDuration(since)
	if err != nil || back < 0 {
		return 0, fmt.Errorf("invalid --since %q: use days or hours, for example 30d or 12h", since)
	}
	return back, nil
}

// Instant reads a flag with a date or a time.
func Instant(flag, text string) (time.Time, error) {
	for _, form := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(form, text); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("invalid %s %q: use a date or a time in UTC, for example 2026-10-01 or 2026-10-01T12:00:00Z", flag, text)
}

// nextHour returns the time itself if it is a full hour.
func nextHour(t time.Time) time.Time {
	if hour := t.Truncate(time.Hour); hour.Equal(t) {
		return hour
	}
	return t.Truncate(time.Hour).Add(time.Hour)
}
