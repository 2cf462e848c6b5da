package proof

import (
	"strings"
	"testing"
	"time"
)

func TestNewPeriod(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 11, n, 0, 0, 0, 0, time.UTC) }
	for _, c := range []struct {
		since, from, to string
		want            Period
	}{
		// An hour that has begun is left out: retention may have taken a part of it.
		{"", "", "", Period{time.Date(2026, 10, 24, 13, 0, 0, 0, time.UTC), now}},
		{"7d", "", "", Period{time.Date(2026, 11, 16, 13, 0, 0, 0, time.UTC), now}},
		{"12h", "", "", Period{time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC), now}},
		{"", "2026-11-01", "2026-11-02", Period{day(1), day(2)}},
		{"", "2026-11-01", "", Period{day(1), now}},
		{"", "2026-11-01T02:00:00+02:00", "", Period{day(1), now}},
	} {
		got, err := NewPeriod(c.since, c.from, c.to, now)
		if err != nil || !got.From.Equal(c.want.From) || !got.To.Equal(c.want.To) || got.From.Location() != time.UTC {
			t.Errorf("%q %q %q: %v, %v, want %v", c.since, c.from, c.to, got, err, c.want)
		}
	}
	for _, c := range [][4]string{
		{"soon", "", "", "--since"}, {"-3h", "", "", "--since"}, {"0d", "", "", "empty"}, {"30d", "2026-11-01", "", "exclude"}, {"", "", "2026-11-01", "--from"},
		{"", "1.11.2026", "", "--from"}, {"", "2026-11-01", "later", "--to"}, {"", "2026-11-02", "2026-11-02", "empty"}, {"", "2026-11-02", "2026-11-24", "future"},
		{"", "2026-11-24", "", "empty"}, {"367d", "", "", "366 days"},
	} {
		if got, err := NewPeriod(c[0], c[1], c[2], now); err == nil || !strings.Contains(err.Error(), c[3]) {
			t.Errorf("%q: %v, %v", c, got, err)
		}
	}
}

// The default period is not longer than what is kept, and no note says that it is.
func TestTheDefaultPeriodIsWhatIsKept(t *testing.T) {
	p, err := NewPeriod("", "", "", now)
	if err != nil {
		t.Fatal(err)
	}
	w := well(t)
	w.drillEverywhere()
	for _, full := range w.beats {
		rules := full[period.From]
		for hour := p.From; hour.Before(now); hour = hour.Add(time.Hour) {
			full[hour] = rules
		}
	}
	if r := w.of(p); len(r.Findings) != 0 || r.Hours[0].Due != 720 {
		t.Errorf("%d hours, %v", r.Hours[0].Due, r.Findings)
	}
}
