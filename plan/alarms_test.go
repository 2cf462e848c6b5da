package plan

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"example.com/breakglass/names"
	"example.com/breakglass/watch"
)

func alarmsOf(t *testing.T, p Plan, stack string) map[string]Alarm {
	t.Helper()
	alarms := map[string]Alarm{}
	for _, a := range p.AlarmsOf(*in(p, stack), refs) {
		alarms[a.Name] = a
	}
	return alarms
}

// TestEveryAlarmIsOneThatCloudWatchTakes, and what it counts is there: one on a rule that is not would never ring.
func TestEveryAlarmIsOneThatCloudWatchTakes(t *testing.T) {
	p, kinds := of(t, watched), map[AlarmKind]int{}
	for _, at := range p.Placements {
		rules := rulesOf(t, p, at.Stack)
		for _, a := range p.AlarmsOf(at, refs) {
			kinds[a.Kind]++
			if n := utf8.RuneCountInString(a.Description); n == 0 || n > watch.MaxAlarmText || len(a.Name) > 255 || a.Region != at.Region {
				t.Errorf("%s: %s in %q has a text of %d characters", at.Stack, a.Name, a.Region, n)
			}
			if len(a.Actions) > 5 || a.Composite() != (a.Metric.Name == "") {
				t.Errorf("%s: %s is %+v", at.Stack, a.Name, a)
			}
			if a.Metric.Dimension == "RuleName" && rules[a.Metric.Value].Name == "" {
				t.Errorf("%s: %s counts %s, which is not there", at.Stack, a.Name, a.Metric.Value)
			}
			for _, name := range a.AnyOf {
				if _, ok := alarmsOf(t, p, at.Stack)[name]; !ok {
					t.Errorf("%s: %s rings with %s, which is not there", at.Stack, a.Name, name)
				}
			}
		}
	}
	for _, kind := range []AlarmKind{CountAlarm, SilenceAlarm, GroupAlarm, DeadLettersAlarm, UndeliveredAlarm, AliveAlarm, composerAlarm} {
		if kinds[kind] == 0 {
			t.Errorf("no alarm of the kind %s", kind)
		}
	}
}

func notified(region string) []string {
	return []string{"arn:aws:sns:" + region + ":111111111111:breakglassuser-console-logins", "arn:aws:sns:" + region + ":111111111111:breakglass-chat"}
}

// rare is the metric of an alarm on what should not be there; what is not there is fine.
func rare(namespace, name, dimension, value, statistic string, threshold int) Metric {
	return Metric{
		Namespace: namespace, Name: name, Dimension: dimension, Value: value, Statistic: statistic,
		Period: 5 * time.Minute, Periods: 1, Datapoints: 1, Operator: "GreaterThanOrEqualToThreshold", Threshold: float64(threshold), Missing: "notBreaching",
	}
}

// TestACountTellsOnce: it says nothing when it ends.
func TestACountTellsOnce(t *testing.T) {
	p := of(t, watched)
	for stack, parts := range map[string][]watch.Part{"BreakGlass-Standby": {watch.Access}, "BreakGlass-Integrity-eu-west-1": IntegrityParts} {
		alarms, counts := alarmsOf(t, p, stack), 0
		for _, e := range ScopeOf(p.Config).Of(parts...) {
			for _, c := range e.Counts {
				counts++
				a := alarms[e.Rule+c.Suffix+"-standby"]
				if want := rare("AWS/Events", "Invocations", "RuleName", "capture-"+e.Rule+"-standby", "Sum", c.AtLeast); a.Metric != want {
					t.Errorf("%s watches %+v, want %+v", e.ID, a.Metric, want)
				}
				if !slices.Equal(a.Actions, notified("eu-west-1")) || a.OKActions != nil {
					t.Errorf("%s tells %q, and %q at its end", e.ID, a.Actions, a.OKActions)
				}
				if !strings.Contains(a.Description, c.Title) || !strings.Contains(a.Description, "Call the duty officer.") {
					t.Errorf("%s: the text is %s", e.ID, a.Description)
				}
			}
		}
		n := 0
		for _, a := range alarms {
			if a.Kind == CountAlarm {
				n++
			}
		}
		if n != counts || stack == "BreakGlass-Standby" && n == 0 {
			t.Errorf("%s: %d alarms for %d counts", stack, n, counts)
		}
	}
}

// TestWhatObserversSeeIsCountedByAccount, and named: a reader at night wants to know where.
func TestWhatObserversSeeIsCountedByAccount(t *testing.T) {
	p := of(t, watched)
	alarms := alarmsOf(t, p, "BreakGlass-Observed-us-east-1-1")
	for name, which := range map[string]string{
		"breakglass-target-access-1": "222222222222 production", "breakglass-target-access-2": "333333333333 staging",
		"breakglass-target-deployment": "a target account",
	} {
		a := alarms[name]
		if a.Metric != rare("AWS/Events", "Invocations", "RuleName", "capture-"+name, "Sum", 1) || !slices.Equal(a.Actions, notified("us-east-1")) ||
			a.OKActions != nil {
			t.Errorf("%s is %+v", name, a)
		}
		if !strings.Contains(a.Description, " in "+which+": ") {
			t.Errorf("%s says %s", name, a.Description)
		}
	}
}

func TestSilenceRingsForTheGroupAndForTheOtherHub(t *testing.T) {
	p := of(t, strings.Replace(watched, "regions: [us-east-1, eu-west-1, sa-east-1]", "regions: all", 1))
	alarms := map[string]Alarm{}
	for _, part := range watch.WorldParts {
		for name, a := range alarmsOf(t, p, names.HeartbeatsStack+part.Name) {
			alarms[name] = a
		}
	}
	scope := ScopeOf(p.Config)
	for region, beats := range map[string]int{
		"us-east-1": 1, "eu-west-1": len(scope.Forwarded("eu-west-1")) + 1, "sa-east-1": len(scope.Forwarded("sa-east-1")) + 1,
	} {
		a := alarms["breakglass-heartbeat-"+region]
		// One beat for each rule that forwards it: one rule that is off is one too few. EventBridge emits nothing at zero.
		want := Metric{
			Namespace: "AWS/Events", Name: "Invocations", Dimension: "RuleName", Value: "capture-breakglass-heartbeat-" + region, Statistic: "Sum",
			Period: time.Hour, Periods: 3, Datapoints: 3, Operator: "LessThanThreshold", Threshold: float64(beats), Missing: "breaching",
		}
		if a.Metric != want || a.Of != region || !strings.HasPrefix(a.Description, region+" IS SILENT") {
			t.Errorf("%s: %+v", region, a)
		}
		// The silence of the other hub is no part of a group's.
		if direct := len(a.Actions) > 0; direct != (region == "eu-west-1") || !slices.Equal(a.Actions, a.OKActions) {
			t.Errorf("%s tells %q", region, a.Actions)
		}
	}
	group := alarms["breakglass-silent-americas"]
	if !strings.Contains(group.Rule(), `ALARM("breakglass-heartbeat-us-east-1") OR ALARM(`) || !slices.Equal(group.Actions, notified("us-east-1")) ||
		!slices.Equal(group.OKActions, group.Actions) || !strings.Contains(group.Description, "Call the duty officer.") {
		t.Errorf("the group's alarm is %+v", group)
	}
	if rule := alarms["breakglass-silent-europe-africa"].Rule(); strings.Contains(rule, "eu-west-1") || !strings.Contains(rule, "eu-central-1") {
		t.Errorf("the group of the other hub rings on %s", rule)
	}
	// A single Region needs no group.
	standby := p.AlarmsOf(*in(p, "BreakGlass-Heartbeats-standby"), refs)
	if len(standby) != 2 || !slices.Equal(standby[0].Actions, notified("eu-west-1")) || !slices.Equal(standby[0].OKActions, notified("eu-west-1")) {
		t.Errorf("the standby waits for the hub with %+v", standby)
	}
}

// TestEachHubIsProvenInTheOther, whose topic works when that of the hub is what fails. Without a standby, a hub tells of what its own
// topic survives.
func TestEachHubIsProvenInTheOther(t *testing.T) {
	p := of(t, watched)
	for at, of := range map[string]string{"us-east-1": "eu-west-1", "eu-west-1": "us-east-1"} {
		stack := map[string]string{"us-east-1": "BreakGlass-Heartbeats-americas", "eu-west-1": "BreakGlass-Heartbeats-standby"}[at]
		a, r := alarmsOf(t, p, stack)["breakglass-alive-"+of], rulesOf(t, p, stack)["capture-breakglass-alive-"+of]
		want := Metric{
			Namespace: "AWS/Events", Name: "Invocations", Dimension: "RuleName", Value: "capture-breakglass-alive-" + of, Statistic: "Sum",
			Period: time.Hour, Periods: 3, Datapoints: 3, Operator: "LessThanThreshold", Threshold: 1, Missing: "breaching",
		}
		if a.Metric != want || !slices.Equal(a.Actions, notified(at)) || !slices.Equal(a.OKActions, notified(at)) {
			t.Errorf("%s on %s: %+v", at, of, a)
		}
		if compact(t, r.Pattern["region"]) != `["`+of+`"]` {
			t.Errorf("%s counts for %s what matches %v", at, of, r.Pattern)
		}
	}
	expected := p.ComposerOf("us-east-1").Expected()
	if n := len(ScopeOf(p.Config).Composed()); n != expected {
		t.Errorf("alarms expect %d heartbeats, the composer %d", n, expected)
	}
	without := of(t, strings.Replace(watched, ", standby: eu-west-1", "", 1))
	if a := alarmsOf(t, without, "BreakGlass-Heartbeats-americas"); a["breakglass-alive-us-east-1"].Name == "" {
		t.Error("a single hub does not look after itself")
	}
}

// TestAMonitorOutsideAWSHearsTheHub: of the hub, and once an hour.
func TestAMonitorOutsideAWSHearsTheHub(t *testing.T) {
	p := of(t, watched+"monitoring: {deadMansSwitch: {url: \"https://example.com/ping\"}}\n")
	n := 0
	for _, at := range p.Placements {
		for _, r := range p.Rules(at, refs) {
			target, ok := r.Target(deadMansSwitchTarget)
			if !ok {
				continue
			}
			n++
			if at.Stack != "BreakGlass-Heartbeats-americas" || r.Name != "capture-breakglass-dead-mans-switch" || compact(t, r.Pattern["region"]) != `["us-east-1"]` ||
				target.ARN != "arn:aws:events:us-east-1:111111111111:api-destination/breakglass-dead-mans-switch" || !target.Begins || target.DeadLetters {
				t.Errorf("%s: %+v", at.Stack, r)
			}
		}
	}
	if n != 1 {
		t.Errorf("%d rules post to the monitor", n)
	}
}

// TestAThrottledComposerRingsAnAlarm: that one failed is an entry of its own, which both hubs count.
func TestAThrottledComposerRingsAnAlarm(t *testing.T) {
	alarms := alarmsOf(t, of(t, watched), "BreakGlass-Integrity-eu-west-1")
	a := alarms["breakglass-composer-throttled-standby"]
	want := rare("AWS/States", "ExecutionThrottled", "StateMachineArn", "arn:aws:states:eu-west-1:111111111111:stateMachine:breakglass-composer", "Sum", 1)
	if a.Metric != want || !slices.Equal(a.Actions, notified("eu-west-1")) || !strings.Contains(a.Description, "/aws/events/breakglass-ledger") {
		t.Errorf("%+v", a)
	}
	if failed := alarms["breakglass-composer-failure-standby"]; !strings.Contains(failed.Description, "/aws/events/breakglass-ledger") {
		t.Errorf("%+v", failed)
	}
}

// TestWhatIsNotDeliveredRingsAnAlarm: in a Region without a topic, its event is forwarded.
func TestWhatIsNotDeliveredRingsAnAlarm(t *testing.T) {
	p := of(t, watched)
	for stack, want := range map[string]struct {
		name    string
		actions []string
	}{
		"BreakGlass-Hub":                  {"breakglass-dead-letters-hub", notified("us-east-1")},
		"BreakGlass-Standby":              {"breakglass-dead-letters-standby", notified("eu-west-1")},
		"BreakGlass-Integrity-us-east-1":  {"breakglass-dead-letters-integrity", notified("us-east-1")},
		"BreakGlass-Observed-us-east-1-1": {"breakglass-dead-letters-observed-1", notified("us-east-1")},
		"BreakGlass-Forwarder-sa-east-1":  {"breakglass-dead-letters-forwarder", nil},
	} {
		a := alarmsOf(t, p, stack)[want.name]
		if a.Metric != rare("AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", refs.Queue, "Maximum", 1) || !slices.Equal(a.Actions, want.actions) ||
			a.OKActions != nil {
			t.Errorf("%s: %+v", stack, a)
		}
		if !strings.Contains(a.Description, in(p, stack).Region) {
			t.Errorf("%s says %s", stack, a.Description)
		}
	}
	a := alarmsOf(t, p, "BreakGlass-Integrity-eu-west-1")["breakglass-undelivered-standby"]
	if a.Metric != rare("AWS/SNS", "NumberOfNotificationsFailed", "TopicName", "breakglassuser-console-logins", "Sum", 1) ||
		!slices.Equal(a.Actions, notified("eu-west-1")) {
		t.Errorf("undelivered: %+v", a)
	}
	for _, a := range of(t, watched+"monitoring: {deliveryFailures: false}\n").Alarms() {
		if a.Kind == DeadLettersAlarm || a.Kind == UndeliveredAlarm {
			t.Errorf("with deliveryFailures off there is %s", a.Name)
		}
	}
}
