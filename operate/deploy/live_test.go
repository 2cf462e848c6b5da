//go:build emulator

// The life of a deployment on the local AWS, by the code of breakglass deploy and breakglass destroy:
// go test -tags emulator ./operate/deploy

package deploy_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
	"example.com/breakglass/names"
	"example.com/breakglass/operate/deploy"
	"example.com/breakglass/operate/destroy"
	"example.com/breakglass/plan"
	"example.com/breakglass/prove/emulator"
	"example.com/breakglass/prove/local"
	"example.com/breakglass/prove/local/localtest"
)

const (
	root = "../.."
	hub  = "111111111111"
	file = `version: 1
hub: {account: "111111111111"}
regions: [us-east-1, us-west-2, eu-west-1, ap-southeast-2]
alerts: {email: [security-team@example.com]}
targets: [{account: "222222222222", name: production}]
deploy: {access: organization}
terminationProtection: false
`
)

type life struct {
	server *emulator.Server
	config *config.Config
	plan   plan.Plan
	keys   *account.Keys
	// assembly is the folder of the templates.
	assembly string
}

func newLife(t *testing.T) *life {
	t.Helper()
	l := newLifeOf(t, local.ManagementAccount, file)
	if refused := deploy.Access(t.Context(), l.keys, l.config, l.plan.Placements, func(string) {}); len(refused) > 0 {
		t.Fatal(refused)
	}
	return l
}

// newLifeOf starts a local AWS, makes an identity of an account the caller, and synthesizes the templates of a file.
func newLifeOf(t testing.TB, number, file string) *life {
	t.Helper()
	server := localtest.Start(t, root)
	localtest.As(t, server, number, "us-east-1")
	path, assembly := localtest.App(t, root, file)
	l := &life{server: server, assembly: assembly}
	var err error
	if l.config, err = config.Load(path); err != nil {
		t.Fatal(err)
	}
	l.plan = plan.Of(l.config)
	caller, err := account.Load(t.Context(), "", "us-east-1")
	if err != nil {
		t.Fatal(err)
	}
	l.keys = account.NewKeys(caller, l.config, nil)
	return l
}

// deploys runs a deployment that begins two stacks at a time, so that a failure leaves many that were not attempted. It
// returns the states, by stack.
func (l *life) deploys(t *testing.T, ctx context.Context, onEnd func(deploy.Outcome)) map[string]deploy.Outcome {
	t.Helper()
	began := time.Now()
	d := &deploy.Deployment{
		Root: root, Assembly: l.assembly, Stacks: l.plan.Placements, Concurrency: 2,
		Profile: func(string) string { return "" }, Open: l.keys.Stacks, OnEnd: func(o deploy.Outcome) {
			t.Log(o.Line())
			if onEnd != nil {
				onEnd(o)
			}
		},
	}
	outcomes := d.Run(ctx)
	t.Logf("took %.0f s", time.Since(began).Seconds())
	of := map[string]deploy.Outcome{}
	for _, o := range outcomes {
		of[o.Stack] = o
	}
	return of
}

func (l *life) remains(t *testing.T) []destroy.Remain {
	t.Helper()
	left, blind := destroy.Search{
		Keys: l.keys, Plan: l.plan, Leave: func(string, string) bool { return false }, Profile: func(string) string { return "" }, Step: func(string) {},
	}.Remains(t.Context())
	if len(blind) > 0 {
		t.Errorf("not looked into: %v", blind)
	}
	return left
}

func TestLiveLifeOfADeployment(t *testing.T) {
	l, ctx := newLife(t), t.Context()
	const bad = "BreakGlass-Forwarder-ap-southeast-2"
	schedules := scheduler.NewFromConfig(l.server.Config(hub, "ap-southeast-2"))
	if left := l.remains(t); len(left) != 0 {
		t.Fatalf("before anything is deployed: %v", left)
	}

	t.Run("one Region fails, and holds up no other", func(t *testing.T) {
		_, err := schedules.CreateSchedule(ctx, &scheduler.CreateScheduleInput{
			Name: aws.String(names.Heartbeat), ScheduleExpression: aws.String("rate(1 hour)"),
			FlexibleTimeWindow: &types.FlexibleTimeWindow{Mode: types.FlexibleTimeWindowModeOff},
			Target: &types.Target{
				Arn: aws.String("arn:aws:events:ap-southeast-2:" + hub + ":event-bus/default"), RoleArn: aws.String("arn:aws:iam::" + hub + ":role/x"),
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		for name, o := range l.deploys(t, ctx, nil) {
			switch {
			case name == bad:
				if o.State != deploy.Failed || !strings.Contains(o.Reason, "Schedule breakglass-heartbeat already exists") ||
					!strings.Contains(o.Fix, "another resource has that name") {
					t.Errorf("the bad one: %+v", o)
				}
			case o.State != deploy.Deployed:
				t.Errorf("%+v", o)
			}
		}
	})

	t.Run("again does only what is left", func(t *testing.T) {
		if _, err := schedules.DeleteSchedule(ctx, &scheduler.DeleteScheduleInput{Name: aws.String(names.Heartbeat)}); err != nil {
			t.Fatal(err)
		}
		for name, o := range l.deploys(t, ctx, nil) {
			if (name == bad) != (o.State == deploy.Deployed) || !o.State.There() {
				t.Errorf("%+v", o)
			}
		}
		for name, o := range l.deploys(t, ctx, nil) {
			if o.State != deploy.Unchanged {
				t.Errorf("once more: %s: %+v", name, o)
			}
		}
		changes := deploy.Changes(ctx, l.keys.In, l.assembly, l.plan.Placements, func(string) {})
		for _, c := range changes {
			if !c.None() {
				t.Errorf("what is deployed is taken for a change: %s: %s", c.Stack, c)
			}
		}
		if len(changes) != len(l.plan.Placements) {
			t.Errorf("%d stacks of %d are compared", len(changes), len(l.plan.Placements))
		}
	})

	t.Run("what is there is found", func(t *testing.T) {
		kinds := map[string]int{}
		for _, r := range l.remains(t) {
			kinds[r.Kind]++
		}
		// What belongs to a stack that is there is not named beside it. The tests of destroy find each kind without its stack.
		if len(kinds) != 1 || kinds["stack"] != len(l.plan.Placements) {
			t.Errorf("found %v, want %d stacks", kinds, len(l.plan.Placements))
		}
	})

	t.Run("it is removed, used users and all", func(t *testing.T) {
		users := iam.NewFromConfig(l.server.Config(hub, "us-east-1"))
		user := aws.String("BreakglassUser")
		if _, err := users.CreateLoginProfile(ctx, &iam.CreateLoginProfileInput{UserName: user, Password: aws.String("Example-Example-1")}); err != nil {
			t.Fatal(err)
		}
		if _, err := users.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: user}); err != nil {
			t.Fatal(err)
		}
		device, err := users.CreateVirtualMFADevice(ctx, &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: user})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := users.EnableMFADevice(ctx, &iam.EnableMFADeviceInput{
			UserName: user, SerialNumber: device.VirtualMFADevice.SerialNumber, AuthenticationCode1: aws.String("123456"), AuthenticationCode2: aws.String("234567"),
		}); err != nil {
			t.Fatal(err)
		}
		// CloudFormation does not remove a log group of that name that the user created.
		logs := cloudwatchlogs.NewFromConfig(l.server.Config(hub, "eu-west-1"))
		if _, err := logs.CreateLogGroup(ctx, &cloudwatchlogs.CreateLogGroupInput{LogGroupName: aws.String("/aws/events/breakglass-stray")}); err != nil {
			t.Fatal(err)
		}
		found, unknown := destroy.FindStacks(ctx, l.keys, l.plan, func(string) {})
		if len(found) != len(l.plan.Placements) || len(unknown) > 0 {
			t.Errorf("found %d stacks of %d, unknown %v", len(found), len(l.plan.Placements), unknown)
		}
		var taken []string
		began := time.Now()
		r := &destroy.Removal{Keys: l.keys, Plan: l.plan, Stacks: found, Poll: time.Second, Say: func(text string) { taken = append(taken, text) }}
		for _, o := range r.Run(ctx) {
			t.Log(o.Line())
			if o.State != destroy.Removed {
				t.Errorf("%+v", o)
			}
		}
		t.Logf("took %.0f s", time.Since(began).Seconds())
		if want := []string{"BreakglassUser: deleted the password, 1 MFA device, 1 access key"}; !slices.Equal(taken, want) {
			t.Errorf("%q, want %q", taken, want)
		}
		left := l.remains(t)
		if len(left) != 1 || left[0].Name != "/aws/events/breakglass-stray" || left[0].Region != "eu-west-1" {
			t.Errorf("left are %+v", left)
		}
		if _, notes := r.Afterwards(ctx); len(notes) != 1 || !strings.Contains(notes[0], "is deleted on ") {
			t.Errorf("notes on the keys: %q", notes)
		}
	})

	t.Run("stopped in the middle, and gone on with", func(t *testing.T) {
		stopped, stop := context.WithCancel(ctx)
		states := map[deploy.State]int{}
		for _, o := range l.deploys(t, stopped, func(deploy.Outcome) { stop() }) {
			states[o.State]++
		}
		if states[deploy.Failed] > 0 || states[deploy.Waiting] == 0 {
			t.Errorf("states %v", states)
		}
		for name, o := range l.deploys(t, ctx, nil) {
			if !o.State.There() {
				t.Errorf("gone on with, %s: %+v", name, o)
			}
		}
	})
}
