package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/screen"
	"example.com/breakglass/internal/shell"
	"example.com/breakglass/operate/enter"
)

// options are those of a run.
type options struct {
	// Root is the project's folder.
	Root   string
	Out    *screen.Screen
	Person *person
	// Local is set on the local AWS: what it cannot answer is skipped, and no answer is recorded.
	Local bool
}

// trial is a run.
type trial struct {
	options
	asked
	// folder gets what the run saves, command is the compiled CLI, file the configuration.
	folder, command, file string

	config *config.Config
	caller *account.Caller
	keys   *account.Keys
	box    *mailbox
	undo   undoing
	began  time.Time
	// within is how long a record may take.
	within time.Duration
	// settles is how long IAM may take to show a change everywhere.
	settles time.Duration

	deployed, checked, drilled ran
	user                       *emergencyUser
	session                    *aws.Credentials
	accessKey                  enter.Keys
	// hasSwitched is set once a person has switched to the role in the console.
	hasSwitched bool
	// refused are the calls that Scheduler does not take, with its reason.
	refused map[string]string
	answers map[string]given
}

// standbyRegion and furtherRegion are watched besides the hub's: sign-ins at the global address are recorded there, unless they
// are in us-east-1.
const (
	hubRegion     = config.DefaultRegion
	standbyRegion = "eu-north-1"
	furtherRegion = "us-east-2"
)

// run asks, deploys, answers the questions, and removes everything.
func run(ctx context.Context, o options) (err error) {
	t := &trial{
		options: o, began: time.Now(), within: recordsWithin, settles: iamSettles, answers: map[string]given{}, refused: map[string]string{},
		undo: undoing{out: o.Out},
	}
	t.undo.again = t.again
	if err := t.ready(ctx); err != nil {
		return err
	}
	defer func() {
		if ctx.Err() != nil {
			o.Out.Line("\nStopped. Everything is removed now, which takes some minutes; another Ctrl-C leaves the rest where it is.")
			o.Out.Line("In that case: %s; %s", t.removal(), theRest)
		}
		err = errors.Join(err, t.undo.all(ctx))
		if err == nil {
			o.Out.Line("\n%s everything that the trial made is removed, after %s", o.Out.Mark(true), time.Since(t.began).Round(time.Second))
		}
	}()
	return errors.Join(t.try(ctx), t.record())
}

// try deploys and asks every question, until ctx ends.
func (t *trial) try(ctx context.Context) error {
	if err := t.deploy(ctx); err != nil {
		if t.deployed.done && ctx.Err() == nil {
			t.answer(ctx, questions[0]) // that it failed, and why
		}
		return err
	}
	t.begin(ctx)
	for _, q := range questions {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		t.answer(ctx, q)
	}
	return ctx.Err()
}

// ready asks a person what is needed, and returns when a deployment may begin. It changes nothing.
func (t *trial) ready(ctx context.Context) (err error) {
	t.folder = filepath.Join(t.Root, ".local", "live", t.began.UTC().Format("20060102-150405"))
	if t.Local {
		t.folder = filepath.Join(os.TempDir(), filepath.Base(t.folder)+fmt.Sprint("-", os.Getpid()))
	}
	t.introduce()
	if t.asked, err = t.Person.answers(ctx); err != nil {
		return err
	}
	if t.caller, err = account.Load(ctx, t.profile, hubRegion); err != nil {
		return err
	}
	if t.caller.Account != t.hub {
		return fmt.Errorf("the credentials belong to account %s, and not to %s, which was typed; nothing was changed", t.caller.Account, t.hub)
	}
	if err := os.MkdirAll(t.folder, 0o700); err != nil {
		return err
	}
	if err := t.compile(ctx); err != nil {
		return err
	}
	trail, err := t.needsTrail(ctx)
	if err != nil {
		return err
	}
	if err := t.write(trail); err != nil {
		return err
	}
	profiles := map[string]string{}
	if t.targetProfile != "" {
		profiles[t.target] = t.targetProfile
	}
	t.keys = account.NewKeys(t.caller, t.config, profiles)
	t.keys.Open(ctx)
	for _, number := range t.accounts() {
		if err := t.inspect(ctx, number); err != nil {
			return err
		}
	}
	return t.confirm(ctx, trail)
}

func (t *trial) introduce() {
	out := t.Out
	out.Line("%s", out.Paint(screen.Bold, "Break glass, on a real AWS account"))
	out.Line("It deploys the app to a sandbox, asks what only AWS can answer, and removes everything. It takes about an hour, and costs cents.")
	out.Line("Nothing is changed before you have typed yes.\n")
}

// confirm says what is about to happen, and asks for the written yes.
func (t *trial) confirm(ctx context.Context, trail bool) error {
	out := t.Out
	out.Line("\nas %s", t.caller.ARN)
	out.Line("hub account %s: hub in %s, standby in %s, and %s; target %s", t.hub, hubRegion, standbyRegion, furtherRegion, t.target)
	if t.hub == t.target {
		out.Line("Without a second account, these are left out: %s", strings.Join(ids(func(q question) bool { return q.second }), ", "))
	}
	if trail {
		out.Line("The account has no multi-Region trail: the trial makes one. Its bucket stays at the end; the removal prints the command.")
	}
	out.Line("Cost: less than a dollar (keys and alarms by the hour, records of the trail). Anything left behind costs more: read the end.")
	out.Line("If this program is killed: %s; %s\n", t.removal(), theRest)
	typed, err := t.Person.ask(ctx, "Type yes to deploy to account "+t.hub+":")
	if err != nil {
		return err
	}
	if typed != "yes" {
		return fmt.Errorf("%q is not yes; nothing was changed", typed)
	}
	return nil
}

// again asks whether to try the removal of what is left once more: credentials expire within the hour, and a person can renew them.
func (t *trial) again(ctx context.Context) bool {
	t.Out.Line("\nSomething is left, and costs money. If the credentials have expired, renew those of the same profile now (such as aws sso login).")
	typed, err := t.Person.ask(ctx, "Press Enter to try again, or type skip:")
	return err == nil && !strings.EqualFold(typed, "skip")
}

// theRest is what the questions make beside the deployment.
const theRest = "then delete whatever else has a name that begins with live-trial (queues, rules, schedules, roles, a state machine, an MFA device), and the statement " + trialStatement + " of the event bus's policy"

// removal is the command that removes the deployment without this program.
func (t *trial) removal() string {
	return shell.Quote(append([]string{t.command}, t.flags("destroy")...)...)
}

// accounts are those of the file, each once.
func (t *trial) accounts() []string { return slices.Compact([]string{t.hub, t.target}) }

// at returns the configuration of a client in an account of the trial.
func (t *trial) at(ctx context.Context, number, region string) (aws.Config, error) {
	return t.keys.In(ctx, number, region)
}

// ids returns the questions that a condition selects.
func ids(is func(question) bool) (found []string) {
	for _, q := range questions {
		if is(q) {
			found = append(found, q.id)
		}
	}
	return found
}
