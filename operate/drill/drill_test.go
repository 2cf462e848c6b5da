package drill

import (
	"context"
	"encoding/xml"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/jstemmer/go-junit-report/v2/junit"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/stub"
	"example.com/breakglass/plan"
)

const withStandby = `
version: 1
hub: {account: "111111111111", standby: us-west-2}
regions: [us-east-1, us-west-2, eu-west-1]
alerts: {email: [security-team@example.com]}
`

func load(t *testing.T, text string) *config.Config {
	t.Helper()
	path := filepath.Join(t.TempDir(), "breakglass.yaml")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func newRun(t *testing.T, o Options) *Run {
	t.Helper()
	if o.Wait == 0 {
		o.Wait = 300 * time.Millisecond
	}
	r, err := New(load(t, withStandby), o, "x", []string{"tiger", "walnut"})
	if err != nil {
		t.Fatal(err)
	}
	r.pace, r.room, r.look = time.Millisecond, time.Millisecond, 5*time.Millisecond
	return r
}

// quickly tries again at once where the connection broke within an answer, which happens on a busy machine.
func quickly() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts, o.MaxBackoff = 3, time.Millisecond
		o.Retryables = []retry.IsErrorRetryable{retry.RetryableConnectionError{}}
	})
}

func in(s *stub.Server) AWS {
	return func(_ context.Context, region string) (aws.Config, error) {
		return aws.Config{
			Region: region, BaseEndpoint: aws.String(s.URL), Retryer: quickly,
			Credentials: credentials.NewStaticCredentialsProvider("AKIAEXAMPLE", "example", ""),
		}, nil
	}
}

func working(t *testing.T, hubs ...string) *stub.Server {
	s := stub.New()
	t.Cleanup(s.Close)
	s.Alarm(hubs...)
	return s
}

func TestEachDrillHasToArriveInEveryHub(t *testing.T) {
	o, err := newRun(t, Options{Wait: time.Minute}).Do(t.Context(), in(working(t, "us-east-1", "us-west-2")), nil, Progress{})
	if err != nil || !o.OK() || len(o.Results) != 3 {
		t.Fatalf("%v %+v", err, o)
	}
	for _, r := range o.Results {
		var ways []string
		for _, at := range r.Receipts {
			ways = append(ways, place(at.Where, at.Hub))
		}
		want := []string{"ledger us-east-1", "ledger us-west-2"}
		if r.Region != "eu-west-1" {
			want = append(want, "topic "+r.Region)
		}
		if !slices.Equal(ways, want) {
			t.Errorf("%s arrives by %q, want %q", r.Region, ways, want)
		}
	}
}

func TestEveryAlertIsDrilledWhereItHasARule(t *testing.T) {
	r := newRun(t, Options{All: true, Wait: time.Minute}) // everything arrives; on a busy machine that takes a while
	perRegion := map[string]int{}
	ids := map[string]bool{}
	for _, d := range r.Drills {
		perRegion[d.Region]++
		if ids[d.ID] {
			t.Errorf("the ID %s is given twice", d.ID)
		}
		ids[d.ID] = true
		if d.Region == "eu-west-1" && d.Alert != d.entry.ID {
			t.Errorf("a Region that only forwards drills %s, and not the main alert", d.Alert)
		}
		if got := inText.FindString("alarm breakglass-" + d.ID + `, account`); got != d.ID {
			t.Errorf("in a text, the ID %s is taken for %q", d.ID, got)
		}
	}
	rules, everywhere := 0, 0
	for _, e := range plan.ScopeOf(r.config).Entries() {
		rules += len(e.Suffixes())
		if !e.HubsOnly {
			everywhere++
		}
	}
	if perRegion["us-east-1"] != rules || perRegion["eu-west-1"] != everywhere {
		t.Errorf("%v drills, want %d in a hub and %d elsewhere", perRegion, rules, everywhere)
	}
	o, err := r.Do(t.Context(), in(working(t, "us-east-1", "us-west-2")), nil, Progress{})
	if err != nil || !o.OK() {
		t.Errorf("%v; silent: %q", err, o.Silent())
	}
}

func TestMessagesAreAnnouncedBeforehand(t *testing.T) {
	for _, test := range []struct {
		o                     Options
		drills, alarms, ofOwn int
	}{
		{Options{}, 2, 0, 8},
		{Options{NoQueue: true}, 2, 0, 0},
		{Options{Regions: []string{"eu-west-1"}}, 0, 0, 0},
		{Options{Regions: []string{"us-west-2"}}, 1, 0, 4},
		{Options{Alerts: []string{"failed-sign-in"}}, 0, 2, 0},
		{Options{Alerts: []string{"assume-role", "assume-role"}}, 4, 0, 8},
	} {
		m := newRun(t, test.o).Messages()
		drills := m.Drills["us-east-1"] + m.Drills["us-west-2"]
		if drills != test.drills || m.Alarms != test.alarms || m.Subscription != test.ofOwn || m.Total() != test.drills+test.alarms+test.ofOwn {
			t.Errorf("%+v: %+v", test.o, m)
		}
	}
}

func TestWhatPeopleGetIsPaced(t *testing.T) {
	r := newRun(t, Options{Alerts: []string{"switch-role", "iam-change"}, Regions: []string{"us-east-1"}, NoQueue: true, Wait: time.Minute})
	r.pace = 30 * time.Millisecond
	o, err := r.Do(t.Context(), in(working(t, "us-east-1")), nil, Progress{})
	if err != nil || !o.OK() || len(o.Results) != 4 {
		t.Fatalf("%v %+v", err, o)
	}
	if took := o.Results[3].Sent.Sub(o.Results[0].Sent); took < 90*time.Millisecond {
		t.Errorf("four messages went out within %v", took)
	}
}

func TestCodeWords(t *testing.T) {
	r := newRun(t, Options{People: true, Wait: time.Minute})
	typed := make(chan string, 5)
	for _, line := range []string{"", "tigger", "WALNUT ", "walnut", "drill-tiger-x-us-east-1-sign-in"} {
		typed <- line
	}
	var answered, wrong []string
	o, err := r.Do(t.Context(), in(working(t, "us-east-1", "us-west-2")), typed, Progress{
		Answered: func(a Answer) { answered = append(answered, a.Hub) },
		Wrong:    func(word string) { wrong = append(wrong, word) },
	})
	if err != nil || !o.OK() {
		t.Fatalf("%v %+v", err, o)
	}
	if !slices.Equal(answered, []string{"us-west-2", "us-east-1"}) || !slices.Equal(wrong, []string{"tigger", "walnut"}) {
		t.Errorf("answered %q, wrong %q", answered, wrong)
	}
	if strings.Contains(strings.Join(r.NotProved(o), ""), "read") {
		t.Error("that it was read is said to be unproved")
	}
	if id := o.Results[1].ID; id != "drill-tiger-x-us-east-1-sign-in" {
		t.Errorf("people see %s", id)
	}
}

func TestNobodyAnswers(t *testing.T) {
	typed := make(chan string)
	close(typed)
	r := newRun(t, Options{People: true})
	o, err := r.Do(t.Context(), in(working(t, "us-east-1", "us-west-2")), typed, Progress{})
	if err != nil || o.OK() || len(o.Silent()) > 0 || len(o.People) != 2 || o.People[0] != (Answer{Hub: "us-east-1"}) ||
		o.People[1] != (Answer{Hub: "us-west-2"}) {
		t.Errorf("%v %+v", err, o)
	}
	text, err := r.Evidence(o, "somebody").JUnit()
	if err != nil || !strings.Contains(string(text), "nobody entered the code word of the message from us-west-2") {
		t.Errorf("%v\n%s", err, text)
	}
}

func TestCtrlCRemovesTheQueues(t *testing.T) {
	s := working(t, "us-east-1", "us-west-2")
	s.Answer("logs:FilterLogEvents", `{"events": []}`)
	ctx, stop := context.WithCancel(t.Context())
	r := newRun(t, Options{Wait: time.Minute})
	o, err := r.Do(ctx, in(s), nil, Progress{Ready: stop})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if got, want := o.Interrupted(len(r.Drills)), "nothing was sent; the drill's 2 queues and their subscriptions were removed"; got != want {
		t.Errorf("it says %q, want %q", got, want)
	}
	for _, want := range []string{"sns:Unsubscribe@us-east-1", "sqs:DeleteQueue@us-east-1", "sns:Unsubscribe@us-west-2", "sqs:DeleteQueue@us-west-2"} {
		if !slices.Contains(s.Calls(), want) {
			t.Errorf("%s was not called", want)
		}
	}
}

// Ctrl-C while the queues are made ends that: there is no second one.
func TestCtrlCWhileTheQueuesAreMade(t *testing.T) {
	s := working(t, "us-east-1", "us-west-2")
	ctx, stop := context.WithCancel(t.Context())
	s.Handle("sqs:CreateQueue@us-east-1", func(string, string) string {
		stop()
		return `{"QueueUrl": "` + s.URL + `/us-east-1"}`
	})
	o, err := newRun(t, Options{Wait: time.Minute}).Do(ctx, in(s), nil, Progress{Ready: func() { t.Error("it goes on") }})
	if !errors.Is(err, context.Canceled) || o.Queues != 1 || len(o.Left) > 0 || len(o.Results) > 0 {
		t.Errorf("%v: %+v", err, o)
	}
	if calls := s.Calls(); !slices.Contains(calls, "sqs:DeleteQueue@us-east-1") || !slices.Contains(calls, "sns:Unsubscribe@us-east-1") ||
		slices.Contains(calls, "sqs:CreateQueue@us-west-2") {
		t.Errorf("the calls are %q", calls)
	}
}

// TestAnInterruptedDrillSaysWhatItSent: a message that was sent arrives, whoever waits for it.
func TestAnInterruptedDrillSaysWhatItSent(t *testing.T) {
	s := working(t, "us-east-1", "us-west-2")
	s.Answer("logs:FilterLogEvents", `{"events": []}`)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	typed := make(chan string, 1)
	typed <- "no code word" // it is read once everything was sent
	r := newRun(t, Options{Wait: time.Minute, NoQueue: true})
	o, err := r.Do(ctx, in(s), typed, Progress{Wrong: func(string) { stop() }})
	if got, want := o.Interrupted(len(r.Drills)), "3 of 3 drills were sent, and arrive nevertheless; no queue was created"; err == nil || got != want {
		t.Errorf("%v: it says %q, want %q", err, got, want)
	}
	for left, want := range map[int]string{
		0: "1 of 3 drills were sent, and arrive nevertheless; the drill's queue and its subscription were removed",
		1: "1 of 3 drills were sent, and arrive nevertheless; could not remove the queue q",
	} {
		o := Outcome{Queues: 1, Results: []Result{{}, {Sent: time.Now()}}, Left: []string{"the queue q"}[:left]}
		if got := o.Interrupted(3); got != want {
			t.Errorf("it says %q, want %q", got, want)
		}
	}
}

func TestWhatWasMadeGoesWhenTheSecondQueueFails(t *testing.T) {
	s := working(t, "us-east-1", "us-west-2")
	s.Fail("sqs:CreateQueue@us-west-2", "AccessDenied", "no")
	_, err := newRun(t, Options{}).Do(t.Context(), in(s), nil, Progress{})
	if err == nil || !strings.Contains(err.Error(), "creating a queue for the drill in us-west-2") {
		t.Errorf("error %v", err)
	}
	if calls := s.Calls(); !slices.Contains(calls, "sqs:DeleteQueue@us-east-1") || slices.Contains(calls, "events:PutEvents@eu-west-1") {
		t.Errorf("the calls are %q", calls)
	}
}

func TestJUnitCountsWhatItHas(t *testing.T) {
	r := newRun(t, Options{})
	o := Outcome{Began: time.Now(), Ended: time.Now().Add(time.Second), Results: []Result{
		{
			Region: "us-east-1", Alert: "sign-in", Sent: time.Now(),
			Receipts: []Receipt{{Where: Ledger, Hub: "us-east-1", Arrived: true, After: 1500 * time.Millisecond}},
		},
		{Region: "eu-west-1", Alert: "sign-in", NotSent: `refused: "no" & <why>`},
	}, Left: []string{"the queue q"}}
	text, err := r.Evidence(o, "somebody").JUnit()
	if err != nil {
		t.Fatal(err)
	}
	var back junit.Testsuites
	if err := xml.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	suite := back.Suites[0]
	if suite.Tests != 3 || suite.Failures != 2 || len(suite.Testcases) != 3 || suite.Testcases[0].Time != "1.500" ||
		suite.Testcases[1].Failure.Message != `not sent: refused: "no" & <why>` {
		t.Errorf("%s", text)
	}
}

func TestWordsAndNames(t *testing.T) {
	seen := map[string]bool{}
	for _, word := range words {
		if seen[word] || len(word) < 4 || len(word) > 8 || strings.Trim(word, "abcdefghijklmnopqrstuvwxyz") != "" {
			t.Errorf("%q is no good code word", word)
		}
		seen[word] = true
	}
	if two := NewWords(2); two[0] == two[1] {
		t.Errorf("two hubs have the same word: %q", two)
	}
	if one, two := NewName(), NewName(); one == two || len(one) != 6 {
		t.Error("names repeat")
	}
}

func TestWhatCannotBeDrilledIsReported(t *testing.T) {
	for want, o := range map[string]Options{
		"unknown alert \"x\"; the alerts are sign-in, ":       {Alerts: []string{"x"}},
		"nobody gets a message from eu-west-1":                {People: true, Regions: []string{"eu-west-1"}},
		"nobody gets a message about a single failed-sign-in": {People: true, Alerts: []string{"failed-sign-in"}},
		"only a hub's Region has this rule":                   {Alerts: []string{"key-change"}, Regions: []string{"eu-west-1"}},
		"Region \"eu-central-1\" is not watched":              {Regions: []string{"eu-central-1"}},
	} {
		if _, err := New(load(t, withStandby), o, "x", []string{"a", "b"}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v", o, err)
		}
	}
}
