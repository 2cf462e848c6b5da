package drill

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/fan"
)

// send puts the drills on the buses, Region by Region; those that people receive, one by one.
func (s *state) send(ctx context.Context) {
	fan.Out(ctx, s.Regions, fan.Bound, func(ctx context.Context, region string) (struct{}, error) {
		all := s.in(region)
		size := eventsAtOnce
		if slices.Contains(s.Hubs, region) {
			size = 1
		}
		due, first := s.due(region, all), time.Now()
		for i, batch := range slices.Collect(slices.Chunk(all, size)) {
			if s.skip(region, batch) {
				continue
			}
			if wait := time.Until(first.Add(due[i*size])); wait > 0 {
				pause(ctx, wait)
			}
			s.put(ctx, region, batch)
		}
		s.ended(region)
		return struct{}{}, nil
	}, nil)
}

// skip gives up drills of a Region whose bus has not answered before.
func (s *state) skip(region string, drills []Drill) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	mute := s.mute[region]
	if mute == nil {
		return false
	}
	for _, d := range drills {
		s.giveUp(d.ID, mute.What)
	}
	return true
}

// eventsAtOnce is how many events a call may put (EventBridge API, PutEvents).
const eventsAtOnce = 10

func (s *state) put(ctx context.Context, region string, drills []Drill) {
	failed := func(err error) {
		s.mutex.Lock()
		defer s.mutex.Unlock()
		for _, d := range drills {
			s.giveUp(d.ID, err.Error())
		}
	}
	cfg, err := s.aws(ctx, region)
	if err != nil {
		failed(err)
		return
	}
	sent := time.Now()
	entries, err := s.entries(region, drills, sent)
	if err != nil {
		failed(err)
		return
	}
	s.mutex.Lock()
	for _, d := range drills {
		s.results[d.ID].Sent = sent.UTC()
	}
	s.mutex.Unlock()
	within, cancel := context.WithTimeout(ctx, min(s.options.Wait, s.asking))
	defer cancel()
	out, err := eventbridge.NewFromConfig(cfg).PutEvents(within, &eventbridge.PutEventsInput{Entries: entries})
	if errors.Is(err, context.DeadlineExceeded) {
		// The event may have been accepted nevertheless.
		s.mutex.Lock()
		defer s.mutex.Unlock()
		s.mute[region] = &Broken{
			What: "the bus of " + region + " did not answer within " + min(s.options.Wait, s.asking).String(),
			Fix:  "check https://health.aws.amazon.com/health/status and the network, then drill again",
		}
		time.AfterFunc(s.late, func() {
			s.mutex.Lock()
			defer s.mutex.Unlock()
			s.over[region] = true
			s.changed()
		})
		return
	}
	if err != nil {
		failed(account.Explain(err, "putting a drill on the bus of "+region))
		return
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for i, entry := range out.Entries {
		if entry.ErrorCode != nil && i < len(drills) {
			s.giveUp(drills[i].ID, fmt.Sprintf("the bus of %s refused the drill: %s: %s", region, aws.ToString(entry.ErrorCode), aws.ToString(entry.ErrorMessage)))
		}
	}
}

// giveUp records a drill that could not be sent, so that nothing waits for it.
func (s *state) giveUp(id, why string) {
	result := s.results[id]
	result.NotSent, result.Sent = why, time.Time{}
	for _, at := range result.Receipts {
		if !at.Arrived {
			s.open[result.Region]--
		}
	}
	result.Receipts = nil
}
