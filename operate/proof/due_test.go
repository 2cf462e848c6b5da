package proof

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"example.com/breakglass/names"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

// A new version or another configuration may have more rules: what was due before is not known, and the finding says since when it is.
func TestAGapBeforeAnUpdateSaysSo(t *testing.T) {
	const hint = "breakglass check names what is missing now; the stack of alarms was updated at 2026-11-20 23:00 UTC: before, fewer rules may have been due"
	for name, c := range map[string]struct {
		hour, carried int
		want          string
	}{
		"fewer, before": {9, 1, hint}, "fewer, after": {10, 1, "breakglass check names what is missing now"},
		"none, before": {9, 0, "breakglass check names what is missing now"},
	} {
		w := well(t)
		w.drillEverywhere()
		w.updated = map[string]time.Time{}
		for _, at := range plan.Of(w.config).Placements {
			w.updated[at.Stack] = hour(10)
		}
		w.beats[arrival{hub: hub, region: forwarder}][hour(c.hour)] = c.carried
		if r := w.report(); len(r.Findings) != 1 || r.Findings[0].Severity != Problem || r.Findings[0].Fix != c.want {
			t.Errorf("%s: %+v", name, r.Findings)
		}
	}
}

// What could not be read is neither a gap nor an answer, and what was read before counts.
func TestUnreadHoursAreNoGaps(t *testing.T) {
	w := well(t)
	w.refused["FilterLogEvents@"+standby], w.after = errors.New("no way"), 8
	for _, h := range w.report().Hours {
		if h.Hub == standby && (h.Unread == 0 || h.Unread == h.Due || h.Answered+h.Unread != h.Due || len(h.Gaps) > 0) {
			t.Errorf("%+v", h)
		}
		if h.Hub == hub && h.Answered != h.Due {
			t.Errorf("%+v", h)
		}
	}
}

func TestHoursAreDueSinceTheStackIsThere(t *testing.T) {
	w := well(t)
	w.created[names.ForwarderStack+forwarder] = hour(10).Add(5 * time.Minute)
	w.beats[arrival{hub: hub, region: forwarder}] = counts{}
	for _, h := range w.report().Hours {
		if h.Region == forwarder && (h.Due != 61 || h.Missing != 61 || len(h.Gaps) != 1 || h.Gaps[0].Hours != 61 || !h.Gaps[0].From.Equal(hour(11))) {
			t.Errorf("%+v", h)
		}
	}
}

func TestHoursAreDueOnlyAsFarAsTheLogGoesBack(t *testing.T) {
	for name, c := range map[string]struct {
		shorten func(*cloud)
		due     int
	}{
		"kept for a day": {func(w *cloud) { w.days[names.Heartbeats] = 1 }, 24},
		"created later":  {func(w *cloud) { w.created[hub+names.Heartbeats] = hour(10) }, 61},
	} {
		w := well(t)
		c.shorten(w)
		w.beats[arrival{hub: hub, region: forwarder}] = counts{}
		for n := 72 - c.due; n < 72; n++ {
			w.beats[arrival{hub: hub, region: forwarder}][hour(n)] = w.beats[arrival{hub: hub, region: standby}][hour(n)]
		}
		for _, h := range w.report().Hours {
			if h.Region == forwarder && (h.Due != c.due || h.Answered != c.due) {
				t.Errorf("%s: %+v", name, h)
			}
		}
	}
}

// A beat that was sent within the period and arrives after it counts, and every line is read once.
func TestTheEndsOfAPeriod(t *testing.T) {
	w := well(t)
	w.delay = 10 * time.Minute
	w.lines[hub] = append(w.lines[hub], line("{}", hour(24)), line("{}", hour(30)))
	for _, h := range w.of(Period{hour(0), hour(29).Add(35 * time.Minute)}).Hours {
		if h.Due != 30 || h.Answered != 30 {
			t.Errorf("%+v", h)
		}
	}
	if l := w.of(Period{hour(0), hour(30)}).Logs[0]; l.Name != names.Ledger || l.Lines != 1 {
		t.Errorf("%+v", l)
	}
}

func TestOnlyBeatsAreBeats(t *testing.T) {
	for message, want := range map[string]bool{
		`{"source": "breakglass.heartbeat", "region": "eu-west-1", "time": "2026-11-20T13:30:00Z"}`: true,
		`{"source": "breakglass.alive", "region": "eu-west-1", "time": "2026-11-20T13:30:00Z"}`:     false,
		`{"source": "breakglass.heartbeat", "region": "eu-west-1"}`:                                 false,
		`hello`: false,
	} {
		if _, _, ok := readBeat(message); ok != want {
			t.Errorf("%s: %v", message, ok)
		}
	}
}

// A beat is not missed before it is due, and one that comes an hour late does not count.
func TestWhatIsDue(t *testing.T) {
	s, d := signals[0], duty{region: forwarder, hub: hub, rules: 2}
	always := func(time.Time) bool { return true }
	for minute, want := range map[int]int{29: 1, 39: 1, 40: 2, 59: 2} {
		until := hour(1).Add(time.Duration(minute) * time.Minute)
		if h := s.hours(d, nil, period.From, Period{period.From, until}, until, always); h.Due != want {
			t.Errorf("minute %d: %d hours due, want %d", minute, h.Due, want)
		}
	}
	c := counts{}
	c.add(hour(1), hour(1).Add(59*time.Minute))
	c.add(hour(2), hour(3))
	c.add(hour(4).Add(30*time.Minute), hour(4)) // sent in advance
	if c[hour(1)] != 1 || c[hour(2)] != 0 || c[hour(4)] != 0 {
		t.Errorf("%v", c)
	}
	c[hour(0)], c[hour(1)], c[hour(2)] = 1, 0, 3
	h := s.hours(d, c, period.From, Period{period.From, hour(3)}, now, always)
	if h.Partial != 1 || h.Missing != 1 || h.Answered != 1 || len(h.Gaps) != 2 {
		t.Errorf("a partial, a missing and an answered hour: %+v", h)
	}
}

// The time of a line may be that of its event, however late CloudWatch Logs took it.
func TestABeatIsAsLateAsItsLine(t *testing.T) {
	r := newRun(Options{Config: well(t).config, Period: period})
	for hours := range 3 {
		sent := hour(hours).Add(watch.HeartbeatMinute * time.Minute)
		l := line(fmt.Sprintf(`{"source": "breakglass.heartbeat", "region": %q, "time": %q}`, forwarder, sent.Format(time.RFC3339)), sent)
		l.IngestionTime = aws.Int64(sent.Add(time.Duration(hours) * time.Hour).UnixMilli())
		r.take(signals[0], hub, l)
	}
	if got := r.arrived[arrival{signals[0].id, hub, forwarder}]; len(got) != 1 || got[hour(0)] != 1 {
		t.Errorf("%v", got)
	}
}

// A row is due wherever a stack of alarms waits for beats: the plan and the report agree.
func TestBeatsAreDueWhereThePlanWaitsForThem(t *testing.T) {
	w := well(t)
	p := plan.Of(w.config)
	rules := 0
	for _, at := range p.Placements {
		rules += len(at.Beats)
	}
	duties := beats(p)
	if len(duties) != rules || rules != 4 {
		t.Errorf("%d duties, %d Regions with a rule", len(duties), rules)
	}
	for _, d := range duties {
		senders := 2
		if d.region == d.hub {
			senders = 1
		}
		if len(d.stacks) != senders {
			t.Errorf("%+v", d)
		}
	}
}

// A forwarder in the Region of a hub is new when a standby is, and the hub's own heartbeat does without it.
func TestAStandbyIsAddedInThePeriod(t *testing.T) {
	w := well(t)
	w.drillEverywhere()
	for _, at := range plan.Of(w.config).Placements {
		if at.Region == standby || at.Stack == names.ForwarderStack+hub || strings.HasSuffix(at.Stack, "standby") {
			w.created[at.Stack] = hour(20)
		}
	}
	w.created[standby+names.Ledger], w.created[standby+names.Heartbeats] = hour(20), hour(20)
	for of := range w.beats {
		if of.hub == standby || of.region == standby {
			w.silent(of, time.Time{}, hour(21))
		}
	}
	r := w.report()
	for _, f := range r.Findings {
		if f.Severity == Problem || strings.Contains(f.What, "again") {
			t.Errorf("%+v", f)
		}
	}
	for _, h := range r.Hours {
		if due := map[bool]int{true: 72, false: 51}[h.Region == hub && h.Hub == hub || h.Region == forwarder && h.Hub == hub]; h.Due != due || h.Answered != due {
			t.Errorf("%+v, want %d hours", h, due)
		}
	}
}

// The records of a canary count by the hour in which its call was made, each call once; a drill's are none.
func TestHoursOfTheCanaryAreCounted(t *testing.T) {
	w := well(t)
	w.config.Monitoring.Canary = true
	w.drillEverywhere()
	call := func(sample, region string, at time.Time) {
		s, ok := watch.SampleNamed(sample)
		if !ok {
			t.Fatal(sample)
		}
		w.recordedCall(watch.At(watch.InRegion(s.Event(), region), at), at.Add(5*time.Minute))
	}
	// On since hour 10, and all is well but for a write that comes twice, one that is missing, and a drill.
	for i := 10; i < 72; i++ {
		at := period.From.Truncate(time.Hour).Add(time.Duration(i)*time.Hour + 10*time.Minute)
		if at.After(now) {
			break
		}
		for _, region := range w.config.Regions {
			call("a canary's call that reads", region, at)
			if region == forwarder && i == 30 {
				call("a recorded call that writes", region, at)
				continue
			}
			call("a canary's call that writes", region, at)
		}
		if i == 29 {
			call("a canary's call that writes", forwarder, at.Add(time.Second))
		}
	}
	report := w.report()
	rows := map[string]Hours{}
	for _, h := range report.Hours {
		if strings.HasPrefix(h.Signal, "canary-") {
			rows[h.Signal+" "+h.Region+" "+h.Hub] = h
		}
	}
	if len(rows) != 2*(3+1) {
		t.Fatalf("%d rows: %+v", len(rows), rows)
	}
	for name, h := range rows {
		missing := 0
		if name == "canary-write "+forwarder+" "+hub {
			missing = 1
		}
		if h.Due != 62 || h.Rules != 1 || h.Missing != missing || h.Answered != h.Due-missing {
			t.Errorf("%s: %+v", name, h)
		}
	}
	var says []string
	for _, f := range report.Findings {
		if strings.Contains(f.What, "canary") {
			says = append(says, fmt.Sprintf("%s %s", f.Severity, f.What))
		}
	}
	if len(says) != 1+4 || !strings.HasPrefix(says[0], "problem canary-write in the log of us-east-1: none from 2026-11-21 19:00 UTC to ") {
		t.Errorf("%q", says)
	}
	w.config.Monitoring.Canary = false
	for _, f := range w.report().Findings {
		if strings.Contains(f.What, "canary") {
			t.Errorf("without one: %+v", f)
		}
	}
}
