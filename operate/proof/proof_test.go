package proof

import (
	"context"
	"errors"
	"slices"
	"strconv"
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
	if len(r.Hours) != 4 {
		t.Fatalf("rows: %v", r.Hours)
	}
	for _, h := range r.Hours {
		if h.Due != 72 || h.Answered != 72 || h.Partial+h.Missing+h.Unread+len(h.Gaps) != 0 || h.Region == h.Hub != (h.Rules == 1) {
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

// Each of these breaks one thing, and the report names it. without is what the report must not say because of it.
func TestWhatIsMissingIsNamed(t *testing.T) {
	of := func(region, hub string) arrival { return arrival{hub: hub, region: region} }
	denied := &smithy.GenericAPIError{Code: "AccessDeniedException", Message: "User: x is not authorized to perform: logs:FilterLogEvents on resource: *"}
	throttled := &smithy.GenericAPIError{Code: "ThrottlingException", Message: "Rate exceeded"}
	for _, c := range []struct {
		name     string
		break_   func(*cloud)
		severity Severity
		where    string
		what     string
	}{
		{"a Region is silent", func(w *cloud) { delete(w.beats[of(forwarder, hub)], hour(3)) }, Problem, forwarder,
			"heartbeats in us-east-1: none from 2026-11-20 16:00 UTC to 2026-11-20 17:00 UTC (1 hour)"},
		{"a rule is disabled for two hours", func(w *cloud) {
			w.beats[of(forwarder, hub)][hour(3)]--
			w.beats[of(forwarder, hub)][hour(4)] -= 2
		}, Problem, forwarder, "heartbeats in us-east-1: 2 too few from 2026-11-20 16:00 UTC to 2026-11-20 18:00 UTC (2 hours)"},
		{"the last hour", func(w *cloud) { delete(w.beats[of(forwarder, hub)], hour(71)) }, Problem, forwarder, "to 2026-11-23 13:00 UTC (1 hour)"},
		{"the first hour", func(w *cloud) { delete(w.beats[of(forwarder, hub)], hour(0)) }, Problem, forwarder, "none from 2026-11-20 13:00 UTC"},
		{"the hub's own beat", func(w *cloud) { delete(w.beats[of(hub, hub)], hour(3)) }, Problem, hub, "heartbeats in us-east-1: none"},
		{"the hub's beat in the standby", func(w *cloud) { w.beats[of(hub, standby)][hour(3)]-- }, Problem, hub, "heartbeats in us-west-2: 1 too few"},
		{"all Regions at once are one finding", func(w *cloud) {
			for _, region := range w.config.Regions {
				delete(w.beats[of(region, hub)], hour(3))
			}
		}, Problem, "eu-west-1, us-east-1, us-west-2", "heartbeats in us-east-1: none"},
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
		{"refused", func(w *cloud) { w.refused["FilterLogEvents@"+standby] = denied }, Problem, standby, "reading /aws/events/breakglass-ledger: the permission logs:FilterLogEvents is missing"},
		{"throttled on the way", func(w *cloud) { w.refused["FilterLogEvents@"+hub], w.after = throttled, 40 }, Problem, hub, "AWS throttled the requests, after several attempts: unread from 2026-11-"},
		{"the log groups can't be listed", func(w *cloud) { w.refused["DescribeLogGroups@"+hub] = denied }, Problem, hub, "finding /aws/events/breakglass-ledger"},
		{"no time is left", func(w *cloud) { w.refused["FilterLogEvents@"+hub] = context.DeadlineExceeded }, Problem, hub, "no answer in time"},
		{"the ledger is gone", func(w *cloud) { delete(w.created, standby+names.Ledger) }, Problem, standby, "log group /aws/events/breakglass-ledger is missing"},
		{"a forwarder is gone", func(w *cloud) { delete(w.created, names.ForwarderStack+forwarder) }, Problem, forwarder, "not deployed: BreakGlass-Forwarder-eu-west-1"},
		{"a stack is young", func(w *cloud) { w.created[names.ForwarderStack+forwarder] = hour(10) }, Note, forwarder, "the stack is younger than the period"},
		{"a stack has no age", func(w *cloud) { w.refused["DescribeStacks@"+forwarder] = denied }, Note, forwarder, "hours count as due in the whole period"},
		{"the ledger is young", func(w *cloud) { w.created[hub+names.Ledger] = hour(10) }, Note, hub, "breakglass-ledger was created on 2026-11-20 23:00 UTC: it shows nothing earlier"},
		{"the retention is short", func(w *cloud) { w.days[names.Ledger] = 1 }, Note, "us-east-1, us-west-2", "breakglass-ledger keeps 1 days: it shows nothing before 2026-11-22 13:00 UTC"},
		{"heartbeats are off", func(w *cloud) { w.config.Monitoring.Heartbeats = false }, Note, "", "heartbeats are off"},
		{"a Region was not drilled", func(w *cloud) { w.lines = map[string][]types.FilteredLogEvent{} }, Note, "eu-west-1, us-east-1, us-west-2", "no drill in the period"},
		{"a line is no event", func(w *cloud) { w.lines[hub] = append(w.lines[hub], line("hello", hour(2))) }, Note, hub, "lines that are not events: 1 line"},
	} {
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

func TestRecordsAreSortedByWhatTheyAre(t *testing.T) {
	w := well(t)
	i := 0
	for _, e := range watch.Catalogue {
		for _, s := range watch.Samples {
			if s.Entry == e.ID && s.Event()["source"] != watch.DrillSource {
				i++
				event := s.Event()
				if detail := event["detail"].(watch.Fields); detail["eventID"] != nil {
					detail["eventID"] = e.ID
				}
				w.put(event, hour(i), hub, standby)
				w.put(event, hour(i), hub) // delivered twice
				break
			}
		}
	}
	w.put(watch.Fields{"source": "aws.s3", "detail-type": "new", "region": hub, "detail": watch.Fields{}}, hour(2), hub, standby)
	for _, s := range w.report().Sections {
		want := 0
		for _, e := range watch.Catalogue {
			switch {
			case s.ID == "uses" && e.Part == watch.Access, s.ID == "tampering" && e.Part == watch.Tampering,
				s.ID == "others" && (e.Part == watch.DeliveryFailures || e.Part == watch.NewRegions):
				want++
			}
		}
		if s.ID == "others" {
			want++
			if last := s.Kinds[len(s.Kinds)-1]; last.Entry != "" || last.Count != 1 {
				t.Errorf("what belongs to no entry: %+v", last)
			}
		}
		if len(s.Records) != want || len(s.Kinds) == 0 {
			t.Errorf("%s: %d records, want %d: %+v", s.ID, len(s.Records), want, s.Kinds)
		}
		for j, r := range s.Records {
			if len(r.Hubs) != 2 {
				t.Errorf("%s is in %v", r.What, r.Hubs)
			}
			if j > 0 && r.Time.After(s.Records[j-1].Time) {
				t.Errorf("%s is newer than the record before it", r.What)
			}
		}
	}
}

func TestARecordSaysWhoDidWhat(t *testing.T) {
	w := well(t)
	event := sampleOf(t, "sign-in")
	event["detail"].(watch.Fields)["sourceIPAddress"] = "1\x1b[31m\u202e\n" + strings.Repeat("x", 400)
	w.put(event, hour(5), hub, standby)
	r := w.report().Sections[0].Records[0]
	if r.Who != "BreakglassUser" || r.What != "ConsoleLogin" || r.Result != "Success" || r.MFA != "Yes" || r.Entry != "sign-in" || r.Account != "111111111111" || r.Event == "" {
		t.Errorf("%+v", r)
	}
	if !strings.HasPrefix(r.Address, `1\u001b[31m\u202e\u000axxx`) || !strings.HasSuffix(r.Address, "x…") || len(r.Address) > 300 {
		t.Errorf("the address is %q", r.Address)
	}
}

// What may still be on its way to a ledger, or is older than a ledger, is not missing there.
func TestWhatOneLedgerCannotHaveIsNotMissing(t *testing.T) {
	for name, at := range map[string]time.Time{"on its way": now.Add(-settled).Add(time.Minute), "older than the ledger": hour(5)} {
		w := well(t)
		w.drillEverywhere()
		w.created[standby+names.Ledger] = hour(6)
		w.put(sampleOf(t, "sign-in"), at, hub)
		if r := w.report(); !r.OK() || len(r.Sections[0].Records) != 1 {
			t.Errorf("%s: %v", name, r.Findings)
		}
	}
}

// EventBridge may give the copies of an event IDs of their own.
func TestCopiesAreOneRecord(t *testing.T) {
	w := well(t)
	for i, h := range []string{hub, standby} {
		event := sampleOf(t, "undelivered")
		event["id"] = strconv.Itoa(i)
		w.put(event, hour(5), h)
		event["detail"].(watch.Fields)["alarmName"] = "another"
		w.put(event, hour(5), h)
	}
	if r := w.report(); !r.OK() || len(r.Sections[2].Records) != 2 || len(r.Sections[2].Records[0].Hubs) != 2 {
		t.Errorf("%v, %+v", r.Findings, r.Sections[2])
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
