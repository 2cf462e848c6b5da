//go:build emulator

// This test deploys a small app to the local AWS and drills it with the real command, then breaks one link after another:
// go test -tags emulator -run TestLive -v ./operate/drill

package drill

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"example.com/breakglass/names"
	"example.com/breakglass/prove/local"
	"example.com/breakglass/prove/local/localtest"
)

const root, liveFile = "../..", "operate/drill/testdata/live.yaml"

var record = flag.Bool("record", false, "drill every Region, and write what it prints, and when, to docs/drill.txt")

type live struct {
	*local.Run
	command  string
	env      []string
	deployed time.Time
}

func newLive(t *testing.T, file string) *live {
	t.Helper()
	ctx := t.Context()
	server := localtest.Start(t, root)
	project, err := filepath.Abs(root)
	check(t, err)
	run, err := local.New(project, file, server, nil)
	if err != nil {
		t.Fatal(err)
	}
	run.As = run.Config.Hub.Account
	began := time.Now()
	if err := run.Deploy(ctx); err != nil {
		t.Fatal(err)
	}
	t.Logf("deployed in %v", time.Since(began).Round(time.Second))
	l := &live{Run: run, command: filepath.Join(t.TempDir(), "breakglass"), env: server.Env(run.Config.Hub.Account, run.Config.Hub.Region), deployed: time.Now()}
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", l.command, root+"/cmd/breakglass").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return l
}

// drill runs the command and returns what it prints, and its exit code.
func (l *live) drill(t *testing.T, args ...string) (string, int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), l.command, append([]string{"drill", "--config", l.File}, args...)...)
	cmd.Env = l.env
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	began := time.Now()
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	t.Logf("breakglass drill %s: exit %d after %v\n%s", strings.Join(args, " "), cmd.ProcessState.ExitCode(), time.Since(began).Round(100*time.Millisecond),
		out.String())
	return out.String(), cmd.ProcessState.ExitCode()
}

func (l *live) expect(t *testing.T, code int, words []string, args ...string) string {
	t.Helper()
	if code != 2 && !slices.Contains(args, "--yes") {
		args = append(args, "--yes") // a drill's own queues raise alerts, too
	}
	out, got := l.drill(t, args...)
	if got != code {
		t.Errorf("exit %d, want %d", got, code)
	}
	for _, w := range words {
		if !strings.Contains(out, w) {
			t.Errorf("it does not say %q", w)
		}
	}
	l.nothingLeft(t)
	return out
}

func (l *live) nothingLeft(t *testing.T) {
	t.Helper()
	for _, hub := range l.Config.HubRegions() {
		queues, err := sqs.NewFromConfig(l.AWS(hub)).ListQueues(t.Context(), &sqs.ListQueuesInput{QueueNamePrefix: aws.String("breakglass-drill-")})
		if err != nil || len(queues.QueueUrls) > 0 {
			t.Errorf("queues are left in %s: %v %v", hub, queues.QueueUrls, err)
		}
		subscriptions, err := sns.NewFromConfig(l.AWS(hub)).ListSubscriptions(t.Context(), &sns.ListSubscriptionsInput{})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range subscriptions.Subscriptions {
			if aws.ToString(s.Protocol) == "sqs" {
				t.Errorf("a subscription is left in %s: %s", hub, aws.ToString(s.SubscriptionArn))
			}
		}
	}
}

func (l *live) rules(region string) *eventbridge.Client {
	return eventbridge.NewFromConfig(l.AWS(region))
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestLive(t *testing.T) {
	l := newLive(t, liveFile)
	ctx := context.Background()

	t.Run("every Region answers both hubs", func(t *testing.T) {
		folder := t.TempDir()
		evidence, junit := filepath.Join(folder, "drill.json"), filepath.Join(folder, "drill.xml")
		l.expect(t, 0, []string{
			"✓ 4 of 4 Regions answered", "Everybody on the topics gets 2 messages marked DRILL: 1 from us-east-1, 1 from us-west-2.", "✓ eu-south-2",
		},
			"--evidence", evidence, "--junit", junit)
		var e Evidence
		text, err := os.ReadFile(evidence)
		check(t, err)
		check(t, json.Unmarshal(text, &e))
		if !e.OK || len(e.Results) != 4 || e.SlowestMillis == 0 || len(e.Silent) != 0 {
			t.Errorf("the evidence is %s", text)
		}
		report, err := os.ReadFile(junit)
		check(t, err)
		if !strings.Contains(string(report), `tests="4" failures="0"`) {
			t.Errorf("the report is %s", report)
		}
	})
	t.Run("people type in what they were sent", func(t *testing.T) { l.answered(t) })
	t.Run("machines get one value", func(t *testing.T) {
		cmd := exec.CommandContext(ctx, l.command, "drill", "--config", l.File, "--yes", "--output", "json", "--regions", "eu-west-1,us-east-1")
		cmd.Env = l.env
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		var e Evidence
		check(t, json.Unmarshal(out, &e))
		if len(e.Results) != 2 || !e.OK {
			t.Errorf("%s", out)
		}
	})
	t.Run("many messages are asked for", func(t *testing.T) {
		l.expect(t, 2, []string{"no terminal for confirmation; pass --yes"}, "--all-alerts")
	})
	// After those: it uses up the room for drills of its minute, and the local AWS composes one or two messages a second.
	// Each drill after it leaves the topics out where they prove nothing: the limit may hold a message back, and is right to.
	t.Run("every alert", func(t *testing.T) {
		// The local AWS is so late at times that drills reach the composer together, and its limit holds some back: that each of them
		// reaches people is shown one by one, in the end-to-end runs.
		l.expect(t, 0, []string{"✓ 4 of 4 Regions answered"}, "--all-alerts", "--yes", "--no-queue")
	})
	l.settles(t)
	t.Run("a Region whose rule has no targets is named", func(t *testing.T) {
		rule := names.Capture + "breakglass-user-sign-in"
		_, err := l.rules("eu-south-2").RemoveTargets(ctx, &eventbridge.RemoveTargetsInput{Rule: aws.String(rule), Ids: []string{"us-west-2"}})
		check(t, err)
		out := l.expect(t, 1, []string{
			"✗ eu-south-2", "not in the ledger in us-west-2", "3 of 4 Regions answered; silent: eu-south-2",
			"rule capture-breakglass-user-sign-in in eu-south-2 lacks the target arn:aws:events:us-west-2:111111111111:event-bus/default",
			"breakglass deploy --revert-drift --only BreakGlass-Forwarder-eu-south-2",
		}, "--wait", "30s", "--no-queue")
		if strings.Contains(out, "not in the ledger in us-east-1") {
			t.Error("the target that is left is blamed")
		}
		_, err = l.rules("eu-south-2").RemoveTargets(ctx, &eventbridge.RemoveTargetsInput{Rule: aws.String(rule), Ids: []string{"us-east-1"}})
		check(t, err)
		l.expect(t, 1, []string{"rule capture-breakglass-user-sign-in in eu-south-2 has no targets"}, "--wait", "5s", "--no-queue", "--regions",
			"eu-south-2,us-east-1")
		_, err = l.rules("eu-south-2").DeleteRule(ctx, &eventbridge.DeleteRuleInput{Name: aws.String(rule)})
		check(t, err)
		l.expect(t, 1, []string{"rule capture-breakglass-user-sign-in in eu-south-2 was deleted"}, "--wait", "3s", "--no-queue", "--regions", "eu-south-2,us-east-1")
	})
	t.Run("Ctrl-C leaves nothing", func(t *testing.T) {
		for _, after := range []time.Duration{0, 300 * time.Millisecond, time.Second} {
			// The Region that no longer answers keeps the drill waiting.
			l.interrupted(t, after)
			l.nothingLeft(t)
		}
	})
	t.Run("a hub's rule for distant drills that is gone is named once", func(t *testing.T) {
		rule := aws.String(names.Record + "breakglass-drills" + names.StandbySuffix)
		_, err := l.rules("us-west-2").RemoveTargets(ctx, &eventbridge.RemoveTargetsInput{Rule: rule, Ids: []string{"ledger"}})
		check(t, err)
		_, err = l.rules("us-west-2").DeleteRule(ctx, &eventbridge.DeleteRuleInput{Name: rule})
		check(t, err)
		out := l.expect(t, 1, []string{"rule record-breakglass-drills-standby in us-west-2 was deleted", "1 of 3 Regions answered; silent: eu-west-1, us-east-1"},
			"--wait", "30s", "--no-queue", "--alert", "failed-sign-in", "--regions", "eu-west-1,us-east-1,us-west-2")
		if strings.Count(out, "was deleted") != 1 {
			t.Error("the same link is reported more than once")
		}
	})
	t.Run("a ledger that is gone is named", func(t *testing.T) {
		_, err := cloudwatchlogs.NewFromConfig(l.AWS("us-west-2")).DeleteLogGroup(ctx, &cloudwatchlogs.DeleteLogGroupInput{LogGroupName: aws.String(names.Ledger)})
		check(t, err)
		l.expect(t, 1, []string{"there is no ledger in us-west-2"}, "--wait", "5s", "--regions", "us-west-2")
	})
	t.Run("a topic that is gone is named", func(t *testing.T) {
		_, err := sns.NewFromConfig(l.AWS("us-west-2")).DeleteTopic(ctx, &sns.DeleteTopicInput{
			TopicArn: aws.String("arn:aws:sns:us-west-2:111111111111:" + names.Topic),
		})
		check(t, err)
		l.expect(t, 1, []string{"the topic " + names.Topic + " in us-west-2 does not exist: nobody is notified", "not on the topic in us-west-2: us-west-2"},
			"--wait", "5s", "--regions", "us-west-2")
	})
}

// settles waits until the local AWS has made events of the deployment's calls: it does so a minute later, and stands still for
// up to half a minute meanwhile, which a drill rightly finds. It also waits for what the drill of every alert has left to do.
func (l *live) settles(t *testing.T) {
	t.Helper()
	if _, code := l.drill(t, "--yes", "--no-queue", "--wait", "3m"); code != 0 {
		t.Errorf("exit %d", code)
	}
	time.Sleep(time.Until(l.deployed.Add(90 * time.Second)))
	for quick := 0; quick < 3; quick++ {
		began := time.Now()
		_, err := l.rules("us-west-2").PutEvents(t.Context(), &eventbridge.PutEventsInput{Entries: []entry{
			{Source: aws.String("test"), DetailType: aws.String("test"), Detail: aws.String("{}")},
		}})
		check(t, err)
		if time.Since(began) > time.Second {
			quick = -1
		}
		time.Sleep(time.Second)
	}
}
