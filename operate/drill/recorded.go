package drill

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	ebtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/fan"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

// recordedAs are the alerts of a drill of CloudTrail, one for each call: none of them is in the catalogue, and nobody is notified.
var recordedAs = map[string]string{watch.RecordedRead: "recorded-read", watch.RecordedWrite: "recorded-write"}

// planRecorded plans the calls that CloudTrail has to record.
func (r *Run) planRecorded() error {
	if !r.config.Monitoring.Heartbeats {
		return errors.New("no log takes CloudTrail's records: monitoring.heartbeats is disabled in breakglass.yaml; set it to true and deploy")
	}
	for _, region := range r.Regions {
		for _, call := range watch.RecordedCalls() {
			r.Drills = append(r.Drills, Drill{ID: recordedID(r.Name, region, call), Alert: recordedAs[call], Region: region, call: call})
		}
	}
	for _, call := range watch.RecordedCalls() {
		r.Alerts = append(r.Alerts, recordedAs[call])
	}
	return nil
}

// recordedID returns the ID of a call. The record has what it is made of.
func recordedID(run, region, call string) string { return run + "-" + region + "-" + call }

// recordedIn returns the ID of the call that a line of the heartbeat log is about, or nothing.
func recordedIn(line string) string {
	var event watch.Fields
	if json.Unmarshal([]byte(line), &event) != nil {
		return ""
	}
	call, ok := watch.RecordedCallOf(event)
	if !ok {
		return ""
	}
	return recordedID(call.Run, call.Region, call.Call)
}

// call makes the recorded calls of every Region.
func (s *state) call(ctx context.Context) {
	fan.Out(ctx, s.Regions, fan.Bound, func(ctx context.Context, region string) (struct{}, error) {
		for _, d := range s.in(region) {
			if err := s.callOne(ctx, d); err != nil {
				s.mutex.Lock()
				s.giveUp(d.ID, err.Error())
				s.mutex.Unlock()
			}
		}
		s.ended(region)
		return struct{}{}, nil
	}, nil)
}

func (s *state) callOne(ctx context.Context, d Drill) error {
	cfg, err := s.aws(ctx, d.Region)
	if err != nil {
		return err
	}
	s.mutex.Lock()
	s.results[d.ID].Sent = time.Now().UTC()
	s.mutex.Unlock()
	within, cancel := context.WithTimeout(ctx, s.asking)
	defer cancel()
	client := eventbridge.NewFromConfig(cfg, func(o *eventbridge.Options) { o.AppID = watch.RecordedApp(s.Name) })
	if d.call == watch.RecordedRead {
		pattern, event := watch.RecordedEvent(s.config.Hub.Account, d.Region)
		_, err = client.TestEventPattern(within, &eventbridge.TestEventPatternInput{EventPattern: aws.String(pattern), Event: aws.String(event)})
		return account.Explain(err, "calling "+watch.RecordedRead+" in "+d.Region)
	}
	rule := s.plan.Recorded(d.Region)
	_, err = client.TagResource(within, &eventbridge.TagResourceInput{
		ResourceARN: aws.String(s.config.HubIn(d.Region).Rule(rule)),
		Tags:        []ebtypes.Tag{{Key: aws.String(watch.RecordedTag), Value: aws.String(watch.RecordedTagValue)}},
	})
	var gone *ebtypes.ResourceNotFoundException
	if errors.As(err, &gone) {
		return fmt.Errorf("rule %s in %s was deleted, or never deployed; %s", rule, d.Region, s.restore(s.hopOf(d, d.Region).stack))
	}
	return account.Explain(err, "tagging rule "+rule+" in "+d.Region)
}

// hopOf returns the rule that takes the record of a call in its Region, on the way to a hub.
func (s *state) hopOf(d Drill, hub string) hop {
	rule := s.plan.Recorded(d.Region)
	if d.Region != hub && slices.Contains(s.Hubs, d.Region) {
		rule = names.Forward + names.Recorded
	}
	target := s.config.HubIn(hub).Bus()
	if d.Region == hub {
		target = s.config.HubIn(hub).LogGroup(names.Heartbeats)
	}
	return s.find(d.Region, target, func(r plan.Rule) bool { return r.Name == rule })
}

// recordedWay returns the rules between a call's Region and the heartbeat log of a hub.
func (s *state) recordedWay(d Drill, hub string) []hop {
	way := []hop{s.hopOf(d, hub)}
	if d.Region != hub {
		way = append(way, s.hopOf(Drill{Region: hub}, hub))
	}
	return way
}

// unrecordedLink returns why a record did not arrive.
func (s *state) unrecordedLink(ctx context.Context, l *looks, d Drill, at Receipt) *Broken {
	if at.Broken != nil { // no trail logs it
		return at.Broken
	}
	if broken := s.onTheWay(ctx, l, s.recordedWay(d, at.Hub), at, watch.RecordedApp(s.Name)); broken != nil {
		return broken
	}
	if err := s.unread[d.Region]; err != nil {
		return &Broken{What: "the rules on its way are correct, and whether a trail logs it is not known: " + err.Error()}
	}
	return &Broken{
		What: "a trail logs it, and the rules, targets and dead-letter queues on its way are correct",
		Fix:  "CloudTrail may be late: repeat with a longer --wait; if that fails, ask AWS Support with the ID of the record, which CloudTrail's event history has",
	}
}
