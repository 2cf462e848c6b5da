//go:build verify

package verify

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamotypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"

	"example.com/breakglass/names"
	"example.com/breakglass/plan"
	"example.com/breakglass/prove/local"
	"example.com/breakglass/watch"
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

// alive: a beat of a hub's Region passes all rules of the hub, its composer and its topic, which the composer reports to the other
// hub. With one rule that does not start the composer, it reports nothing.
func (e *e2e) alive(t *testing.T, ctx context.Context) {
	reports := func() map[string]int {
		came := map[string]int{}
		for i, hub := range hubs {
			found, err := e.run.Alive(ctx, hubs[1-i])
			if err != nil {
				t.Fatal(err)
			}
			if came[hub] = found[hub]; len(found) > 1 {
				t.Errorf("in %s are reports %v", hubs[1-i], found)
			}
		}
		return came
	}
	before := reports() // those of beats that other steps have sent
	beat := func() {
		e.breathe(t, ctx)
		for _, hub := range hubs {
			if err := e.run.Beat(ctx, hub); err != nil {
				t.Fatal(err)
			}
		}
	}
	// The alarm waits for the third hour, too. Here, one of two updates that create the same item at once may be lost.
	both := func() bool {
		now := reports()
		return !slices.ContainsFunc(hubs, func(hub string) bool { return now[hub] == before[hub] })
	}
	for hour := 1; !both(); hour++ {
		if hour > 5 {
			t.Fatalf("not both hubs report to the other in five hours: %v, before %v", reports(), before)
		}
		beat()
		for end := time.Now().Add(patience); !both() && time.Now().Before(end); time.Sleep(time.Second) {
		}
		t.Logf("hour %d: reports %v, before %v; rules that carried the beat: %v", hour, reports(), before, e.carriers(t, ctx))
	}

	for _, hub := range hubs {
		const muted = "capture-breakglass-rule-change"
		bus := eventbridge.NewFromConfig(e.run.AWS(hub))
		rule := aws.String(muted + suffixOf(hub))
		targets, err := bus.ListTargetsByRule(ctx, &eventbridge.ListTargetsByRuleInput{Rule: rule})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := bus.RemoveTargets(ctx, &eventbridge.RemoveTargetsInput{Rule: rule, Ids: []string{plan.ComposerTarget}}); err != nil {
			t.Fatal(err)
		}
		defer func() {
			if _, err := bus.PutTargets(ctx, &eventbridge.PutTargetsInput{Rule: rule, Targets: targets.Targets}); err != nil {
				t.Error(err)
			}
		}()
	}
	before = reports()
	beat()
	eventually(t, "nearly all other rules carry the beat", func() bool {
		carried := e.carriers(t, ctx)
		return !slices.ContainsFunc(hubs, func(hub string) bool { return carried[hub] < plan.Of(e.run.Config).ComposerOf(hub).Expected()-3 })
	})
	time.Sleep(patience / 6)
	if got := reports(); !maps.Equal(got, before) {
		t.Errorf("reports %v came after %v, although a rule of each hub does not start its composer", got, before)
	}
}

// carriers returns how many rules of each hub have carried the last beat to its composer.
func (e *e2e) carriers(t *testing.T, ctx context.Context) map[string]int {
	t.Helper()
	carried := map[string]int{}
	for _, hub := range hubs {
		out, err := dynamodb.NewFromConfig(e.run.AWS(hub)).Scan(ctx, &dynamodb.ScanInput{TableName: aws.String(names.AlertsTable)})
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range out.Items {
			if rules, isSet := item["carriers"].(*dynamotypes.AttributeValueMemberSS); isSet {
				carried[hub] += len(rules.Value)
			}
		}
	}
	return carried
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
	e.breathe(t, ctx)
	e.play(t, ctx, "a sign-in with MFA", region)
	e.play(t, ctx, "a switch into production", region)
	e.expect(t, ctx, map[string]int{hubRegion: 1, standbyRegion: 1}, "BREAK GLASS: BreakglassUser switched into production (222222222222), "+region)

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
	// That all beats had come before was told, too: at the latest now.
	mails = slices.DeleteFunc(mails, func(m local.Mail) bool { return strings.HasPrefix(m.Subject, "OK: ") })
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

// missingRecords lets all heartbeats of a Region come, and none of CloudTrail's records of its canary: its alarm triggers, and notifies
// people, since it is the only one of its part of the world. With the records, too, the alarm is content.
func (e *e2e) missingRecords(t *testing.T, ctx context.Context) {
	const region = "eu-north-1"
	scope, alarm := plan.ScopeOf(e.run.Config), e.alarm(t, ctx, hubRegion, names.HeartbeatAlarm(region))
	if text := aws.ToString(alarm.AlarmDescription); !strings.Contains(text, "CLOUDTRAIL'S RECORDS ARE MISSING") {
		t.Errorf("the alarm does not say what may be missing: %s", text)
	}
	e.hours(t, ctx, region, scope.BeatsExpected(region, hubRegion))
	// It has rung already, since it was made before there was a beat.
	if _, err := cloudwatch.NewFromConfig(e.run.AWS(hubRegion)).SetAlarmState(ctx, &cloudwatch.SetAlarmStateInput{
		AlarmName: alarm.AlarmName, StateValue: types.StateValueOk, StateReason: aws.String("beats have come"),
	}); err != nil {
		t.Fatal(err)
	}
	notThis := func(m local.Mail) bool {
		return notAbout(aws.ToString(alarm.AlarmName))(m) || !strings.HasPrefix(m.Subject, "ALARM: ")
	}
	e.collectBut(t, ctx, 1, quiet, notThis) // what it sent before
	e.evaluate(t, ctx, hubRegion, alarm, "ALARM")
	mails := e.collectBut(t, ctx, 1, patience, notThis)
	if len(mails) != 1 || !strings.Contains(mails[0].Text, aws.ToString(alarm.AlarmDescription)) {
		t.Errorf("CloudTrail's records are missing, and people get %v", mails)
	}

	arrived := 0
	for _, s := range watch.Samples {
		if s.Canary {
			e.play(t, ctx, s.Name, region)
		}
	}
	eventually(t, "the canary's records are in the hub", func() bool {
		records, err := e.run.Records(ctx, hubRegion)
		if err != nil {
			t.Fatal(err)
		}
		arrived = records[region]
		return arrived == scope.RecordsExpected()
	})
	e.hours(t, ctx, region, arrived)
	e.evaluate(t, ctx, hubRegion, alarm, "OK")
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
