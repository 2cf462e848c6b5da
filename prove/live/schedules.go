package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"example.com/breakglass/names"
	"example.com/breakglass/watch"
)

// scheduled is a call that EventBridge Scheduler may or may not make.
type scheduled struct {
	// call is the name of the universal target, event that of the record.
	call, event string
	input       func(role string) string
}

// scheduleRole makes the calls.
const scheduleRole = "live-trial-scheduler"

var scheduledCalls = []scheduled{
	{"sts:getCallerIdentity", "GetCallerIdentity", func(string) string { return "{}" }},
	{"sts:assumeRole", "AssumeRole", func(role string) string { return `{"RoleArn": "` + role + `", "RoleSessionName": "live-trial"}` }},
	{"eventbridge:tagResource", "TagResource", func(role string) string {
		// A call that is refused leaves a record, too, should the rule not be there.
		return `{"ResourceARN": "arn:aws:events:` + hubRegion + `:` + strings.Split(role, ":")[4] + `:rule/` + names.Capture + names.Recorded +
			`", "Tags": [{"Key": "` + watch.RecordedTag + `", "Value": "` + watch.RecordedTagValue + `"}]}`
	}},
	{"eventbridge:testEventPattern", "TestEventPattern", func(string) string {
		return `{"EventPattern": "{\"source\": [\"live.trial\"]}", "Event": "{\"id\": \"1\", \"account\": \"111111111111\", \"source\": \"live.trial\", \"time\": \"2026-01-01T00:00:00Z\", \"region\": \"us-east-1\", \"resources\": [], \"detail-type\": \"x\", \"detail\": {}}"}`
	}},
}

func (s scheduled) name() string { return "live-trial-" + strings.ReplaceAll(s.call, ":", "-") }

// beginSchedules makes the schedules. One that Scheduler refuses is an answer.
func beginSchedules(ctx context.Context, t *trial) error {
	role, err := t.role(ctx, scheduleRole, "scheduler.amazonaws.com", nil, "sts:AssumeRole", "events:TestEventPattern", "events:TagResource")
	if err != nil {
		return err
	}
	client := scheduler.NewFromConfig(t.caller.In(hubRegion))
	for _, s := range scheduledCalls {
		t.undo.add("the schedule "+s.name(), func(ctx context.Context) error {
			_, err := client.DeleteSchedule(ctx, &scheduler.DeleteScheduleInput{Name: aws.String(s.name())})
			return gone(err, "ResourceNotFoundException")
		})
		err := t.retry(ctx, func(err error) bool { return strings.Contains(err.Error(), "to assume the role") }, func() error {
			_, err := client.CreateSchedule(ctx, &scheduler.CreateScheduleInput{
				Name: aws.String(s.name()), ScheduleExpression: aws.String("rate(1 minute)"),
				FlexibleTimeWindow: &types.FlexibleTimeWindow{Mode: types.FlexibleTimeWindowModeOff},
				Target: &types.Target{
					Arn: aws.String("arn:aws:scheduler:::aws-sdk:" + s.call), RoleArn: aws.String(role), Input: aws.String(s.input(role)),
				},
			})
			return err
		})
		var refused *types.ValidationException
		if errors.As(err, &refused) {
			t.refused[s.call] = aws.ToString(refused.Message)
		} else if err != nil {
			return err
		}
	}
	return nil
}

// scheduleRecord returns the names of the parameters in the record of a schedule of the trial.
func scheduleRecord(ctx context.Context, t *trial) (string, error) {
	var fields []string
	err := until(ctx, t.within, func() (bool, error) {
		records, err := t.lookUp(ctx, t.hub, hubRegion, "CreateSchedule")
		for _, record := range records {
			if strings.Contains(record, scheduledCalls[0].name()) {
				fields = parameters(record)
			}
		}
		pause(ctx, lookUpEach)
		return len(fields) > 0, err
	})
	return strings.Join(fields, ", "), err
}

// parameters returns the names of the request's parameters in a record, and of those one level below.
func parameters(record string) (found []string) {
	var of struct {
		RequestParameters map[string]any `json:"requestParameters"`
	}
	if json.Unmarshal([]byte(record), &of) != nil {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(of.RequestParameters)) {
		below, _ := of.RequestParameters[name].(map[string]any)
		if below == nil {
			found = append(found, name)
		}
		for _, inner := range slices.Sorted(maps.Keys(below)) {
			found = append(found, name+"."+inner)
		}
	}
	return found
}

// issuerOf returns the name of the role whose session made the call of a record.
func issuerOf(record string) string {
	var event watch.Fields
	if json.Unmarshal([]byte(record), &event) != nil {
		return ""
	}
	return watch.Text(event, "userIdentity.sessionContext.sessionIssuer.userName")
}

// schedulerCalls looks for the records of the role.
func schedulerCalls(ctx context.Context, t *trial) (string, error) {
	seen, issuers := map[string]bool{}, map[string]string{}
	err := until(ctx, t.within, func() (bool, error) {
		open := 0
		for _, s := range scheduledCalls {
			if seen[s.call] || t.refused[s.call] != "" {
				continue
			}
			found, err := t.lookUp(ctx, t.hub, hubRegion, s.event)
			if err != nil {
				return false, err
			}
			for _, record := range found {
				if strings.Contains(record, scheduleRole+"/") {
					seen[s.call], issuers[s.call] = true, issuerOf(record)
				}
			}
			if !seen[s.call] {
				open++
			}
		}
		pause(ctx, lookUpEach)
		return open == 0, nil
	})
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil && !errors.Is(err, errNothing) {
		return "", err
	}
	var parts []string
	for _, s := range scheduledCalls {
		switch {
		case t.refused[s.call] != "":
			parts = append(parts, fmt.Sprintf("%s: refused (%s)", s.call, t.refused[s.call]))
		case seen[s.call]:
			parts = append(parts, fmt.Sprintf("%s: called and recorded, sessionIssuer.userName %q", s.call, issuers[s.call]))
		default:
			parts = append(parts, fmt.Sprintf("%s: accepted, but without a record within %v", s.call, t.within))
		}
	}
	return strings.Join(parts, "; "), nil
}
