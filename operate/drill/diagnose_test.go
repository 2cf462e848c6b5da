package drill

import (
	"context"
	"crypto/md5"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/stub"
	"example.com/breakglass/watch"
)

func TestARefusedOrThrottledBusIsNamed(t *testing.T) {
	s := working(t, "us-east-1", "us-west-2")
	s.Fail("events:PutEvents@eu-west-1", "ThrottlingException", "Rate exceeded")
	s.Answer("events:PutEvents@us-west-2", `{"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure", "ErrorMessage": "try again"}]}`)
	o, err := newRun(t, Options{}).Do(t.Context(), in(s), nil, Progress{})
	if err != nil || !slices.Equal(o.Silent(), []string{"eu-west-1", "us-west-2"}) {
		t.Fatalf("%v %q", err, o.Silent())
	}
	if why := o.Of("eu-west-1")[0].NotSent; !strings.Contains(why, "AWS throttled the requests") {
		t.Errorf("eu-west-1: %s", why)
	}
	if why := o.Of("us-west-2")[0].NotSent; why != "the bus of us-west-2 refused the drill: InternalFailure: try again" {
		t.Errorf("us-west-2: %s", why)
	}
}

// broken makes no event leave a Region, whose rule is as planned unless an answer differs.
func broken(t *testing.T, region, hub string) (*Run, *stub.Server) {
	t.Helper()
	r := newRun(t, Options{Regions: []string{region}, NoQueue: true})
	s := working(t, "us-east-1", "us-west-2")
	s.Answer("events:PutEvents@"+region, `{"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}`)
	for _, one := range (&state{Run: r}).way(r.Drills[0], Receipt{Where: Ledger, Hub: hub}) {
		pattern, err := json.Marshal(one.rule.Pattern)
		if err != nil {
			t.Fatal(err)
		}
		rule, err := json.Marshal(map[string]any{"Name": one.rule.Name, "State": "ENABLED", "EventPattern": string(pattern)})
		if err != nil {
			t.Fatal(err)
		}
		s.Answer("events:DescribeRule@"+one.region, string(rule))
		var targets []any
		for _, each := range one.rule.Targets {
			targets = append(targets, map[string]any{
				"Id": each.ID, "Arn": each.ARN, "DeadLetterConfig": map[string]any{"Arn": "arn:aws:sqs:" + one.region + ":111111111111:BreakGlass-dead"},
			})
		}
		list, err := json.Marshal(map[string]any{"Targets": targets})
		if err != nil {
			t.Fatal(err)
		}
		s.Answer("events:ListTargetsByRule@"+one.region, string(list))
		s.Answer("sqs:GetQueueUrl@"+one.region, `{"QueueUrl": "https://example.com/`+one.region+`"}`)
		s.Answer("sqs:ReceiveMessage@"+one.region, `{"Messages": []}`)
	}
	return r, s
}

func TestTheFirstBrokenLinkIsNamed(t *testing.T) {
	// SQS sends the MD5 of each body; see below.
	const dead = `{"Messages": [{"MessageId": "1", "ReceiptHandle": "1", "Body": "drill-x-eu-west-1-sign-in", "MD5OfBody": "MD5"}]}`
	for name, test := range map[string]struct {
		answer, body string
		want         string
	}{
		"nothing is wrong":       {"events:Other", "{}", "the rules, targets and dead-letter queues on its way are correct"},
		"the rule is off":        {"events:DescribeRule@eu-west-1", `{"State": "DISABLED"}`, "rule capture-breakglass-user-sign-in in eu-west-1 is disabled"},
		"the rule was changed":   {"events:DescribeRule@eu-west-1", `{"State": "ENABLED", "EventPattern": "{\"source\":[\"aws.ec2\"]}"}`, "rule capture-breakglass-user-sign-in in eu-west-1 has a different event pattern than planned"},
		"a target is gone":       {"events:ListTargetsByRule@eu-west-1", `{"Targets": [{"Id": "a", "Arn": "b"}]}`, "rule capture-breakglass-user-sign-in in eu-west-1 lacks the target arn:aws:events:us-east-1:111111111111:event-bus/default"},
		"the hub's rule is off":  {"events:DescribeRule@us-east-1", `{"State": "DISABLED"}`, "rule record-breakglass-drills in us-east-1 is disabled"},
		"the hub's target":       {"events:ListTargetsByRule@us-east-1", `{"Targets": []}`, "rule record-breakglass-drills in us-east-1 has no targets"},
		"it is in a dead letter": {"sqs:ReceiveMessage@eu-west-1", dead, "rule capture-breakglass-user-sign-in in eu-west-1 could not deliver it to arn:aws:events:us-east-1:111111111111:event-bus/default: it is in the dead-letter queue BreakGlass-dead"},
	} {
		t.Run(name, func(t *testing.T) {
			r, s := broken(t, "eu-west-1", "us-east-1")
			s.Answer(test.answer, strings.ReplaceAll(test.body, "MD5", md5Of("drill-x-eu-west-1-sign-in")))
			o, err := r.Do(t.Context(), in(s), nil, Progress{})
			if err != nil {
				t.Fatal(err)
			}
			if got := o.Results[0].Receipts[0].Broken; got == nil || got.What != test.want {
				t.Errorf("it says %v", got)
			}
		})
	}
}

// Observers' events have a numbered rule of their own in the hub, and a pipeline's stacks are named with their stage.
func TestObserversRulesAreOnTheWay(t *testing.T) {
	c, err := config.Parse("breakglass.yaml", []byte(`
version: 1
hub: {account: "111111111111"}
regions: [us-east-1]
alerts: {email: [a@example.com]}
targets: [{account: "222222222222"}]
observers: {regions: [us-east-1]}
deploy: {access: bootstrap}
pipeline: {source: {s3: {bucket: source, key: source.zip}}}
`))
	if err != nil {
		t.Fatal(err)
	}
	r, err := New(c, Options{Alerts: []string{watch.TargetAccess}, NoQueue: true}, "x", nil)
	if err != nil || len(r.Drills) != 1 {
		t.Fatalf("%v %+v", err, r)
	}
	for _, hop := range (&state{Run: r}).way(r.Drills[0], Receipt{Where: Ledger, Hub: "us-east-1"}) {
		if hop.rule.Name != "capture-breakglass-target-access-1" || hop.stack != "Hub/BreakGlass-Observed-us-east-1-1" {
			t.Errorf("%+v", hop)
		}
	}
}

func TestALedgerThatIsGoneIsAFinding(t *testing.T) {
	s := working(t, "us-east-1", "us-west-2")
	s.Fail("logs:FilterLogEvents@us-west-2", "ResourceNotFoundException", "The specified log group does not exist.")
	r := newRun(t, Options{Regions: []string{"us-east-1"}, NoQueue: true})
	for _, one := range (&state{Run: r}).way(r.Drills[0], Receipt{Where: Ledger, Hub: "us-west-2"}) {
		pattern, _ := json.Marshal(one.rule.Pattern)
		rule, _ := json.Marshal(map[string]any{"State": "ENABLED", "EventPattern": string(pattern)})
		s.Answer("events:DescribeRule@"+one.region, string(rule))
		s.Answer("events:ListTargetsByRule@"+one.region, `{"Targets": [{"Id": "1", "Arn": "`+one.target+`"}]}`)
	}
	o, err := r.Do(t.Context(), in(s), nil, Progress{})
	if err != nil || len(o.Results) != 1 {
		t.Fatalf("%v %+v", err, o)
	}
	if b := o.Results[0].Receipts[1].Broken; b == nil || !strings.HasPrefix(b.What, "there is no ledger in us-west-2") || b.Fix != "npx cdk deploy --revert-drift BreakGlass-Standby" {
		t.Errorf("it says %v", b)
	}
}

func md5Of(text string) string { return fmt.Sprintf("%x", md5.Sum([]byte(text))) }

func TestAHubThatDoesNotAnswerIsAFinding(t *testing.T) {
	s := working(t, "us-east-1", "us-west-2")
	reach := in(s)
	down := func(ctx context.Context, region string) (aws.Config, error) {
		cfg, err := reach(ctx, region)
		if region == "us-east-1" {
			cfg.BaseEndpoint = aws.String("http://127.0.0.1:1") // a port without a server
		}
		return cfg, err
	}
	o, err := newRun(t, Options{}).Do(t.Context(), down, nil, Progress{})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(o.Silent(), []string{"eu-west-1", "us-east-1", "us-west-2"}) {
		t.Errorf("silent: %q", o.Silent())
	}
	here := o.Of("us-west-2")[0]
	if !here.Receipts[1].Arrived || !here.Receipts[2].Arrived || here.Receipts[0].Arrived {
		t.Errorf("the standby alone: %+v", here.Receipts)
	}
	alone, err := New(load(t, strings.Replace(withStandby, ", standby: us-west-2", "", 1)), Options{Wait: time.Second}, "x", []string{"tiger"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := alone.Do(t.Context(), down, nil, Progress{}); err == nil || !strings.HasPrefix(err.Error(), "reading the ledger in us-east-1: ") {
		t.Errorf("without a standby: %v", err)
	}
}

func TestABusThatDoesNotAnswerIsNamed(t *testing.T) {
	r, s := broken(t, "eu-west-1", "us-east-1")
	s.Handle("events:PutEvents@eu-west-1", func(string, string) string { time.Sleep(600 * time.Millisecond); return "{}" })
	o, err := r.Do(t.Context(), in(s), nil, Progress{})
	if err != nil {
		t.Fatal(err)
	}
	if b := o.Results[0].Receipts[0].Broken; b == nil || b.What != "the bus of eu-west-1 did not answer within 300ms" {
		t.Errorf("it says %v", b)
	}
}
