package proof

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	cfn "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/smithy-go"

	"example.com/breakglass/config"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

const (
	hub, standby, forwarder = "us-east-1", "us-west-2", "eu-west-1"
	fileText                = `version: 1
hub: {account: "111111111111", standby: us-west-2}
regions: [us-east-1, us-west-2, eu-west-1]
alerts: {email: [security-team@example.com]}
`
)

// now is some minutes after a beat, and period three days back from it.
var (
	now    = time.Date(2026, 11, 23, 12, 45, 0, 0, time.UTC)
	period = Period{time.Date(2026, 11, 20, 13, 0, 0, 0, time.UTC), now}
)

// cloud is the hub account, in which all is well until a test breaks it. It answers every narrow interface, page by page.
type cloud struct {
	t      *testing.T
	config *config.Config
	// beats has how many rules carried the beat of an hour, and lines the events of each hub's ledger.
	beats map[arrival]counts
	lines map[string][]types.FilteredLogEvent
	// created has the log groups and the stacks by name, with the Region before it for a log group; updated has the stacks.
	created map[string]time.Time
	updated map[string]time.Time
	days    map[string]int32
	// refused has the error of an operation in a Region; after is how many calls of FilterLogEvents for the same log come before it,
	// whichever of two logs is read faster.
	refused map[string]error
	after   int
	calls   map[string]int // by log
	// delay of a heartbeat on its way to the log.
	delay time.Duration
	// recorded has the records of calls, in the heartbeat log of both hubs.
	recorded []types.FilteredLogEvent
	// logged has the heartbeats of each hub, as lines.
	logged map[string][]types.FilteredLogEvent
	// incidents are those that the caller named.
	incidents []Incident
}

func well(t *testing.T) *cloud {
	t.Helper()
	c, err := config.Parse("breakglass.yaml", []byte(fileText))
	if err != nil {
		t.Fatal(err)
	}
	w := &cloud{
		t: t, config: c, beats: map[arrival]counts{}, lines: map[string][]types.FilteredLogEvent{}, created: map[string]time.Time{},
		delay: 2 * time.Second, calls: map[string]int{},
		days: map[string]int32{names.Heartbeats: watch.HeartbeatDays}, refused: map[string]error{},
	}
	old := now.AddDate(0, -3, 0)
	for _, h := range []string{hub, standby} {
		w.created[h+names.Ledger], w.created[h+names.Heartbeats] = old, old
	}
	for _, at := range plan.Of(c).Placements {
		w.created[at.Stack] = old
	}
	for _, d := range beats(plan.Of(c)) {
		full := counts{}
		for hour := period.From.Add(-2 * time.Hour); hour.Before(now); hour = hour.Add(time.Hour) {
			full[hour] = d.rules
		}
		w.beats[arrival{hub: d.hub, region: d.region}] = full
	}
	for _, d := range alive(plan.Of(c)) {
		full := counts{}
		for hour := period.From.Add(-2 * time.Hour); hour.Before(now); hour = hour.Add(time.Hour) {
			full[hour] = 1
		}
		w.beats[arrival{signal: "alive", hub: d.hub, region: d.region}] = full
	}
	return w
}

// silent takes heartbeats of a Region away, from an hour to before another.
func (w *cloud) silent(of arrival, from, to time.Time) {
	maps.DeleteFunc(w.beats[of], func(at time.Time, _ int) bool { return !at.Before(from) && at.Before(to) })
}

// put writes a sample of the catalogue into ledgers, as a drill if its name is that of an entry.
func (w *cloud) put(sample watch.Fields, at time.Time, hubs ...string) {
	text, err := json.Marshal(watch.At(sample, at))
	if err != nil {
		w.t.Fatal(err)
	}
	for i, h := range hubs {
		w.lines[h] = append(w.lines[h], line(string(text), at.Add(time.Duration(i+1)*time.Second)))
	}
}

func line(message string, at time.Time) types.FilteredLogEvent {
	return types.FilteredLogEvent{Message: aws.String(message), Timestamp: aws.Int64(at.UnixMilli()), IngestionTime: aws.Int64(at.UnixMilli())}
}

func sampleOf(t *testing.T, name string) watch.Fields {
	t.Helper()
	for _, s := range watch.Samples {
		if s.Entry == name {
			return s.Event()
		}
	}
	t.Fatalf("no sample of %s", name)
	return nil
}

// at is the cloud in a Region.
type at struct {
	*cloud
	region string
}

func (w at) DescribeLogGroups(_ context.Context, in *cloudwatchlogs.DescribeLogGroupsInput, _ ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.DescribeLogGroupsOutput, error) {
	if err := w.refused["DescribeLogGroups@"+w.region]; err != nil {
		return nil, err
	}
	// The first page has another group that begins alike.
	name := aws.ToString(in.LogGroupNamePrefix)
	if in.NextToken == nil {
		return &cloudwatchlogs.DescribeLogGroupsOutput{
			NextToken: aws.String("2"), LogGroups: []types.LogGroup{{LogGroupName: aws.String(name + "-other"), CreationTime: aws.Int64(now.UnixMilli())}},
		}, nil
	}
	out := &cloudwatchlogs.DescribeLogGroupsOutput{}
	if created, ok := w.created[w.region+name]; ok {
		group := types.LogGroup{LogGroupName: aws.String(name), CreationTime: aws.Int64(created.UnixMilli())}
		if days := w.days[name]; days > 0 {
			group.RetentionInDays = aws.Int32(days)
		}
		out.LogGroups = append(out.LogGroups, group)
	}
	return out, nil
}

// perPage is few, so that every day needs several pages; every other page is empty.
const perPage = 70

func (w at) FilterLogEvents(ctx context.Context, in *cloudwatchlogs.FilterLogEventsInput, _ ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.FilterLogEventsOutput, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := w.refused["FilterLogEvents@"+w.region]; err != nil {
		w.calls[aws.ToString(in.LogGroupName)]++
		if w.calls[aws.ToString(in.LogGroupName)] > w.after {
			return nil, err
		}
	}
	all := w.lines[w.region]
	if aws.ToString(in.LogGroupName) == names.Heartbeats {
		all = w.logged[w.region]
		begin, _ := slices.BinarySearchFunc(all, *in.StartTime, func(e types.FilteredLogEvent, at int64) int { return cmp.Compare(*e.Timestamp, at) })
		end, _ := slices.BinarySearchFunc(all, *in.EndTime+1, func(e types.FilteredLogEvent, at int64) int { return cmp.Compare(*e.Timestamp, at) })
		all = all[begin:end]
	}
	all = slices.DeleteFunc(slices.Clone(all), func(e types.FilteredLogEvent) bool {
		return *e.Timestamp < *in.StartTime || *e.Timestamp > *in.EndTime
	})
	token := cmp.Or(aws.ToString(in.NextToken), "0")
	page, _ := strconv.Atoi(token)
	out := &cloudwatchlogs.FilterLogEventsOutput{}
	if begin := page / 2 * perPage; page%2 == 1 { // page 0 is empty, page 1 has the first
		out.Events = all[begin:min(begin+perPage, len(all))]
		if begin+perPage >= len(all) {
			return out, nil
		}
	}
	out.NextToken = aws.String(fmt.Sprint(page + 1))
	return out, nil
}

// recordedCall writes the record of a call into the heartbeat logs.
func (w *cloud) recordedCall(event watch.Fields, at time.Time) {
	text, err := json.Marshal(event)
	if err != nil {
		w.t.Fatal(err)
	}
	w.recorded = append(w.recorded, line(string(text), at))
}

func (w *cloud) heartbeats(region string) []types.FilteredLogEvent {
	all := slices.Clone(w.recorded)
	for of, hours := range w.beats {
		if of.hub != region {
			continue
		}
		for hour, rules := range hours {
			sent, source := hour.Add(watch.HeartbeatMinute*time.Minute), watch.HeartbeatSource
			if of.signal == "alive" {
				source = watch.AliveSource
			}
			for range rules {
				all = append(all, line(fmt.Sprintf(`{"source": %q, "region": %q, "time": %q}`, source, of.region, sent.Format(time.RFC3339)), sent.Add(w.delay)))
			}
		}
	}
	slices.SortFunc(all, func(a, b types.FilteredLogEvent) int {
		return cmp.Or(cmp.Compare(*a.Timestamp, *b.Timestamp), cmp.Compare(*a.Message, *b.Message))
	})
	return all
}

func (w at) DescribeStacks(_ context.Context, in *cloudformation.DescribeStacksInput, _ ...func(*cloudformation.Options)) (*cloudformation.DescribeStacksOutput, error) {
	if err := w.refused["DescribeStacks@"+w.region]; err != nil {
		return nil, err
	}
	created, ok := w.created[aws.ToString(in.StackName)]
	if !ok {
		return nil, &smithy.GenericAPIError{Code: "ValidationError", Message: "Stack with id " + aws.ToString(in.StackName) + " does not exist"}
	}
	stack := cfn.Stack{StackName: in.StackName, CreationTime: aws.Time(created)}
	if updated, ok := w.updated[aws.ToString(in.StackName)]; ok {
		stack.LastUpdatedTime = aws.Time(updated)
	}
	return &cloudformation.DescribeStacksOutput{Stacks: []cfn.Stack{stack}}, nil
}

func (w *cloud) report() *Report { return w.of(period) }

func (w *cloud) of(period Period) *Report {
	w.t.Helper()
	r := newRun(Options{
		Config: w.config, Period: period, Began: now, File: "breakglass.yaml", By: "arn:aws:iam::111111111111:user/operator", Incidents: w.incidents,
	})
	r.wait = 0
	w.logged = map[string][]types.FilteredLogEvent{hub: w.heartbeats(hub), standby: w.heartbeats(standby)}
	r.logs = func(region string) logsAPI { return at{w, region} }
	r.stacks = func(region string) stacksAPI { return at{w, region} }
	total, steps := 0, 0
	r.Total, r.Step = func(n int) { total = n }, func(string) { steps++ }
	report, err := r.report(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	if total == 0 || steps != total {
		w.t.Errorf("%d of %d steps", steps, total)
	}
	return report
}
