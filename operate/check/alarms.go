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

	"example.com/breakglass/config"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

type alarmsAPI interface {
	DescribeAlarms(context.Context, *cloudwatch.DescribeAlarmsInput, ...func(*cloudwatch.Options)) (*cloudwatch.DescribeAlarmsOutput, error)
}

// alarmPrefix begins the names of all alarms of the plan.
const alarmPrefix = "breakglass-"

// alarm is what the metric and the composite ones have in common.
type alarm struct {
	state, reason string
	enabled       bool
	actions       []string
	threshold     *float64
}

// alarms compares the alarms of a Region with the plan; made is when each stack was.
func (s *scene) alarms(ctx context.Context, api alarmsAPI, region string, placements []plan.Placement, made map[string]time.Time) *result {
	r := of("alarms")
	have, err := listAlarms(ctx, api)
	if err != nil {
		r.unanswered(region, "the alarms", err)
		return r
	}
	n := 0
	for _, at := range placements {
		for _, want := range (plan.Plan{Config: s.config, Placements: []plan.Placement{at}}).Alarms() {
			n++
			got, ok := have[want.Name]
			if !ok {
				r.drifted(Problem, region, at.Stack, "the alarm "+want.Name+" is missing")
				continue
			}
			s.alarm(r, at, made[at.Stack], want, got)
		}
	}
	if r.well() && n > 0 {
		r.fine(region, fmt.Sprintf("%d quiet, with their actions", n))
	}
	return r
}

func listAlarms(ctx context.Context, api alarmsAPI) (map[string]alarm, error) {
	have := map[string]alarm{}
	pages := cloudwatch.NewDescribeAlarmsPaginator(api, &cloudwatch.DescribeAlarmsInput{
		AlarmNamePrefix: aws.String(alarmPrefix), MaxRecords: aws.Int32(100),
		AlarmTypes: []types.AlarmType{types.AlarmTypeMetricAlarm, types.AlarmTypeCompositeAlarm},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, a := range page.MetricAlarms {
			have[aws.ToString(a.AlarmName)] = alarm{string(a.StateValue), aws.ToString(a.StateReason), aws.ToBool(a.ActionsEnabled), a.AlarmActions, a.Threshold}
		}
		for _, a := range page.CompositeAlarms {
			have[aws.ToString(a.AlarmName)] = alarm{string(a.StateValue), aws.ToString(a.StateReason), aws.ToBool(a.ActionsEnabled), a.AlarmActions, nil}
		}
	}
	return have, nil
}

// alarm compares one; made is when its stack was.
func (s *scene) alarm(r *result, at plan.Placement, made time.Time, want plan.Alarm, have alarm) {
	region, name := want.Region, "the alarm "+want.Name
	switch have.state {
	case string(types.StateValueAlarm):
		severity, fix := Problem, "find out why: aws cloudwatch describe-alarms --region <where> --alarm-names "+want.Name
		if deployment, _ := watch.ByID("deployment"); strings.HasPrefix(want.Name, deployment.Rule) {
			severity, fix = Warning, "if nobody deployed, find out who did; otherwise check again in some minutes"
		}
		isNew := s.now.Sub(made) < beatsKept && (want.Kind == plan.SilenceAlarm || want.Kind == plan.GroupAlarm)
		if isNew {
			severity, fix = Warning, "its stack is new: check again when the first heartbeats have come, within the hour"
		}
		switch {
		case want.Kind == plan.SilenceAlarm:
			// It is about another Region; what is the same of many stays one finding.
			if !isNew {
				fix = "look at what else is said of the Region, and at the rules, targets and schedule there"
			}
			r.say(severity, want.Of, "", "silent, says its heartbeat alarm in "+region, fix)
		case have.reason != "":
			r.say(severity, region, "", name+" rings: "+strings.TrimRight(have.reason, "."), fix)
		default:
			r.say(severity, region, "", name+" rings", fix)
		}
	case string(types.StateValueInsufficientData):
		// The name is left out, so that what is the same for all stays one finding.
		r.note(region, map[bool]string{true: "heartbeat alarms have no data yet", false: "alarms have no data yet"}[want.Kind == plan.SilenceAlarm],
			"nothing on the day of the first deployment; later, look at them: aws cloudwatch describe-alarms --region <where> --state-value INSUFFICIENT_DATA")
	}
	if !have.enabled && len(want.Actions) > 0 {
		r.problem(region, name+" has its actions switched off", "aws cloudwatch enable-alarm-actions --region <where> --alarm-names "+want.Name)
	}
	for _, topic := range s.told(want) {
		if !slices.Contains(have.actions, topic) {
			r.drifted(Problem, region, at.Stack, name+" does not tell "+topic)
		}
	}
	if want.Kind == plan.SilenceAlarm && have.threshold != nil {
		if beats := s.config.Scope().BeatsExpected(want.Of, region); int(*have.threshold) != beats {
			r.drifted(Problem, region, at.Stack, fmt.Sprintf("%s waits for %v heartbeats an hour, the file makes it %d", name, *have.threshold, beats))
		}
	}
}

// told are the topics that an alarm tells by itself.
func (s *scene) told(a plan.Alarm) []string {
	if len(a.Actions) == 0 {
		return nil
	}
	topics := []string{s.in(a.Region).Topic(names.Topic)}
	if s.config.Chat != (config.Chat{}) {
		topics = append(topics, s.in(a.Region).Topic(names.ChatTopic))
	}
	return topics
}
