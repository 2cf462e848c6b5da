package exercise

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"

	"context"

	"example.com/breakglass/internal/stub"
	"example.com/breakglass/names"
	"example.com/breakglass/watch"
)

// hubs returns AWS as an exercise asks it, and the server that answers.
func hubs(t *testing.T) (AWS, *stub.Server) {
	t.Helper()
	s := stub.New()
	t.Cleanup(s.Close)
	s.Direct(t)
	cfg, err := awsconfig.LoadDefaultConfig(t.Context(), awsconfig.WithRetryMaxAttempts(1))
	if err != nil {
		t.Fatal(err)
	}
	return AWS{Exercise: "exercise-test", Open: Without(func(_ context.Context, region string) (aws.Config, error) {
		there := cfg.Copy()
		there.Region = region
		return there, nil
	})}, s
}

// asked decodes a request.
func asked(t *testing.T, request string) (all map[string]any) {
	t.Helper()
	if err := json.Unmarshal([]byte(request), &all); err != nil {
		t.Error(err)
	}
	return all
}

// An event goes into a stream of the exercise in the ledger; a stream that is there already is used, and a refusal is an error.
func TestAnExerciseWritesIntoTheLedger(t *testing.T) {
	a, s := hubs(t)
	var written []map[string]any
	stream := "{}"
	s.Handle("logs:CreateLogStream", func(region, request string) string {
		if in := asked(t, request); region != "us-west-2" || in["logGroupName"] != names.Ledger || in["logStreamName"] != "exercise-test" {
			t.Errorf("%s: %s", region, request)
		}
		return stream
	})
	s.Handle("logs:PutLogEvents", func(region, request string) string {
		written = append(written, asked(t, request))
		return "{}"
	})
	for _, stream = range []string{"{}", "fail ResourceAlreadyExistsException It is there."} {
		written = nil
		before := time.Now().UnixMilli()
		if err := a.Write(t.Context(), "us-west-2", watch.Fields{"id": "x"}); err != nil || len(written) != 1 {
			t.Fatalf("%s: %v, %v", stream, err, written)
		}
		line := written[0]["logEvents"].([]any)[0].(map[string]any)
		at := int64(line["timestamp"].(float64))
		if written[0]["logGroupName"] != names.Ledger || written[0]["logStreamName"] != "exercise-test" || line["message"] != `{"id":"x"}` || at < before ||
			at > time.Now().UnixMilli() {
			t.Errorf("%v", written)
		}
	}
	stream, written = "fail AccessDeniedException Not now.", nil
	if err := a.Write(t.Context(), "us-west-2", watch.Fields{}); err == nil || len(written) > 0 {
		t.Errorf("%v, %v", err, written)
	}
	stream = "{}"
	if err := a.Write(t.Context(), "us-west-2", watch.Fields{"x": func() {}}); err == nil {
		t.Error("what is no JSON is written")
	}
	s.Fail("logs:PutLogEvents", "AccessDeniedException", "Not now.")
	if err := a.Write(t.Context(), "us-west-2", watch.Fields{}); err == nil {
		t.Error("a refusal is no error")
	}
}

// The records of AWS are read to the end of the ledger, and nothing else in it.
func TestTheRecordsOfALedger(t *testing.T) {
	a, s := hubs(t)
	since := time.UnixMilli(1700000000000)
	s.Handle("logs:FilterLogEvents", func(region, request string) string {
		in := asked(t, request)
		if region != "us-west-2" || in["logGroupName"] != names.Ledger || in["startTime"] != float64(1700000000000) ||
			in["filterPattern"] != `{ $.source != "breakglass.heartbeat" }` {
			t.Errorf("%s: %s", region, request)
		}
		if in["nextToken"] == nil {
			return `{"nextToken": "1", "events": [{"message": "{\"source\": \"aws.sts\", \"id\": \"1\"}"}, {"message": "no JSON"}, {"message": "{\"source\": \"breakglass.exercise\"}"}]}`
		}
		return `{"events": [{"message": "{\"source\": \"aws.signin\", \"id\": \"2\"}"}]}`
	})
	all, err := a.Records(t.Context(), "us-west-2", since)
	if err != nil || len(all) != 2 || watch.Text(all[0], "id") != "1" || watch.Text(all[1], "id") != "2" {
		t.Errorf("%v, %v", all, err)
	}
	s.Fail("logs:FilterLogEvents", "AccessDeniedException", "Not now.")
	if all, err := a.Records(t.Context(), "us-west-2", since); err == nil || all != nil {
		t.Errorf("%v, %v", all, err)
	}
}

// When a composer has published is in the history of its execution, on whichever page.
func TestWhatAComposerDid(t *testing.T) {
	a, s := hubs(t)
	const execution = "arn:aws:states:us-west-2:111111111111:execution:breakglass-composer:x"
	item := `{"Item": {"execution": {"S": "` + execution + `"}}}`
	s.Handle("dynamodb:GetItem", func(region, request string) string {
		if in := asked(t, request); region != "us-west-2" || in["TableName"] != names.AlertsTable || !strings.Contains(request, `"event#sign-in#e-1"`) {
			t.Errorf("%s: %s", region, request)
		}
		return item
	})
	exited := func(kind, state string) string {
		return `{"events": [{"type": "` + kind + `", "id": 1, "timestamp": 1700000000, "stateExitedEventDetails": {"name": "` + state + `"}}]}`
	}
	history := ""
	s.Handle("states:GetExecutionHistory", func(_, request string) string {
		if in := asked(t, request); in["executionArn"] != execution || in["includeExecutionData"] != false {
			t.Error(request)
		} else if in["nextToken"] == nil {
			return `{"nextToken": "1", "events": [{"type": "ExecutionStarted", "id": 1, "timestamp": 1600000000}]}`
		}
		return history
	})
	published := time.Unix(1700000000, 0).UTC()
	for what, want := range map[string]time.Time{
		exited("TaskStateExited", "Send"): published, exited("TaskStateExited", "Raw"): published, exited("TaskStateExited", "Bare"): published,
		exited("TaskStateExited", "Count"): {}, exited("TaskStateEntered", "Send"): {}, `{"events": [{"type": "TaskStateExited", "id": 1, "timestamp": 1700000000}]}`: {},
	} {
		history = what
		if arn, sent, err := a.Alert(t.Context(), "us-west-2", "sign-in", "e-1"); err != nil || arn != execution || !sent.Equal(want) || sent.Location() != time.UTC {
			t.Errorf("%s: %s, %s, %v", what, arn, sent, err)
		}
	}
	history = "fail AccessDeniedException Not now."
	if arn, sent, err := a.Alert(t.Context(), "us-west-2", "sign-in", "e-1"); err == nil || arn != execution || !sent.IsZero() {
		t.Errorf("%s, %s, %v", arn, sent, err)
	}
	for answer, fails := range map[string]string{
		"{}": "", "fail AccessDeniedException Not now.": "Not now.", `{"Item": {"execution": {"N": "1"}}}`: "the table " + names.AlertsTable + " in us-west-2 has an item of another form",
	} {
		item = answer
		arn, sent, err := a.Alert(t.Context(), "us-west-2", "sign-in", "e-1")
		if arn != "" || !sent.IsZero() || (err == nil) != (fails == "") || err != nil && !strings.Contains(err.Error(), fails) {
			t.Errorf("%s: %s, %s, %v", answer, arn, sent, err)
		}
	}
}

// Whatever would ask us-east-1 in the scenario without it is refused before.
func TestNothingAsksTheRegionThatIsGone(t *testing.T) {
	a, s := hubs(t)
	_, read := a.Records(t.Context(), goneRegion, time.Now())
	_, _, alerted := a.Alert(t.Context(), goneRegion, "sign-in", "e-1")
	for _, err := range []error{a.Write(t.Context(), goneRegion, watch.Fields{}), read, alerted} {
		if err != ErrGone {
			t.Error(err)
		}
	}
	if calls := s.Calls(); !slices.Equal(calls, nil) {
		t.Errorf("asked %q", calls)
	}
}
