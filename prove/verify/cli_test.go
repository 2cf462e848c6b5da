//go:build verify

package verify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"example.com/breakglass/config"
	"example.com/breakglass/names"
	"example.com/breakglass/prove/emulator"
	"example.com/breakglass/prove/local"
	"example.com/breakglass/prove/local/localtest"
)

// operator runs the real command, as an identity of the management account, on a local AWS.
type operator struct {
	root, command, file string
	server              *emulator.Server
}

func newOperator(t *testing.T, ctx context.Context) *operator {
	t.Helper()
	o := &operator{root: root(t), command: filepath.Join(t.TempDir(), "breakglass"), file: filepath.Join(t.TempDir(), "breakglass.yaml")}
	build := exec.CommandContext(ctx, "go", "build", "-o", o.command, "./cmd/breakglass")
	build.Dir = o.root // without the flags of make cli: those would compile all of the AWS SDK a second time
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	o.server = localtest.Start(t, o.root)
	return o
}

// does runs a command and holds its exit code; what it printed is returned.
func (o *operator) does(t *testing.T, ctx context.Context, code int, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(ctx, o.command, append(args, "--config", o.file)...)
	cmd.Dir = o.root
	// The CDK's own validator has its place in the judges, and takes four seconds here.
	cmd.Env = append(o.server.Env(local.ManagementAccount, hubRegion), "CDK_VALIDATION=false")
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if got := cmd.ProcessState.ExitCode(); got != code {
		t.Fatalf("breakglass %s ends with %d, want %d:\n%s", strings.Join(args, " "), got, code, out)
	}
	return string(out)
}

// contains checks that a text has all of the words.
func contains(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("%q is not in\n%s", w, text)
		}
	}
}

// TestEndToEndCLI goes the operator's way, in every Region: from no file to a proven alarm, through things that break, to nothing.
func TestEndToEndCLI(t *testing.T) {
	ctx := t.Context()
	o := newOperator(t, ctx)
	t.Run("init writes a file", func(t *testing.T) {
		contains(t, o.does(t, ctx, 0, "init", "--hub-account", "111111111111", "--email", "security-team@example.com",
			"--standby", standbyRegion, "--target", "222222222222=production", "--access", "organization"), "breakglass plan")
		// The local AWS has no Region settings and no trail: the file gets both here.
		text, err := os.ReadFile(o.file)
		if err != nil {
			t.Fatal(err)
		}
		text = []byte(strings.Replace(string(text), "\nregions: always-on\n", "\nregions: all\n", 1) + "\nterminationProtection: false\n")
		if err := os.WriteFile(o.file, text, 0o600); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("plan shows what will be deployed", func(t *testing.T) {
		contains(t, o.does(t, ctx, 0, "plan"), "BreakGlass-Hub", "BreakGlass-Heartbeats-standby", fmt.Sprintf("%d Regions watched", len(config.AllRegions())),
			"MONTHLY COST")
	})
	t.Run("deploy, and again", func(t *testing.T) {
		o.does(t, ctx, 0, "deploy", "--yes")
		o.does(t, ctx, 0, "deploy", "--yes")
	})
	clean := o.check(t, ctx)
	t.Run("drill in every Region", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "drill.json")
		o.does(t, ctx, 0, "drill", "--yes", "--evidence", file)
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		contains(t, string(text), "ap-east-2", "me-south-1", standbyRegion)
	})
	t.Run("what breaks is named", func(t *testing.T) { o.breaks(t, ctx, clean) })
	t.Run("destroy leaves nothing", func(t *testing.T) {
		o.does(t, ctx, 0, "destroy", "--account", "111111111111")
		run, err := local.New(o.root, o.file, o.server, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, left := range remains(t, ctx, run) {
			t.Error("left behind:", left)
		}
	})
}

// check returns what the readiness check finds, as it prints it for machines.
func (o *operator) check(t *testing.T, ctx context.Context) string {
	t.Helper()
	// The local AWS has no trail, confirms no mail and gives no user a password: those are found, whatever else is.
	out := o.does(t, ctx, 1, "check", "--output", "json")
	var report map[string]any
	if err := json.Unmarshal([]byte(out[strings.Index(out, "{"):]), &report); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return out
}

// breaks breaks one thing after another, and has check or drill name exactly that.
func (o *operator) breaks(t *testing.T, ctx context.Context, before string) {
	const rule, region = "capture-breakglass-user-sign-in", "eu-west-1"
	at := func(region string) aws.Config { return o.server.Config("111111111111", region) }
	for _, broken := range []struct {
		what  string
		spoil func() error
		// check names these; drill, where an event shows it, ends with 1 and names the others.
		check, drill []string
	}{
		{
			"a rule switched off", // the local AWS delivers through it anyway
			func() error {
				_, err := eventbridge.NewFromConfig(at(region)).DisableRule(ctx, &eventbridge.DisableRuleInput{Name: aws.String(rule)})
				return err
			},
			[]string{rule, region}, nil,
		},
		{
			"a target taken away",
			func() error {
				_, err := eventbridge.NewFromConfig(at("eu-west-2")).RemoveTargets(ctx, &eventbridge.RemoveTargetsInput{
					Rule: aws.String(rule), Ids: []string{hubRegion},
				})
				return err
			},
			[]string{rule, "eu-west-2"}, []string{"eu-west-2"},
		},
		{
			"a Region's forwarder gone",
			func() error {
				_, err := cloudformation.NewFromConfig(at("sa-east-1")).DeleteStack(ctx,
					&cloudformation.DeleteStackInput{StackName: aws.String(names.ForwarderStack + "sa-east-1")})
				return err
			},
			[]string{names.ForwarderStack + "sa-east-1"}, []string{"sa-east-1"},
		},
		{
			"a stranger on the topic",
			func() error {
				if _, err := sqs.NewFromConfig(at(hubRegion)).CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: aws.String("stranger")}); err != nil {
					return err
				}
				_, err := sns.NewFromConfig(at(hubRegion)).Subscribe(ctx, &sns.SubscribeInput{
					TopicArn: aws.String("arn:aws:sns:" + hubRegion + ":111111111111:" + names.Topic), Protocol: aws.String("sqs"),
					Endpoint: aws.String("arn:aws:sqs:" + hubRegion + ":111111111111:stranger"),
				})
				return err
			},
			[]string{"arn:aws:sqs:" + hubRegion + ":111111111111:stranger"}, nil,
		},
		{
			"the topic gone",
			func() error {
				_, err := sns.NewFromConfig(at(standbyRegion)).DeleteTopic(ctx, &sns.DeleteTopicInput{
					TopicArn: aws.String("arn:aws:sns:" + standbyRegion + ":111111111111:" + names.Topic),
				})
				return err
			},
			[]string{names.Topic, names.StandbyStack}, []string{standbyRegion},
		},
	} {
		t.Run(broken.what, func(t *testing.T) {
			if err := broken.spoil(); err != nil {
				t.Fatal(err)
			}
			after := o.check(t, ctx)
			found := news(before, after)
			contains(t, found, broken.check...)
			before = after
			if broken.drill != nil {
				contains(t, o.does(t, ctx, 1, "drill", "--yes", "--wait", "20s", "--regions", strings.Join(broken.drill, ",")), broken.drill...)
			}
		})
	}
}

// news returns the lines of a report that an earlier one did not have.
func news(before, after string) string {
	known := map[string]bool{}
	for _, line := range strings.Split(before, "\n") {
		known[strings.TrimSpace(line)] = true
	}
	var found []string
	for _, line := range strings.Split(after, "\n") {
		if !known[strings.TrimSpace(line)] {
			found = append(found, line)
		}
	}
	return strings.Join(found, "\n")
}
