package drill

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/breakglass/internal/stub"
)

// strict makes the queues, topics and ledgers of a deployment that works refuse what AWS refuses: a queue that SNS may not send to, a
// subscription of another queue or protocol, a filter that is missing, and the deletion of what does not exist.
func strict(t *testing.T, s *stub.Server, hubs ...string) (have map[string]bool) {
	t.Helper()
	have = map[string]bool{}
	const topic = ":breakglassuser-console-logins"
	for _, hub := range hubs {
		arn := "arn:aws:sns:" + hub + ":111111111111" + topic
		queue := "arn:aws:sqs:" + hub + ":111111111111:breakglass-drill-x"
		s.Handle("sqs:CreateQueue@"+hub, func(_, request string) string {
			var in struct {
				QueueName  string
				Attributes map[string]string
			}
			_ = json.Unmarshal([]byte(request), &in)
			policy := in.Attributes["Policy"]
			want := `{"Statement":[{"Action":"sqs:SendMessage","Condition":{"ArnEquals":{"aws:SourceArn":"` + arn + `"}},"Effect":"Allow",` +
				`"Principal":{"Service":"sns.amazonaws.com"},"Resource":"` + queue + `"}],"Version":"2012-10-17"}`
			if policy != want {
				return "fail InvalidAttributeValue the policy is " + policy
			}
			if in.QueueName != "breakglass-drill-x" || in.Attributes["SqsManagedSseEnabled"] != "true" || in.Attributes["MessageRetentionPeriod"] != "3600" {
				return fmt.Sprintf("fail InvalidAttributeValue %v", in)
			}
			have["queue "+hub] = true
			return `{"QueueUrl": "` + s.URL + "/" + hub + `"}`
		})
		s.Handle("sns:Subscribe@"+hub, func(_, request string) string {
			form, _ := url.ParseQuery(request)
			if form.Get("TopicArn") != arn || form.Get("Protocol") != "sqs" || form.Get("Endpoint") != queue || form.Get("ReturnSubscriptionArn") != "true" {
				return "fail InvalidParameter " + request
			}
			have["subscription "+hub] = true
			return "<SubscribeResponse><SubscribeResult><SubscriptionArn>" + arn + ":1</SubscriptionArn></SubscribeResult></SubscribeResponse>"
		})
		s.Handle("sns:Unsubscribe@"+hub, func(_, request string) string {
			form, _ := url.ParseQuery(request)
			if form.Get("SubscriptionArn") != arn+":1" || !have["subscription "+hub] {
				return "fail NotFound Subscription does not exist"
			}
			delete(have, "subscription "+hub)
			return "<UnsubscribeResponse/>"
		})
		s.Handle("sqs:DeleteQueue@"+hub, func(_, request string) string {
			if !have["queue "+hub] || !strings.Contains(request, "/"+hub+`"`) {
				return "fail QueueDoesNotExist no such queue"
			}
			delete(have, "queue "+hub)
			return "{}"
		})
		// One subscription a page; the drill's is the last.
		s.Handle("sns:ListSubscriptionsByTopic@"+hub, func(_, request string) string {
			form, _ := url.ParseQuery(request)
			member, next := "<member><SubscriptionArn>"+arn+":0</SubscriptionArn><Endpoint>somebody@example.com</Endpoint></member>", "<NextToken>2</NextToken>"
			if form.Get("NextToken") == "2" {
				member, next = "", ""
				if have["subscription "+hub] {
					member = "<member><SubscriptionArn>" + arn + ":1</SubscriptionArn><Endpoint>" + queue + "</Endpoint></member>"
				}
			}
			return "<ListSubscriptionsByTopicResponse><ListSubscriptionsByTopicResult><Subscriptions>" + member + "</Subscriptions>" + next +
				"</ListSubscriptionsByTopicResult></ListSubscriptionsByTopicResponse>"
		})
	}
	return have
}

// A drill subscribes a queue to each topic, over which only that topic can send, and leaves nothing.
func TestTheQueuesOfADrill(t *testing.T) {
	s := working(t, "us-east-1", "us-west-2")
	have := strict(t, s, "us-east-1", "us-west-2")
	o, err := newRun(t, Options{Wait: time.Minute}).Do(t.Context(), in(s), nil, Progress{})
	if err != nil || !o.OK() || o.Queues != 2 || len(have) > 0 {
		t.Errorf("%v, left %v: %+v", err, have, o)
	}
	for _, once := range []string{"sns:Unsubscribe@us-east-1", "sqs:DeleteQueue@us-west-2"} {
		if n := len(slices.DeleteFunc(s.Calls(), func(call string) bool { return call != once })); n != 1 {
			t.Errorf("%s was called %d times", once, n)
		}
	}
	if o.Began.IsZero() || o.Ended.Before(o.Began) || len(o.People) > 0 {
		t.Errorf("%+v", o)
	}
	for _, r := range o.Results {
		for _, at := range r.Receipts {
			if at.After <= 0 || at.Millis != at.After.Milliseconds() || r.Sent.Before(o.Began) {
				t.Errorf("%+v", r)
			}
		}
	}
}

// What cannot be removed is named, with where it is.
func TestWhatIsLeftIsNamed(t *testing.T) {
	s := working(t, "us-east-1", "us-west-2")
	strict(t, s, "us-east-1", "us-west-2")
	s.Fail("sns:Unsubscribe@us-west-2", "AuthorizationError", "User: x is not authorized to perform: SNS:Unsubscribe on resource: y")
	s.Fail("sqs:DeleteQueue@us-west-2", "AccessDenied", "User: x is not authorized to perform: sqs:DeleteQueue on resource: y")
	o, err := newRun(t, Options{Wait: time.Minute}).Do(t.Context(), in(s), nil, Progress{})
	if err != nil || o.OK() || len(o.Silent()) > 0 || len(o.Left) != 2 {
		t.Fatalf("%v: %+v", err, o)
	}
	for i, want := range []string{"the subscription arn:aws:sns:us-west-2:111111111111:breakglassuser-console-logins:1 (unsubscribing the drill's queue in us-west-2: the permission SNS:Unsubscribe is missing",
		"the queue breakglass-drill-x in us-west-2 (deleting the drill's queue in us-west-2: the permission sqs:DeleteQueue is missing"} {
		if !strings.HasPrefix(o.Left[i], want) {
			t.Errorf("%s", o.Left[i])
		}
	}
	// A topic that was deleted meanwhile took the subscription with it.
	s = working(t, "us-east-1", "us-west-2")
	strict(t, s, "us-east-1", "us-west-2")
	s.Fail("sns:Unsubscribe@us-west-2", "NotFound", "Subscription does not exist")
	if o, err := newRun(t, Options{Wait: time.Minute}).Do(t.Context(), in(s), nil, Progress{}); err != nil || !o.OK() {
		t.Errorf("%v: %+v", err, o)
	}
}

// A subscription that got no answer may exist: it is looked for, on every page.
func TestASubscriptionThatGotNoAnswerIsLookedFor(t *testing.T) {
	s := working(t, "us-east-1", "us-west-2")
	have := strict(t, s, "us-east-1", "us-west-2")
	r := newRun(t, Options{})
	state := &state{Run: r, aws: in(s), lost: map[string]*Broken{}, away: map[string]*Broken{}}
	b, err := state.openBox(t.Context(), "us-west-2")
	if err != nil || b.unsure || b.subscription == "" {
		t.Fatalf("%+v, %v", b, err)
	}
	b.subscription, b.unsure = "", true
	if left := b.close(t.Context()); len(left) > 0 || len(have) > 0 {
		t.Errorf("left %q, there is %v", left, have)
	}
	// There may be none, and the list may be refused: the queue goes all the same.
	for _, list := range []func(){func() {}, func() { s.Fail("sns:ListSubscriptionsByTopic@us-west-2", "AuthorizationError", "no") }} {
		if b, err = state.openBox(t.Context(), "us-west-2"); err != nil {
			t.Fatal(err)
		}
		list()
		delete(have, "subscription us-west-2")
		b.subscription, b.unsure = "", true
		if left := b.close(t.Context()); len(left) > 0 || len(have) > 0 {
			t.Errorf("left %q, there is %v", left, have)
		}
	}
	if n := len(slices.DeleteFunc(s.Calls(), func(call string) bool { return call != "sns:Unsubscribe@us-west-2" })); n != 1 {
		t.Errorf("unsubscribed %d times", n)
	}
	// A refusal is an answer.
	s.Fail("sns:Subscribe@us-west-2", "AuthorizationError", "no")
	if b, err := state.openBox(t.Context(), "us-west-2"); err == nil || b == nil || b.unsure || !have["queue us-west-2"] {
		t.Errorf("%+v, %v", b, err)
	}
}

// A queue whose creation got no answer may exist: it is looked for.
func TestAQueueThatGotNoAnswerIsLookedFor(t *testing.T) {
	s := working(t, "us-east-1", "us-west-2")
	have := strict(t, s, "us-east-1", "us-west-2")
	state := &state{Run: newRun(t, Options{}), aws: in(s), lost: map[string]*Broken{}, away: map[string]*Broken{}}
	made, err := state.openBox(t.Context(), "us-west-2")
	if err != nil {
		t.Fatal(err)
	}
	delete(have, "subscription us-west-2") // none is asked for after that
	over, end := context.WithDeadline(t.Context(), time.Now())
	defer end()
	b, err := state.openBox(over, "us-west-2")
	if err == nil || b == nil || b.url != "" || b.subscription != "" {
		t.Fatalf("%+v, %v", b, err)
	}
	s.Answer("sqs:GetQueueUrl@us-west-2", `{"QueueUrl": "`+made.url+`"}`)
	if left := b.close(t.Context()); len(left) > 0 || len(have) > 0 {
		t.Errorf("left %q, there is %v", left, have)
	}
	b.url = ""
	s.Fail("sqs:GetQueueUrl@us-west-2", "QueueDoesNotExist", "The specified queue does not exist.")
	if left := b.close(t.Context()); len(left) > 0 {
		t.Errorf("left %q where there is none", left)
	}
	s.Fail("sqs:GetQueueUrl@us-west-2", "AccessDenied", "no")
	if left := b.close(t.Context()); len(left) != 1 || !strings.HasPrefix(left[0], "perhaps the queue breakglass-drill-x in us-west-2 (looking for the drill's queue in us-west-2: ") {
		t.Errorf("left %q where nobody says", left)
	}
}

// A hub or a bus that did not answer is asked nothing more.
func TestWhatDidNotAnswerIsAskedNothingMore(t *testing.T) {
	server := working(t, "us-east-1", "us-west-2")
	strict(t, server, "us-east-1", "us-west-2")
	r := newRun(t, Options{})
	away := &Broken{What: "no answer"}
	s := &state{
		Run: r, aws: in(server), results: map[string]*Result{}, open: map[string]int{}, lost: map[string]*Broken{}, change: make(chan struct{}, 1),
		away: map[string]*Broken{"us-east-1": away}, mute: map[string]*Broken{"us-east-1": away},
	}
	boxes, err := s.openBoxes(t.Context())
	if err != nil || len(boxes) != 1 || boxes[0].hub != "us-west-2" || s.lost[place(Topic, "us-east-1")] != away || len(s.lost) != 1 {
		t.Errorf("%v: %+v, lost are %v", err, boxes, s.lost)
	}
	for _, d := range r.Drills {
		s.results[d.ID] = s.expected(d)
		s.open[d.Region] += len(s.results[d.ID].Receipts)
	}
	s.send(t.Context())
	for _, d := range r.Drills {
		if got := s.results[d.ID]; (got.NotSent == "no answer") != (d.Region == "us-east-1") || got.Sent.IsZero() != (d.Region == "us-east-1") {
			t.Errorf("%s: %+v", d.Region, got)
		}
	}
	for _, call := range server.Calls() {
		if strings.HasSuffix(call, "@us-east-1") {
			t.Errorf("it calls %s", call)
		}
	}
}

// A refused queue ends the run before anything is sent, and says how to drill without one.
func TestAQueueThatIsRefused(t *testing.T) {
	s := working(t, "us-east-1", "us-west-2")
	have := strict(t, s, "us-east-1", "us-west-2")
	s.Fail("sns:Subscribe@us-west-2", "AuthorizationError", "User: x is not authorized to perform: SNS:Subscribe on resource: y")
	o, err := newRun(t, Options{}).Do(t.Context(), in(s), nil, Progress{})
	if err == nil || !strings.Contains(err.Error(), "subscribing a queue to the topic in us-west-2: the permission SNS:Subscribe is missing") ||
		!strings.Contains(err.Error(), "(or drill with --no-queue, which") || o.Queues != 2 || len(o.Results) > 0 || len(have) > 0 {
		t.Errorf("%v, left %v: %+v", err, have, o)
	}
	for _, call := range s.Calls() {
		if strings.HasPrefix(call, "events:PutEvents") {
			t.Error(call)
		}
	}
	// A topic that does not exist is a finding: the other hub's is drilled.
	s = working(t, "us-east-1", "us-west-2")
	have = strict(t, s, "us-east-1", "us-west-2")
	s.Fail("sns:Subscribe@us-west-2", "NotFound", "Topic does not exist")
	o, err = newRun(t, Options{Wait: 3 * time.Second}).Do(t.Context(), in(s), nil, Progress{})
	if err != nil || !slices.Equal(o.Silent(), []string{"us-west-2"}) || len(have) > 0 {
		t.Fatalf("%v, left %v: %+v", err, have, o)
	}
	state := &state{Run: newRun(t, Options{})}
	if got := state.noTopic("us-west-2").String(); got != "the topic breakglassuser-console-logins in us-west-2 does not exist: nobody is notified; breakglass deploy --revert-drift --only BreakGlass-Standby, then confirm the subscriptions again" {
		t.Error(got)
	}
}

// A Region whose drills have all arrived, or could not be sent, is reported when the last is sent; another one is awaited.
func TestARegionIsReportedWhenItsDrillsAreSent(t *testing.T) {
	r := newRun(t, Options{Regions: []string{"us-east-1"}})
	for open, want := range map[int]int{0: 1, 1: 0} {
		told := 0
		s := &state{
			Run: r, results: map[string]*Result{r.Drills[0].ID: {}}, open: map[string]int{"us-east-1": open}, change: make(chan struct{}, 1),
			progress: Progress{Region: func(string, []Result) { told++ }},
		}
		if s.ended("us-east-1"); told != want || len(s.change) != 1 {
			t.Errorf("with %d to arrive, it is reported %d times", open, told)
		}
	}
}

// What arrives counts once, for the drill that was sent, where it has to arrive.
func TestAReceiptCountsOnce(t *testing.T) {
	r := newRun(t, Options{Regions: []string{"us-east-1"}})
	var told []string
	s := &state{
		Run: r, results: map[string]*Result{}, open: map[string]int{}, change: make(chan struct{}, 1),
		progress: Progress{Region: func(region string, results []Result) { told = append(told, fmt.Sprint(region, len(results))) }},
	}
	d := r.Drills[0]
	s.results[d.ID] = s.expected(d)
	s.open[d.Region] = len(s.results[d.ID].Receipts)
	came := func(where Where, hub string, after time.Duration) {
		s.arrived(receipt{id: d.ID, where: where, hub: hub, at: noon.Add(after)})
	}
	came(Ledger, "us-east-1", time.Second) // nothing has been sent
	s.arrived(receipt{id: "another", where: Ledger, hub: "us-east-1", at: noon})
	if s.results[d.ID].Receipts[0].Arrived || s.open[d.Region] != 3 {
		t.Errorf("%+v", s.results[d.ID])
	}
	s.results[d.ID].Sent = noon
	for _, after := range []time.Duration{1500 * time.Millisecond, 9 * time.Second} {
		came(Ledger, "us-east-1", after)
		came(Topic, "us-west-2", after) // it has to arrive on the topic of its own hub
	}
	if at := s.results[d.ID].Receipts[0]; !at.Arrived || at.Millis != 1500 || s.open[d.Region] != 2 || len(told) > 0 || len(s.change) != 1 {
		t.Errorf("%+v, open %v, told %q", s.results[d.ID], s.open, told)
	}
	came(Ledger, "us-west-2", time.Second)
	came(Topic, "us-east-1", time.Second)
	came(Topic, "us-east-1", time.Second)
	s.ended(d.Region)
	if !s.results[d.ID].OK() || !slices.Equal(told, []string{"us-east-11"}) {
		t.Errorf("%+v, told %q", s.results[d.ID], told)
	}
}

// A drill that could not be sent is waited for no more, and claims nothing.
func TestGivingUp(t *testing.T) {
	r := newRun(t, Options{Regions: []string{"us-east-1"}})
	s := &state{Run: r, results: map[string]*Result{}, open: map[string]int{}, mute: map[string]*Broken{}, change: make(chan struct{}, 1)}
	d := r.Drills[0]
	s.results[d.ID] = s.expected(d)
	s.open[d.Region] = len(s.results[d.ID].Receipts)
	if s.skip(d.Region, r.Drills) || s.complete() {
		t.Error("given up for no reason")
	}
	s.results[d.ID].Sent = noon
	s.results[d.ID].Receipts[0].Arrived = true
	s.mute[d.Region] = &Broken{What: "no answer"}
	if !s.skip(d.Region, r.Drills) || !s.complete() {
		t.Errorf("%+v", s.results[d.ID])
	}
	if got := *s.results[d.ID]; got.NotSent != "no answer" || !got.Sent.IsZero() || got.Receipts != nil || s.open[d.Region] != 1 || got.OK() {
		t.Errorf("%+v, open %v", got, s.open)
	}
}

// Without an answer from the keys, only the drills that need one are given up.
func TestADrillThatNeedsTheKey(t *testing.T) {
	s := working(t, "us-east-1", "us-west-2")
	s.Fail("kms:DescribeKey@us-west-2", "AccessDenied", "User: x is not authorized to perform: kms:DescribeKey on resource: y")
	o, err := newRun(t, Options{Alerts: []string{"key-change", "sign-in"}, Wait: time.Minute}).Do(t.Context(), in(s), nil, Progress{})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range o.Results {
		refused := r.Region == "us-west-2" && r.Alert == "key-change"
		if r.OK() == refused ||
			refused && !strings.Contains(r.NotSent, "looking up the topic's key alias/breakglassSNS in us-west-2: the permission kms:DescribeKey is missing") {
			t.Errorf("%+v", r)
		}
	}
	// Without such a drill nobody asks.
	s = working(t, "us-east-1", "us-west-2")
	if _, err := newRun(t, Options{}).Do(t.Context(), in(s), nil, Progress{}); err != nil || slices.Contains(s.Calls(), "kms:DescribeKey@us-east-1") {
		t.Errorf("%v, %q", err, s.Calls())
	}
}

// Who typed what: a word counts once, for its hub, also as the whole ID.
func TestAnswers(t *testing.T) {
	var answered, wrong []string
	s := &state{Run: &Run{Words: map[string]string{"us-east-1": "tiger", "us-west-2": "walnut"}}, answers: []Answer{{Hub: "us-east-1"}, {Hub: "us-west-2"}},
		progress: Progress{Answered: func(a Answer) { answered = append(answered, a.Hub) }, Wrong: func(word string) { wrong = append(wrong, word) }}}
	sent := time.Now().Add(-2 * time.Second)
	for _, line := range []string{"  ", "drill-tigerx-", "DRILL-Walnut-x-us-west-2-sign-in\n", "tiger", "tiger", "drill-walnut"} {
		s.answer(line, sent)
	}
	if !slices.Equal(answered, []string{"us-west-2", "us-east-1"}) || !slices.Equal(wrong, []string{"drill-tigerx-", "tiger", "drill-walnut"}) {
		t.Errorf("answered %q, wrong %q", answered, wrong)
	}
	for _, a := range s.answers {
		if !a.Answered || a.After < 2*time.Second || a.Millis != a.After.Milliseconds() {
			t.Errorf("%+v", a)
		}
	}
	(&state{Run: s.Run, answers: []Answer{{Hub: "us-east-1"}}}).answer("nobody listens", sent)
}

func TestPause(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	began := time.Now()
	pause(ctx, time.Minute)
	pause(t.Context(), 20*time.Millisecond)
	if took := time.Since(began); took < 20*time.Millisecond || took > 30*time.Second {
		t.Errorf("%v", took)
	}
	if err := leftError(nil); err != nil {
		t.Error(err)
	}
	if err := leftError([]string{"a"}); err == nil || errors.Unwrap(err) != nil || err.Error() != "could not remove [a]" {
		t.Errorf("%v", err)
	}
}
