package deploy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"example.com/breakglass/internal/cdkcli"
	"example.com/breakglass/plan"
)

func TestOneCallWhenAllIsWell(t *testing.T) {
	f := &fakeCLI{atOnce: 12}
	outcomes := deployed(t, f, nil)
	if len(f.calls) != 1 || count(outcomes, Deployed) != len(outcomes) {
		t.Errorf("calls %q, outcomes %v", f.calls, outcomes)
	}
	for name, o := range outcomes {
		if o.Seconds != 1 || o.Fix != "" || o.Reason != "" || o.Stack != "BreakGlass-"+name {
			t.Errorf("%+v", o)
		}
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
	nothing := &Deployment{
		Stacks: f.plan.Placements, Profile: func(string) string { return "" }, Open: opened(f.cloud.Server),
		cli: func(context.Context, cdkcli.Options) error { return nil },
	}
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

// "Deployed" is what CloudFormation says, whatever the CDK CLI reports.
func TestDeployedIsSaidAfterCloudFormationWasAsked(t *testing.T) {
	const stack = "BreakGlass-Role-222222222222"
	for name, c := range map[string]struct {
		before, during func(*cloud)
		kind           cdkcli.Kind
		want           State
		reason         string
	}{
		"changed":              {nil, func(c *cloud) { c.happens(stack, "") }, cdkcli.Done, Deployed, ""},
		"not created":          {nil, nil, cdkcli.Done, Failed, "CloudFormation has no such stack"},
		"only a change set":    {nil, func(c *cloud) { c.is(stack, "REVIEW_IN_PROGRESS") }, cdkcli.Done, Failed, "CloudFormation has no such stack"},
		"not changed":          {func(c *cloud) { c.happens(stack, "") }, nil, cdkcli.Done, Failed, "CloudFormation has changed nothing"},
		"failed in fact":       {nil, func(c *cloud) { c.happens(stack, "no") }, cdkcli.Done, Failed, "X (AWS::X::Y): no"},
		"up to date":           {func(c *cloud) { c.happens(stack, "") }, nil, cdkcli.Unchanged, Unchanged, ""},
		"up to date, no stack": {nil, nil, cdkcli.Unchanged, Failed, "CloudFormation has no such stack"},
		"no answer": {nil, func(c *cloud) { c.Fail("cloudformation:DescribeStacks", "AccessDenied", "no") }, cdkcli.Done, Unverified,
			"the CDK CLI reports success, but CloudFormation did not answer: "},
	} {
		t.Run(name, func(t *testing.T) {
			fake := newCloud(t)
			if c.before != nil {
				c.before(fake)
			}
			d := &Deployment{Stacks: []plan.Placement{{Stack: stack, Region: "us-east-1"}}, Profile: func(string) string { return "" }, Open: opened(fake.Server),
				cli: func(_ context.Context, o cdkcli.Options) error {
					if c.during != nil {
						c.during(fake)
					}
					o.OnEvent(cdkcli.Event{Kind: c.kind, Stack: stack})
					return nil
				}}
			got := d.Run(t.Context())[0]
			if got.State != c.want || !strings.Contains(got.Reason, c.reason) || got.State.Wrong() == got.State.There() {
				t.Errorf("%+v", got)
			}
		})
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
	if o := outcomes["Integrity-us-west-2"]; o.State != Held || !strings.Contains(o.Reason, "it depends on BreakGlass-Standby, which is not deployed") {
		t.Errorf("what comes after the standby: %+v", o)
	}
	// Forwarders forward to the hub without it.
	if o := outcomes["Forwarder-eu-west-1"]; o.State != Deployed {
		t.Errorf("a forwarder: %+v", o)
	}
}

// A Region that does not answer is not handed to the CDK CLI, which would try for minutes.
func TestARegionThatDoesNotAnswer(t *testing.T) {
	f := &fakeCLI{plan: thePlan(t), atOnce: 12, cloud: newCloud(t)}
	open := opened(f.cloud.Server)
	d := &Deployment{Stacks: f.plan.Placements, Profile: func(string) string { return "" }, cli: f.run,
		Open: func(ctx context.Context, account, region string) (aws.Config, error) {
			if region == "eu-west-1" {
				return aws.Config{}, context.DeadlineExceeded
			}
			return open(ctx, account, region)
		}}
	for _, o := range d.Run(t.Context()) {
		if bad := o.Region == "eu-west-1"; bad != (o.State == Failed) ||
			bad && (!strings.Contains(o.Reason, "CloudFormation in eu-west-1 cannot be reached") || !strings.Contains(o.Fix, "can be reached")) {
			t.Errorf("%+v", o)
		}
	}
	if len(f.calls) != 1 || strings.Contains(f.calls[0], "eu-west-1") {
		t.Errorf("calls %q", f.calls)
	}
}

// A Region that answers the second time is deployed.
func TestARegionThatIsSlow(t *testing.T) {
	f := &fakeCLI{plan: thePlan(t), atOnce: 12, cloud: newCloud(t)}
	open := opened(f.cloud.Server)
	var mutex sync.Mutex
	asked := 0
	d := &Deployment{Stacks: f.plan.Placements, Profile: func(string) string { return "" }, cli: f.run,
		Open: func(ctx context.Context, account, region string) (aws.Config, error) {
			mutex.Lock()
			defer mutex.Unlock()
			if region == "eu-west-1" {
				if asked++; asked == 1 {
					return aws.Config{}, context.DeadlineExceeded
				}
			}
			return open(ctx, account, region)
		}}
	for _, o := range d.Run(t.Context()) {
		if o.State != Deployed {
			t.Errorf("%+v", o)
		}
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
	}), ""); !strings.Contains(strings.Join(got, "\n"), "not watched") {
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
			if strings.Contains(line, "--revert-drift") {
				t.Errorf("drift is set back although nobody asked: %q", line)
			}
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

// The CDK CLI has no terminal to ask for an MFA code: it gets the keys of the session.
func TestASessionWithMFAIsHandedOn(t *testing.T) {
	f := &fakeCLI{plan: thePlan(t), atOnce: 12, cloud: newCloud(t)}
	t.Setenv("AWS_PROFILE", "hub")
	d := &Deployment{Stacks: f.plan.Placements, Open: opened(f.cloud.Server), Profile: func(string) string { return "hub" }, RevertDrift: true,
		Session: func(_ context.Context, profile string) ([]string, error) {
			return []string{"AWS_ACCESS_KEY_ID=of " + profile, "AWS_SECRET_ACCESS_KEY=s", "AWS_SESSION_TOKEN=t"}, nil
		},
		cli: func(ctx context.Context, o cdkcli.Options) error {
			if !slices.Contains(o.Args, "--revert-drift") || slices.Contains(o.Args, "--profile") || slices.ContainsFunc(o.Env, isProfile) ||
				!slices.Contains(o.Env, "AWS_ACCESS_KEY_ID=of hub") {
				t.Errorf("arguments %q", o.Args)
			}
			return f.run(ctx, o)
		}}
	if outcomes := d.Run(t.Context()); outcomes[0].State != Deployed {
		t.Errorf("%+v", outcomes)
	}
}

func TestStopped(t *testing.T) {
	p := thePlan(t)
	ctx, stop := context.WithCancel(t.Context())
	cloud := newCloud(t)
	d := &Deployment{Stacks: p.Placements, Profile: func(string) string { return "" }, Open: opened(cloud.Server),
		cli: func(_ context.Context, o cdkcli.Options) error {
			cloud.happens("BreakGlass-Hub", "")
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

// TestAHubIsDeployedWithItsComposer: its rules start nothing else, and without it they send no alert.
func TestAHubIsDeployedWithItsComposer(t *testing.T) {
	p := thePlan(t)
	for only, want := range map[string][]string{
		"BreakGlass-Hub":     {"BreakGlass-Composer-us-east-1", "BreakGlass-Hub"},
		"BreakGlass-Standby": {"BreakGlass-Composer-us-east-1", "BreakGlass-Composer-us-west-2", "BreakGlass-Standby"},
		"BreakGlass-Integrity-*": {
			"BreakGlass-Composer-us-east-1", "BreakGlass-Composer-us-west-2", "BreakGlass-Integrity-us-east-1", "BreakGlass-Integrity-us-west-2",
		},
		"BreakGlass-Role-3*":        {"BreakGlass-Role-333333333333"},
		"BreakGlass-Composer-us-w*": {"BreakGlass-Composer-us-west-2"},
	} {
		some, err := Select(p, only, true)
		var got []string
		for _, at := range some {
			got = append(got, at.Stack)
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q (%v)", only, got, want, err)
		}
	}
}

// One source of credentials: a profile before keys, and both keys before a profile.
func TestEnvironment(t *testing.T) {
	all := map[string]string{
		"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t", "AWS_PROFILE": "p", "AWS_DEFAULT_PROFILE": "d", "AWS_REGION": "r",
	}
	for _, c := range []struct{ profile, unset, want string }{
		{"mine", "", "AWS_REGION"},
		{"", "", "AWS_ACCESS_KEY_ID AWS_REGION AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN"},
		{"", "AWS_ACCESS_KEY_ID", "AWS_DEFAULT_PROFILE AWS_PROFILE AWS_REGION AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN"},
		{"", "AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID AWS_DEFAULT_PROFILE AWS_PROFILE AWS_REGION AWS_SESSION_TOKEN"},
	} {
		for name, value := range all {
			if name == c.unset {
				value = ""
			}
			t.Setenv(name, value)
		}
		var got []string
		for _, entry := range environment(c.profile, "eu-west-1") {
			if name, value, _ := strings.Cut(entry, "="); all[name] != "" && value != "" {
				got = append(got, name)
				if name == "AWS_REGION" && value != "eu-west-1" {
					t.Errorf("the Region is %s", value)
				}
			}
		}
		slices.Sort(got)
		if strings.Join(got, " ") != c.want {
			t.Errorf("profile %q without %q: %q", c.profile, c.unset, got)
		}
	}
	// What this process takes first, the CDK CLI would not.
	for name := range all {
		t.Setenv(name, "")
	}
	for want, env := range map[string]map[string]string{
		"AWS_REGION=eu-west-1 AWS_ACCESS_KEY_ID=older AWS_SECRET_ACCESS_KEY=secret": {"AWS_ACCESS_KEY": "older", "AWS_SECRET_KEY": "secret", "AWS_PROFILE": "p"},
		"AWS_REGION=eu-west-1": {"AWS_WEB_IDENTITY_TOKEN_FILE": "/token", "AWS_ROLE_ARN": "arn:aws:iam::111111111111:role/r", "AWS_PROFILE": "p"},
	} {
		t.Run(want, func(t *testing.T) {
			for name, value := range env {
				t.Setenv(name, value)
			}
			var got []string
			for _, entry := range environment("", "eu-west-1") {
				if name, value, _ := strings.Cut(entry, "="); all[name] != "" && value != "" {
					got = append(got, entry)
				}
			}
			if strings.Join(got, " ") != want {
				t.Errorf("%v: %q, want %q", env, got, want)
			}
		})
	}
	for entry, want := range map[string]bool{"AWS_PROFILE=x": true, "AWS_DEFAULT_PROFILE=": true, "AWS_PROFILES=x": false, "AWS_REGION=x": false} {
		if isProfile(entry) != want {
			t.Errorf("%s: %v", entry, !want)
		}
	}
}

// A session that cannot be had is the reason of the failure.
func TestASessionThatFails(t *testing.T) {
	d := &Deployment{Stacks: []plan.Placement{one}, Open: opened(newCloud(t).Server), Profile: func(string) string { return "hub" }, CLIProfile: func(string) string { return "p" },
		Session: func(context.Context, string) ([]string, error) { return nil, errors.New("the code is expired") },
		cli:     func(context.Context, cdkcli.Options) error { t.Error("it runs without"); return nil }}
	if o := d.Run(t.Context())[0]; o.State != Failed || o.Reason != "the code is expired" || !strings.Contains(o.Fix, "aws sso login --profile p") {
		t.Errorf("%+v", o)
	}
}
