package check

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cw "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"example.com/breakglass/names"
	"example.com/breakglass/watch"
)

// canaryHeard are the calls whose records have reached a hub, by Region.
type canaryHeard map[string]map[string]bool

// add notes a line of the heartbeat log, if it is the record of a canary's call.
func (h canaryHeard) add(event watch.Fields) {
	region, call, ok := watch.CanaryCallOf(event)
	if !ok {
		return
	}
	if h[region] == nil {
		h[region] = map[string]bool{}
	}
	h[region][call] = true
}

// canary checks which Regions' records of CloudTrail arrived in a hub recently: heartbeats do not show that any do.
func (s *scene) canary(r *result, heard canaryHeard, since map[string]time.Time) {
	if !s.config.Monitoring.Canary {
		return
	}
	whole := 0
	for _, region := range sorted(since) {
		var missing []string
		for _, call := range watch.RecordedCalls() {
			if !heard[region][call] {
				missing = append(missing, call)
			}
		}
		switch {
		case len(missing) == 0:
			whole++
		case s.now.Sub(since[region]) < beatsKept:
			r.note(region,
				fmt.Sprintf("no CloudTrail record of the canary's %s yet: deployed less than %d hours ago", strings.Join(missing, " and "), int(beatsKept.Hours())), "")
		default:
			r.problem(region, fmt.Sprintf("no CloudTrail record of the canary's %s reached the hub for %d hours: a sign-in there may go unnoticed",
				strings.Join(missing, " and "), int(beatsKept.Hours())),
				"see the other findings about this Region and the trail, and check the schedules "+names.CanaryRead+" and "+names.CanaryWrite+" and role "+
					names.HeartbeatRole+
					"; if monitoring.canary is new there, repeat the check in two hours")
		}
	}
	if whole == len(s.config.Regions) {
		r.fine("", fmt.Sprintf("CloudTrail's records of the canary's calls received from all %d Regions", whole))
	}
}

type metricsAPI interface {
	GetMetricStatistics(context.Context, *cloudwatch.GetMetricStatisticsInput, ...func(*cloudwatch.Options)) (*cloudwatch.GetMetricStatisticsOutput, error)
}

// drillsKept is how far back to look for a drill of CloudTrail's records.
const drillsKept = watch.HeartbeatDays * 24 * time.Hour

// recommendCanary recommends a canary where CloudTrail's records of a drill's calls have arrived from as many Regions as are watched:
// then those of a canary will arrive, too. It says nothing where it does not know.
func (s *scene) recommendCanary(ctx context.Context, api metricsAPI) *result {
	r := of("heartbeats")
	if s.config.Monitoring.Canary || !s.config.Monitoring.Heartbeats {
		return r
	}
	const day = 24 * time.Hour
	out, err := api.GetMetricStatistics(ctx, &cloudwatch.GetMetricStatisticsInput{
		Namespace: aws.String("AWS/Events"), MetricName: aws.String("Invocations"), Statistics: []cw.Statistic{cw.StatisticSum},
		Dimensions: []cw.Dimension{{Name: aws.String("RuleName"), Value: aws.String(s.plan.Recorded(s.config.Hub.Region))}},
		StartTime:  aws.Time(s.now.Add(-drillsKept)), EndTime: aws.Time(s.now), Period: aws.Int32(int32(day.Seconds())),
	})
	if err != nil {
		return r
	}
	var last time.Time
	for _, point := range out.Datapoints {
		all := float64(len(s.config.Regions) * len(watch.RecordedCalls()))
		if at := aws.ToTime(point.Timestamp); aws.ToFloat64(point.Sum) >= all && at.After(last) {
			last = at
		}
	}
	if !last.IsZero() {
		r.note("", "monitoring.canary is off, although CloudTrail's records of a drill's calls arrived from every Region in the 24 hours from "+
			last.UTC().Format("2006-01-02 15:04 UTC"),
			"set monitoring.canary: true and deploy: the same calls are made each hour, and an alarm notices when their records are missing")
	}
	return r
}
