package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/ask"
	"example.com/breakglass/internal/screen"
	"example.com/breakglass/operate/deploy"
	"example.com/breakglass/plan"
)

type deployFlags struct {
	only      string
	allStages bool
	yes       bool
}

func deployCommand(common *flags) *cobra.Command {
	var own deployFlags
	cmd := &cobra.Command{
		Use:   "deploy",
		Short: "Deploy everything that the file stands for, and say what failed and why",
		Long: `Deploy everything that the file stands for, and say what failed and why.

First it finds out what the caller may do: it tries the way into every account, and asks which Regions are enabled; nothing
changes by that. Then it prints the plan, asks, makes the templates once, and has the project's own CDK CLI deploy them
(node_modules has to be there: npm ci).

A Region or account that fails holds up nothing but what comes after it. The table at the end has CloudFormation's reason for
each, and what to do. Run it again: it does only what is left. Regions that are not enabled are skipped and named.

With a pipeline in the file, it deploys what is left to hands: the pipeline itself, and stacks in Regions that have no
CodePipeline, once the pipeline has deployed the hub. --all-stages deploys the rest too, for the day when the pipeline can't;
its next run then deploys again what the repository has.

Organizational units are looked at beforehand, where AWS lets the caller ask: an account that is listed and lies in one of the
units, too, would get two stacks with the same role, and ends the run.

With deploy.access credentials, an account other than the caller's needs a profile: --account-profile ACCOUNT=PROFILE.`,
		Example: `  breakglass deploy --profile management
  breakglass deploy --profile hub --account-profile 222222222222=production
  breakglass deploy --only 'BreakGlass-Forwarder-eu-*' --yes --output json
  breakglass deploy --all-stages --only 'BreakGlass-Role-*'`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return runDeploy(cmd, common, own) },
	}
	cmd.Flags().StringVar(&own.only, "only", "", "deploy the stacks of this `name` only; * stands for anything")
	cmd.Flags().BoolVar(&own.allStages, "all-stages", false, "deploy by hand what the pipeline deploys, too")
	cmd.Flags().BoolVar(&own.yes, "yes", false, "don't ask")
	return cmd
}

// deployValue is what deploy prints for machines.
type deployValue struct {
	Caller   string            `json:"caller"`
	Refused  []deploy.Refusal  `json:"refused"`
	Disabled []deploy.Disabled `json:"notEnabled"`
	Stacks   []deploy.Outcome  `json:"stacks"`
}

func runDeploy(cmd *cobra.Command, common *flags, own deployFlags) error {
	ctx := cmd.Context()
	out, err := common.screen(cmd)
	if err != nil {
		return err
	}
	if !own.yes && !ask.Possible(cmd.InOrStdin(), cmd.ErrOrStderr()) {
		return errors.New("nobody can be asked here; say --yes")
	}
	c, err := common.load()
	if err != nil {
		return err
	}
	whole := plan.New(c)
	stacks, err := own.selected(whole)
	if err != nil {
		return err
	}
	root, err := deploy.Project(common.file)
	if err != nil {
		return err
	}
	caller, keys, err := common.keys(ctx, c)
	if err != nil {
		return err
	}
	d := &deployRun{out: out, config: c, plan: whole, caller: caller, keys: keys, stacks: stacks, only: own.only}
	if err := d.findOut(ctx); err != nil {
		return err
	}
	if len(stacks) == len(whole.Placements) {
		planFlags{}.print(out, whole)
	} else {
		printStacks(out, stacks)
		if staged := len(whole.Placements) - len(whole.ByHand()); staged > 0 && !own.allStages {
			out.Line("the pipeline deploys %s of the plan", count(staged, "other stack"))
		}
		out.Line("")
	}
	n := len(stacks) - len(d.left)
	if !own.yes {
		question := fmt.Sprintf("Deploy %s?", count(n, "stack"))
		if len(d.left) > 0 {
			question = fmt.Sprintf("Deploy %s, and leave out %d for the reasons above?", count(n, "stack"), len(d.left))
		}
		yes, err := ask.Confirm(ctx, cmd.InOrStdin(), cmd.ErrOrStderr(), question)
		if err != nil {
			return err
		}
		if !yes {
			return errors.New("nothing was changed")
		}
	}
	return d.do(ctx, root, common)
}

// selected are the stacks that are to be deployed. What a pipeline deploys is left to it, unless the flags say otherwise.
func (f deployFlags) selected(whole plan.Plan) ([]plan.Placement, error) {
	all := whole.Placements
	if !f.allStages {
		all = whole.ByHand()
	}
	if f.only == "" {
		return all, nil
	}
	some, err := matching(all, f.only)
	if len(some) > 0 || err != nil {
		return some, err
	}
	if staged, _ := matching(whole.Placements, f.only); len(staged) > 0 {
		return nil, fmt.Errorf("--only is %q, and the pipeline deploys %s; start it, or say --all-stages to deploy past it", f.only, staged[0].Stack)
	}
	return nil, fmt.Errorf("--only is %q, and no stack of the plan has such a name; breakglass plan lists them", f.only)
}

// matching are the stacks with a name of a pattern.
func matching(all []plan.Placement, glob string) ([]plan.Placement, error) {
	var some []plan.Placement
	for _, at := range all {
		ok, err := path.Match(glob, at.Stack)
		if err != nil {
			return nil, fmt.Errorf("--only is %q, which is no pattern; say a name such as BreakGlass-Hub, or BreakGlass-Forwarder-eu-*", glob)
		}
		if ok {
			some = append(some, at)
		}
	}
	return some, nil
}

// deployRun is a deployment on its way.
type deployRun struct {
	out    *screen.Screen
	config *config.Config
	plan   plan.Plan
	caller *account.Caller
	keys   *account.Keys
	stacks []plan.Placement
	only   string // the pattern that chose them; empty means all

	refused  []deploy.Refusal
	disabled []deploy.Disabled
	left     map[string]deploy.Outcome
}

// findOut learns what the caller may do, and shows what stands against it. It is an error when nothing can be deployed.
func (d *deployRun) findOut(ctx context.Context) error {
	out, c := d.out, d.config
	out.Line("as %s", d.caller.ARN)
	id, management, err := deploy.Organization(ctx, d.caller)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		out.Line("%s", out.Paint(screen.Faint, "organization: not known ("+err.Error()+")"))
	case id != "":
		out.Line("organization: %s, management account %s", id, management)
	}
	if c.Deploy.Access == config.AccessOrganization && management != "" && management != d.caller.Account {
		out.Warn("note: these are not credentials of the management account %s, which %s mostly trusts", management, c.Deploy.AccessRole)
	}
	accounts := map[string]bool{}
	for _, at := range d.stacks {
		accounts[at.Account] = true
	}
	out.Begin(len(accounts), "trying the way into the accounts")
	d.refused = deploy.Access(ctx, d.keys, c, d.stacks, func(account string) { out.Step(account) })
	out.End()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var unknown map[string]error
	d.disabled, unknown = deploy.DisabledRegions(ctx, d.keys, d.caller, c, d.stacks)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	d.left = deploy.ForLater(ctx, d.keys.Stacks, d.plan, d.stacks)
	units, err := d.units(ctx)
	if err != nil {
		return err
	}
	if d.left == nil {
		d.left = map[string]deploy.Outcome{}
	}
	// What can't be deployed at all comes before what only has to wait.
	maps.Copy(d.left, units)
	maps.Copy(d.left, deploy.Left(d.stacks, d.refused, d.disabled))
	out.Line("")
	if len(d.refused) == 0 {
		out.Line("%s the way into %s is open", out.Mark(true), count(len(accounts), "account"))
	} else {
		var rows [][]string
		for _, r := range d.refused {
			rows = append(rows, []string{r.Account, r.Region, r.Reason})
		}
		out.Line("%s no way into:", out.Mark(false))
		out.Table([]string{"ACCOUNT", "REGION", "WHY, AND WHAT TO DO"}, rows)
	}
	for number, err := range unknown {
		out.Line("%s which Regions are enabled in %s is not known: %v", out.Paint(screen.Yellow, "note:"), number, err)
	}
	for _, off := range d.disabled {
		out.Line("%s %s is not enabled in %s, and is skipped; %s", out.Paint(screen.Yellow, "note:"), off.Region, off.Account, deploy.EnableRegion(off))
	}
	for _, at := range d.stacks {
		if later := d.left[at.Stack]; later.State == deploy.Later {
			out.Line("%s %s is left for later: %s; %s", out.Paint(screen.Yellow, "note:"), at.Stack, later.Reason, later.Fix)
		}
	}
	out.Line("")
	if len(d.left) == len(d.stacks) {
		var why []string
		for _, r := range d.refused {
			why = append(why, "\n  "+r.Account+": "+r.Reason)
		}
		for _, at := range d.stacks {
			if later := d.left[at.Stack]; later.State == deploy.Later || units[at.Stack].Reason != "" {
				why = append(why, "\n  "+at.Stack+": "+later.Reason+"; "+later.Fix)
			}
		}
		return fmt.Errorf("nothing can be deployed, and nothing was changed%s", strings.Join(why, ""))
	}
	return nil
}

// units asks the organization about the units of the file, where this run or the pipeline makes their stack sets. It returns
// the stacks that can't be made; accounts that would get two stacks with the same role are an error.
func (d *deployRun) units(ctx context.Context) (map[string]deploy.Outcome, error) {
	out := d.out
	concerns := func(at plan.Placement) bool { return at.Kind == plan.StackSet || at.Kind == plan.Pipeline }
	if len(d.config.Units) == 0 || !slices.ContainsFunc(d.stacks, concerns) {
		return nil, nil
	}
	out.Begin(1, "asking the organization about its units")
	found := deploy.AskUnits(ctx, d.keys.In, d.config)
	out.End()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	for _, err := range found.Unknown {
		out.Line("%s not known of the organizational units: %v", out.Paint(screen.Yellow, "note:"), err)
	}
	if len(found.Twice) > 0 {
		var lines []string
		for _, c := range found.Twice {
			lines = append(lines, "\n  "+c.What+"; "+c.Fix)
		}
		return nil, fmt.Errorf("the organizational units of the file do not fit the organization, and nothing was changed:%s", strings.Join(lines, ""))
	}
	for _, c := range found.MayNot {
		out.Line("%s no stack set can be made: %s; %s", out.Mark(false), c.What, c.Fix)
	}
	return found.Left(d.stacks), nil
}

func (d *deployRun) do(ctx context.Context, root string, common *flags) error {
	out := d.out
	assembly, err := os.MkdirTemp("", "breakglass-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(assembly)
	began := time.Now()
	out.Begin(len(d.stacks), "making the templates")
	defer out.End()
	if err := deploy.Synth(ctx, root, common.file, filepath.Join(assembly, "cdk.out"), d.only); err != nil {
		return err
	}
	out.Line("%s templates made in %.1f s", out.Mark(true), time.Since(began).Seconds())
	out.Begin(len(d.stacks), "deploying")
	run := &deploy.Deployment{
		Root: root, Assembly: filepath.Join(assembly, "cdk.out"), Stacks: d.stacks, Left: d.left, Open: d.keys.Stacks,
		Profile: func(number string) string {
			if profile := d.keys.Profile(number); profile != "" {
				return profile
			}
			return common.profile
		},
		OnWait: func(stack string) {
			out.Warn("%s waits: CloudFormation is still at work for an earlier run", stack)
		},
		OnEnd: func(o deploy.Outcome) {
			out.Step(o.Stack)
			out.Line("%s %s", markOf(out, o.State), o.Line())
		},
	}
	outcomes := run.Run(ctx)
	out.End()
	value := deployValue{Caller: d.caller.ARN, Refused: append([]deploy.Refusal{}, d.refused...), Disabled: append([]deploy.Disabled{}, d.disabled...), Stacks: outcomes}
	if err := out.Value(value); err != nil {
		return err
	}
	return d.conclude(ctx, outcomes, time.Since(began))
}

func markOf(out *screen.Screen, s deploy.State) string {
	if s == deploy.NotEnabled || s == deploy.Later {
		return out.Paint(screen.Yellow, "-")
	}
	return out.Mark(s.There())
}

// conclude says what is there, what is not, and what to do next.
func (d *deployRun) conclude(ctx context.Context, outcomes []deploy.Outcome, took time.Duration) error {
	out := d.out
	states := map[deploy.State]int{}
	var rows [][]string
	for _, o := range outcomes {
		states[o.State]++
		if !o.State.There() && o.State != deploy.NotEnabled && o.State != deploy.Later {
			rows = append(rows, []string{o.Stack, o.Account, o.Region, string(o.State)})
		}
	}
	var sums []string
	for _, s := range []deploy.State{deploy.Deployed, deploy.Unchanged, deploy.Failed, deploy.Held, deploy.Refused, deploy.NotEnabled, deploy.Later, deploy.Underway, deploy.Waiting} {
		if states[s] > 0 {
			sums = append(sums, fmt.Sprintf("%d %s", states[s], s))
		}
	}
	out.Line("\n%s: %s, in %.0f s", count(len(outcomes), "stack"), strings.Join(sums, ", "), took.Seconds())
	if len(rows) > 0 {
		out.Line("")
		out.Table([]string{"STACK", "ACCOUNT", "REGION", "STATE"}, rows)
		for _, o := range outcomes {
			if o.State == deploy.Failed || o.State == deploy.Refused {
				out.Line("\n%s %s\n  why:        %s\n  what to do: %s", out.Mark(false), o.Stack, o.Reason, o.Fix)
			}
		}
	}
	switch {
	case ctx.Err() != nil:
		out.Line("\nIt was stopped. CloudFormation finishes by itself what is under way; run breakglass deploy again for the rest.")
		return ctx.Err()
	case len(rows) > 0:
		return errFound
	}
	for _, line := range deploy.Next(d.config, outcomes) {
		out.Line("%s", line)
	}
	return nil
}
