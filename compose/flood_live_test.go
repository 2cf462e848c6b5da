//go:build emulator

package compose

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	eb "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	st "github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// rule makes a rule for the sign-ins whose event ID begins like its name. Its targets are given by their ARN; the composer gets what a
// hub's rule gives it.
func (l *local) rule(t testing.TB, name string, targets ...string) {
	t.Helper()
	_, err := l.bus.PutRule(t.Context(), &eventbridge.PutRuleInput{
		Name: &name, EventPattern: aws.String(`{"source": ["aws.signin"], "detail": {"eventID": [{"prefix": "` + name + `-"}]}}`),
	})
	must(t, err)
	var all []eb.Target
	for i, arn := range targets {
		target := eb.Target{Id: aws.String(fmt.Sprint(i)), Arn: aws.String(arn)}
		if strings.Contains(arn, ":stateMachine:") {
			target.RoleArn = &l.starter
			target.InputTransformer = &eb.InputTransformer{InputTemplate: aws.String(InputTemplate("sign-in")), InputPathsMap: InputPaths()}
		}
		all = append(all, target)
	}
	_, err = l.bus.PutTargets(t.Context(), &eventbridge.PutTargetsInput{Rule: &name, Targets: all})
	must(t, err)
}

// signsIn puts sign-ins with these IDs on the bus.
func (l *local) signsIn(t testing.TB, ids ...string) {
	t.Helper()
	for some := range slices.Chunk(ids, 10) { // what one call takes
		var entries []eb.PutEventsRequestEntry
		for _, id := range some {
			event := signIn(t, id)
			detail, err := json.Marshal(event["detail"])
			must(t, err)
			entries = append(entries, eb.PutEventsRequestEntry{
				Source: aws.String(event["source"].(string)), DetailType: aws.String(event["detail-type"].(string)), Detail: aws.String(string(detail)),
			})
		}
		out, err := l.bus.PutEvents(t.Context(), &eventbridge.PutEventsInput{Entries: entries})
		must(t, err)
		if out.FailedEntryCount > 0 {
			t.Fatalf("the bus refused %v", out.Entries)
		}
	}
}

// flood lets an emergency user sign in a thousand times at once, by way of a rule whose targets are the composer and the ledger. The
// local AWS takes minutes for them; TestAFloodIsAFewMails has them in ten seconds.
func (l *local) flood(t *testing.T) {
	const signIns, ledger = 1000, "/aws/events/breakglass-ledger"
	logs := cloudwatchlogs.NewFromConfig(l.cfg)
	_, err := logs.CreateLogGroup(t.Context(), &cloudwatchlogs.CreateLogGroupInput{LogGroupName: aws.String(ledger)})
	must(t, err)
	machine := l.machine(t, nil)
	l.rule(t, "flood", machine, "arn:aws:logs:us-east-1:"+liveAccount+":log-group:"+ledger)
	var ids []string
	for i := range signIns {
		ids = append(ids, fmt.Sprint("flood-", i))
	}
	began := time.Now()
	l.signsIn(t, ids...)

	ended := l.ended(t, machine, signIns)
	took := time.Since(began)
	sent, summarized, open := 0, 0, 0
	for _, e := range ended {
		if slices.Contains(e.path, "Send") {
			sent++
		}
		if slices.Contains(e.path, "Alerts") {
			summarized++
		}
		if e.open {
			open++
		}
	}
	alerts, summaries := 0, 0
	for _, n := range l.received(t, l.inbox) {
		switch {
		case n.Subject == SummarySubject:
			summaries++
		case strings.HasPrefix(n.Subject, "BREAK GLASS: BreakglassUser signed in"):
			alerts++
		default:
			t.Errorf("people received %q", n.Subject)
		}
	}
	t.Logf("%d sign-ins in %v: %d alerts, %d summaries; the table did not answer %d executions", signIns, took, alerts, summaries, open)
	if alerts != sent || summaries != summarized {
		t.Errorf("people received %d alerts and %d summaries, and %d and %d were sent", alerts, summaries, sent, summarized)
	}
	// What the table did not answer in time passes.
	if most := Burst + int(took/Pace) + 1 + open; alerts < 1 || alerts > most {
		t.Errorf("%d alerts, at most %d are allowed", alerts, most)
	}
	if most := 1 + int(took/time.Minute) + open; summaries > most || summaries == 0 && alerts < signIns {
		t.Errorf("%d summaries of %d sign-ins that nobody was alerted on, at most %d are allowed", summaries, signIns-alerts, most)
	}
	seen := map[string]bool{}
	for end := time.Now().Add(3 * time.Minute); len(seen) < signIns && time.Now().Before(end); time.Sleep(time.Second) {
		pages := cloudwatchlogs.NewFilterLogEventsPaginator(logs, &cloudwatchlogs.FilterLogEventsInput{LogGroupName: aws.String(ledger)})
		for pages.HasMorePages() {
			page, err := pages.NextPage(t.Context())
			must(t, err)
			for _, e := range page.Events {
				var event struct{ Detail struct{ EventID string } }
				must(t, json.Unmarshal([]byte(*e.Message), &event))
				seen[event.Detail.EventID] = true
			}
		}
	}
	if len(seen) != signIns {
		t.Errorf("%d of %d sign-ins are in the ledger", len(seen), signIns)
	}
}

// anEnd is how an execution ended.
type anEnd struct {
	path []string
	// open is whether the table failed to answer, so that the alert passed.
	open bool
}

// ended waits until so many executions of a composer have succeeded.
func (l *local) ended(t *testing.T, machine string, n int) []anEnd {
	t.Helper()
	var all []st.ExecutionListItem
	for end := time.Now().Add(15 * time.Minute); ; time.Sleep(5 * time.Second) {
		all = nil
		pages := sfn.NewListExecutionsPaginator(l.steps, &sfn.ListExecutionsInput{StateMachineArn: &machine, StatusFilter: st.ExecutionStatusSucceeded})
		for pages.HasMorePages() {
			page, err := pages.NextPage(t.Context())
			must(t, err)
			all = append(all, page.Executions...)
		}
		if len(all) >= n {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("%d of %d executions have succeeded in a quarter of an hour", len(all), n)
		}
	}
	var ends []anEnd
	for _, execution := range all {
		history, err := l.steps.GetExecutionHistory(t.Context(), &sfn.GetExecutionHistoryInput{ExecutionArn: execution.ExecutionArn})
		must(t, err)
		var e anEnd
		for _, event := range history.Events {
			failed := event.TaskFailedEventDetails
			switch {
			case event.StateEnteredEventDetails != nil:
				e.path = append(e.path, *event.StateEnteredEventDetails.Name)
			case event.TaskTimedOutEventDetails != nil, failed != nil && aws.ToString(failed.Error) != "DynamoDB.ConditionalCheckFailedException":
				e.open = true
			}
		}
		ends = append(ends, e)
	}
	return ends
}
