package proof

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/smithy-go"

	"example.com/breakglass/names"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

// drillEverywhere puts a drill of each Region into both ledgers.
func (w *cloud) drillEverywhere() {
	for _, region := range w.config.Regions {
		for _, s := range watch.Samples {
			if s.Entry == "sign-in" {
				event := watch.InRegion(s.AsDrill(), region)
				event["detail"].(watch.Fields)["eventID"] = "drill-x-" + region
				w.put(event, period.From.Add(time.Hour), hub, standby)
				break
			}
		}
	}
}

func hour(n int) time.Time { return period.From.Add(time.Duration(n) * time.Hour) }

func TestAllIsWell(t *testing.T) {
	w := well(t)
	w.drillEverywhere()
	r := w.report()
	if !r.OK() || len(r.Findings) != 0 {
		t.Errorf("findings: %v", r.Findings)
	}
	if len(r.Logs) != 4 {
		t.Errorf("a log is not read once: %v", r.Logs)
	}
	if len(r.Hours) != 6 {
		t.Fatalf("rows: %v", r.Hours)
	}
	for _, h := range r.Hours {
		if h.Due != 72 || h.Answered != 72 || h.Partial+h.Missing+h.Unread+len(h.Gaps) != 0 || (h.Region == h.Hub || h.Signal == "alive") != (h.Rules == 1) {
			t.Errorf("%+v", h)
		}
	}
	for _, d := range r.Drills {
		if d.Drills != 1 || !slices.Equal(d.Entries, []string{"sign-in"}) || !d.Last.Equal(hour(1)) || d.Slowest() != 2*time.Second {
			t.Errorf("%+v", d)
		}
	}
	for _, l := range r.Logs {
		if !l.From.Equal(period.From) || !l.To.Equal(now) || l.Unread != "" {
			t.Errorf("%+v", l)
		}
	}
}

// broken is one thing that is missing, and how the report names it.
type broken struct {
	name     string
	break_   func(*cloud)
	severity Severity
	where    string
	what     string
}

func everyBroken() []broken {
	of := func(region, hub string) arrival { return arrival{hub: hub, region: region} }
	denied := &smithy.GenericAPIError{Code: "AccessDeniedException", Message: "User: x is not authorized to perform: logs:FilterLogEvents on resource: *"}
	throttled := &smithy.GenericAPIError{Code: "ThrottlingException", Message: "Rate exceeded"}
	return []broken{
		{"a Region is silent", func(w *cloud) { delete(w.beats[of(forwarder, hub)], hour(3)) }, Problem, forwarder,
			"heartbeats in the log of us-east-1: none from 2026-11-20 16:00 UTC to 2026-11-20 17:00 UTC (1 hour)"},
		{"a rule is disabled for two hours", func(w *cloud) {
			w.beats[of(forwarder, hub)][hour(3)]--
			w.beats[of(forwarder, hub)][hour(4)] -= 2
		}, Problem, forwarder, "heartbeats in the log of us-east-1: 2 too few from 2026-11-20 16:00 UTC to 2026-11-20 18:00 UTC (2 hours)"},
		{"the last hour", func(w *cloud) { delete(w.beats[of(forwarder, hub)], hour(71)) }, Problem, forwarder, "to 2026-11-23 13:00 UTC (1 hour)"},
		{"the first hour", func(w *cloud) { delete(w.beats[of(forwarder, hub)], hour(0)) }, Problem, forwarder, "none from 2026-11-20 13:00 UTC"},
		{"the hub's own beat", func(w *cloud) { delete(w.beats[of(hub, hub)], hour(3)) }, Problem, hub, "heartbeats in the log of us-east-1: none"},
		{"the hub's beat in the standby", func(w *cloud) { w.beats[of(hub, standby)][hour(3)]-- }, Problem, hub, "heartbeats in the log of us-west-2: 1 too few"},
		{"a hub does not alert", func(w *cloud) { delete(w.beats[arrival{signal: "alive", hub: standby, region: hub}], hour(3)) }, Problem, hub,
			"alive in the log of us-west-2: none from 2026-11-20 16:00 UTC to 2026-11-20 17:00 UTC (1 hour)"},
		{"a composer is gone", func(w *cloud) { delete(w.created, names.ComposerStack+standby) }, Problem, standby, "not deployed: BreakGlass-Composer-us-west-2"},
		{"all Regions at once are one finding", func(w *cloud) {
			for _, region := range w.config.Regions {
				delete(w.beats[of(region, hub)], hour(3))
			}
		}, Problem, "eu-west-1, us-east-1, us-west-2", "heartbeats in the log of us-east-1: none"},
		{"a ledger lacks a sign-in", func(w *cloud) { w.put(sampleOf(w.t, "sign-in"), hour(5), hub) }, Problem, standby,
			"its ledger lacks 1 record that another hub's has: ConsoleLogin, us-east-1 (2026-11-20 18:00 UTC)"},
		{"the hub's ledger lacks four", func(w *cloud) {
			for i := range 4 {
				event := sampleOf(w.t, "sign-in")
				event["detail"].(watch.Fields)["eventID"] = string(rune('a' + i))
				w.put(event, hour(5+i), standby)
			}
		}, Problem, hub, "its ledger lacks 4 records that another hub's has: ConsoleLogin, us-east-1 (2026-11-20 21:00 UTC); "},
		{"a drill is in one ledger only", func(w *cloud) {
			w.put(watch.Fields{"source": watch.DrillSource, "detail-type": "DRILL: sign-in", "region": hub, "detail": watch.Fields{"eventID": "d"}}, hour(5), hub)
		}, Problem, standby, "drill of sign-in, us-east-1"},
		{
			"refused", func(w *cloud) { w.refused["FilterLogEvents@"+standby] = denied }, Problem, standby,
			"reading /aws/events/breakglass-ledger: the permission logs:FilterLogEvents is missing",
		},
		{
			"throttled on the way", func(w *cloud) { w.refused["FilterLogEvents@"+hub], w.after = throttled, 60 }, Problem, hub,
			"AWS throttled the requests, after several attempts: unread from 2026-11-",
		},
		{"the log groups can't be listed", func(w *cloud) { w.refused["DescribeLogGroups@"+hub] = denied }, Problem, hub, "finding /aws/events/breakglass-ledger"},
		{"no time is left", func(w *cloud) { w.refused["FilterLogEvents@"+hub] = context.DeadlineExceeded }, Problem, hub, "no answer in time"},
		{"the ledger is gone", func(w *cloud) { delete(w.created, standby+names.Ledger) }, Problem, standby, "log group /aws/events/breakglass-ledger is missing"},
		{
			"a forwarder is gone", func(w *cloud) { delete(w.created, names.ForwarderStack+forwarder) }, Problem, forwarder,
			"not deployed: BreakGlass-Forwarder-eu-west-1",
		},
		{"a stack is young", func(w *cloud) { w.created[names.ForwarderStack+forwarder] = hour(10) }, Note, forwarder, "the stack is younger than the period"},
		{"a stack has no age", func(w *cloud) { w.refused["DescribeStacks@"+forwarder] = denied }, Note, forwarder, "hours count as due in the whole period"},
		{
			"the ledger is young", func(w *cloud) { w.created[hub+names.Ledger] = hour(10) }, Note, hub,
			"breakglass-ledger was created on 2026-11-20 23:00 UTC: it shows nothing earlier",
		},
		{
			"the retention is short", func(w *cloud) { w.days[names.Ledger] = 1 }, Note, "us-east-1, us-west-2",
			"breakglass-ledger keeps 1 day: it shows nothing before 2026-11-22 13:00 UTC",
		},
		{"heartbeats are off", func(w *cloud) { w.config.Monitoring.Heartbeats = false }, Note, "", "heartbeats are off"},
		{
			"a Region was not drilled", func(w *cloud) { w.lines = map[string][]types.FilteredLogEvent{} }, Note, "eu-west-1, us-east-1, us-west-2",
			"no drill in the period",
		},
		{"a line is no event", func(w *cloud) { w.lines[hub] = append(w.lines[hub], line("hello", hour(2))) }, Note, hub, "lines that are not events: 1 line"},
	}
}

// Each of these breaks one thing, and the report names it.
func TestWhatIsMissingIsNamed(t *testing.T) {
	for _, c := range everyBroken() {
		t.Run(c.name, func(t *testing.T) {
			w := well(t)
			w.drillEverywhere()
			c.break_(w)
			r := w.report()
			found := slices.ContainsFunc(r.Findings, func(f Finding) bool {
				return f.Severity == c.severity && strings.Join(f.Where, ", ") == c.where && strings.Contains(f.What, c.what)
			})
			if !found {
				t.Errorf("no %s %q in %s; there are %+v", c.severity, c.what, c.where, r.Findings)
			}
			if r.OK() == (c.severity == Problem) {
				t.Errorf("OK is %v", r.OK())
			}
		})
	}
}

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
	if c[hour(1)] != 1 || c[hour(2)] != 0 {
		t.Errorf("%v", c)
	}
	c[hour(0)], c[hour(1)], c[hour(2)] = 1, 0, 3
	h := s.hours(d, c, period.From, Period{period.From, hour(3)}, now, always)
	if h.Partial != 1 || h.Missing != 1 || h.Answered != 1 || len(h.Gaps) != 2 {
		t.Errorf("a partial, a missing and an answered hour: %+v", h)
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
		if d.region == hub && d.hub == hub {
			senders = 1
		}
		if d.region != hub && len(d.stacks) != senders {
			t.Errorf("%+v", d)
		}
	}
}

func TestARunThatIsStoppedReportsNothing(t *testing.T) {
	w := well(t)
	r := newRun(Options{Config: w.config, Period: period, Began: now})
	r.logs = func(region string) logsAPI { return at{w, region} }
	r.stacks = func(region string) stacksAPI { return at{w, region} }
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if report, err := r.report(ctx); report != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("%v, %v", report, err)
	}
}

// Calls that CloudTrail recorded count once, whichever hubs' logs have them, in the period in which they were made.
func TestRecordedCallsAreCountedByRegion(t *testing.T) {
	w := well(t)
	w.drillEverywhere()
	for _, name := range []string{"a recorded call that reads", "a recorded call that writes"} {
		s, ok := watch.SampleNamed(name)
		if !ok {
			t.Fatal(name)
		}
		for _, when := range []time.Time{hour(7), hour(-3)} {
			w.recordedCall(watch.At(watch.InRegion(s.Event(), forwarder), when), when.Add(4*time.Minute))
		}
	}
	for _, d := range w.report().Drills {
		want, last := 0, time.Time{}
		if d.Region == forwarder {
			want, last = 2, hour(7)
		}
		if d.Recorded != want || !d.LastRecorded.Equal(last) {
			t.Errorf("%+v", d)
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
