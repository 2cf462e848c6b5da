package drill

import (
	"context"
	"crypto/md5"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
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
		"nothing is wrong":           {"events:Other", "{}", "the rules, targets and dead-letter queues on its way are correct"},
		"the rule is off":            {"events:DescribeRule@eu-west-1", `{"State": "DISABLED"}`, "rule capture-breakglass-user-sign-in in eu-west-1 is disabled"},
		"the rule is in a new state": {"events:DescribeRule@eu-west-1", `{"State": "PAUSED"}`, "rule capture-breakglass-user-sign-in in eu-west-1 is in a state that this program does not know: PAUSED"},
		"the rule was changed": {
			"events:DescribeRule@eu-west-1", `{"State": "ENABLED", "EventPattern": "{\"source\":[\"aws.ec2\"]}"}`,
			"rule capture-breakglass-user-sign-in in eu-west-1 has a different event pattern than planned",
		},
		"a target is gone": {
			"events:ListTargetsByRule@eu-west-1", `{"Targets": [{"Id": "a", "Arn": "b"}]}`,
			"rule capture-breakglass-user-sign-in in eu-west-1 lacks the target arn:aws:events:us-east-1:111111111111:event-bus/default",
		},
		"the hub's rule is off": {"events:DescribeRule@us-east-1", `{"State": "DISABLED"}`, "rule capture-breakglass-user-sign-in in us-east-1 is disabled"},
		"the hub's target":      {"events:ListTargetsByRule@us-east-1", `{"Targets": []}`, "rule capture-breakglass-user-sign-in in us-east-1 has no targets"},
		"it is in a dead letter": {
			"sqs:ReceiveMessage@eu-west-1", dead,
			"rule capture-breakglass-user-sign-in in eu-west-1 could not deliver it to arn:aws:events:us-east-1:111111111111:event-bus/default: it is in the dead-letter queue BreakGlass-dead",
		},
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

// Every drill leaves its Region by the rule of its own alert, which carries to the hub.
func TestTheFirstRuleOnTheWayIsThatOfTheAlert(t *testing.T) {
	r := newRun(t, Options{All: true})
	for _, d := range r.Drills {
		for _, hub := range r.Hubs {
			if d.Region == hub {
				continue
			}
			first := (&state{Run: r}).way(d, Receipt{Where: Ledger, Hub: hub})[0]
			if _, carries := first.rule.Target(hub); !carries || first.rule.Name != "capture-"+d.entry.Rule && first.rule.Name != "forward-"+d.entry.Rule {
				t.Errorf("%s to %s by %q", d.ID, hub, first.rule.Name)
			}
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
		s.Answer("events:ListTargetsByRule@"+one.region, `{"Targets": [{"Id": "1", "Arn": "`+one.ruleTarget+`"}]}`)
	}
	o, err := r.Do(t.Context(), in(s), nil, Progress{})
	if err != nil || len(o.Results) != 1 {
		t.Fatalf("%v %+v", err, o)
	}
	if b := o.Results[0].Receipts[1].Broken; b == nil || !strings.HasPrefix(b.What, "there is no ledger in us-west-2") ||
		b.Fix != "breakglass deploy --revert-drift --only BreakGlass-Standby" {
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

// The hub that did not answer at first is not asked again: that is why nothing arrived there.
func TestAHubThatIsAwayIsTheBrokenLink(t *testing.T) {
	r, s := broken(t, "eu-west-1", "us-east-1")
	reach := in(s)
	down := func(ctx context.Context, region string) (aws.Config, error) {
		cfg, err := reach(ctx, region)
		if region == "us-east-1" {
			cfg.BaseEndpoint = aws.String("http://127.0.0.1:1")
		}
		return cfg, err
	}
	o, err := r.Do(t.Context(), down, nil, Progress{})
	if err != nil {
		t.Fatal(err)
	}
	if b := o.Results[0].Receipts[0].Broken; b == nil || !strings.HasPrefix(b.What, "reading the ledger in us-east-1: ") {
		t.Errorf("it says %v", b)
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

// TestARegionThatHangsCostsLittleTime: the rest of the drill neither waits for it again and again nor for what it will never send, and
// says what the standby received.
func TestARegionThatHangsCostsLittleTime(t *testing.T) {
	s := working(t, "us-east-1", "us-west-2")
	stuck := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	t.Cleanup(stuck.CloseClientConnections)
	reach := in(s)
	hangs := func(ctx context.Context, region string) (aws.Config, error) {
		cfg, err := reach(ctx, region)
		if region == "us-east-1" {
			cfg.BaseEndpoint = aws.String(stuck.URL)
		}
		return cfg, err
	}
	const wait = time.Minute
	r := newRun(t, Options{All: true, Wait: wait})
	r.asking, r.late = time.Second, time.Second
	began := time.Now()
	o, err := r.Do(t.Context(), hangs, nil, Progress{})
	if err != nil {
		t.Fatal(err)
	}
	// One request for the ledger, one for the first drill of the Region, and what may be on its way: seconds, and more on a busy
	// machine, but not the wait for what the Region will never send.
	if took := time.Since(began); took >= wait {
		t.Errorf("it took %s", took)
	}
	for _, one := range o.Of("us-west-2") {
		for _, at := range one.Receipts {
			if at.Hub == "us-west-2" && !at.Arrived || at.Hub == "us-east-1" && at.Arrived {
				t.Errorf("%s: %+v %v", one.Alert, at, at.Broken)
			}
		}
	}
	here := o.Of("us-east-1")
	if b := here[0].Receipts[0].Broken; b == nil || b.What != "the bus of us-east-1 did not answer within 1s" {
		t.Errorf("of the Region it says %v", b)
	}
	if last := here[len(here)-1]; last.NotSent != "the bus of us-east-1 did not answer within 1s" {
		t.Errorf("of the last it says %+v", last)
	}
}

// A target may be on a later page.
func TestTargetsOnALaterPageAreSeen(t *testing.T) {
	r, s := broken(t, "eu-west-1", "us-east-1")
	hop := (&state{Run: r}).way(r.Drills[0], Receipt{Where: Ledger, Hub: "us-east-1"})[0]
	s.Handle("events:ListTargetsByRule@eu-west-1", func(_, request string) string {
		if strings.Contains(request, `"NextToken":"2"`) {
			return `{"Targets": [{"Id": "b", "Arn": "` + hop.ruleTarget + `"}]}`
		}
		return `{"Targets": [{"Id": "a", "Arn": "other"}], "NextToken": "2"}`
	})
	o, err := r.Do(t.Context(), in(s), nil, Progress{})
	if err != nil {
		t.Fatal(err)
	}
	if b := o.Results[0].Receipts[0].Broken; b == nil || !strings.HasPrefix(b.What, "the rules, targets and dead-letter queues on its way are correct") {
		t.Errorf("it says %v", b)
	}
}

// A dead letter is found whichever read returns it, stays in its queue, and says why it is there.
func TestADeadLetter(t *testing.T) {
	s := stub.New()
	t.Cleanup(s.Close)
	s.Handle("sqs:GetQueueUrl", func(_, request string) string {
		if !strings.Contains(request, `"QueueName":"letters"`) {
			return "fail QueueDoesNotExist The specified queue does not exist."
		}
		return `{"QueueUrl": "` + s.URL + `/letters"}`
	})
	reads, found := 0, 3
	s.Handle("sqs:ReceiveMessage", func(_, request string) string {
		for _, want := range []string{`"MaxNumberOfMessages":10`, `"VisibilityTimeout":1`, `"MessageAttributeNames":["All"]`} {
			if !strings.Contains(request, want) {
				return "fail InvalidParameterValue " + want
			}
		}
		if reads++; reads != found {
			return `{"Messages": [{"MessageId": "1", "Body": "another"}]}`
		}
		return `{"Messages": [{"MessageId": "1", "Body": "another"}, {"MessageId": "2", "Body": "of drill-x-y", "MessageAttributes": {"ERROR_CODE": {"DataType": "String", "StringValue": "NO_PERMISSIONS"}, "ERROR_MESSAGE": {"DataType": "String", "StringValue": "denied"}}}]}`
	})
	state := &state{Run: newRun(t, Options{}), aws: in(s)}
	state.Profile = "a hub"
	at := hop{region: "eu-west-1", stack: "BreakGlass-Forwarder-eu-west-1", ruleTarget: "arn:bus"}
	at.rule.Name = "capture-x"
	const arn = "arn:aws:sqs:eu-west-1:111111111111:letters"
	want := "rule capture-x in eu-west-1 could not deliver it to arn:bus: it is in the dead-letter queue letters (NO_PERMISSIONS: denied); fix the cause, then purge the queue: aws sqs purge-queue --queue-url " + s.URL + "/letters --region eu-west-1 --profile 'a hub'"
	if got := state.deadLetter(t.Context(), at, arn, "drill-x-y"); got == nil || got.String() != want {
		t.Errorf("%v", got)
	}
	if reads, found = 0, 4; state.deadLetter(t.Context(), at, arn, "drill-x-y") != nil || reads != 3 {
		t.Errorf("read %d times", reads)
	}
	if got := state.deadLetter(t.Context(), at, arn+"x", "drill-x-y"); got == nil ||
		got.String() != "the dead-letter queue lettersx in eu-west-1 does not exist; breakglass deploy --revert-drift --only BreakGlass-Forwarder-eu-west-1" {
		t.Errorf("%v", got)
	}
	if got := state.deadLetter(t.Context(), at, "", "drill-x-y"); got != nil {
		t.Errorf("%v", got)
	}
	for _, action := range []string{"sqs:ReceiveMessage", "sqs:GetQueueUrl"} {
		s.Fail(action, "AccessDenied", "User: x is not authorized to perform: "+action+" on resource: y")
		if got := state.deadLetter(t.Context(), at, arn, "drill-x-y"); got == nil ||
			!strings.Contains(got.What, "diagnosing the dead-letter queue in eu-west-1: the permission "+action+" is missing") {
			t.Errorf("%v", got)
		}
	}
}

// A topic that is gone, or whose key does not work, is why people got nothing; what nobody may ask about is no reason.
func TestTheStateOfATopic(t *testing.T) {
	s := working(t, "us-east-1")
	state := &state{Run: newRun(t, Options{}), aws: in(s)}
	s.Answer("sns:GetTopicAttributes",
		"<GetTopicAttributesResponse><GetTopicAttributesResult><Attributes/></GetTopicAttributesResult></GetTopicAttributesResponse>")
	if got := state.topicState(t.Context(), "us-east-1"); got != nil {
		t.Errorf("%v", got)
	}
	s.Answer("kms:DescribeKey", `{"KeyMetadata": {"KeyId": "1", "KeyState": "PendingDeletion"}}`)
	if got := state.topicState(t.Context(), "us-east-1"); got == nil ||
		got.String() != "the topic's key alias/breakglassSNS in us-east-1 is PendingDeletion: nothing can be published; aws kms cancel-key-deletion --key-id 1 --region us-east-1; aws kms enable-key --key-id 1 --region us-east-1" {
		t.Errorf("%v", got)
	}
	state.Profile = "hub"
	s.Answer("kms:DescribeKey", `{"KeyMetadata": {"KeyId": "1", "KeyState": "Disabled"}}`)
	if got := state.topicState(t.Context(), "us-east-1"); got == nil ||
		got.String() != "the topic's key alias/breakglassSNS in us-east-1 is Disabled: nothing can be published; aws kms enable-key --key-id 1 --region us-east-1 --profile hub" {
		t.Errorf("%v", got)
	}
	s.Fail("kms:DescribeKey", "AccessDeniedException", "no")
	s.Fail("sns:GetTopicAttributes", "AuthorizationError", "no")
	if got := state.topicState(t.Context(), "us-east-1"); got != nil {
		t.Errorf("%v", got)
	}
	s.Fail("sns:GetTopicAttributes", "NotFound", "Topic does not exist")
	if got := state.topicState(t.Context(), "us-east-1"); got == nil ||
		got.What != "the topic breakglassuser-console-logins in us-east-1 does not exist: nobody is notified" {
		t.Errorf("%v", got)
	}
}

func TestRegionOf(t *testing.T) {
	for arn, want := range map[string]string{"arn:aws:sqs:eu-west-1": "eu-west-1", "arn:aws:sqs:eu-west-1:1:q": "eu-west-1", "arn:aws:sqs": "", "": ""} {
		if got := regionOf(arn); got != want {
			t.Errorf("%q is in %q, want %q", arn, got, want)
		}
	}
}
