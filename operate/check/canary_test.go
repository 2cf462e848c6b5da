package check

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cw "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	st "github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"example.com/breakglass/names"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

// withCanary returns a Region in which the canary runs, and what is planned there.
func withCanary(t *testing.T, region string) (*world, string, []plan.Schedule) {
	t.Helper()
	w := well(t, region)
	c := *w.s.config
	c.Monitoring.Canary = true
	w.s.config, w.s.plan = &c, plan.Of(&c)
	stack, wanted := (&run{scene: w.s}).schedulesIn(region)
	w.calls = map[string]*scheduler.GetScheduleOutput{}
	for _, s := range wanted[1:] {
		w.calls[s.Name] = &scheduler.GetScheduleOutput{
			Name: aws.String(s.Name), State: st.ScheduleStateEnabled, ScheduleExpression: aws.String(s.Expression),
			Target: &st.Target{Arn: aws.String(s.Target), RoleArn: aws.String(s.Role), Input: aws.String(s.Input)},
		}
	}
	for _, of := range w.s.config.Regions {
		for _, name := range []string{"a canary's call that reads", "a canary's call that writes"} {
			w.recordCall(t, name, of)
		}
	}
	return w, stack, wanted
}

func (w *world) recordCall(t *testing.T, sample, region string) {
	t.Helper()
	s, ok := watch.SampleNamed(sample)
	text, err := json.Marshal(watch.InRegion(s.Event(), region))
	if err != nil || !ok {
		t.Fatal(sample, err)
	}
	w.beats = append(w.beats, logs.FilteredLogEvent{Timestamp: aws.Int64(now.UnixMilli()), Message: aws.String(string(text))})
}

func TestTheSchedulesOfACanaryAreCompared(t *testing.T) {
	for name, broken := range map[string]struct {
		do   func(*world)
		says string
	}{
		"nothing":         {func(*world) {}, ""},
		"off":             {func(w *world) { w.calls[names.CanaryRead].State = st.ScheduleStateDisabled }, "schedule breakglass-canary-read is disabled"},
		"missing":         {func(w *world) { delete(w.calls, names.CanaryWrite) }, "schedule breakglass-canary-write is missing"},
		"another call":    {func(w *world) { w.calls[names.CanaryRead].Target.Arn = aws.String("arn:x") }, `has the target "arn:x"`},
		"another request": {func(w *world) { w.calls[names.CanaryWrite].Target.Input = aws.String("{}") }, `has the input "{}"`},
		"another role":    {func(w *world) { w.calls[names.CanaryWrite].Target.RoleArn = aws.String("arn:r") }, `has the role "arn:r"`},
		"an event": {func(w *world) {
			w.calls[names.CanaryRead].Target.EventBridgeParameters = &st.EventBridgeParameters{Source: aws.String("x")}
		}, `has the source "x", not `},
		"rarer": {func(w *world) { w.calls[names.CanaryRead].ScheduleExpression = aws.String("rate(1 day)") }, "is rate(1 day)"},
	} {
		for _, region := range []string{hub, forwarder} {
			w, stack, wanted := withCanary(t, region)
			broken.do(w)
			r := w.s.schedules(t.Context(), w, region, stack, wanted)
			found := slices.DeleteFunc(slices.Clone(r.found), func(f Finding) bool { return f.Severity == Fine })
			if broken.says == "" {
				if len(found) > 0 || len(r.found) != 1 || r.found[0].What != "the 3 schedules are enabled" {
					t.Errorf("%s in %s: %+v", name, region, r.found)
				}
				continue
			}
			if len(found) != 1 || found[0].Severity != Problem || !strings.Contains(found[0].What, broken.says) {
				t.Errorf("%s in %s: %+v", name, region, r.found)
			}
		}
	}
}

func TestMissingRecordsAreNamedByTheirCall(t *testing.T) {
	old := map[string]time.Time{}
	for _, region := range well(t, hub).s.config.Regions {
		old[region] = now.Add(-24 * time.Hour)
	}
	said := func(do func(*world), since map[string]time.Time) []Finding {
		w, _, _ := withCanary(t, hub)
		do(w)
		r, _ := w.s.beats(t.Context(), w, hub, since)
		return slices.DeleteFunc(r.found, func(f Finding) bool { return f.Severity == Fine && !strings.Contains(f.What, "CloudTrail") })
	}
	if got := said(func(*world) {}, old); len(got) != 1 || got[0].What != "CloudTrail's records of the canary's calls received from all 3 Regions" {
		t.Errorf("%+v", got)
	}
	without := func(call, region string) func(*world) {
		return func(w *world) {
			w.beats = slices.DeleteFunc(w.beats, func(e logs.FilteredLogEvent) bool {
				return strings.Contains(*e.Message, call) && strings.Contains(*e.Message, `"region":"`+region+`"`)
			})
		}
	}
	if got := said(without("TagResource", forwarder), old); len(got) != 1 || got[0].Severity != Problem || got[0].Where[0] != forwarder ||
		!strings.HasPrefix(got[0].What, "no CloudTrail record of the canary's TagResource reached the hub for 3 hours") ||
		!strings.Contains(got[0].Fix, names.CanaryWrite) {
		t.Errorf("%+v", got)
	}
	if got := said(without("aws.events", forwarder), old); len(got) != 1 || !strings.Contains(got[0].What, "TestEventPattern and TagResource") {
		t.Errorf("%+v", got)
	}
	young := map[string]time.Time{hub: now.Add(-24 * time.Hour), "us-west-2": now.Add(-24 * time.Hour), forwarder: now.Add(-time.Hour)}
	if got := said(without("TagResource", forwarder), young); len(got) != 1 || got[0].Severity != Note {
		t.Errorf("%+v", got)
	}
	// Without a canary nobody misses anything.
	w := well(t, hub)
	if r, _ := w.s.beats(t.Context(), w, hub, old); slices.ContainsFunc(r.found, func(f Finding) bool { return strings.Contains(f.What, "CloudTrail") }) {
		t.Errorf("%+v", r.found)
	}
}

// metrics answers for the rule of the recorded calls.
type metrics struct {
	sums  []float64 // by day, the last one today
	err   error
	asked *cloudwatch.GetMetricStatisticsInput
}

func (m *metrics) GetMetricStatistics(_ context.Context, in *cloudwatch.GetMetricStatisticsInput, _ ...func(*cloudwatch.Options)) (*cloudwatch.GetMetricStatisticsOutput, error) {
	m.asked = in
	out := &cloudwatch.GetMetricStatisticsOutput{}
	for i, sum := range m.sums {
		out.Datapoints = append(out.Datapoints, cw.Datapoint{Sum: aws.Float64(sum), Timestamp: aws.Time(now.AddDate(0, 0, i+1-len(m.sums)))})
	}
	return out, m.err
}

// The sample has three Regions, so a drill that passes leaves six records.
func TestACanaryIsRecommendedOnceADrillHasPassed(t *testing.T) {
	w := well(t, hub)
	for name, is := range map[string]struct {
		metrics
		says string
	}{
		"passed":              {metrics{sums: []float64{6, 0}}, "in the 24 hours from " + now.AddDate(0, 0, -1).Format("2006-01-02 15:04")},
		"passed twice":        {metrics{sums: []float64{6, 12}}, "in the 24 hours from " + now.Format("2006-01-02 15:04")},
		"a record is missing": {metrics{sums: []float64{5}}, ""},
		"no drill":            {metrics{}, ""},
		"not known":           {metrics{sums: []float64{6}, err: errors.New("denied")}, ""},
	} {
		r := w.s.recommendCanary(t.Context(), &is.metrics)
		if is.says == "" && len(r.found) > 0 ||
			is.says != "" &&
				(len(r.found) != 1 || r.found[0].Severity != Note || !strings.Contains(r.found[0].What, is.says) || !strings.Contains(r.found[0].Fix,
					"monitoring.canary: true")) {
			t.Errorf("%s: %+v", name, r.found)
		}
		if got := *is.asked.Dimensions[0].Value; got != "capture-breakglass-recorded" {
			t.Errorf("the rule %s is asked about", got)
		}
		if in := is.asked; *in.Period != 86400 || !in.EndTime.Equal(now) || now.Sub(*in.StartTime) != drillsKept ||
			*in.Namespace+" "+*in.MetricName != "AWS/Events Invocations" || !slices.Equal(in.Statistics, []cw.Statistic{cw.StatisticSum}) {
			t.Errorf("it asks for %+v", in)
		}
	}
	on, _, _ := withCanary(t, hub)
	m := &metrics{sums: []float64{6}}
	if r := on.s.recommendCanary(t.Context(), m); len(r.found) > 0 || m.asked != nil {
		t.Errorf("with a canary: %+v", r.found)
	}
}
