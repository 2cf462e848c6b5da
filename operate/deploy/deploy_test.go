package deploy

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/cdkcli"
	"example.com/breakglass/plan"
)

// thePlan returns a plan with a hub and a standby, three further Regions and two roles.
func thePlan(t *testing.T) plan.Plan {
	t.Helper()
	c, err := config.Parse("breakglass.yaml", []byte(`
version: 1
hub: {account: "111111111111", standby: us-west-2}
regions: [us-east-1, us-west-2, eu-west-1, eu-south-2, eu-north-1]
alerts: {email: [a@example.com]}
targets: [{account: "222222222222"}, {account: "333333333333"}]
monitoring: {heartbeats: false, dashboard: false}
`))
	if err != nil {
		t.Fatal(err)
	}
	return plan.Of(c)
}

// fakeCLI deploys like the CDK CLI: in the order of the dependencies, so many at once, and nothing more after a failure.
type fakeCLI struct {
	plan   plan.Plan
	cloud  *cloud
	atOnce int
	fails  map[string]string // reason by stack
	calls  []string
	spoils string // a stack that keeps a call from beginning anything
	mute   bool   // it prints nothing that is understood
}

const failedRole = "  ✨  Synthesis time: 0.02s\n  Could not assume role"

func (f *fakeCLI) run(_ context.Context, o cdkcli.Options) error {
	var stacks []string
	for _, arg := range o.Args {
		if strings.HasPrefix(arg, "BreakGlass-") {
			stacks = append(stacks, strings.TrimPrefix(arg, "BreakGlass-"))
		}
	}
	f.calls = append(f.calls, strings.Join(stacks, " "))
	if f.spoils != "" && slices.Contains(stacks, f.spoils) {
		return &cdkcli.Error{Action: "deploy", Output: failedRole, Err: errors.New("exit status 1")}
	}
	done := map[string]bool{}
	for len(done) < len(stacks) {
		var now []string
		for _, name := range stacks {
			waits := false
			for _, at := range f.plan.Placements {
				for _, before := range at.After {
					before = strings.TrimPrefix(before, "BreakGlass-")
					waits = waits || at.Stack == "BreakGlass-"+name && slices.Contains(stacks, before) && !done[before]
				}
			}
			if !done[name] && !waits && len(now) < f.atOnce {
				now = append(now, name)
			}
		}
		failed := false
		for _, name := range now {
			done[name] = true
			reason := f.fails[name]
			f.cloud.happens("BreakGlass-"+name, reason)
			failed = failed || reason != ""
			if !f.mute {
				o.OnEvent(cdkcli.Event{Kind: cdkcli.Started, Stack: "BreakGlass-" + name})
			}
			if reason == "" && !f.mute {
				o.OnEvent(cdkcli.Event{Kind: cdkcli.Done, Stack: "BreakGlass-" + name, Took: time.Second})
			}
		}
		if failed {
			return &cdkcli.Error{Action: "deploy", Output: "its last words", Err: errors.New("exit status 1")}
		}
	}
	return nil
}

func deployed(t *testing.T, f *fakeCLI, left map[string]Outcome) map[string]Outcome {
	t.Helper()
	f.plan = thePlan(t)
	if f.cloud == nil {
		f.cloud = newCloud(t)
	}
	ended := 0
	d := &Deployment{
		Stacks: f.plan.Placements, Profile: func(string) string { return "" }, Left: left, Open: opened(f.cloud.Server),
		OnEnd: func(Outcome) { ended++ }, cli: f.run,
	}
	outcomes := map[string]Outcome{}
	for _, o := range d.Run(t.Context()) {
		outcomes[strings.TrimPrefix(o.Stack, "BreakGlass-")] = o
	}
	if ended != len(outcomes) {
		t.Errorf("%d of %d stacks ended", ended, len(outcomes))
	}
	return outcomes
}

func count(outcomes map[string]Outcome, s State) (n int) {
	for _, o := range outcomes {
		if o.State == s {
			n++
		}
	}
	return n
}

func TestOneCallWhenAllIsWell(t *testing.T) {
	f := &fakeCLI{atOnce: 12}
	outcomes := deployed(t, f, nil)
	if len(f.calls) != 1 || count(outcomes, Deployed) != len(outcomes) {
		t.Errorf("calls %q, outcomes %v", f.calls, outcomes)
	}
}

func TestABadRegionHoldsUpNothing(t *testing.T) {
	for _, mute := range []bool{false, true} {
		for atOnce := 1; atOnce <= 12; atOnce++ {
			t.Run(fmt.Sprint(atOnce, " at once, mute ", mute), func(t *testing.T) {
				f := &fakeCLI{atOnce: atOnce, mute: mute, fails: map[string]string{
					"Role-222222222222": "exists", "Forwarder-eu-south-2": "already exists", "Forwarder-eu-north-1": "Z",
				}}
				outcomes := deployed(t, f, nil)
				if count(outcomes, Failed) != 3 || count(outcomes, Deployed) != len(outcomes)-3 {
					t.Errorf("calls %q, outcomes %v", f.calls, outcomes)
				}
				for name, reason := range f.fails {
					if o := outcomes[name]; o.Reason != "X (AWS::X::Y): "+reason || o.Fix == "" || o.Seconds != 2 {
						t.Errorf("%s: %+v", name, o)
					}
				}
			})
		}
	}
}

// The reasons come from CloudFormation, the states too where the CDK CLI's words are not understood.
func TestACLIThatSaysNothing(t *testing.T) {
	f := &fakeCLI{atOnce: 12, mute: true, cloud: newCloud(t)}
	if outcomes := deployed(t, f, nil); count(outcomes, Deployed) != len(outcomes) || len(f.calls) != 1 {
		t.Errorf("calls %q, outcomes %v", f.calls, outcomes)
	}
	f.calls = nil
	nothing := &Deployment{Stacks: f.plan.Placements, Profile: func(string) string { return "" }, Open: opened(f.cloud.Server), cli: func(context.Context, cdkcli.Options) error { return nil }}
	for _, o := range nothing.Run(t.Context()) {
		if o.State != Unchanged {
			t.Errorf("nothing happened, and it is %+v", o)
		}
	}
	// Where CloudFormation does not answer, a failure has the CDK CLI's last words.
	f.cloud.Fail("cloudformation:DescribeStacks", "AccessDenied", "no")
	nothing.cli = func(context.Context, cdkcli.Options) error {
		return &cdkcli.Error{Action: "deploy", Output: failedRole, Err: errors.New("exit status 1")}
	}
	for _, o := range nothing.Run(t.Context()) {
		if o.State != Held && (o.State != Failed || o.Reason != "Could not assume role") {
			t.Errorf("%+v", o)
		}
	}
}

// A stack that failed in an earlier run, and at which nothing has happened since, is not what failed now.
func TestAnEarlierFailureIsNotReported(t *testing.T) {
	f := &fakeCLI{atOnce: 12, cloud: newCloud(t), spoils: "Role-222222222222"}
	f.cloud.happens("BreakGlass-Role-222222222222", "of yesterday")
	if o := deployed(t, f, nil)["Role-222222222222"]; o.State != Failed || o.Reason != "Could not assume role" {
		t.Errorf("%+v", o)
	}
}

func TestWhatComesAfterAFailureIsHeldUp(t *testing.T) {
	f := &fakeCLI{atOnce: 12, fails: map[string]string{"Standby": "no"}}
	outcomes := deployed(t, f, nil)
	if outcomes["Hub"].State != Deployed || outcomes["Role-333333333333"].State != Deployed || outcomes["Integrity-us-east-1"].State != Deployed {
		t.Errorf("what does not come after the standby: %v", outcomes)
	}
	if o := outcomes["Forwarder-eu-west-1"]; o.State != Held || !strings.Contains(o.Reason, "it depends on BreakGlass-Standby, which is not deployed") {
		t.Errorf("what comes after the standby: %+v", o)
	}
}

func TestWhatIsLeftOutIsNotTried(t *testing.T) {
	p := thePlan(t)
	left := Left(p.Placements, []Refusal{{Account: "222222222222", Reason: "no role"}}, []Disabled{{Account: "111111111111", Region: "eu-south-2"}})
	f := &fakeCLI{atOnce: 12}
	outcomes := deployed(t, f, left)
	if outcomes["Role-222222222222"].State != Refused || outcomes["Forwarder-eu-south-2"].State != NotEnabled ||
		count(outcomes, Deployed) != len(outcomes)-2 || strings.Contains(f.calls[0], "eu-south-2") {
		t.Errorf("calls %q, outcomes %v", f.calls, outcomes)
	}
	if got := Next(p.Config, slices.Collect(func(yield func(Outcome) bool) {
		for _, o := range outcomes {
			if !yield(o) {
				return
			}
		}
	})); !strings.Contains(strings.Join(got, "\n"), "not watched") {
		t.Errorf("what to do next: %q", got)
	}
}

func TestAStackThatSpoilsTheCallIsFoundOut(t *testing.T) {
	f := &fakeCLI{atOnce: 12, spoils: "Role-222222222222"}
	outcomes := deployed(t, f, nil)
	if o := outcomes["Role-222222222222"]; o.State != Failed || o.Reason != "Could not assume role" || count(outcomes, Deployed) != len(outcomes)-1 {
		t.Errorf("calls %q, outcomes %v", f.calls, outcomes)
	}
}

func TestEachProfileHasItsOwnCall(t *testing.T) {
	f := &fakeCLI{plan: thePlan(t), atOnce: 12, cloud: newCloud(t)}
	var args []string
	d := &Deployment{Stacks: f.plan.Placements, Assembly: "out", Open: opened(f.cloud.Server),
		Profile: func(account string) string { return map[string]string{"222222222222": "production"}[account] },
		cli: func(ctx context.Context, o cdkcli.Options) error {
			line := strings.Join(o.Args, " ")
			args = append(args, line)
			keys := slices.ContainsFunc(o.Env, func(e string) bool { return strings.HasPrefix(e, "AWS_ACCESS_KEY_ID=") })
			if strings.Contains(line, "--profile") == keys {
				t.Errorf("keys of the environment are %v with %q: they would come before a profile", keys, line)
			}
			return f.run(ctx, o)
		}}
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
	d.Run(t.Context())
	if len(args) != 2 || !slices.ContainsFunc(args, func(a string) bool {
		return strings.HasSuffix(a, "--profile production BreakGlass-Role-222222222222") && strings.Contains(a, "--app out --exclusively")
	}) {
		t.Errorf("calls %q", args)
	}
}

func TestStopped(t *testing.T) {
	p := thePlan(t)
	ctx, stop := context.WithCancel(t.Context())
	d := &Deployment{Stacks: p.Placements, Profile: func(string) string { return "" }, Open: opened(newCloud(t).Server),
		cli: func(_ context.Context, o cdkcli.Options) error {
			o.OnEvent(cdkcli.Event{Kind: cdkcli.Done, Stack: "BreakGlass-Hub"})
			o.OnEvent(cdkcli.Event{Kind: cdkcli.Started, Stack: "BreakGlass-Standby"})
			stop()
			return ctx.Err()
		}}
	states := map[State]int{}
	for _, o := range d.Run(ctx) {
		states[o.State]++
	}
	if states[Deployed] != 1 || states[Underway] != 1 || states[Waiting] != len(p.Placements)-2 {
		t.Errorf("states %v", states)
	}
}

func TestFix(t *testing.T) {
	o := Outcome{Stack: "BreakGlass-Hub", Region: "eu-south-2"}
	for reason, want := range map[string]string{
		"Rule (AWS::Events::Rule): capture-x already exists":                              "npx cdk import BreakGlass-Hub",
		"Group (AWS::Logs::LogGroup): /aws/events/breakglass-ledger already exists":       "aws logs delete-log-group",
		"User: x is not authorized to perform: sns:CreateTopic":                           "permission",
		"UnrecognizedClientException: The security token included in the request is inv…": "aws account get-region-opt-status --region-name eu-south-2",
		"Rate exceeded":                                "throttled",
		"getaddrinfo ENOTFOUND sts.eu-south-2":         "can be reached",
		"stack is in UPDATE_IN_PROGRESS state and can": "still working",
		"something else":                               "remove the cause",
	} {
		if got := Fix(reason, o); !strings.Contains(got, want) || !strings.Contains(got, "again") {
			t.Errorf("%s: %q", reason, got)
		}
	}
}

func TestProject(t *testing.T) {
	root := t.TempDir()
	t.Chdir(t.TempDir())
	if _, err := Project(filepath.Join(root, "conf", "breakglass.yaml")); err == nil || !strings.Contains(err.Error(), "no project folder (with cdk.json) found in") {
		t.Errorf("without a project: %v", err)
	}
	write := func(name string) {
		path := filepath.Join(root, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, nil, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	write("cdk.json")
	if _, err := Project(filepath.Join(root, "conf", "breakglass.yaml")); err == nil || !strings.Contains(err.Error(), "npm ci") {
		t.Errorf("without the CDK CLI: %v", err)
	}
	write("node_modules/.bin/cdk")
	if got, err := Project(filepath.Join(root, "conf", "breakglass.yaml")); err != nil || got != root {
		t.Errorf("from the file: %q, %v", got, err)
	}
	t.Chdir(root)
	if got, err := Project(filepath.Join(t.TempDir(), "breakglass.yaml")); err != nil || got != root {
		t.Errorf("from the working directory: %q, %v", got, err)
	}
}
