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

	"example.com/breakglass/names"
	"example.com/breakglass/watch"
)

type scheduleAPI interface {
	GetSchedule(context.Context, *scheduler.GetScheduleInput, ...func(*scheduler.Options)) (*scheduler.GetScheduleOutput, error)
}

// schedule checks what sends a Region's heartbeats; stack is the one that makes it.
func (s *scene) schedule(ctx context.Context, api scheduleAPI, region, stack string) *result {
	r := of("heartbeats")
	out, err := api.GetSchedule(ctx, &scheduler.GetScheduleInput{Name: aws.String(names.Heartbeat)})
	var gone *types.ResourceNotFoundException
	switch {
	case errors.As(err, &gone):
		r.drifted(Problem, region, stack, "schedule "+names.Heartbeat+" is missing")
		return r
	case err != nil:
		r.unanswered(region, "the heartbeat schedule", err)
		return r
	}
	if out.State != types.ScheduleStateEnabled {
		r.drifted(Problem, region, stack, "schedule "+names.Heartbeat+" is "+strings.ToLower(string(out.State)))
	}
	if got := aws.ToString(out.ScheduleExpression); got != watch.HeartbeatSchedule {
		r.drifted(Problem, region, stack, "schedule "+names.Heartbeat+" is "+got+", not "+watch.HeartbeatSchedule)
	}
	if out.StartDate != nil || out.EndDate != nil {
		r.drifted(Problem, region, stack, "schedule "+names.Heartbeat+" has a start or an end")
	}
	if window := out.FlexibleTimeWindow; window != nil && window.Mode != types.FlexibleTimeWindowModeOff {
		r.drifted(Problem, region, stack, "schedule "+names.Heartbeat+" has a flexible time window")
	}
	if key := aws.ToString(out.KmsKeyArn); key != "" {
		r.drifted(Warning, region, stack, "schedule "+names.Heartbeat+" is encrypted with the key "+key+", which is not in breakglass.yaml")
	}
	want := map[string]string{
		"target": s.in(region).Bus(), "role": s.in(region).Role(names.HeartbeatRole),
		"source": watch.HeartbeatSource, "type": watch.HeartbeatType,
	}
	got := map[string]string{}
	if t := out.Target; t != nil {
		got["target"], got["role"] = aws.ToString(t.Arn), aws.ToString(t.RoleArn)
		if t.EventBridgeParameters != nil {
			got["source"], got["type"] = aws.ToString(t.EventBridgeParameters.Source), aws.ToString(t.EventBridgeParameters.DetailType)
		}
	}
	for _, part := range sorted(want) {
		if got[part] != want[part] {
			r.drifted(Problem, region, stack, fmt.Sprintf("schedule %s has the %s %q, not %s", names.Heartbeat, part, got[part], want[part]))
		}
	}
	if r.well() {
		r.fine(region, "the schedule is enabled")
	}
	return r
}

type beatsAPI interface {
	FilterLogEvents(context.Context, *cloudwatchlogs.FilterLogEventsInput, ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.FilterLogEventsOutput, error)
}

// beatsKept is how far back to look: as far as the alarms do.
const beatsKept = watch.HeartbeatsMissed * watch.HeartbeatPeriod

// beats checks which Regions' heartbeats arrived in the hub recently. since is when each Region began to send them: a new one is
// not missed yet, and one whose time is unknown counts as old. last is the time of the latest heartbeat of the quietest Region.
func (s *scene) beats(ctx context.Context, api beatsAPI, since map[string]time.Time) (r *result, last time.Time) {
	r = of("heartbeats")
	latest := map[string]time.Time{}
	pages := cloudwatchlogs.NewFilterLogEventsPaginator(api, &cloudwatchlogs.FilterLogEventsInput{
		LogGroupName: aws.String(names.Heartbeats), StartTime: aws.Int64(s.now.Add(-beatsKept).UnixMilli()),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		var gone *logs.ResourceNotFoundException
		if errors.As(err, &gone) {
			return r, last // the ledger's own check reports it
		}
		if err != nil {
			r.unanswered(s.config.Hub.Region, "the arrival of heartbeats", err)
			return r, last
		}
		for _, event := range page.Events {
			var beat struct{ Region, Source string }
			if json.Unmarshal([]byte(aws.ToString(event.Message)), &beat) != nil || beat.Source != watch.HeartbeatSource {
				continue
			}
			if at := time.UnixMilli(aws.ToInt64(event.Timestamp)); at.After(latest[beat.Region]) {
				latest[beat.Region] = at
			}
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
	if r.well() && beating == len(s.config.Regions) {
		r.fine("", fmt.Sprintf("received from %d Regions, the oldest at %s", beating, last.UTC().Format("15:04 UTC")))
	}
	return r, last
}
