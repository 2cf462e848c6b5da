package drill

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	sfntypes "github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"example.com/breakglass/compose"
	"example.com/breakglass/internal/account"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
)

// sentRaw records a drill that the composer of a hub sent as it is: people could read its event, but no alert.
func (s *state) sentRaw(id, hub string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	result := s.results[id]
	if result == nil {
		return
	}
	for i := range result.Receipts {
		if at := &result.Receipts[i]; at.Where == Topic && at.Hub == hub && !at.Arrived {
			at.Broken = &Broken{
				What: "the composer " + names.Composer + " in " + hub + " could not write the alert, and sent the event as it is",
				Fix:  s.restore(s.composerStack(hub)),
			}
		}
	}
	s.changed()
}

// exceeded records that a hub's composer sent a summary in place of drills.
func (s *state) exceeded(hub string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.full[hub] = true
}

// swallowed reports a drill that the limit of a hub's composer may have kept from people; nil where it sent no summary.
func (s *state) swallowed(hub string) *Broken {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if !s.full[hub] {
		return nil
	}
	return &Broken{
		What: fmt.Sprintf("the limit of the composer in %s kept it from people, as the message %q says: a hub sends at most %d drills in a minute, those of other runs included; the link is not broken",
			hub, compose.DrillSummarySubject, compose.PerMinute),
		Fix: fmt.Sprintf("drill again in %s", time.Duration(compose.Burst)*compose.Pace),
	}
}

// composerStates remembers what was found of each hub's composer.
type composerStates struct {
	mutex sync.Mutex
	found map[string]func() *Broken
}

func (c *composerStates) at(hub string, look func(hub string) *Broken) *Broken {
	c.mutex.Lock()
	once, ok := c.found[hub]
	if !ok {
		once = sync.OnceValue(func() *Broken { return look(hub) })
		c.found[hub] = once
	}
	c.mutex.Unlock()
	return once()
}

// composerState checks a hub's composer: its definition, how its executions since the run began ended, and its table.
func (s *state) composerState(ctx context.Context, hub string) *Broken {
	cfg, err := s.aws(ctx, hub)
	if err != nil {
		return nil // the rule was read with the same credentials
	}
	composer, fix := "the composer "+names.Composer+" in "+hub, s.restore(s.composerStack(hub))
	client, arn := sfn.NewFromConfig(cfg), s.config.HubIn(hub).StateMachine(names.Composer)
	out, err := client.DescribeStateMachine(ctx, &sfn.DescribeStateMachineInput{StateMachineArn: aws.String(arn)})
	var gone *sfntypes.StateMachineDoesNotExist
	switch {
	case errors.As(err, &gone):
		return &Broken{What: composer + " does not exist: nobody is notified", Fix: fix}
	case err != nil:
		return &Broken{What: account.Explain(err, "diagnosing "+composer).Error()}
	case out.Status == sfntypes.StateMachineStatusDeleting:
		return &Broken{What: composer + " is being deleted: nobody is notified", Fix: fix}
	}
	if wrong := s.plan.ComposerOf(hub).Differences(aws.ToString(out.Definition)); len(wrong) > 0 {
		return &Broken{What: composer + " has another definition than planned: " + strings.Join(wrong, "; "), Fix: fix}
	}
	if broken := s.failed(ctx, client, arn, composer, fix); broken != nil {
		return broken
	}
	_, err = dynamodb.NewFromConfig(cfg).DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: aws.String(names.AlertsTable)})
	var noTable *ddbtypes.ResourceNotFoundException
	switch {
	case errors.As(err, &noTable):
		return &Broken{
			What: "the table " + names.AlertsTable + " in " + hub + " does not exist: nothing limits the alerts, and the composer reports no heartbeat", Fix: fix,
		}
	case err != nil:
		return &Broken{What: account.Explain(err, "diagnosing the table "+names.AlertsTable+" in "+hub).Error()}
	}
	return nil
}

// failed returns the newest execution since the run began that did not succeed.
func (s *state) failed(ctx context.Context, client *sfn.Client, arn, composer, fix string) *Broken {
	var all []sfntypes.ExecutionListItem
	for _, status := range []sfntypes.ExecutionStatus{sfntypes.ExecutionStatusFailed, sfntypes.ExecutionStatusTimedOut, sfntypes.ExecutionStatusAborted} {
		// The newest come first.
		page, err := client.ListExecutions(ctx, &sfn.ListExecutionsInput{StateMachineArn: aws.String(arn), StatusFilter: status, MaxResults: 100})
		if err != nil {
			return &Broken{What: account.Explain(err, "diagnosing the executions of "+composer).Error()}
		}
		all = append(all, slices.DeleteFunc(page.Executions, func(e sfntypes.ExecutionListItem) bool {
			return aws.ToTime(e.StartDate).Before(s.began)
		})...)
	}
	if len(all) == 0 {
		return nil
	}
	newest := slices.MaxFunc(all, func(a, b sfntypes.ExecutionListItem) int {
		return aws.ToTime(a.StartDate).Compare(aws.ToTime(b.StartDate))
	})
	what := composer + " failed " + map[bool]string{true: "once", false: fmt.Sprintf("%d times", len(all))}[len(all) == 1] + " since the drill began"
	execution := aws.ToString(newest.ExecutionArn)
	out, err := client.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: aws.String(execution)})
	if err != nil {
		return &Broken{What: what + " (" + account.Explain(err, "reading why").Error() + ")", Fix: fix}
	}
	return &Broken{
		What: what + ": " + ended(newest.Status, aws.ToString(out.Error), aws.ToString(out.Cause)),
		Fix:  fix + "; details: " + s.awsCLI(regionOf(arn), "stepfunctions", "get-execution-history", "--reverse-order", "--execution-arn", execution),
	}
}

// ended says in one line how an execution ended. A cause may be long, and is at times a document.
func ended(status sfntypes.ExecutionStatus, code, cause string) string {
	const most = 300
	text := strings.ToLower(string(status))
	if code != "" {
		text = code
	}
	if cause = strings.Join(strings.Fields(cause), " "); cause != "" {
		text += ": " + cause
	}
	if letters := []rune(text); len(letters) > most {
		return string(letters[:most]) + "…"
	}
	return text
}

func regionOf(arn string) string {
	if parts := strings.Split(arn, ":"); len(parts) > 3 {
		return parts[3]
	}
	return ""
}

// composerStack returns the CDK path of the stack with a hub's composer.
func (s *state) composerStack(hub string) string {
	for _, at := range s.plan.Placements {
		if at.Kind == plan.Composer && at.Region == hub {
			return at.Path()
		}
	}
	return ""
}
