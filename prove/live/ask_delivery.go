package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"example.com/breakglass/names"
)

// deliveryQuestions are about the way of an event.
var deliveryQuestions = []question{
	{
		id: "same-account-bus", text: "What does the hub's bus demand of forwarders of its own account?", by: machine,
		notLocal: "any account may put events on any bus there",
		why:      "The forwarders have a role and the bus no policy for them; with observers, the bus has a policy that names other accounts only.",
		how:      "drills another Region without a bus policy, and again with one that lets in a different account",
		answer:   sameAccountBus,
	},
	{
		id: "source-conditions", text: "Does EventBridge meet `aws:SourceAccount` and `aws:SourceArn` where it uses a role or a queue?", by: machine,
		notLocal: "it ignores those conditions",
		why:      "The grants to EventBridge have no such condition, because one that is not met silences a Region ([decision 10](decisions/10-no-source-condition.md)).",
		how:      "a rule of another Region with a role for each condition, and a queue for each in the hub's Region",
		begin:    beginConditions, answer: sourceConditions,
	},
	{
		id:   "scheduler-calls",
		text: "Which calls may EventBridge Scheduler make that leave a record: `sts:GetCallerIdentity`, `sts:AssumeRole`, `events:TestEventPattern`, `events:TagResource`? Does the record name the role?", by: machine,
		notLocal: "its schedules call nothing",
		why:      "`monitoring.canary` makes the last two each hour, knows their records by the role, and is off by default until this is known.",
		how:      "a schedule for each, every minute; then the records of the role in CloudTrail",
		begin:    beginSchedules, answer: schedulerCalls,
	},
	{
		id: "schedule-record", text: "How does CloudTrail spell the fields of a schedule: `name` or `Name`, `target` or `Target`?", by: machine, notLocal: fromAlert,
		why:    "The alerts `rule-change` and `foreign-target` match on them, and accept both.",
		how:    "reads `CreateSchedule` of the schedules above in CloudTrail",
		answer: scheduleRecord,
	},
	{
		id: "parallel-catch", text: "Does a Parallel state catch an expression that fails in its branch?", by: machine,
		why:    "The composer relies on it: an alert whose text cannot be written is sent as it is.",
		how:    "runs that state of the deployed composer with an expression that fails, in a state machine of its own",
		answer: parallelCatch,
	},
}

// trialStatement is the ID of the statement that the trial adds to the policy of the hub's bus.
const trialStatement = "LiveTrial"

// sameAccountBus drills the further Region twice.
func sameAccountBus(ctx context.Context, t *trial) (string, error) {
	cfg, err := t.at(ctx, t.hub, hubRegion)
	if err != nil {
		return "", err
	}
	bus := eventbridge.NewFromConfig(cfg)
	described, err := bus.DescribeEventBus(ctx, &eventbridge.DescribeEventBusInput{})
	if err != nil {
		return "", err
	}
	without, err := t.drillFurther(ctx)
	if err != nil {
		return "", err
	}
	const other, statement = "222222222222", trialStatement
	t.undo.add("the statement "+statement+" of the bus policy", func(ctx context.Context) error {
		_, err := bus.RemovePermission(ctx, &eventbridge.RemovePermissionInput{StatementId: aws.String(statement)})
		return gone(err, "ResourceNotFoundException")
	})
	if _, err := bus.PutPermission(ctx, &eventbridge.PutPermissionInput{
		Action: aws.String("events:PutEvents"), Principal: aws.String(other), StatementId: aws.String(statement),
	}); err != nil {
		return "", err
	}
	pause(ctx, time.Minute)
	with, err := t.drillFurther(ctx)
	if err != nil {
		return "", err
	}
	policy := "without a bus policy"
	if aws.ToString(described.Policy) != "" {
		policy = "with the deployed bus policy"
	}
	return fmt.Sprintf("%s, a role alone: %s; with a statement for a different account besides: %s", policy, arrived(without), arrived(with)), nil
}

func arrived(yes bool) string {
	if yes {
		return "events arrive"
	}
	return "events do NOT arrive"
}

// drillFurther reports whether a drill of the further Region arrives.
func (t *trial) drillFurther(ctx context.Context) (bool, error) {
	r, err := t.breakglass(ctx, "drill", "--yes", "--no-queue", "--regions", furtherRegion)
	if err == nil && r.code > 1 {
		err = fmt.Errorf("breakglass drill ended with code %d", r.code)
	}
	return r.code == 0, err
}

// parallelCatch takes the composer's state, breaks its expression, and runs it.
func parallelCatch(ctx context.Context, t *trial) (string, error) {
	cfg, err := t.at(ctx, t.hub, hubRegion)
	if err != nil {
		return "", err
	}
	steps := sfn.NewFromConfig(cfg)
	composer, err := steps.DescribeStateMachine(ctx, &sfn.DescribeStateMachineInput{
		StateMachineArn: aws.String(t.hubPlace(hubRegion).StateMachine(names.Composer)),
	})
	if err != nil {
		return "", err
	}
	definition, err := broken(aws.ToString(composer.Definition))
	if err != nil {
		return "", err
	}
	role, err := t.role(ctx, "live-trial-states", "states.amazonaws.com", nil)
	if err != nil {
		return "", err
	}
	const name = "live-trial-catch"
	machine := t.hubPlace(hubRegion).StateMachine(name)
	t.undo.add("the state machine "+name, func(ctx context.Context) error {
		_, err := steps.DeleteStateMachine(ctx, &sfn.DeleteStateMachineInput{StateMachineArn: aws.String(machine)})
		return err
	})
	err = t.retry(ctx, func(err error) bool { return isError(err, "StateMachineDeleting", "AccessDeniedException") }, func() error {
		_, err := steps.CreateStateMachine(ctx, &sfn.CreateStateMachineInput{Name: aws.String(name), Definition: aws.String(definition), RoleArn: aws.String(role)})
		return err
	})
	if err != nil {
		return "", err
	}
	started, err := steps.StartExecution(ctx,
		&sfn.StartExecutionInput{StateMachineArn: aws.String(machine), Input: aws.String(`{"entry": "sign-in", "event": {}}`)})
	if err != nil {
		return "", err
	}
	return t.path(ctx, steps, aws.ToString(started.ExecutionArn))
}

// broken returns a machine of the composer's state Compose alone, whose expression fails.
func broken(definition string) (string, error) {
	var whole struct{ States map[string]map[string]any }
	if err := json.Unmarshal([]byte(definition), &whole); err != nil {
		return "", err
	}
	compose := whole.States["Compose"]
	branches, _ := compose["Branches"].([]any)
	if compose["Type"] != "Parallel" || len(branches) != 1 || compose["Catch"] == nil {
		return "", errors.New("the composer has no Parallel state Compose with a catch any more; adapt the question")
	}
	branch, _ := branches[0].(map[string]any)
	states, _ := branch["States"].(map[string]any)
	write, _ := states["Write"].(map[string]any)
	if write == nil {
		return "", errors.New("the branch of Compose has no state Write any more; adapt the question")
	}
	write["Output"] = "{% $error('on purpose') %}"
	compose["Next"] = "NotCaught"
	for _, c := range compose["Catch"].([]any) {
		c.(map[string]any)["Next"] = "Caught"
	}
	text, err := json.Marshal(map[string]any{"StartAt": "Compose", "States": map[string]any{
		"Compose": compose, "Caught": map[string]any{"Type": "Succeed"}, "NotCaught": map[string]any{"Type": "Succeed"},
	}})
	return string(text), err
}

// path waits for the end of an execution, and returns the states that it passed.
func (t *trial) path(ctx context.Context, steps *sfn.Client, execution string) (string, error) {
	var status types.ExecutionStatus
	err := until(ctx, time.Minute, func() (bool, error) {
		now, err := steps.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: aws.String(execution)})
		if err == nil {
			status = now.Status
		}
		return err == nil && status != types.ExecutionStatusRunning, err
	})
	if err != nil {
		return "", err
	}
	history, err := steps.GetExecutionHistory(ctx, &sfn.GetExecutionHistoryInput{ExecutionArn: aws.String(execution)})
	if err != nil {
		return "", err
	}
	var passed []string
	for _, e := range history.Events {
		if e.StateEnteredEventDetails != nil {
			passed = append(passed, aws.ToString(e.StateEnteredEventDetails.Name))
		}
	}
	answer := "NO"
	if slices.Contains(passed, "Caught") {
		answer = "yes"
	}
	return fmt.Sprintf("%s: the execution went through %s, and %s", answer, strings.Join(passed, ", "), strings.ToLower(string(status))), nil
}
