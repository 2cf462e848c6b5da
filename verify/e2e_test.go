//go:build verify

package verify

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/cdkcli"
	"example.com/breakglass/internal/emulator"
	"example.com/breakglass/internal/local"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

const (
	// quiet is how long nothing may come before a test believes that nothing comes.
	quiet = 5 * time.Second
)

// TestEndToEnd deploys to the local AWS, gains a standby, alerts, breaks, and is removed, in this order.
func TestEndToEnd(t *testing.T) {
	ctx := t.Context()
	e := newE2E(t, ctx, "e2e.yaml")
	t.Run("every stack deploys", func(t *testing.T) { e.deploys(t, ctx) })
	t.Run("a sign-in reaches people before there is a standby", func(t *testing.T) {
		e.play(t, ctx, "a sign-in with MFA", standbyRegion)
		e.expect(t, ctx, map[string]int{hubRegion: 1}, "BREAK GLASS SIGN-IN by BreakglassUser, account 111111111111, us-west-2")
	})
	e.with(t, "e2e-standby.yaml")
	t.Run("a standby is added by deploying again", func(t *testing.T) {
		e.deploys(t, ctx)
		e.play(t, ctx, "a sign-in with MFA", hubRegion)
		e.expect(t, ctx, map[string]int{hubRegion: 1, standbyRegion: 1}, "BREAK GLASS SIGN-IN by BreakglassUser, account 111111111111, us-east-1")
	})
	t.Run("the forwarders are made anew", func(t *testing.T) {
		// CloudFormation on AWS gives the rules their second target in place; the local AWS leaves a rule as it was.
		if err := e.run.CDK(ctx, []string{"destroy", "BreakGlass-Forwarder-*", "--force", "--concurrency", "12"}); err != nil {
			t.Fatal(err)
		}
		e.deploys(t, ctx)
	})
	t.Run("a second deploy changes nothing", func(t *testing.T) { e.changesNothing(t, ctx) })
	t.Run("every Region's sign-in arrives once from each hub", func(t *testing.T) { e.everyRegion(t, ctx) })
	t.Run("every alert of the catalogue arrives", func(t *testing.T) { e.everyAlert(t, ctx) })
	t.Run("what must stay silent does", func(t *testing.T) { e.silent(t, ctx) })
	t.Run("a thousand failed sign-ins hide nothing", func(t *testing.T) { e.flood(t, ctx) })
	t.Run("drills ring in the hub's Region only, and are all in the ledger", func(t *testing.T) { e.drills(t, ctx) })
	t.Run("a Region that does not forward is noticed", func(t *testing.T) { e.mutedRegion(t, ctx) })
	t.Run("the dead-letter queue catches what a deleted topic refuses", func(t *testing.T) { e.deadLetters(t, ctx) })
	t.Run("destroy leaves nothing behind", func(t *testing.T) {
		if err := e.run.Destroy(ctx); err != nil {
			t.Error(err)
		}
		for _, left := range remains(t, ctx, e.run) {
			t.Error("left behind:", left)
		}
	})
}

type e2e struct {
	root    string
	server  *emulator.Server
	run     *local.Run
	mailbox *local.Mailbox
	events  []cdkcli.Event
}

func newE2E(t *testing.T, ctx context.Context, file string) *e2e {
	t.Helper()
	e := &e2e{root: root(t)}
	say := func(text string) { t.Log(text) }
	if err := cdkcli.Install(ctx, e.root, say); err != nil {
		t.Fatal(err)
	}
	if err := emulator.Install(ctx, e.root, say); err != nil {
		t.Fatal(err)
	}
	server, err := emulator.Start(ctx, emulator.Options{Root: e.root})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	e.server = server
	e.with(t, file)
	if e.mailbox, err = e.run.NewMailbox(ctx, e.run.Config.Alerts.SQS[0]); err != nil {
		t.Fatal(err)
	}
	return e
}

// with goes on with another file.
func (e *e2e) with(t *testing.T, file string) {
	t.Helper()
	run, err := local.New(e.root, "verify/testdata/"+file, e.server, func(event cdkcli.Event) { e.events = append(e.events, event) })
	if err != nil {
		t.Fatal(err)
	}
	e.run = run
}

func (e *e2e) deploys(t *testing.T, ctx context.Context) {
	t.Helper()
	e.events = nil
	if err := e.run.Deploy(ctx); err != nil {
		t.Fatal(err)
	}
	for _, at := range plan.New(e.run.Config).Placements {
		if !slices.ContainsFunc(e.events, func(event cdkcli.Event) bool {
			return event.Stack == at.Stack && (event.Kind == cdkcli.Done || event.Kind == cdkcli.Unchanged)
		}) {
			t.Errorf("%s is not deployed", at.Stack)
		}
	}
}

func (e *e2e) changesNothing(t *testing.T, ctx context.Context) {
	e.deploys(t, ctx)
	for _, event := range e.events {
		if event.Kind == cdkcli.Done {
			t.Errorf("deployed again: %s", event)
		}
	}
	if err := e.run.CDK(ctx, []string{"diff", "--all", "--fail", "--method=template"}); err != nil {
		t.Error("cdk diff is not empty:", err)
	}
}

func (e *e2e) play(t *testing.T, ctx context.Context, name, region string) {
	t.Helper()
	sample, ok := watch.SampleNamed(name)
	if !ok {
		t.Fatalf("no sample %q", name)
	}
	if err := e.run.Play(ctx, watch.InRegion(sample.Event(), region)); err != nil {
		t.Fatal(err)
	}
}

// collect returns the mails about events that were played. The local AWS turns real calls into events, too, a minute
// late: the deployment's own IAM calls on the user then rightly raise an alert.
func (e *e2e) collect(t *testing.T, ctx context.Context, want int, within time.Duration) []local.Mail {
	t.Helper()
	var played []local.Mail
	for end := time.Now().Add(within); len(played) < want && time.Now().Before(end); {
		mails, err := e.mailbox.Collect(ctx, want-len(played), time.Until(end))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range mails {
			if strings.Contains(m.Text, sampleEventID) {
				played = append(played, m)
			} else if !strings.Contains(m.Text, "BREAK GLASS IAM CHANGE") {
				t.Errorf("a mail about nothing that was played:\n%s", m.Text)
			}
		}
	}
	return played
}

// sampleEventID begins the event ID of every sample.
const sampleEventID = "c6b5b5f4-6e0e-4a6e-9a53"

// expect waits for so many mails from each hub, and makes sure that no more come; each has to hold the words.
func (e *e2e) expect(t *testing.T, ctx context.Context, from map[string]int, words string) []local.Mail {
	t.Helper()
	want := 0
	for _, n := range from {
		want += n
	}
	mails := e.collect(t, ctx, want, 60*time.Second)
	mails = append(mails, e.collect(t, ctx, 1, quiet)...)
	got := map[string]int{}
	for _, m := range mails {
		got[m.Region]++
		if !strings.Contains(m.Text, words) {
			t.Errorf("a mail without %q:\n%s", words, m.Text)
		}
		if !strings.Contains(m.Text, "Told by the hub in "+m.Region) {
			t.Errorf("a mail that names another hub than %s:\n%s", m.Region, m.Text)
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(from) {
		t.Errorf("mails by hub: %v, want %v", got, from)
	}
	return mails
}

func (e *e2e) everyRegion(t *testing.T, ctx context.Context) {
	for _, r := range config.AllRegions() {
		e.play(t, ctx, "a sign-in with MFA", r.Code)
	}
	n := len(config.AllRegions())
	seen := map[string]int{}
	for _, m := range e.expect(t, ctx, map[string]int{hubRegion: n, standbyRegion: n}, "BREAK GLASS SIGN-IN by BreakglassUser") {
		first, _, _ := strings.Cut(m.Text, "\n")
		seen[m.Region+" tells of"+strings.Trim(first[strings.LastIndex(first, ",")+1:], `"`)]++
	}
	for _, hub := range []string{hubRegion, standbyRegion} {
		for _, r := range config.AllRegions() {
			if got := seen[hub+" tells of "+r.Code]; got != 1 {
				t.Errorf("the hub in %s tells of %s %d times", hub, r.Code, got)
			}
		}
		events, err := e.run.Ledger(ctx, hub)
		if err != nil {
			t.Fatal(err)
		}
		if len(events) < n {
			t.Errorf("%d events are in the ledger in %s, want %d at least", len(events), hub, n)
		}
	}
}

func (e *e2e) everyAlert(t *testing.T, ctx context.Context) {
	played := map[string]bool{}
	for _, s := range watch.Samples {
		entry, ok := watch.ByID(s.Entry)
		if !ok || len(entry.Alerts) == 0 || played[s.Entry+s.Alert] {
			continue
		}
		played[s.Entry+s.Alert] = true
		alert := entry.Alerts[slices.IndexFunc(entry.Alerts, func(a watch.Alert) bool { return a.Suffix == s.Alert })]
		e.play(t, ctx, s.Name, "ap-southeast-7")
		words, _, _ := strings.Cut(alert.Title, " <")
		mails := e.collect(t, ctx, 2, 30*time.Second)
		if len(mails) != 2 {
			t.Errorf("%s: %d mails, want one from each hub", s.Name, len(mails))
		}
		for _, m := range mails {
			want := alert.Fill("Call the duty officer.", m.Region, watch.InRegion(s.Event(), "ap-southeast-7"))
			if m.Text != want {
				t.Errorf("%s: the mail is not what the catalogue says (%s):\n%s\nwant\n%s", s.Name, words, m.Text, want)
			}
		}
	}
}

func (e *e2e) silent(t *testing.T, ctx context.Context) {
	for _, s := range watch.Samples {
		if s.Entry != "" || s.Event()["account"] != e.run.Config.Hub.Account {
			continue
		}
		e.play(t, ctx, s.Name, "eu-west-1")
	}
	e.play(t, ctx, "a wrong password", "eu-west-1")
	e.play(t, ctx, "a wrong password", hubRegion)
	e.expect(t, ctx, map[string]int{}, "")
}

// flood has a stranger fail to sign in a thousand times, with one real sign-in among them: it has to get through, alone.
func (e *e2e) flood(t *testing.T, ctx context.Context) {
	wrong, _ := watch.SampleNamed("a wrong password")
	real, _ := watch.SampleNamed("a sign-in with MFA")
	var events []watch.Fields
	for i := range 1000 {
		if i == 500 {
			events = append(events, watch.InRegion(real.Event(), "eu-north-1"))
		}
		events = append(events, watch.InRegion(wrong.Event(), "eu-north-1"))
	}
	before, err := e.run.Ledger(ctx, hubRegion)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.run.Play(ctx, events...); err != nil {
		t.Fatal(err)
	}
	e.expect(t, ctx, map[string]int{hubRegion: 1, standbyRegion: 1}, "BREAK GLASS SIGN-IN by BreakglassUser, account 111111111111, eu-north-1")
	for range 60 {
		after, err := e.run.Ledger(ctx, hubRegion)
		if err != nil {
			t.Fatal(err)
		}
		if len(after)-len(before) == len(events) {
			return
		}
		time.Sleep(time.Second)
	}
	t.Error("not every failure is in the ledger")
}

func (e *e2e) drills(t *testing.T, ctx context.Context) {
	sample, _ := watch.SampleNamed("a sign-in with MFA")
	for _, r := range config.AllRegions() {
		drill := watch.InRegion(sample.AsDrill(), r.Code)
		if err := e.run.Play(ctx, drill); err != nil {
			t.Fatal(err)
		}
	}
	e.expect(t, ctx, map[string]int{hubRegion: 1, standbyRegion: 1}, `"DRILL: sign-in: BREAK GLASS SIGN-IN`)
	for _, hub := range []string{hubRegion, standbyRegion} {
		events, err := e.run.Ledger(ctx, hub)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range config.AllRegions() {
			got := 0
			for _, event := range events {
				if strings.Contains(event, `"DRILL: sign-in"`) && strings.Contains(event, `"region":"`+r.Code+`"`) {
					got++
				}
			}
			if got != 1 {
				t.Errorf("the drill of %s is in the ledger in %s %d times", r.Code, hub, got)
			}
		}
	}
}

// mutedRegion takes the targets off a rule: the checks of this run would be worth nothing if mails came all the same.
func (e *e2e) mutedRegion(t *testing.T, ctx context.Context) {
	_, err := eventbridge.NewFromConfig(e.run.AWS("eu-west-1")).RemoveTargets(ctx, &eventbridge.RemoveTargetsInput{
		Rule: aws.String("capture-breakglass-user-sign-in"), Ids: []string{hubRegion, standbyRegion},
	})
	if err != nil {
		t.Fatal(err)
	}
	e.play(t, ctx, "a sign-in with MFA", "eu-west-1")
	e.play(t, ctx, "a switch into production", "eu-west-1")
	e.expect(t, ctx, map[string]int{hubRegion: 1, standbyRegion: 1}, "BREAK GLASS ROLE SWITCH")
}

func (e *e2e) deadLetters(t *testing.T, ctx context.Context) {
	topic := "arn:aws:sns:" + hubRegion + ":" + e.run.Config.Hub.Account + ":" + names.Topic
	if _, err := sns.NewFromConfig(e.run.AWS(hubRegion)).DeleteTopic(ctx, &sns.DeleteTopicInput{TopicArn: aws.String(topic)}); err != nil {
		t.Fatal(err)
	}
	e.play(t, ctx, "a sign-in with MFA", hubRegion)
	client := sqs.NewFromConfig(e.run.AWS(hubRegion))
	queues, err := client.ListQueues(ctx, &sqs.ListQueuesInput{QueueNamePrefix: aws.String(names.HubStack)})
	if err != nil || len(queues.QueueUrls) != 1 {
		t.Fatalf("the hub's dead-letter queue is not there: %v, %v", queues, err)
	}
	for range 20 {
		out, err := client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
			QueueUrl: aws.String(queues.QueueUrls[0]), WaitTimeSeconds: 10, MessageAttributeNames: []string{"All"},
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range out.Messages {
			if arn := aws.ToString(m.MessageAttributes["RULE_ARN"].StringValue); !strings.HasSuffix(arn, "rule/capture-breakglass-user-sign-in") {
				t.Errorf("the dead letter is of the rule %q", arn)
			}
			return
		}
	}
	t.Error("no dead letter")
}
