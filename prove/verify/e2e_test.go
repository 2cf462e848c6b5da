//go:build verify

package verify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamotypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"example.com/breakglass/compose"
	"example.com/breakglass/config"
	"example.com/breakglass/internal/cdkcli"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
	"example.com/breakglass/prove/emulator"
	"example.com/breakglass/prove/local"
	"example.com/breakglass/prove/local/localtest"
	"example.com/breakglass/watch"
)

const (
	// quiet is how long nothing may come before a test believes that nothing comes.
	quiet = 5 * time.Second
	// patience is how long a test waits for what has to come.
	patience = 60 * time.Second
)

// TestEndToEnd deploys to the local AWS, gains a standby and further Regions, alerts, breaks, and is removed, in this order.
func TestEndToEnd(t *testing.T) {
	ctx := t.Context()
	e := newE2E(t, ctx, "e2e.yaml")
	step := func(name string, do func(*testing.T, context.Context)) {
		t.Run(name, func(t *testing.T) { do(t, ctx) })
	}
	step("every stack deploys", e.deploys)
	step("a sign-in reaches people before there is a standby", func(t *testing.T, ctx context.Context) {
		e.play(t, ctx, "a sign-in with MFA", standbyRegion)
		e.expect(t, ctx, map[string]int{hubRegion: 1}, signedIn+standbyRegion)
	})
	e.with(t, "e2e-standby.yaml")
	step("a standby and all other Regions are added by deploying again", func(t *testing.T, ctx context.Context) {
		e.deploys(t, ctx)
		e.play(t, ctx, "a sign-in with MFA", hubRegion)
		e.expect(t, ctx, map[string]int{hubRegion: 1, standbyRegion: 1}, signedIn+hubRegion)
	})
	step("what existed before is created again", func(t *testing.T, ctx context.Context) {
		// CloudFormation on AWS updates rules in place, for example with their second target; the local AWS leaves them as
		// they were.
		if err := e.run.CDK(ctx, []string{
			"destroy", "BreakGlass-Forwarder-eu-west-1", "BreakGlass-Forwarder-us-west-2", "BreakGlass-Integrity-us-east-1", "--force", "--concurrency",
			strconv.Itoa(cdkcli.Concurrency),
		}); err != nil {
			t.Fatal(err)
		}
		e.deploys(t, ctx)
	})
	step("a second deploy changes nothing", e.changesNothing)
	step("every Region's sign-in arrives once from each hub", e.everyRegion)
	step("every Region's heartbeat arrives once for every rule", e.everyBeat)
	step("every alert of the catalogue arrives", e.everyAlert)
	step("what must stay silent does", e.silent)
	step("a thousand failed sign-ins hide nothing, and cause a handful of emails", e.flood)
	step("drills of everything alert in the hubs' Regions only, and are all in the ledgers", e.drills)
	step("an alarm that counts triggers at its threshold, once", e.countingAlarms)
	step("a rule that does not forward is noticed", e.mutedRule)
	step("what a Region could not deliver alerts", e.deadLettersElsewhere)
	step("destroy leaves nothing behind", e.leavesNothing)
}

type e2e struct {
	root    string
	server  *emulator.Server
	run     *local.Run
	mailbox *local.Mailbox
	events  []cdkcli.Event
	// played counts the records that were played, each of which has an ID of its own: the composer sends an event once.
	played int
}

func newE2E(t *testing.T, ctx context.Context, file string) *e2e {
	t.Helper()
	e := &e2e{root: root(t)}
	e.server = localtest.Start(t, e.root)
	e.with(t, file)
	var err error
	if e.mailbox, err = e.run.NewMailbox(ctx, e.run.Config.Alerts.SQS[0]); err != nil {
		t.Fatal(err)
	}
	return e
}

// with continues with another file.
func (e *e2e) with(t *testing.T, file string) {
	t.Helper()
	run, err := local.New(e.root, "prove/verify/testdata/"+file, e.server, func(event cdkcli.Event) { e.events = append(e.events, event) })
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
	for _, at := range plan.Of(e.run.Config).Placements {
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

// leavesNothing searches before the removal, too: what it can't find then, it would not miss afterwards.
func (e *e2e) leavesNothing(t *testing.T, ctx context.Context) {
	before := remains(t, ctx, e.run)
	for _, kind := range remainingKinds {
		if !slices.ContainsFunc(before, func(left string) bool { return strings.HasPrefix(left, kind+" ") }) {
			t.Errorf("the search finds no %s before the removal", kind)
		}
	}
	if err := e.run.Destroy(ctx); err != nil {
		t.Error(err)
	}
	for _, left := range remains(t, ctx, e.run) {
		t.Error("left behind:", left)
	}
}

// sample returns a sample as it happens in a Region of this deployment, with the key that CloudFormation made.
func (e *e2e) sample(t *testing.T, ctx context.Context, name, region string) watch.Fields {
	t.Helper()
	sample, ok := watch.SampleNamed(name)
	if !ok {
		t.Fatalf("no sample %q", name)
	}
	text := jsonOf(watch.InRegion(sample.Event(), region))
	if strings.Contains(text, watch.SampleKey) {
		text = strings.ReplaceAll(text, watch.SampleKey, e.key(t, ctx, region))
	}
	var event watch.Fields
	if err := json.Unmarshal([]byte(text), &event); err != nil {
		t.Fatal(err)
	}
	if detail := event["detail"].(watch.Fields); detail["eventID"] != nil {
		e.played++
		detail["eventID"] = fmt.Sprintf("%s-%012d", sampleEventID, e.played)
	}
	return event
}

// signedIn begins the subject of an alert on a sign-in; the Region follows.
const signedIn = "BREAK GLASS: BreakglassUser signed in, "

// key returns the ID of the key of a Region's topic; empty where there is none.
func (e *e2e) key(t *testing.T, ctx context.Context, region string) string {
	t.Helper()
	aliases, err := kms.NewFromConfig(e.run.AWS(region)).ListAliases(ctx, &kms.ListAliasesInput{})
	if err != nil {
		t.Fatal(err)
	}
	for _, alias := range aliases.Aliases {
		if aws.ToString(alias.AliasName) == names.KeyAlias {
			return aws.ToString(alias.TargetKeyId)
		}
	}
	return ""
}

func (e *e2e) play(t *testing.T, ctx context.Context, name, region string) {
	t.Helper()
	if err := e.run.Play(ctx, e.sample(t, ctx, name, region)); err != nil {
		t.Fatal(err)
	}
}

// breathe lets time pass for the composers: what a test plays next is not held up by what people have got before, nor is a beat taken
// for one of the same hour.
func (e *e2e) breathe(t *testing.T, ctx context.Context) {
	t.Helper()
	for _, hub := range hubs {
		table := dynamodb.NewFromConfig(e.run.AWS(hub))
		out, err := table.Scan(ctx, &dynamodb.ScanInput{TableName: aws.String(names.AlertsTable)})
		if notThere := (*dynamotypes.ResourceNotFoundException)(nil); errors.As(err, &notThere) {
			continue // before there is a standby
		} else if err != nil {
			t.Fatal(err)
		}
		for _, item := range out.Items {
			id := item[compose.TableKey].(*dynamotypes.AttributeValueMemberS).Value
			if !strings.HasPrefix(id, "rate#") && !strings.HasPrefix(id, "beat#") {
				continue
			}
			if _, err := table.DeleteItem(ctx, &dynamodb.DeleteItemInput{
				TableName: aws.String(names.AlertsTable), Key: map[string]dynamotypes.AttributeValue{compose.TableKey: item[compose.TableKey]},
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// sampleEventID begins the event ID of every sample.
const sampleEventID = "c6b5b5f4-6e0e-4a6e-9a53"

// ofTheRun reports whether an email is about what nobody played: an alarm on heartbeats triggers as soon as it is created.
func ofTheRun(m local.Mail) bool {
	return slices.ContainsFunc([]string{names.Heartbeat, names.SilentAlarm, names.Alive}, func(alarm string) bool { return about(alarm)(m) })
}

// collect returns the mails about what was played, until that many are there or the time is over.
func (e *e2e) collect(t *testing.T, ctx context.Context, want int, within time.Duration) []local.Mail {
	t.Helper()
	return e.collectBut(t, ctx, want, within, ofTheRun)
}

func (e *e2e) collectBut(t *testing.T, ctx context.Context, want int, within time.Duration, skip func(local.Mail) bool) []local.Mail {
	t.Helper()
	var played []local.Mail
	for end := time.Now().Add(within); len(played) < want && time.Now().Before(end); {
		mails, err := e.mailbox.Collect(ctx, want-len(played), time.Until(end))
		if err != nil {
			t.Fatal(err)
		}
		played = append(played, slices.DeleteFunc(mails, skip)...)
	}
	return played
}

// expect waits for so many mails from each hub, and makes sure that no more come; each has to hold the words.
func (e *e2e) expect(t *testing.T, ctx context.Context, from map[string]int, words string) []local.Mail {
	t.Helper()
	want := 0
	for _, n := range from {
		want += n
	}
	mails := e.collect(t, ctx, want, patience)
	mails = append(mails, e.collect(t, ctx, 1, quiet)...)
	got := map[string]int{}
	for _, m := range mails {
		got[m.Region]++
		if !strings.Contains(m.Subject+"\n"+m.Text, words) {
			t.Errorf("a mail without %q: %s\n%s", words, m.Subject, m.Text)
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(from) {
		t.Errorf("mails by hub: %v, want %v", got, from)
	}
	return mails
}

// ledger returns the events of a hub's ledger that this run played, by the ID of their record.
func (e *e2e) ledger(t *testing.T, ctx context.Context, hub, begins string) map[string]int {
	t.Helper()
	events, err := e.run.Ledger(ctx, hub)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	for _, text := range events {
		var event struct {
			Region string
			Detail struct{ EventID string }
		}
		if err := json.Unmarshal([]byte(text), &event); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(event.Detail.EventID, begins) {
			found[event.Region+" "+event.Detail.EventID]++
		}
	}
	return found
}

// eventually waits until something is true.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(3 * patience); !is(); time.Sleep(time.Second) {
		if time.Now().After(end) {
			t.Error("not yet after three minutes:", what)
			return
		}
	}
}

var hubs = []string{hubRegion, standbyRegion}

// regions returns those of the deployment.
func (e *e2e) regions() []string {
	var all []string
	for _, r := range config.AllRegions() {
		all = append(all, r.Code)
	}
	return all
}
