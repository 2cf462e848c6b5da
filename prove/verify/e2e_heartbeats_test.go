//go:build verify

package verify

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"

	"example.com/breakglass/names"
	"example.com/breakglass/plan"
)

// beat lets every Region send its heartbeat, and returns how many of each have come to each hub since.
func (e *e2e) beat(t *testing.T, ctx context.Context, want map[string]map[string]int) map[string]map[string]int {
	t.Helper()
	count := func(hub string) map[string]int {
		beats, err := e.run.Beats(ctx, hub)
		if err != nil {
			t.Fatal(err)
		}
		return beats
	}
	before, came := map[string]map[string]int{}, map[string]map[string]int{}
	for _, hub := range hubs {
		before[hub] = count(hub)
	}
	for _, region := range e.regions() {
		if err := e.run.Beat(ctx, region); err != nil {
			t.Fatal(err)
		}
	}
	for _, hub := range hubs {
		eventually(t, "the beats are in "+hub, func() bool {
			came[hub] = count(hub)
			for region := range came[hub] {
				if came[hub][region] -= before[hub][region]; came[hub][region] == 0 {
					delete(came[hub], region)
				}
			}
			return maps.Equal(came[hub], want[hub])
		})
	}
	return came
}

// expectedBeats returns those of every Region in the hub, and those of the hub's Region in the standby.
func (e *e2e) expectedBeats() map[string]map[string]int {
	scope, want := plan.ScopeOf(e.run.Config), map[string]map[string]int{hubRegion: {}}
	for _, region := range e.regions() {
		want[hubRegion][region] = scope.BeatsExpected(region, hubRegion)
	}
	want[standbyRegion] = map[string]int{hubRegion: scope.BeatsExpected(hubRegion, standbyRegion)}
	return want
}

// everyBeat: each Region's beat arrives once for every rule that forwards it; with as many for three hours, an alarm is
// content.
func (e *e2e) everyBeat(t *testing.T, ctx context.Context) {
	want := e.expectedBeats()
	came := e.beat(t, ctx, want)
	if fmt.Sprint(came) != fmt.Sprint(want) {
		t.Errorf("the beats that came: %v, want %v", came, want)
	}
	e.hours(t, ctx, "eu-west-2", came[hubRegion]["eu-west-2"])
	e.evaluate(t, ctx, hubRegion, e.alarm(t, ctx, hubRegion, names.HeartbeatAlarm("eu-west-2")), "OK")
}

// hours puts metrics into CloudWatch: so many beats of a Region arrived in the hub in each of the hours that its alarm evaluates. On AWS
// EventBridge counts them.
func (e *e2e) hours(t *testing.T, ctx context.Context, region string, beats int) {
	t.Helper()
	for hours := range 3 {
		at := time.Now().Add(-30*time.Minute - time.Duration(hours)*time.Hour)
		e.measure(t, ctx, hubRegion, e.alarm(t, ctx, hubRegion, names.HeartbeatAlarm(region)), float64(beats), at)
	}
}

// mutedRule takes the targets off one rule of a Region: the checks of this run would be worth nothing if its mails and its
// beat came all the same. With one beat fewer, the Region's alarm triggers, and the alarm of its group notifies people.
func (e *e2e) mutedRule(t *testing.T, ctx context.Context) {
	const region, muted = "eu-west-1", "capture-breakglass-user-sign-in"
	client := cloudwatch.NewFromConfig(e.run.AWS(hubRegion))
	alarm := names.HeartbeatAlarm(region)
	e.group(t, ctx, "europe-africa")
	_, err := eventbridge.NewFromConfig(e.run.AWS(region)).RemoveTargets(ctx, &eventbridge.RemoveTargetsInput{Rule: aws.String(muted), Ids: hubs})
	if err != nil {
		t.Fatal(err)
	}
	e.play(t, ctx, "a sign-in with MFA", region)
	e.play(t, ctx, "a switch into production", region)
	e.expect(t, ctx, map[string]int{hubRegion: 1, standbyRegion: 1}, "BREAK GLASS ROLE SWITCH")

	want := e.expectedBeats()
	want[hubRegion][region]--
	came := e.beat(t, ctx, want)
	if fmt.Sprint(came) != fmt.Sprint(want) {
		t.Errorf("the beats that came: %v, want %v", came, want)
	}
	e.hours(t, ctx, region, came[hubRegion][region])
	e.evaluate(t, ctx, hubRegion, e.alarm(t, ctx, hubRegion, alarm), "ALARM")
	mails := e.collectBut(t, ctx, 1, patience, notAbout(names.SilentAlarm+"europe-africa"))
	mails = append(mails, e.collectBut(t, ctx, 1, quiet, notAbout(names.SilentAlarm))...)
	group, err := client.DescribeAlarms(ctx, &cloudwatch.DescribeAlarmsInput{
		AlarmNames: []string{names.SilentAlarm + "europe-africa"}, AlarmTypes: []types.AlarmType{types.AlarmTypeCompositeAlarm},
	})
	if err != nil || len(group.CompositeAlarms) != 1 || !strings.Contains(aws.ToString(group.CompositeAlarms[0].StateReason), alarm) {
		t.Fatalf("the alarm of the group does not name %s: %v, %v", alarm, group, err)
	}
	if len(mails) != 1 || !strings.Contains(mails[0].Text, aws.ToString(group.CompositeAlarms[0].AlarmDescription)) {
		t.Errorf("a Region is silent, and people get %v", mails)
	}
}

// group prepares the alarm of a group. The local AWS finds the alarms in its rule by ARN only, where AWS takes
// their names, too; and each of them has rung already, since it was made before there was a beat.
func (e *e2e) group(t *testing.T, ctx context.Context, part string) {
	t.Helper()
	client := cloudwatch.NewFromConfig(e.run.AWS(hubRegion))
	out, err := client.DescribeAlarms(ctx, &cloudwatch.DescribeAlarmsInput{})
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range out.CompositeAlarms {
		if aws.ToString(group.AlarmName) != names.SilentAlarm+part {
			continue
		}
		rule := aws.ToString(group.AlarmRule)
		for _, alarm := range out.MetricAlarms {
			if name := `"` + aws.ToString(alarm.AlarmName) + `"`; strings.Contains(rule, name) {
				rule = strings.ReplaceAll(rule, name, `"`+aws.ToString(alarm.AlarmArn)+`"`)
				if _, err := client.SetAlarmState(ctx, &cloudwatch.SetAlarmStateInput{
					AlarmName: alarm.AlarmName, StateValue: types.StateValueOk, StateReason: aws.String("beats have come"),
				}); err != nil {
					t.Fatal(err)
				}
			}
		}
		if _, err := client.PutCompositeAlarm(ctx, &cloudwatch.PutCompositeAlarmInput{
			AlarmName: group.AlarmName, AlarmRule: aws.String(rule), AlarmDescription: group.AlarmDescription,
			AlarmActions: group.AlarmActions, OKActions: group.OKActions,
		}); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Fatalf("there is no alarm %s", names.SilentAlarm+part)
}
