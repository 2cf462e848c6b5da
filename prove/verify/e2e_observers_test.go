//go:build verify

package verify

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	ebtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"example.com/breakglass/watch"
)

// TestEndToEndObservers deploys observers into two target accounts and Regions of a local AWS. What really happens there is in
// both ledgers, and an alarm names the account; what somebody there makes up is in none. The local AWS lets anyone put any event
// on any bus: so it shows that the rules are enough even without the policy of the bus.
func TestEndToEndObservers(t *testing.T) {
	ctx := t.Context()
	e := newE2E(t, ctx, "e2e-observers.yaml")
	e.deploys(t, ctx)
	step := func(name string, do func(*testing.T, context.Context)) {
		t.Run(name, func(t *testing.T) { do(t, ctx) })
	}
	step("what happens in a target account is in both ledgers", e.observersCarry)
	step("what is fabricated there arrives nowhere", e.fabricatedStaysOut)
	step("the alarm names the account", e.alarmNamesTheAccount)
	step("destroy leaves nothing behind", func(t *testing.T, ctx context.Context) {
		if err := e.run.Destroy(ctx); err != nil {
			t.Error(err)
		}
		for _, left := range remains(t, ctx, e.run) {
			t.Error("left behind:", left)
		}
	})
}

// inAccount returns a sample of a target account as it happens in another one, in a Region, with an event ID of its own.
func inAccount(t *testing.T, s watch.Sample, account, region, id string) watch.Fields {
	t.Helper()
	var event watch.Fields
	if err := json.Unmarshal(fromTarget(s, account, region).event, &event); err != nil {
		t.Fatal(err)
	}
	event["account"] = account // also of what nobody observes: here, every account may be one that is
	event["detail"].(watch.Fields)["eventID"] = id
	return event
}

// observersCarry puts every record that belongs to an entry on the bus of each account and Region, as AWS does.
func (e *e2e) observersCarry(t *testing.T, ctx context.Context) {
	const begins = "observed-"
	want := map[string]string{} // the account, by Region and ID
	for account := range inTargets {
		for _, region := range hubs {
			var events []watch.Fields
			for i, s := range watch.TargetSamples {
				if s.Entry == "" {
					continue
				}
				id := fmt.Sprint(begins, account, "-", i)
				events, want[region+" "+id] = append(events, inAccount(t, s, account, region, id)), account
			}
			if err := e.run.Play(ctx, events...); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, hub := range hubs {
		eventually(t, "everything is in the ledger in "+hub, func() bool { return len(e.ledger(t, ctx, hub, begins)) >= len(want) })
		got := e.ledger(t, ctx, hub, begins)
		for id := range want {
			if got[id] != 1 {
				t.Errorf("%s is in the ledger in %s %d times", id, hub, got[id])
			}
		}
		if len(got) > len(want) {
			t.Errorf("%d records are in the ledger in %s, want %d", len(got), hub, len(want))
		}
		e.ledgerNames(t, ctx, hub, begins, want)
	}
	if mails := e.collect(t, ctx, 1, quiet); len(mails) > 0 {
		t.Errorf("somebody in a target account can send mails: %v", mails)
	}
	t.Logf("%d records of 2 accounts in 2 Regions", len(want))
}

// ledgerNames checks that each record in a ledger has its account.
func (e *e2e) ledgerNames(t *testing.T, ctx context.Context, hub, begins string, want map[string]string) {
	t.Helper()
	events, err := e.run.Ledger(ctx, hub)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range events {
		var event struct {
			Account, Region string
			Detail          struct{ EventID string }
		}
		if err := json.Unmarshal([]byte(text), &event); err != nil {
			t.Fatal(err)
		}
		if id := event.Detail.EventID; strings.HasPrefix(id, begins) && event.Account != want[event.Region+" "+id] {
			t.Errorf("%s in %s is of account %s", id, hub, event.Account)
		}
	}
}

// recordsOfTargets names the hub's own samples that are, in a target account, records that its observers carry.
var recordsOfTargets = []string{
	"a switch as the other account records it", "a policy of the hub account's own role", "the hub account's own role changed by a stack",
	"a role that is named like those of the observers, in the hub account",
}

// fabricatedStaysOut puts what somebody in a target account can make up on his own bus, and straight on the hub's. The hub's own
// records are among it, as they would be of that account. A real record comes last by either way: when that is there, the others
// would be.
func (e *e2e) fabricatedStaysOut(t *testing.T, ctx context.Context) {
	const account, begins = "222222222222", "made-up-"
	real := watch.TargetSamples[0]
	tried := 0
	for _, region := range hubs {
		var events []watch.Fields
		for i, s := range slices.Concat(watch.TargetSamples, watch.Samples) {
			if slices.Contains(recordsOfTargets, s.Name) || s.Name == notObserved || replayed(s) || s.Entry != "" && i < len(watch.TargetSamples) {
				continue
			}
			events = append(events, inAccount(t, s, account, region, begins+s.Name))
		}
		tried += len(events)
		if err := e.run.Play(ctx, events...); err != nil {
			t.Fatal(err)
		}
		e.putOnHub(t, ctx, account, region, events)
		if err := e.run.Play(ctx, inAccount(t, real, account, region, "real-own")); err != nil {
			t.Fatal(err)
		}
		e.putOnHub(t, ctx, account, region, []watch.Fields{inAccount(t, real, account, region, "real-straight")})
	}
	for _, hub := range hubs {
		// Those of both Regions, and what was put on this hub's bus.
		eventually(t, "the real records are in the ledger in "+hub, func() bool { return len(e.ledger(t, ctx, hub, "real-")) == len(hubs)+1 })
		time.Sleep(quiet)
		for id := range e.ledger(t, ctx, hub, begins) {
			t.Errorf("the ledger in %s holds %s", hub, id)
		}
	}
	if mails := e.collect(t, ctx, 1, quiet); len(mails) > 0 {
		t.Errorf("people were alerted on fabricated events: %v", mails)
	}
	t.Logf("%d events, each on the account's own bus and on the hub's", tried)
}

// putOnHub lets an account put events on the hub's bus in a Region.
func (e *e2e) putOnHub(t *testing.T, ctx context.Context, account, region string, events []watch.Fields) {
	t.Helper()
	bus := "arn:aws:events:" + region + ":" + e.run.Config.Hub.Account + ":event-bus/default"
	client := eventbridge.NewFromConfig(e.server.Config(account, region))
	for batch := range slices.Chunk(events, 10) {
		var entries []ebtypes.PutEventsRequestEntry
		for _, event := range batch {
			entries = append(entries, ebtypes.PutEventsRequestEntry{
				EventBusName: aws.String(bus), Source: aws.String(event["source"].(string)), DetailType: aws.String(event["detail-type"].(string)),
				Detail: aws.String(jsonOf(event["detail"])),
			})
		}
		out, err := client.PutEvents(ctx, &eventbridge.PutEventsInput{Entries: entries})
		if err != nil || out.FailedEntryCount > 0 {
			t.Fatalf("%v, %v", err, out)
		}
	}
}

// alarmNamesTheAccount sets the state of each hub's alarm, which the local AWS has no metric for, and reads the mail.
func (e *e2e) alarmNamesTheAccount(t *testing.T, ctx context.Context) {
	entry, _ := watch.ByID(watch.TargetAccess)
	for _, hub := range hubs {
		for account, listener := range inTargets {
			alarm := entry.Rule + listener + suffixOf(hub)
			if _, err := cloudwatch.NewFromConfig(e.run.AWS(hub)).SetAlarmState(ctx, &cloudwatch.SetAlarmStateInput{
				AlarmName: aws.String(alarm), StateValue: types.StateValueAlarm, StateReason: aws.String("set by the test"),
			}); err != nil {
				t.Fatal(err)
			}
			mails := e.collectBut(t, ctx, 1, patience, notAbout(alarm))
			name := map[string]string{"222222222222": "production", "333333333333": "sandbox"}[account]
			if len(mails) != 1 || mails[0].Region != hub || !strings.Contains(mails[0].Text, account+" "+name) {
				t.Errorf("%s went off, and people got %v", alarm, mails)
				continue
			}
			t.Logf("%s\n%s", mails[0].Subject, mails[0].Text)
		}
	}
}
