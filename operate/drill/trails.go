package drill

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/fan"
	"example.com/breakglass/internal/trail"
	"example.com/breakglass/watch"
)

// eventsService is how CloudTrail's selectors name the service of the recorded calls.
const eventsService = "events.amazonaws.com"

// trails looks in every Region for what records the calls. Without a trail that does, nobody waits for their records: they are made
// nevertheless, and a record that arrives while others are waited for counts.
func (s *state) trails(ctx context.Context) {
	known := &trailLogs{found: map[string]func() logging{}}
	fan.Out(ctx, s.Regions, fan.Bound, func(ctx context.Context, region string) (struct{}, error) {
		within, cancel := context.WithTimeout(ctx, s.asking)
		defer cancel()
		lacks, err := s.unrecorded(within, region, known)
		s.mutex.Lock()
		defer s.mutex.Unlock()
		if err != nil {
			s.unread[region] = err
			return struct{}{}, nil
		}
		for _, d := range s.in(region) {
			if lack := lacks[d.call]; lack != nil {
				for i := range s.results[d.ID].Receipts {
					s.results[d.ID].Receipts[i].Broken = lack
				}
			}
		}
		return struct{}{}, nil
	}, nil)
}

// unrecorded returns why the calls of a Region are not recorded, by call; none where a trail logs them. The texts name no Region, so that
// Regions with the same lack are one finding.
func (s *state) unrecorded(ctx context.Context, region string, known *trailLogs) (map[string]*Broken, error) {
	cfg, err := s.aws(ctx, region)
	if err != nil {
		return nil, err
	}
	// Shadow trails are those that live in another Region, or in the organization's management account.
	out, err := cloudtrail.NewFromConfig(cfg).DescribeTrails(ctx, &cloudtrail.DescribeTrailsInput{IncludeShadowTrails: aws.Bool(true)})
	if err != nil {
		return nil, account.Explain(err, "finding the trails of "+region)
	}
	both := func(what string) map[string]*Broken {
		broken := &Broken{What: what, Fix: trail.Fix}
		return map[string]*Broken{watch.RecordedRead: broken, watch.RecordedWrite: broken}
	}
	if len(out.TrailList) == 0 {
		return both("the hub account has no trail there: CloudTrail puts no record on the bus, and nothing is detected"), nil
	}
	var read, write bool
	var stopped []string
	for _, t := range out.TrailList {
		seen := known.of(ctx, s, t)
		switch {
		case seen.err != nil:
			return nil, account.Explain(seen.err, "reading trail "+aws.ToString(t.Name))
		case seen.stopped:
			stopped = append(stopped, aws.ToString(t.Name))
		case !slices.Contains(seen.Without, eventsService):
			read, write = read || seen.Read, write || seen.Write
		}
	}
	switch {
	case !read && !write && len(stopped) == len(out.TrailList):
		return both("no trail there is logging, so nothing is detected; stopped: " + strings.Join(stopped, ", ")), nil
	case !read && !write:
		return both("no trail there logs every management event, so nothing, or not everything, is detected"), nil
	case !read:
		return map[string]*Broken{watch.RecordedRead: {
			What: "no trail there logs management events that only read, so AssumeRole is not detected", Fix: trail.Fix,
		}}, nil
	case !write:
		return map[string]*Broken{watch.RecordedWrite: {What: "no trail there logs management events that write, so changes are not detected", Fix: trail.Fix}}, nil
	}
	return nil, nil
}

// trailLogs remembers what each trail logs: a trail of several Regions is asked once, in its home Region.
type trailLogs struct {
	mutex sync.Mutex
	found map[string]func() logging
}

// logging is what a trail logs.
type logging struct {
	trail.Events
	stopped bool
	err     error
}

func (l *trailLogs) of(ctx context.Context, s *state, t types.Trail) logging {
	l.mutex.Lock()
	key := aws.ToString(t.TrailARN)
	once, ok := l.found[key]
	if !ok {
		once = sync.OnceValue(func() logging { return s.logs(ctx, t) })
		l.found[key] = once
	}
	l.mutex.Unlock()
	return once()
}

func (s *state) logs(ctx context.Context, t types.Trail) logging {
	cfg, err := s.aws(ctx, aws.ToString(t.HomeRegion))
	if err != nil {
		return logging{err: err}
	}
	client := cloudtrail.NewFromConfig(cfg)
	status, err := client.GetTrailStatus(ctx, &cloudtrail.GetTrailStatusInput{Name: t.TrailARN})
	if err != nil {
		return logging{err: err}
	}
	if !aws.ToBool(status.IsLogging) {
		return logging{stopped: true}
	}
	selectors, err := client.GetEventSelectors(ctx, &cloudtrail.GetEventSelectorsInput{TrailName: t.TrailARN})
	if err != nil {
		return logging{err: err}
	}
	return logging{Events: trail.Logged(selectors)}
}
