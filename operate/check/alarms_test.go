package check

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	cw "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"example.com/breakglass/names"
)

func TestAlarms(t *testing.T) {
	const failed, silent, group = "breakglass-user-failed-sign-in", "breakglass-heartbeat-eu-west-1", "breakglass-dead-letters-hub"
	breakEach(t, []broken{
		{
			"one is in a state of later", forwarder, func(w *world) { w.alarms[sorted(w.alarms)[0]].StateValue = "EVALUATING" }, "alarms", Warning,
			`is in a state that this program does not know: "EVALUATING"`, "describe-alarms --region eu-west-1",
		},
		{"one is missing", "", func(w *world) { delete(w.alarms, failed) }, "alarms", Problem, failed + " is missing", "--revert-drift --only BreakGlass-Hub"},
		{"one is in ALARM", "", func(w *world) {
			w.alarms[failed].StateValue, w.alarms[failed].StateReason = cw.StateValueAlarm, aws.String("Threshold crossed.")
		}, "alarms", Problem, failed + " is in ALARM: Threshold crossed", "--alarm-names " + failed},
		{
			"a Region is silent", "", func(w *world) { w.alarms[silent].StateValue = cw.StateValueAlarm }, "alarms", Problem,
			"no heartbeats, according to the alarm in us-east-1", "see the other findings",
		},
		{"a Region is new", "", func(w *world) {
			w.alarms[silent].StateValue = cw.StateValueAlarm
			for name, stack := range w.stacks {
				if strings.HasPrefix(name, names.HeartbeatsStack) {
					stack.CreationTime = aws.Time(now.Add(-time.Hour))
				}
			}
		}, "alarms", Warning, "no heartbeats, according to the alarm in us-east-1", "the stack is new"},
		{
			"somebody deployed", "", func(w *world) { w.alarms["breakglass-deployment"].StateValue = cw.StateValueAlarm }, "alarms", Warning,
			"breakglass-deployment is in ALARM", "if nobody on your team deployed",
		},
		{
			"one has no data", "", func(w *world) { w.alarms[silent].StateValue = cw.StateValueInsufficientData }, "alarms", Note, "heartbeat alarms have no data yet",
			"",
		},
		{"one is muted", "", func(w *world) { w.alarms[group].ActionsEnabled = aws.Bool(false) }, "alarms", Problem, "actions disabled", "enable-alarm-actions"},
		{
			"one tells nobody", "", func(w *world) { w.alarms[group].AlarmActions = nil }, "alarms", Problem,
			"does not notify arn:aws:sns:us-east-1:111111111111:" + names.Topic, "",
		},
		{
			"one waits for too little", "", func(w *world) { w.alarms[silent].Threshold = aws.Float64(1) }, "alarms", Problem,
			silent + " differs: its threshold is 1, not ", "--revert-drift --only BreakGlass-Heartbeats-europe-africa",
		},
	})
}

// Each changed property of an alarm is named.
func TestEveryPropertyOfAnAlarmIsCompared(t *testing.T) {
	const failed, silent, letters, anyOf = "breakglass-user-failed-sign-in", "breakglass-heartbeat-eu-west-1", "breakglass-dead-letters-hub", "breakglass-silent-americas"
	metric := func(do func(a *cw.MetricAlarm)) func(*world) { return func(w *world) { do(w.alarms[failed]) } }
	breakEach(t, []broken{
		{
			"namespace", "", metric(func(a *cw.MetricAlarm) { a.Namespace = aws.String("Mine") }), "alarms", Problem,
			failed + " differs: its namespace is Mine, not AWS/Events", "--revert-drift --only BreakGlass-Hub",
		},
		{
			"metric", "", metric(func(a *cw.MetricAlarm) { a.MetricName = aws.String("FailedInvocations") }), "alarms", Problem,
			"its metric is FailedInvocations, not Invocations", "",
		},
		{"no metric", "", metric(func(a *cw.MetricAlarm) { a.MetricName = nil }), "alarms", Problem, "its metric is not set, not Invocations", ""},
		{
			"dimension", "", metric(func(a *cw.MetricAlarm) { a.Dimensions[0].Value = aws.String("other") }), "alarms", Problem,
			"its dimension is RuleName other, not RuleName capture-", "",
		},
		{"no dimension", "", metric(func(a *cw.MetricAlarm) { a.Dimensions = nil }), "alarms", Problem, "its dimension is not set, not RuleName capture-", ""},
		{"a second dimension", "", metric(func(a *cw.MetricAlarm) {
			a.Dimensions = append(a.Dimensions, cw.Dimension{Name: aws.String("EventBusName"), Value: aws.String("other")})
		}),
			"alarms", Problem, ", EventBusName other, not RuleName", ""},
		{"statistic", "", metric(func(a *cw.MetricAlarm) { a.Statistic = cw.StatisticMinimum }), "alarms", Problem, "its statistic is Minimum, not Sum", ""},
		{"period", "", metric(func(a *cw.MetricAlarm) { a.Period = aws.Int32(60) }), "alarms", Problem, "its period is 1m, not 5m", ""},
		{
			"periods", "", metric(func(a *cw.MetricAlarm) { a.EvaluationPeriods = aws.Int32(3) }), "alarms", Problem, "its number of evaluation periods is 3, not 1", "",
		},
		{
			"datapoints", "", func(w *world) { w.alarms[silent].DatapointsToAlarm = aws.Int32(1) }, "alarms", Problem, "its number of datapoints to alarm is 1, not 3",
			"",
		},
		{
			"operator", "", metric(func(a *cw.MetricAlarm) { a.ComparisonOperator = cw.ComparisonOperatorLessThanThreshold }), "alarms", Problem,
			"its comparison is LessThanThreshold, not", "",
		},
		{"threshold", "", metric(func(a *cw.MetricAlarm) { a.Threshold = aws.Float64(1000000) }), "alarms", Problem, "its threshold is 1e+06, not 1", ""},
		{"no threshold", "", metric(func(a *cw.MetricAlarm) { a.Threshold = nil }), "alarms", Problem, "its threshold is not set, not 1", ""},
		{
			"missing data", "", func(w *world) { w.alarms[silent].TreatMissingData = aws.String("ignore") }, "alarms", Problem,
			"its treatment of missing data is ignore, not breaching", "",
		},
		{"unit", "", metric(func(a *cw.MetricAlarm) { a.Unit = cw.StandardUnitBytes }), "alarms", Problem, "it counts data in Bytes only", ""},
		{
			"two at once", "", metric(func(a *cw.MetricAlarm) { a.Threshold, a.Period = aws.Float64(5), aws.Int32(60) }), "alarms", Problem,
			"its period is 1m, not 5m; its threshold is 5, not 1", "",
		},
		{"the queue of another stack", "", func(w *world) {
			w.alarms[letters].Dimensions[0].Value = w.alarms["breakglass-dead-letters-integrity"].Dimensions[0].Value
		}, "alarms", Problem, "not QueueName the stack's dead-letter queue", "--revert-drift --only BreakGlass-Hub"},
		{
			"a queue that does not exist", "", func(w *world) { w.alarms[letters].Dimensions[0].Value = aws.String("BreakGlass-Hub-Other") }, "alarms", Problem,
			"QueueName BreakGlass-Hub-Other, not", "",
		},
		{
			"alert text", "", metric(func(a *cw.MetricAlarm) { a.AlarmDescription = aws.String("Nothing to see here") }), "alarms", Problem,
			`a different alert text: line 1 reads "Nothing to see here"`, "",
		},
		{"no alert text", "", metric(func(a *cw.MetricAlarm) { a.AlarmDescription = nil }), "alarms", Problem, "a different alert text: it is empty", ""},
		{
			"half the alert text", "", metric(func(a *cw.MetricAlarm) { a.AlarmDescription = aws.String(strings.Split(*a.AlarmDescription, "\n")[0]) }), "alarms",
			Problem, "a different alert text: it ends after line 1", "",
		},
		{
			"actions", "", func(w *world) { w.alarms[letters].AlarmActions = nil }, "alarms", Problem,
			"does not notify arn:aws:sns:us-east-1:111111111111:" + names.Topic, "",
		},
		{
			"one action more", "", metric(func(a *cw.MetricAlarm) { a.AlarmActions = append(a.AlarmActions, "arn:x") }), "alarms", Warning,
			"an action that is not in breakglass.yaml: arn:x", "",
		},
		{"OK actions", "", func(w *world) { w.groups[anyOf].OKActions = nil }, "alarms", Problem, names.Topic + " when it returns to OK", ""},
		{
			"an action without data", "", metric(func(a *cw.MetricAlarm) { a.InsufficientDataActions = []string{"arn:x"} }), "alarms", Warning,
			"when it has no data: arn:x", "",
		},
		{
			"composite rule", "", func(w *world) { w.groups[anyOf].AlarmRule = aws.String("FALSE") }, "alarms", Problem, anyOf + " has a different rule: rule FALSE", "",
		},
		{"composite alert text", "", func(w *world) { w.groups[anyOf].AlarmDescription = aws.String("fine") }, "alarms", Problem, `line 1 reads "fine"`, ""},
	})
}

// Left out, the number of datapoints is that of the periods; a composite alarm in the place of one that watches a metric watches none.
func TestAlarmsOfAnotherForm(t *testing.T) {
	const silent, failed = "breakglass-heartbeat-eu-west-1", "breakglass-user-failed-sign-in"
	w := well(t, hub)
	if *w.alarms[silent].DatapointsToAlarm != *w.alarms[silent].EvaluationPeriods || *w.alarms[silent].EvaluationPeriods < 2 {
		t.Fatalf("%+v", w.alarms[silent])
	}
	w.alarms[silent].DatapointsToAlarm = nil
	if found := bad(w.ask(t)); len(found) > 0 {
		t.Errorf("of what is left out: %+v", found)
	}
	w = well(t, hub)
	a := w.alarms[failed]
	delete(w.alarms, failed)
	w.groups[failed] = &cw.CompositeAlarm{
		AlarmName: a.AlarmName, StateValue: a.StateValue, AlarmDescription: a.AlarmDescription, ActionsEnabled: a.ActionsEnabled, AlarmActions: a.AlarmActions,
		AlarmRule: aws.String("FALSE"),
	}
	found := bad(w.ask(t))
	if len(found) != 2 || found[0].What != "alarm "+failed+" has a different rule: rule FALSE" || found[1].What != "alarm "+failed+" watches no metric" {
		t.Errorf("of a composite one: %+v", found)
	}
}
