// Package deploy finds out what the caller can deploy, deploys it with the project's pinned CDK CLI, and asks CloudFormation for
// the result of each stack. A Region or account that fails blocks only what depends on it. Like every package below operate, it
// may import the plan, what the plan is made from, and internal packages, but neither the CDK nor a screen.
package deploy

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	awsconfig "github.com/aws/aws-sdk-go-v2/config"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/cdkcli"
	"example.com/breakglass/internal/fan"
	"example.com/breakglass/plan"
)

// Deployment is one run.
type Deployment struct {
	// Root is the project's folder, Assembly the folder of the templates that Synth has made.
	Root, Assembly string
	// Stacks in the order of the plan.
	Stacks []plan.Placement
	// Region is that of the first requests, such as for the owner of the credentials.
	Region string
	// Profile is the AWS CLI's whose credentials an account's stacks are deployed with; empty means those of the
	// environment.
	Profile func(account string) string
	// Session returns the keys of a profile for which a person has typed an MFA code, as environment variables; the CDK CLI would
	// have nobody to ask. nil means that there are none.
	Session func(ctx context.Context, profile string) ([]string, error)
	// CLIProfile is the profile with which the AWS CLI reaches an account, for the commands in the outcomes; nil means none.
	CLIProfile func(account string) string
	// Left are the stacks that are not attempted, with the state and the reason.
	Left map[string]Outcome
	// Open opens the accounts, to look at stacks.
	Open Stacks
	// OnEnd receives each stack as it ends, one at a time; may be nil.
	OnEnd func(Outcome)
	// OnWait receives each stack that has to wait for the end of an earlier run; may be nil.
	OnWait func(stack string)

	// File is the configuration, where it is not the project's own.
	File string
	// RevertDrift also sets back what was changed outside CloudFormation.
	RevertDrift bool
	// Concurrency is how many stacks the CDK CLI deploys at once; 0 means cdkcli.Concurrency.
	Concurrency int

	cli func(context.Context, cdkcli.Options) error
}

// processes is how many CDK CLIs run at once, where accounts have credentials of their own: each takes a second or two
// of computing before it does anything.
const processes = 2

// Run deploys every stack that it can, and returns the outcome of each. When ctx ends, it ends the CDK CLI, too.
//
// One CDK CLI is handed all stacks at once, because each process takes a second or two to start: 40 stacks that are
// unchanged take 8 seconds so, and 149 seconds in processes of their own, on two cores. But after the first failure it
// begins nothing more. So it is called again with those that it has not attempted, until there are none left.
func (d *Deployment) Run(ctx context.Context) []Outcome {
	run := &run{Deployment: *d, board: newBoard(d.Stacks, func(o Outcome) {
		if d.OnEnd != nil {
			d.OnEnd(o)
		}
	}), newest: map[string]string{}, slots: make(chan struct{}, asksAtOnce), changed: make(chan struct{}, len(d.Stacks))}
	if run.Session == nil {
		run.Session = func(context.Context, string) ([]string, error) { return nil, nil }
	}
	if run.CLIProfile == nil {
		run.CLIProfile = func(string) string { return "" }
	}
	if run.cli == nil {
		run.cli = cdkcli.Run
	}
	if run.Concurrency == 0 {
		run.Concurrency = cdkcli.Concurrency
	}
	var tried []plan.Placement
	for _, at := range d.Stacks {
		left, ok := d.Left[at.Stack]
		if !ok {
			tried = append(tried, at)
			continue
		}
		run.board.of[at.Stack].Fix = left.Fix
		run.board.settle(at.Stack, left.State, left.Reason)
	}
	run.await(ctx, tried)

	for _, stacks := range turns(d.Stacks, tried) {
		run.deploy(ctx, stacks)
	}
	outcomes := run.board.outcomes()
	if ctx.Err() != nil {
		stopped(ctx, run.Open, outcomes)
	}
	for i, o := range outcomes {
		if o.State == Failed && o.Fix == "" {
			outcomes[i].Fix = Fix(o.Reason, o, run.CLIProfile(o.Account), run.File)
		}
	}
	return outcomes
}

// turns divides the stacks that are tried where one comes after another and the CDK does not know it: it knows of no order
// between the stages of a pipeline and, where each account has credentials of its own, between accounts.
func turns(all, tried []plan.Placement) [][]plan.Placement {
	of, turn := map[string]plan.Placement{}, map[string]int{}
	var divided [][]plan.Placement
	for _, at := range all {
		of[at.Stack] = at
		for _, name := range at.After {
			before, ok := of[name]
			switch {
			case !ok: // no stack of this deployment
			case before.Account != at.Account || before.Stage != at.Stage:
				turn[at.Stack] = max(turn[at.Stack], turn[name]+1)
			default:
				turn[at.Stack] = max(turn[at.Stack], turn[name])
			}
		}
		for len(divided) <= turn[at.Stack] {
			divided = append(divided, nil)
		}
	}
	for _, at := range tried {
		divided[turn[at.Stack]] = append(divided[turn[at.Stack]], at)
	}
	return divided
}

// deploy deploys some of the stacks, and returns when nothing is left of them to do.
func (r *run) deploy(ctx context.Context, stacks []plan.Placement) {
	groups := map[string]map[string]bool{}
	var profiles []string
	for _, at := range stacks {
		profile := r.Profile(at.Account)
		if groups[profile] == nil {
			groups[profile] = map[string]bool{}
			profiles = append(profiles, profile)
		}
		groups[profile][at.Stack] = true
	}
	fan.Out(ctx, profiles, processes, func(ctx context.Context, profile string) (struct{}, error) {
		r.group(ctx, profile, groups[profile])
		return struct{}{}, nil
	}, nil)
}

// run is a deployment in progress.
type run struct {
	Deployment

	mutex sync.Mutex
	board *board
	// newest is the newest event of each stack before this run, where it is known.
	newest map[string]string
	// slots has room for each stack that is being verified.
	slots chan struct{}
	// changed gets a value for each stack that need not wait any more.
	changed chan struct{}
}

// await waits for the stacks that CloudFormation is still working on.
func (r *run) await(ctx context.Context, stacks []plan.Placement) {
	found := lookBefore(ctx, r.Open, stacks)
	for _, at := range stacks {
		b := found[at.Stack]
		r.mutex.Lock()
		if b.known {
			r.newest[at.Stack] = b.newest
		}
		if b.busy {
			r.board.busy[at.Stack] = true
		}
		if b.gone != nil {
			r.board.settle(at.Stack, Failed, fmt.Sprintf("CloudFormation in %s cannot be reached: %v", at.Region, account.Explain(b.gone, "looking for the stack")))
		}
		r.mutex.Unlock()
		if !b.busy {
			continue
		}
		if r.OnWait != nil {
			r.OnWait(at.Stack)
		}
		go func() {
			settle(ctx, r.Open, at)
			b, err := lookAt(ctx, r.Open, at)
			r.mutex.Lock()
			delete(r.board.busy, at.Stack)
			if delete(r.newest, at.Stack); err == nil && b.known {
				r.newest[at.Stack] = b.newest
			}
			r.mutex.Unlock()
			r.changed <- struct{}{}
		}()
	}
}

// group deploys the stacks of one profile.
func (r *run) group(ctx context.Context, profile string, mine map[string]bool) {
	// When a call made no progress, one of its stacks blocks all others: from then on each has a call of its own.
	alone := false
	for ctx.Err() == nil {
		r.mutex.Lock()
		ready, more := r.board.ready(mine)
		r.mutex.Unlock()
		switch {
		case len(ready) == 0 && !more:
			return
		case len(ready) == 0:
			select {
			case <-r.changed:
			case <-time.After(askedEach): // another group may have received it
			case <-ctx.Done():
			}
			continue
		case alone:
			ready = ready[:1]
		}
		err := r.call(ctx, profile, ready)
		if ctx.Err() != nil {
			return
		}
		r.mutex.Lock()
		left := r.board.open(ready)
		r.mutex.Unlock()
		switch {
		case len(left) < len(ready):
		case len(ready) > 1:
			alone = true
		default:
			r.mutex.Lock()
			r.board.settle(ready[0], Failed, reasonOf(err))
			r.mutex.Unlock()
		}
	}
}

// call runs one CDK CLI, and asks CloudFormation about the stacks whose end the CLI did not report.
func (r *run) call(ctx context.Context, profile string, stacks []string) error {
	args := []string{
		"deploy", "--app", r.Assembly, "--exclusively", "--concurrency", strconv.Itoa(r.Concurrency),
		"--require-approval", "never", "--progress", "events", "--method", "change-set", "--rollback",
	}
	if r.RevertDrift {
		args = append(args, "--revert-drift")
	}
	session, err := r.Session(ctx, profile)
	if err != nil {
		return err
	}
	env := environment(profile, r.Region)
	switch {
	case session != nil:
		env = append(slices.DeleteFunc(env, isProfile), session...)
	case profile != "":
		args = append(args, "--profile", profile)
	}
	for _, stack := range stacks {
		args = append(args, r.board.at[stack].Path())
	}
	var asked sync.WaitGroup
	failed := r.cli(ctx, cdkcli.Options{
		Root: r.Root, Args: args, Env: env,
		OnEvent: func(e cdkcli.Event) {
			r.mutex.Lock()
			defer r.mutex.Unlock()
			if r.board.progress(e) {
				asked.Go(func() { r.verify(ctx, e) })
			}
		},
	})
	asked.Wait()
	if ctx.Err() != nil {
		return failed
	}
	r.mutex.Lock()
	left := r.board.open(stacks)
	r.mutex.Unlock()
	found := r.verdicts(ctx, left)
	if ctx.Err() != nil {
		return failed
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	for _, stack := range left {
		if v, ok := found[stack]; ok || failed != nil {
			r.board.record(stack, v, failed == nil)
		} else {
			r.board.settle(stack, Unverified, "the CDK CLI reports success, but CloudFormation did not answer")
		}
	}
	return failed
}

// environment returns this process's own, with one source of credentials, and the Region in which the CDK CLI asks whose they are: it
// would take that of the environment or the profile, which may be disabled, or down, and us-east-1 where they have none. With a profile, keys in it are left out: they would come
// first. Without one, keys or the token of a web identity come first here, but the CDK CLI would take those of AWS_PROFILE, and it
// knows no other names of the keys.
func environment(profile, region string) []string {
	own, _ := awsconfig.NewEnvConfig() // what is wrong with it was said when the caller's credentials were loaded
	keys, profiles := []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}, []string{"AWS_PROFILE", "AWS_DEFAULT_PROFILE"}
	unwanted, added := []string{"AWS_REGION"}, []string{"AWS_REGION=" + region}
	switch {
	case profile != "":
		unwanted = slices.Concat(unwanted, keys, profiles)
	case own.Credentials.HasKeys():
		unwanted, added = slices.Concat(unwanted, keys, profiles), append(added, account.Variables(own.Credentials)...)
	case own.WebIdentityTokenFilePath != "":
		unwanted = append(unwanted, profiles...)
	}
	return append(slices.DeleteFunc(os.Environ(), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return slices.Contains(unwanted, name)
	}), added...)
}

// isProfile reports whether a variable of the environment selects a profile.
func isProfile(entry string) bool {
	name, _, _ := strings.Cut(entry, "=")
	return name == "AWS_PROFILE" || name == "AWS_DEFAULT_PROFILE"
}

// reasonOf returns why the CDK CLI did nothing, without its messages about itself.
func reasonOf(err error) string {
	var failed *cdkcli.Error
	switch {
	case !errors.As(err, &failed) || failed.Output == "":
		return err.Error()
	}
	var words []string
	for line := range strings.Lines(failed.Output) {
		if !strings.HasPrefix(strings.TrimSpace(line), "✨") {
			words = append(words, strings.Fields(line)...)
		}
	}
	text, _, _ := strings.Cut(strings.Join(words, " "), " . Please make sure that this role exists")
	return text
}
