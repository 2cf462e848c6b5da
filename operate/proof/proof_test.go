package proof

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/smithy-go"

	"example.com/breakglass/names"
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
		{"a stack is young", func(w *cloud) {
			w.created[names.ForwarderStack+forwarder] = hour(10)
			for _, h := range []string{hub, standby} {
				w.silent(of(forwarder, h), time.Time{}, hour(10))
			}
		}, Note, forwarder, "the stack is younger than the period"},
		{"a stack was deleted and created again", func(w *cloud) {
			w.created[names.ForwarderStack+forwarder] = hour(20)
			w.silent(of(forwarder, hub), hour(10), hour(20))
		}, Problem, forwarder, "heartbeats in the log of us-east-1: none from 2026-11-20 23:00 UTC to 2026-11-21 09:00 UTC (10 hours)"},
		{"... as a note says", func(w *cloud) { w.created[names.ForwarderStack+forwarder] = hour(20) }, Note, forwarder,
			"BreakGlass-Forwarder-eu-west-1 was created again at 2026-11-21 09:00 UTC: hours are due since it was there before"},
		{"a Region is no longer in the file", func(w *cloud) {
			w.beats[of("ap-south-1", hub)] = counts{hour(3): 5, hour(4): 5}
		}, Note, "ap-south-1", "heartbeats in the log of us-east-1: 2 hours from 2026-11-20 16:00 UTC on, and the file does not have the Region any more"},
		{"a stack has no age", func(w *cloud) { w.refused["DescribeStacks@"+forwarder] = denied }, Note, forwarder, "hours count as due in the whole period"},
		{
			"the ledger is young", func(w *cloud) {
				w.created[hub+names.Ledger], w.created[names.HubStack], w.created[names.HeartbeatsStack] = hour(10), hour(10), hour(10)
			}, Note, hub, "breakglass-ledger was created on 2026-11-20 23:00 UTC: it shows nothing earlier",
		},
		{
			"the ledger was deleted", func(w *cloud) { w.created[hub+names.Ledger] = hour(10) }, Problem, hub,
			"breakglass-ledger was created at 2026-11-20 23:00 UTC, after BreakGlass-Hub: it was deleted, and what it had is lost",
		},
		{
			"the log of heartbeats was deleted", func(w *cloud) { w.created[hub+names.Heartbeats] = hour(10) }, Problem, hub,
			"breakglass-heartbeats was created at 2026-11-20 23:00 UTC, after BreakGlass-Heartbeats-europe-africa: it was deleted, and what it had is lost",
		},
		{
			"the retention is short", func(w *cloud) { w.days[names.Ledger] = 1 }, Problem, "us-east-1, us-west-2",
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
