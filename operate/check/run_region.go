package check

import (
	"context"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"example.com/breakglass/plan"
)

// regionJob asks one Region of the hub account, everything side by side, and compares the rules and alarms when all is known.
func (r *run) regionJob(ctx context.Context, region string) []*result {
	cfg, in := r.in(region), deployedIn{region: region, placements: r.present(region), left: r.leftIn(region)}
	if len(in.placements) == 0 {
		return nil
	}
	var ofHub []*result
	var queues *result
	var rules deployedRules
	var alarms map[string]alarm
	var alarmsErr error
	schedule, composer := of("heartbeats"), of("composer")
	atOnce(
		func() {
			if stack := r.stackOf(region, plan.Composer); stack != "" && r.isThere(stack) {
				composer = r.composer(ctx, sfn.NewFromConfig(cfg), dynamodb.NewFromConfig(cfg), region, stack)
			}
		},
		func() { ofHub, in.key = r.hubJob(ctx, region) },
		func() { queues, in.queues = r.queues(ctx, sqs.NewFromConfig(cfg), region, in.left) },
		func() { rules = r.readRules(ctx, eventbridge.NewFromConfig(cfg), in.placements) },
		func() { alarms, alarmsErr = listAlarms(ctx, cloudwatch.NewFromConfig(cfg)) },
		func() {
			if stack, wanted := r.schedulesIn(region); r.isThere(stack) {
				schedule = r.schedules(ctx, scheduler.NewFromConfig(cfg), region, stack, wanted)
			}
		},
	)
	return append(ofHub, queues, r.compareRules(in, rules), r.compareAlarms(in, r.there, alarms, alarmsErr), schedule, composer)
}

// hubJob checks what alerts people and what records, in a hub's Region. key is the ID of the topic's key, if known.
func (r *run) hubJob(ctx context.Context, region string) (results []*result, key string) {
	if stack := r.hubStack(region); stack == "" || !r.isThere(stack) {
		return nil, ""
	}
	cfg, observed := r.in(region), r.stackOf(region, plan.HubObserved)
	if !r.isThere(observed) {
		observed = ""
	}
	var ofKey, topic, subscribers, ledger, bus *result
	beats := of("heartbeats")
	atOnce(
		func() {
			ofKey, key = r.key(ctx, kms.NewFromConfig(cfg), region)
			topic = r.topic(ctx, sns.NewFromConfig(cfg), region, key)
		},
		func() { subscribers = r.subscribers(ctx, sns.NewFromConfig(cfg), region) },
		func() { ledger = r.ledger(ctx, cloudwatchlogs.NewFromConfig(cfg), region) },
		func() { bus = r.bus(ctx, eventbridge.NewFromConfig(cfg), region, observed) },
		func() {
			// Where the hub does not answer, the standby says which Regions reach people.
			if r.config.Monitoring.Heartbeats && (region == r.config.Hub.Region || !slices.Contains(r.on, r.config.Hub.Region)) {
				beats, r.last = r.beats(ctx, cloudwatchlogs.NewFromConfig(cfg), region, r.since())
			}
			if region == r.config.Hub.Region {
				beats.add(r.recommendCanary(ctx, cloudwatch.NewFromConfig(cfg)))
			}
		},
	)
	return []*result{ofKey, topic, subscribers, ledger, bus, beats}, key
}

// schedulesIn returns a Region's schedules and the stack that has them; empty if there is none.
func (r *run) schedulesIn(region string) (stack string, schedules []plan.Schedule) {
	if !slices.Contains(r.config.Regions, region) {
		return "", nil
	}
	for _, at := range r.plan.Placements {
		if at.Region != region {
			continue
		}
		if schedules := r.plan.Schedules(at); len(schedules) > 0 {
			return at.Stack, schedules
		}
	}
	return "", nil
}

// since returns when each Region began to send heartbeats; a Region without the stack that sends them is left out.
func (r *run) since() map[string]time.Time {
	since := map[string]time.Time{}
	for _, region := range r.config.Regions {
		stack, _ := r.schedulesIn(region)
		if made, ok := r.there[stack]; ok {
			since[region] = made
		}
	}
	return since
}
