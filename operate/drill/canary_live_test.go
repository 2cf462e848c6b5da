//go:build emulator

package drill

import (
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"example.com/breakglass/names"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

// canary expects the records of the canary: those of every Region count with its heartbeat in the hub, and those of the
// hub's Region in the standby.
func (l *live) canary(t *testing.T) {
	t.Helper()
	for _, hub := range l.Config.HubRegions() {
		regions := l.Config.Regions
		if hub != l.Config.Hub.Region {
			regions = []string{l.Config.Hub.Region}
		}
		var want []string
		for _, region := range regions {
			for _, call := range watch.RecordedCalls() {
				want = append(want, region+" "+call)
			}
		}
		slices.Sort(want)
		called := func(event watch.Fields) string {
			region, call, ok := watch.CanaryCallOf(event)
			if !ok {
				return ""
			}
			return region + " " + call
		}
		var got []string
		for end := time.Now().Add(time.Minute); time.Now().Before(end) && len(got) < len(want); time.Sleep(time.Second) {
			got = l.found(t, hub, names.Heartbeats, called)
		}
		if !slices.Equal(got, want) {
			t.Errorf("the heartbeat log in %s has the canary's %q, want %q", hub, got, want)
		}
		if got := l.found(t, hub, names.Ledger, called); len(got) > 0 {
			t.Errorf("the ledger in %s has the canary's %q", hub, got)
		}
	}
}

// canaryAlarm shows that the alarm of a Region tells beats alone from beats and records: with all beats and no record it is in the state
// ALARM, with the records too it is OK. The local AWS counts no matches of a rule, so what arrives is put as a metric.
func (l *live) canaryAlarm(t *testing.T, region string) {
	t.Helper()
	ctx, hub := t.Context(), l.Config.Hub.Region
	client := cloudwatch.NewFromConfig(l.AWS(hub))
	name := names.HeartbeatAlarm(region)
	find := func() types.MetricAlarm {
		out, err := client.DescribeAlarms(ctx, &cloudwatch.DescribeAlarmsInput{AlarmNames: []string{name}})
		check(t, err)
		if len(out.MetricAlarms) != 1 {
			t.Fatalf("%d alarms %s", len(out.MetricAlarms), name)
		}
		return out.MetricAlarms[0]
	}
	one := find()
	arrive := func(events int) {
		for hours := range watch.HeartbeatsMissed {
			_, err := client.PutMetricData(ctx, &cloudwatch.PutMetricDataInput{Namespace: one.Namespace, MetricData: []types.MetricDatum{{
				MetricName: one.MetricName, Dimensions: one.Dimensions, Value: aws.Float64(float64(events)),
				Timestamp: aws.Time(time.Now().Add(-30*time.Minute - time.Duration(hours)*time.Hour)),
			}}})
			check(t, err)
		}
	}
	// It evaluates an alarm when it is put.
	becomes := func(want types.StateValue) {
		for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(time.Second) {
			_, err := client.PutMetricAlarm(ctx, &cloudwatch.PutMetricAlarmInput{
				AlarmName: one.AlarmName, AlarmDescription: one.AlarmDescription, Namespace: one.Namespace, MetricName: one.MetricName, Dimensions: one.Dimensions,
				Statistic: one.Statistic, Period: one.Period, EvaluationPeriods: one.EvaluationPeriods, DatapointsToAlarm: one.DatapointsToAlarm,
				Threshold: one.Threshold, ComparisonOperator: one.ComparisonOperator, TreatMissingData: one.TreatMissingData,
			})
			check(t, err)
			time.Sleep(time.Second)
			if find().StateValue == want {
				return
			}
		}
		t.Errorf("%s is in the state %s, want %s", name, find().StateValue, want)
	}
	scope := plan.ScopeOf(l.Config)
	arrive(scope.BeatsExpected(region, hub))
	_, err := client.SetAlarmState(ctx,
		&cloudwatch.SetAlarmStateInput{AlarmName: one.AlarmName, StateValue: types.StateValueOk, StateReason: aws.String("not yet evaluated")})
	check(t, err)
	becomes(types.StateValueAlarm)
	arrive(scope.RecordsExpected())
	becomes(types.StateValueOk)
}
