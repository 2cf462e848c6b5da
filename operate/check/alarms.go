package check

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/dustin/go-humanize/english"

	"example.com/breakglass/internal/whole"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

type alarmsAPI interface {
	DescribeAlarms(context.Context, *cloudwatch.DescribeAlarmsInput, ...func(*cloudwatch.Options)) (*cloudwatch.DescribeAlarmsOutput, error)
}

// alarmPrefix begins the names of all alarms of the plan.
const alarmPrefix = "breakglass-"

// alarm is what the metric and the composite ones have in common, and the metric of one that has any.
type alarm struct {
	state, reason, description, rule string
	enabled                          bool
	actions, okActions, otherActions []string
	metric                           *types.MetricAlarm
	// suppressor is the alarm that silences a composite one while it is in ALARM; empty if there is none. Without one, the two
	// periods of suppression mean nothing.
	suppressor string
}

// compareAlarms compares the alarms of a Region with the plan.
func (s *scene) compareAlarms(in deployedIn, made map[string]time.Time, have map[string]alarm, err error) *result {
	r := of("alarms")
	if err != nil {
		r.unanswered(in.region, "the alarms", err)
		return r
	}
	n := 0
	for _, at := range in.placements {
		for _, want := range s.plan.AlarmsOf(at, plan.Refs{}) {
			n++
			got, ok := have[want.Name]
			if !ok {
				r.drifted(Problem, in.region, at.Stack, "alarm "+want.Name+" is missing")
				continue
			}
			s.alarmState(r, made[at.Stack], want, got)
			s.compareAlarm(r, in, at, want, got)
		}
	}
	s.otherAlarms(r, in, have)
	if n > 0 {
		// The version of the SDK that this program uses can't ask for them; an alert reports who mutes an alarm (watch.Integrity).
		r.note(in.region, "alarm mute rules are not checked; one of them keeps an alarm from notifying",
			"list them: "+inRegion("cloudwatch", "list-alarm-mute-rules"))
	}
	if r.well() && n > 0 {
		r.fine(in.region, english.Plural(n, "alarm", "")+" as in breakglass.yaml, none in ALARM")
	}
	return r
}

// otherAlarms reports the alarms with a name of this project that the plan has not.
func (s *scene) otherAlarms(r *result, in deployedIn, have map[string]alarm) {
	planned := map[string]bool{}
	for _, at := range s.plan.Placements {
		if at.Account == s.account() && at.Region == in.region {
			for _, want := range s.plan.AlarmsOf(at, plan.Refs{}) {
				planned[want.Name] = true
			}
		}
	}
	for _, name := range sorted(have) {
		if !planned[name] && !in.left[name] {
			r.warning(in.region, "alarm "+name+" is not in breakglass.yaml",
				"delete it if it is no longer needed: "+inRegion("cloudwatch", "delete-alarms", "--alarm-names", name))
		}
	}
}

func listAlarms(ctx context.Context, api alarmsAPI) (map[string]alarm, error) {
	have := map[string]alarm{}
	pages := cloudwatch.NewDescribeAlarmsPaginator(api, &cloudwatch.DescribeAlarmsInput{
		AlarmNamePrefix: aws.String(alarmPrefix), MaxRecords: aws.Int32(100),
		AlarmTypes: []types.AlarmType{types.AlarmTypeMetricAlarm, types.AlarmTypeCompositeAlarm},
	})
	for pages.HasMorePages() {
		page, err := whole.Next(ctx, pages)
		if err != nil {
			return nil, err
		}
		for _, a := range page.MetricAlarms {
			have[aws.ToString(a.AlarmName)] = alarm{
				state: string(a.StateValue), reason: aws.ToString(a.StateReason), description: aws.ToString(a.AlarmDescription), enabled: aws.ToBool(a.ActionsEnabled),
				actions: a.AlarmActions, okActions: a.OKActions, otherActions: a.InsufficientDataActions, metric: &a,
			}
		}
		for _, a := range page.CompositeAlarms {
			have[aws.ToString(a.AlarmName)] = alarm{
				state: string(a.StateValue), reason: aws.ToString(a.StateReason), description: aws.ToString(a.AlarmDescription), enabled: aws.ToBool(a.ActionsEnabled),
				actions: a.AlarmActions, okActions: a.OKActions, otherActions: a.InsufficientDataActions, rule: aws.ToString(a.AlarmRule),
				suppressor: aws.ToString(a.ActionsSuppressor),
			}
		}
	}
	return have, nil
}

// alarmState reports an alarm that is in ALARM, or has no data; made is when its stack was created.
func (s *scene) alarmState(r *result, made time.Time, want plan.Alarm, have alarm) {
	region, name := want.Region, "alarm "+want.Name
	switch have.state {
	case string(types.StateValueAlarm):
		severity, fix := Problem, "find the cause: "+inRegion("cloudwatch", "describe-alarms", "--alarm-names", want.Name)
		if deployment, _ := watch.ByID("deployment"); strings.HasPrefix(want.Name, deployment.Rule) {
			severity, fix = Warning, "if nobody on your team deployed, find out who did; otherwise check again in a few minutes"
		}
		isNew := s.now.Sub(made) < beatsKept && (want.Kind == plan.SilenceAlarm || want.Kind == plan.GroupAlarm)
		if isNew {
			severity, fix = Warning, "the stack is new: check again when the first heartbeats have arrived, within an hour"
		}
		switch {
		case want.Kind == plan.SilenceAlarm:
			// It is about another Region; what is the same of many stays one finding.
			if !isNew {
				fix = "see the other findings about this Region, and check its rules, targets and schedule"
			}
			r.say(severity, want.Of, "", "no heartbeats, according to the alarm in "+region, fix)
		case have.reason != "":
			r.say(severity, region, "", name+" is in ALARM: "+strings.TrimRight(have.reason, "."), fix)
		default:
			r.say(severity, region, "", name+" is in ALARM", fix)
		}
	case string(types.StateValueInsufficientData):
		// The name is left out, so that what is the same for all stays one finding.
		r.note(region, map[bool]string{true: "heartbeat alarms have no data yet", false: "alarms have no data yet"}[want.Kind == plan.SilenceAlarm],
			"expected on the day of the first deployment; later, list them: "+inRegion("cloudwatch", "describe-alarms", "--state-value", "INSUFFICIENT_DATA"))
	case string(types.StateValueOk):
	default:
		r.warning(region, fmt.Sprintf("%s is in a state that this program does not know: %q", name, have.state),
			inRegion("cloudwatch", "describe-alarms", "--alarm-names", want.Name))
	}
}

// compareAlarm compares all that is deployed of an alarm.
func (s *scene) compareAlarm(r *result, in deployedIn, at plan.Placement, want plan.Alarm, have alarm) {
	name := "alarm " + want.Name
	differs := func(what string) { r.drifted(Problem, in.region, at.Stack, name+" "+what) }
	if !have.enabled && len(want.Actions) > 0 {
		r.problem(in.region, name+" has its actions disabled", inRegion("cloudwatch", "enable-alarm-actions", "--alarm-names", want.Name))
	}
	if have.suppressor != "" {
		differs("is suppressed while alarm " + have.suppressor + " is in ALARM")
	}
	for _, one := range []struct {
		when       string
		got, wants []string
	}{
		{"", have.actions, want.Actions}, {" when it returns to OK", have.okActions, want.OKActions}, {" when it has no data", have.otherActions, nil},
	} {
		for _, arn := range one.wants {
			if !slices.Contains(one.got, arn) {
				differs("does not notify " + arn + one.when)
			}
		}
		for _, arn := range one.got {
			if !slices.Contains(one.wants, arn) {
				r.drifted(Warning, in.region, at.Stack, name+" has an action that is not in breakglass.yaml"+one.when+": "+arn)
			}
		}
	}
	if have.description != want.Description {
		differs("has a different alert text: " + textDifference(have.description, want.Description))
	}
	if have.rule != want.Rule() {
		differs("has a different rule: " + orNone("rule", have.rule))
	}
	if want.Composite() {
		return
	}
	if have.metric == nil {
		differs("watches no metric")
		return
	}
	if wrong := s.metricDifferences(in, at, want.Metric, *have.metric); len(wrong) > 0 {
		differs("differs: " + strings.Join(wrong, "; "))
	}
}

// metricDifferences returns how an alarm's metric, and when it triggers, differ from the plan.
func (s *scene) metricDifferences(in deployedIn, at plan.Placement, want plan.Metric, have types.MetricAlarm) (wrong []string) {
	differs := func(what string, got, wanted any) {
		if g, w := fmt.Sprint(got), fmt.Sprint(wanted); g != w {
			if g == "" {
				g = "not set"
			}
			wrong = append(wrong, fmt.Sprintf("its %s is %s, not %s", what, g, w))
		}
	}
	differs("namespace", aws.ToString(have.Namespace), want.Namespace)
	differs("metric", aws.ToString(have.MetricName), want.Name)
	differs("statistic", string(have.Statistic), want.Statistic)
	differs("period", hours(time.Duration(aws.ToInt32(have.Period))*time.Second), hours(want.Period))
	differs("number of evaluation periods", aws.ToInt32(have.EvaluationPeriods), want.Periods)
	// Left out, it is the number of periods (CloudWatch API reference, PutMetricAlarm).
	points := aws.ToInt32(have.DatapointsToAlarm)
	if points == 0 {
		points = aws.ToInt32(have.EvaluationPeriods)
	}
	differs("number of datapoints to alarm", points, want.Datapoints)
	differs("comparison", string(have.ComparisonOperator), want.Operator)
	if have.Threshold == nil {
		differs("threshold", "", want.Threshold)
	} else {
		differs("threshold", *have.Threshold, want.Threshold)
	}
	differs("treatment of missing data", aws.ToString(have.TreatMissingData), want.Missing)
	if have.Unit != "" {
		wrong = append(wrong, "it counts data in "+string(have.Unit)+" only")
	}
	value := want.Value
	if want.Dimension == "QueueName" && value == "" && len(have.Dimensions) == 1 {
		// CloudFormation makes the name up.
		if got := aws.ToString(have.Dimensions[0].Value); s.isQueueOf(in, at, got) {
			value = got
		} else {
			value = "the stack's dead-letter queue"
		}
	}
	var dimensions []string
	for _, d := range have.Dimensions {
		dimensions = append(dimensions, aws.ToString(d.Name)+" "+aws.ToString(d.Value))
	}
	differs("dimension", strings.Join(dimensions, ", "), want.Dimension+" "+value)
	return wrong
}

// isQueueOf reports whether a name can be that of a stack's dead-letter queue. Where no queue is the stack's, the findings on
// its rules say so.
func (s *scene) isQueueOf(in deployedIn, at plan.Placement, name string) bool {
	own := false
	for _, arn := range in.queues {
		queue := arn[strings.LastIndex(arn, ":")+1:]
		if !s.mayBelong(queue, at) {
			continue
		}
		if queue == name {
			return true
		}
		own = true
	}
	return !own && s.mayBelong(name, at)
}
