package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"example.com/breakglass/config"
	"example.com/breakglass/names"
	"example.com/breakglass/watch"
)

// waitingQuestions are asked last, because AWS needs time for them.
var waitingQuestions = []question{
	{
		id: "latency", text: "How long does an alert take in each Region, from the record's `eventTime` to the message?", by: machine, notLocal: fromAlert,
		why:   "The documents can only say minutes.",
		how:   "enables a rule that is enabled, in every Region; every alert of the run counts",
		begin: enableEnabled, answer: latency,
	},
	{
		id: "observers", text: "Do the observers' events get through the hub's bus policy, with its conditions?", by: machine, second: true,
		notLocal: "it does not enforce the policy of a bus",
		why:      "A condition that AWS does not meet silences every target account.",
		how:      "changes the description of the role in the target account, and waits for the record in the hub's ledger",
		begin:    touchRole, answer: observed,
	},
	{
		id: "alive", text: "Does each hub report every hour that all its rules and the composer work?", by: machine,
		notLocal: "its schedules put no valid event",
		why:      "This sign of life is all that shows a silent hub between two drills.",
		how:      "waits for `breakglass.alive` of both hubs in their logs, at most until the second full hour",
		answer:   alive,
	},
}

// enableEnabled makes a call in each Region that alerts and changes nothing.
func enableEnabled(ctx context.Context, t *trial) error {
	entry, _ := watch.ByID("sign-in")
	for _, region := range t.config.Regions {
		bus := eventbridge.NewFromConfig(t.caller.In(region))
		rules, err := rulesOf(ctx, bus, "")
		if err != nil {
			return err
		}
		for _, rule := range rules {
			if strings.Contains(aws.ToString(rule.Name), entry.Rule) {
				if _, err := bus.EnableRule(ctx, &eventbridge.EnableRuleInput{Name: rule.Name}); err != nil {
					return err
				}
				break
			}
		}
	}
	return nil
}

// latency waits until an alert has come from every Region, and returns the quickest and the slowest of each.
func latency(ctx context.Context, t *trial) (string, error) {
	took := map[string][]time.Duration{}
	waited := until(ctx, t.within, func() (bool, error) {
		clear(took)
		for _, m := range t.box.find(func(m message) bool { return m.Entry != "" && !m.Drill && m.Region != "" && !m.Time.IsZero() }) {
			took[m.Region] = append(took[m.Region], m.Arrived.Sub(m.Time))
		}
		return len(took) == len(t.config.Regions), nil
	})
	if len(took) == 0 {
		return "", waited
	}
	var parts []string
	for _, region := range t.config.Regions {
		if len(took[region]) == 0 {
			parts = append(parts, fmt.Sprintf("%s: NO alert within %v", region, t.within))
			continue
		}
		least, most := took[region][0], took[region][0]
		for _, d := range took[region] {
			least, most = min(least, d), max(most, d)
		}
		parts = append(parts, fmt.Sprintf("%s: %.0f to %.0f s (%d messages)", region, least.Seconds(), most.Seconds(), len(took[region])))
	}
	return strings.Join(parts, "; "), ctx.Err()
}

func touchRole(ctx context.Context, t *trial) error {
	cfg, err := t.at(ctx, t.target, hubRegion)
	if err != nil {
		return err
	}
	api := iam.NewFromConfig(cfg)
	role, err := api.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String(config.DefaultRole)})
	if err != nil {
		return err
	}
	_, err = api.UpdateRole(ctx, &iam.UpdateRoleInput{
		RoleName: aws.String(config.DefaultRole), Description: role.Role.Description, MaxSessionDuration: role.Role.MaxSessionDuration,
	})
	return err
}

func observed(ctx context.Context, t *trial) (string, error) {
	var where []string
	err := until(ctx, t.within, func() (bool, error) {
		where = nil
		for _, hub := range t.config.HubRegions() {
			n, err := t.logged(ctx, hub, names.Ledger, `{ $.account = "`+t.target+`" }`)
			if err != nil {
				return false, err
			}
			if n > 0 {
				where = append(where, hub)
			}
		}
		pause(ctx, lookUpEach)
		return len(where) == len(t.config.HubRegions()), nil
	})
	if len(where) == 0 {
		return "", errors.Join(errors.New("no record of the target account is in a ledger"), err)
	}
	return "yes: records of the target account are in the ledger of " + strings.Join(where, " and "), nil
}

// logged returns how many events of a hub's log group match a pattern.
func (t *trial) logged(ctx context.Context, hub, group, pattern string) (int, error) {
	return eventsIn(ctx, cloudwatchlogs.NewFromConfig(t.caller.In(hub)), &cloudwatchlogs.FilterLogEventsInput{
		LogGroupName: aws.String(group), FilterPattern: aws.String(pattern), StartTime: aws.Int64(t.began.UnixMilli()),
	})
}

// alive waits for the sign of life of each hub.
func alive(ctx context.Context, t *trial) (string, error) {
	within := time.Until(time.Now().Truncate(time.Hour).Add(time.Hour + 20*time.Minute))
	if t.deployed.done && time.Since(t.began) < 20*time.Minute {
		within += time.Hour
	}
	seen := map[string]time.Duration{}
	err := until(ctx, within, func() (bool, error) {
		for _, hub := range t.config.HubRegions() {
			n, err := t.logged(ctx, hub, names.Heartbeats, `{ $.source = "`+watch.AliveSource+`" && $.region = "`+hub+`" }`)
			if err != nil {
				return false, err
			}
			if n > 0 && seen[hub] == 0 {
				seen[hub] = time.Since(t.began)
			}
		}
		pause(ctx, lookUpEach)
		return len(seen) == len(t.config.HubRegions()), nil
	})
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	var parts []string
	for _, hub := range t.config.HubRegions() {
		if seen[hub] == 0 {
			parts = append(parts, fmt.Sprintf("%s: NO sign of life (%v)", hub, err))
			continue
		}
		parts = append(parts, fmt.Sprintf("%s: yes, %d minutes after the trial began", hub, int(seen[hub].Minutes())))
	}
	return strings.Join(parts, "; "), nil
}
