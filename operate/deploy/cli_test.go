package deploy

import (
	"context"
	"errors"
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
	why, stacks := refused(o.Args)
	if why != "" {
		return &cdkcli.Error{Action: "deploy", Output: why, Err: errors.New("exit status 1")}
	}
	for i, stack := range stacks {
		if !slices.ContainsFunc(f.plan.Placements, func(at plan.Placement) bool { return at.Path() == stack }) {
			return &cdkcli.Error{Action: "deploy", Output: "No stacks match the name(s) " + stack, Err: errors.New("exit status 1")}
		}
		stacks[i] = strings.TrimPrefix(stack, "BreakGlass-")
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
