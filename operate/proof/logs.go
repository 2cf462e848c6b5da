package proof

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/dustin/go-humanize/english"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/whole"
	"example.com/breakglass/watch"
)

type logsAPI interface {
	DescribeLogGroups(context.Context, *cloudwatchlogs.DescribeLogGroupsInput, ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.DescribeLogGroupsOutput, error)
	FilterLogEvents(context.Context, *cloudwatchlogs.FilterLogEventsInput, ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.FilterLogEventsOutput, error)
}

const (
	// pause is the least time from one page to the next: CloudWatch Logs allows 5 a second in an account and Region (quotas, FilterLogEvents). The rest is
	// for others.
	pause = 250 * time.Millisecond
	// patience is how long the logs of a hub may take: a month of heartbeats of 34 Regions has some 250 pages.
	patience = 10 * time.Minute
)

// reading is a log group that is read, with what limits it.
type reading struct {
	Log
	// missing means that there is no such log group.
	missing bool
	// created is when the log group was; days is how long it keeps its lines, 0 without end, and planned how long it should.
	created       time.Time
	days, planned int
	err           error
}

// at reports whether the log was read at a time.
func (r *reading) at(t time.Time) bool { return !t.Before(r.From) && t.Before(r.To) }

// read reads a log group from the beginning of a period to end, day by day, so that an error costs only what follows. take gets
// each line; step is called for each day.
func (r *reading) read(ctx context.Context, api logsAPI, begin, end, now time.Time, wait time.Duration, take func(types.FilteredLogEvent), step func()) {
	r.From, r.To = begin, begin
	days := daysIn(begin, end)
	defer func() {
		for ; days > 0; days-- {
			step()
		}
	}()
	if r.err = r.describe(ctx, api); r.err != nil || r.missing {
		return
	}
	if r.created.After(r.From) {
		r.From = r.created
	}
	if r.days > 0 {
		if kept := nextHour(now.Add(-time.Duration(r.days) * day)); kept.After(r.From) {
			r.From = kept
		}
	}
	for r.To = r.From; r.To.Before(end); {
		next := r.To.Add(day).Truncate(time.Hour)
		if next.After(end) {
			next = end
		}
		if r.err = r.slice(ctx, api, r.To, next, wait, take); r.err != nil {
			return
		}
		r.To = next
		if days > 0 {
			days--
			step()
		}
	}
	if r.To.After(end) {
		r.From, r.To = end, end
	}
}

// daysIn returns how many days read asks for, one after another.
func daysIn(begin, end time.Time) int { return int((end.Sub(begin) + day - 1) / day) }

func (r *reading) describe(ctx context.Context, api logsAPI) error {
	pages := cloudwatchlogs.NewDescribeLogGroupsPaginator(api, &cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: aws.String(r.Name)})
	for g, err := range whole.Each(ctx, pages, func(page *cloudwatchlogs.DescribeLogGroupsOutput) []types.LogGroup { return page.LogGroups }) {
		if err != nil {
			return account.Explain(err, "finding "+r.Name)
		}
		if aws.ToString(g.LogGroupName) == r.Name {
			r.created, r.days = time.UnixMilli(aws.ToInt64(g.CreationTime)).UTC(), int(aws.ToInt32(g.RetentionInDays))
			return nil
		}
	}
	r.missing = true
	return nil
}

// slice reads every page from begin to before end. A page without events may be followed by others.
func (r *reading) slice(ctx context.Context, api logsAPI, begin, end time.Time, wait time.Duration, take func(types.FilteredLogEvent)) error {
	pages := cloudwatchlogs.NewFilterLogEventsPaginator(api, &cloudwatchlogs.FilterLogEventsInput{
		LogGroupName: aws.String(r.Name), StartTime: aws.Int64(begin.UnixMilli()), EndTime: aws.Int64(end.UnixMilli() - 1),
	})
	for pages.HasMorePages() {
		next := time.After(wait)
		page, err := whole.Next(ctx, pages)
		if err != nil {
			return account.Explain(err, "reading "+r.Name)
		}
		for _, event := range page.Events {
			r.Lines++
			take(event)
		}
		select {
		case <-next:
		case <-ctx.Done():
			return account.Explain(ctx.Err(), "reading "+r.Name)
		}
	}
	return nil
}

// findings returns what the log does not show of a period.
func (r *reading) findings(period Period) []Finding {
	in := []string{r.Hub}
	var all []Finding
	switch {
	case r.err != nil:
		refusal := explained(r.err)
		r.Unread = clean(refusal.What)
		what := clean(refusal.What)
		if r.From.Before(r.To) {
			what += ": unread from " + when(r.To)
		}
		all = append(all, Finding{Problem, in, what, clean(refusal.Fix)})
	case r.missing:
		r.Unread = "missing"
		all = append(all, Finding{Problem, in, "log group " + r.Name + " is missing", "breakglass check says which stack to deploy"})
	}
	if r.missing || !r.From.After(period.From) {
		return all
	}
	if r.From.Equal(r.created) {
		return append(all, Finding{Note, in, fmt.Sprintf("%s was created on %s: it shows nothing earlier", r.Name, when(r.created)), ""})
	}
	kept := Finding{Note, in, fmt.Sprintf("%s keeps %s: it shows nothing before %s", r.Name, english.Plural(r.days, "day", ""), when(r.From)), ""}
	if r.days < r.planned {
		kept.Severity, kept.Fix = Problem, fmt.Sprintf("somebody shortened it from %d days: breakglass deploy --revert-drift", r.planned)
	}
	return append(all, kept)
}

// remade reports that somebody deleted the log group, which is younger than a stack that it is never younger than.
func (r *reading) remade(stack stackIn, ages map[stackIn]age) []Finding {
	made := ages[stack].created
	if made.IsZero() || !r.created.After(made.Add(watch.HeartbeatPeriod)) {
		return nil
	}
	return []Finding{{
		Problem, []string{r.Hub}, fmt.Sprintf("%s was created at %s, after %s: it was deleted, and what it had is lost", r.Name, when(r.created), stack.name), "",
	}}
}

func when(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }
