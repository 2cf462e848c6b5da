package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	eb "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"example.com/breakglass/internal/account"
)

// trialSource is the source of the events that the trial puts on a bus. No rule of the project matches it.
const trialSource = "live.trial"

// arrivals is the rule of the hub's Region that sends the events on to the queues.
const arrivals = "live-trial-arrivals"

// variant is a condition that a service may or may not meet.
type variant struct {
	name string
	// of returns the condition for a rule; nil means none.
	of func(account, rule string) map[string]any
}

var variants = []variant{
	{"none", func(string, string) map[string]any { return nil }},
	{"account", func(account, _ string) map[string]any {
		return map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": account}}
	}},
	{"arn", func(_, rule string) map[string]any {
		return map[string]any{"ArnEquals": map[string]any{"aws:SourceArn": rule}}
	}},
}

// ruleOf and queueOf are the names of what a variant needs: a rule with a role of the same name, and a queue.
func ruleOf(v variant) string  { return "live-trial-role-" + v.name }
func queueOf(v variant) string { return "live-trial-queue-" + v.name }

// beginConditions makes the way of the events: for each variant a rule of the further Region with a role, one rule of the hub's Region,
// and for each variant a queue.
func beginConditions(ctx context.Context, t *trial) error {
	queues := sqs.NewFromConfig(t.caller.In(hubRegion))
	var targets []eb.Target
	for _, v := range variants {
		arn := t.hubPlace(hubRegion).Queue(queueOf(v))
		t.undo.add("the queue "+queueOf(v), func(ctx context.Context) error { return deleteQueue(ctx, queues, queueOf(v)) })
		if _, err := makeQueue(ctx, queues, queueOf(v), "events.amazonaws.com", arn, v.of(t.hub, t.hubPlace(hubRegion).Rule(arrivals))); err != nil {
			return err
		}
		targets = append(targets, eb.Target{Id: aws.String(v.name), Arn: aws.String(arn)})
	}
	if err := t.rule(ctx, hubRegion, arrivals, `{"source": ["`+trialSource+`"]}`, targets); err != nil {
		return err
	}
	for _, v := range variants {
		role, err := t.role(ctx, ruleOf(v), "events.amazonaws.com", v.of(t.hub, t.hubPlace(furtherRegion).Rule(ruleOf(v))), "events:PutEvents")
		if err != nil {
			return err
		}
		bus := t.hubPlace(hubRegion).Bus()
		pattern := `{"source": ["` + trialSource + `"], "detail-type": ["` + v.name + `"]}`
		if err := t.rule(ctx, furtherRegion, ruleOf(v), pattern, []eb.Target{{Id: aws.String("hub"), Arn: aws.String(bus), RoleArn: aws.String(role)}}); err != nil {
			return err
		}
	}
	return nil
}

// rule makes a rule with targets in the hub account.
func (t *trial) rule(ctx context.Context, region, name, pattern string, targets []eb.Target) error {
	bus := eventbridge.NewFromConfig(t.caller.In(region))
	t.undo.add("the rule "+name+" in "+region, func(ctx context.Context) error {
		var known []string
		for _, target := range targets {
			known = append(known, aws.ToString(target.Id))
		}
		_, err := bus.RemoveTargets(ctx, &eventbridge.RemoveTargetsInput{Rule: aws.String(name), Ids: known})
		if err := gone(err, "ResourceNotFoundException"); err != nil {
			return err
		}
		_, err = bus.DeleteRule(ctx, &eventbridge.DeleteRuleInput{Name: aws.String(name)})
		return gone(err, "ResourceNotFoundException")
	})
	if _, err := bus.PutRule(ctx, &eventbridge.PutRuleInput{Name: aws.String(name), EventPattern: aws.String(pattern)}); err != nil {
		return err
	}
	return t.retry(ctx, func(err error) bool { return isError(err, "ValidationException", "AccessDeniedException") }, func() error {
		_, err := bus.PutTargets(ctx, &eventbridge.PutTargetsInput{Rule: aws.String(name), Targets: targets})
		return err
	})
}

// conditionsWithin is how long the events may take, and IAM with them.
const conditionsWithin = 4 * time.Minute

// sourceConditions puts events on the bus of the further Region until all have arrived, or the time is over.
func sourceConditions(ctx context.Context, t *trial) (string, error) {
	bus, queues := eventbridge.NewFromConfig(t.caller.In(furtherRegion)), sqs.NewFromConfig(t.caller.In(hubRegion))
	met := map[string]bool{}
	tried := 0
	err := until(ctx, conditionsWithin, func() (bool, error) {
		if tried++; tried%10 == 1 {
			if err := putTrialEvents(ctx, bus); err != nil {
				return false, err
			}
		}
		for _, v := range variants {
			types, err := receive(ctx, queues, queueOf(v))
			if err != nil {
				return false, err
			}
			for _, name := range types {
				met["queue-"+v.name] = true
				met["role-"+name] = true
			}
		}
		return len(met) == 2*len(variants), nil
	})
	if len(met) == 0 {
		return "", fmt.Errorf("no event arrived at all: %w", err)
	}
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	var parts []string
	for _, of := range []struct{ id, text string }{{"role", "a role's trust"}, {"queue", "a queue's policy"}} {
		for i, text := range []string{"without a condition", "with aws:SourceAccount", "with aws:SourceArn"} {
			parts = append(parts, fmt.Sprintf("%s %s: %s", of.text, text, arrived(met[of.id+"-"+variants[i].name])))
		}
	}
	return strings.Join(parts, "; "), nil
}

func putTrialEvents(ctx context.Context, bus *eventbridge.Client) error {
	var entries []eb.PutEventsRequestEntry
	for _, v := range variants {
		entries = append(entries, eb.PutEventsRequestEntry{Source: aws.String(trialSource), DetailType: aws.String(v.name), Detail: aws.String("{}")})
	}
	_, err := bus.PutEvents(ctx, &eventbridge.PutEventsInput{Entries: entries})
	return account.Explain(err, "putting events on the bus in "+furtherRegion)
}
