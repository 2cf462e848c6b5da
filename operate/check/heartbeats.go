package check

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"example.com/breakglass/internal/whole"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

type scheduleAPI interface {
	GetSchedule(context.Context, *scheduler.GetScheduleInput, ...func(*scheduler.Options)) (*scheduler.GetScheduleOutput, error)
}

// schedules checks what sends a Region's heartbeats and makes its canary's calls; stack is the one that has them.
func (s *scene) schedules(ctx context.Context, api scheduleAPI, region, stack string, wanted []plan.Schedule) *result {
	r := of("heartbeats")
	r.add(each(wanted, len(wanted), func(want plan.Schedule) *result { return s.schedule(ctx, api, region, stack, want) })...)
	switch {
	case r.well() && len(wanted) == 1:
		r.fine(region, "the schedule is enabled")
	case r.well() && len(wanted) > 1:
		r.fine(region, fmt.Sprintf("the %d schedules are enabled", len(wanted)))
	}
	return r
}

func (s *scene) schedule(ctx context.Context, api scheduleAPI, region, stack string, want plan.Schedule) *result {
	r, what := of("heartbeats"), "schedule "+want.Name
	out, err := api.GetSchedule(ctx, &scheduler.GetScheduleInput{Name: aws.String(want.Name)})
	var gone *types.ResourceNotFoundException
	switch {
	case errors.As(err, &gone):
		r.drifted(Problem, region, stack, what+" is missing")
		return r
	case err != nil:
		r.unanswered(region, "the "+what, err)
		return r
	}
	if out.State != types.ScheduleStateEnabled {
		r.drifted(Problem, region, stack, what+" is "+strings.ToLower(string(out.State)))
	}
	if got := aws.ToString(out.ScheduleExpression); got != want.Expression {
		r.drifted(Problem, region, stack, what+" is "+got+", not "+want.Expression)
	}
	if out.StartDate != nil || out.EndDate != nil {
		r.drifted(Problem, region, stack, what+" has a start or an end")
	}
	if window := out.FlexibleTimeWindow; window != nil && window.Mode != types.FlexibleTimeWindowModeOff {
		r.drifted(Problem, region, stack, what+" has a flexible time window")
	}
	if key := aws.ToString(out.KmsKeyArn); key != "" {
		r.drifted(Warning, region, stack, what+" is encrypted with the key "+key+", which is not in breakglass.yaml")
	}
	wants := map[string]string{"target": want.Target, "role": want.Role, "source": want.Source, "type": want.DetailType, "input": want.Input}
	got := map[string]string{}
	if t := out.Target; t != nil {
		got["target"], got["role"], got["input"] = aws.ToString(t.Arn), aws.ToString(t.RoleArn), aws.ToString(t.Input)
		if t.EventBridgeParameters != nil {
			got["source"], got["type"] = aws.ToString(t.EventBridgeParameters.Source), aws.ToString(t.EventBridgeParameters.DetailType)
		}
	}
	for _, part := range sorted(wants) {
		if got[part] != wants[part] {
			r.drifted(Problem, region, stack, fmt.Sprintf("%s has the %s %q, not %s", what, part, got[part], wants[part]))
		}
	}
	return r
}

type beatsAPI interface {
	FilterLogEvents(context.Context, *cloudwatchlogs.FilterLogEventsInput, ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.FilterLogEventsOutput, error)
}

// beatsKept is how far back to look: as far as the alarms do.
const beatsKept = watch.HeartbeatsMissed * watch.HeartbeatPeriod

// beats checks which Regions' heartbeats arrived in a hub recently. since is when each Region began to send them: a new one is
// not missed yet, and one whose time is unknown counts as old. last is the time of the latest heartbeat of the quietest Region.
func (s *scene) beats(ctx context.Context, api beatsAPI, hub string, since map[string]time.Time) (r *result, last time.Time) {
	r = of("heartbeats")
	latest, recorded := map[string]time.Time{}, canaryHeard{}
	pages := cloudwatchlogs.NewFilterLogEventsPaginator(api, &cloudwatchlogs.FilterLogEventsInput{
		LogGroupName: aws.String(names.Heartbeats), StartTime: aws.Int64(s.now.Add(-beatsKept).UnixMilli()),
	})
	for event, err := range whole.Each(ctx, pages, func(page *cloudwatchlogs.FilterLogEventsOutput) []logs.FilteredLogEvent { return page.Events }) {
		var gone *logs.ResourceNotFoundException
		if errors.As(err, &gone) {
			return r, last // the ledger's own check reports it
		}
		if err != nil {
			r.unanswered(hub, "the arrival of heartbeats", err)
			return r, last
		}
		var line watch.Fields
		if json.Unmarshal([]byte(aws.ToString(event.Message)), &line) != nil {
			continue
		}
		recorded.add(line)
		if watch.Text(line, "source") != watch.HeartbeatSource {
			continue
		}
		region := watch.Text(line, "region")
		if at := time.UnixMilli(aws.ToInt64(event.Timestamp)); at.After(latest[region]) {
			latest[region] = at
		}
	}
	beating := 0
	for _, region := range sorted(since) {
		at, ok := latest[region]
		switch {
		case ok:
			beating++
			if last.IsZero() || at.Before(last) {
				last = at
			}
		case s.now.Sub(since[region]) < beatsKept:
			r.note(region, fmt.Sprintf("no heartbeat yet: deployed less than %d hours ago", int(beatsKept.Hours())), "")
		default:
			r.problem(region, fmt.Sprintf("no heartbeat reached the hub for %d hours: a sign-in there may go unnoticed", int(beatsKept.Hours())),
				"see the other findings about this Region, and check schedule "+names.Heartbeat+" and role "+names.HeartbeatRole)
		}
	}
	r.tally(regionsBeating, beating, len(s.config.Regions))
	switch at := ""; {
	case hub != s.config.Hub.Region:
		at = " in the standby (" + hub + ")"
		fallthrough
	case r.well() && beating == len(s.config.Regions):
		r.fine("", fmt.Sprintf("received%s from %d of %d Regions, the oldest at %s", at, beating, len(s.config.Regions), last.UTC().Format("15:04 UTC")))
	}
	s.canary(r, recorded, since)
	return r, last
}
