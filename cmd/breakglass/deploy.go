package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"example.com/breakglass/internal/ask"
	"example.com/breakglass/operate/deploy"
)

type deployFlags struct {
	only, project string
	allStages     bool
	revertDrift   bool
	yes           bool
}

// projectUsage describes the flag --project.
const projectUsage = "project `folder` with cdk.json and node_modules (default: the working directory)"

func deployCommand(common *flags) *cobra.Command {
	var own deployFlags
	cmd := &cobra.Command{
		Use:   "deploy",
		Short: "Deploy every stack of breakglass.yaml, and report what failed and why",
		Long: `Deploy every stack of breakglass.yaml, and report what failed and why.

First it checks what the caller can do: it tries to access every account, and asks which Regions are enabled. This changes
nothing. If the hub account cannot be entered, nothing is deployed anywhere. Then it synthesizes the templates once and prints the
plan or, where something is deployed already, what changes. It asks for confirmation, and deploys with the project's own CDK CLI
(in node_modules: run npm ci). Run it in the project's folder, or name that with --project.

A Region or account that fails blocks only the stacks that depend on it. The list at the end has CloudFormation's reason for
each failure, and a fix. Run the command again to deploy only what is left. Regions that are not enabled are skipped and named.

With a pipeline in the file, it deploys what the pipeline does not: the pipeline itself, and, once the pipeline has deployed the
hub, stacks in Regions without CodePipeline. --all-stages deploys the rest too, for when the pipeline is out of order; its next
run deploys the state of the repository again.

Organizational units are checked first, where AWS lets the caller ask. The command exits if stack sets cannot be created, or if an
account that is listed also lies in one of the units: it would get two stacks with the same role.

--revert-drift restores what was changed or deleted outside CloudFormation, where check found it; without the flag, CloudFormation
does not notice.

With deploy.access credentials, an account other than the caller's needs a profile: --account-profile ACCOUNT=PROFILE.`,
		Example: `  breakglass deploy --profile management
  breakglass deploy --profile hub --account-profile 222222222222=production
  breakglass deploy --only 'BreakGlass-Forwarder-eu-*' --yes --output json
  breakglass deploy --revert-drift --only BreakGlass-Hub
  breakglass deploy --all-stages --only 'BreakGlass-Role-*'`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return runDeploy(cmd, common, own) },
	}
	cmd.Flags().StringVar(&own.only, "only", "",
		"deploy only stacks with this `name`, and the composers that they need; * matches any text, commas separate several")
	cmd.Flags().BoolVar(&own.allStages, "all-stages", false, "also deploy what the pipeline deploys")
	cmd.Flags().BoolVar(&own.revertDrift, "revert-drift", false, "also set back what was changed outside CloudFormation")
	cmd.Flags().StringVar(&own.project, "project", "", projectUsage)
	cmd.Flags().BoolVar(&own.yes, "yes", false, "do not ask for confirmation")
	return cmd
}

// deployValue is the JSON output of deploy.
type deployValue struct {
	Caller   string            `json:"caller"`
	Refused  []deploy.Refusal  `json:"refused"`
	Disabled []deploy.Disabled `json:"notEnabled"`
	Changes  []deploy.Change   `json:"changes"`
	Stacks   []deploy.Outcome  `json:"stacks"`
	// Pending is omitted when the command was stopped.
	Pending *deploy.Pending `json:"pending,omitempty"`
}

func runDeploy(cmd *cobra.Command, common *flags, own deployFlags) error {
	ctx := cmd.Context()
	out, err := common.screen(cmd)
	if err != nil {
		return err
	}
	if !own.yes && !ask.Possible(cmd.InOrStdin(), cmd.ErrOrStderr()) {
		return errors.New("no terminal for confirmation; pass --yes")
	}
	c, err := common.load()
	if err != nil {
		return err
	}
	root, err := deploy.Project(ctx, own.project)
	if err != nil {
		return err
	}
	caller, keys, err := common.keys(ctx, c)
	if err != nil {
		return err
	}
	out.Line("as %s", caller.ARN)
	found, err := deploy.Find(ctx,
		deploy.Request{Config: c, Caller: caller, Keys: keys, Profile: common.profile, Only: own.only, AllStages: own.allStages, Progress: out})
	if err != nil {
		return err
	}
	profiles, err := common.accountProfiles()
	if err != nil {
		return err
	}
	found.Plan.Notes = found.Plan.NotesFor(profiles)
	show := deployScreen{out, found, common.bootstrap(found.Plan, profiles), common.again()}
	if err := show.found(); err != nil {
		return err
	}
	way := show.way(root, common, own)
	prepared, err := found.Prepare(ctx, way)
	if prepared != nil {
		defer prepared.Close()
	}
	if err != nil {
		return err
	}
	show.plan(prepared.Changes)
	if !own.yes {
		if err := own.confirm(cmd, found); err != nil {
			return err
		}
	}
	began := time.Now()
	outcomes := prepared.Deploy(ctx, way)
	value := deployValue{
		Caller: caller.ARN, Refused: orEmpty(found.Refused), Disabled: orEmpty(found.Disabled), Changes: orEmpty(prepared.Changes), Stacks: outcomes,
	}
	took := time.Since(began)
	if ctx.Err() == nil {
		pending := found.Pending(ctx, outcomes)
		value.Pending = &pending
	}
	if err := out.Value(value); err != nil {
		return err
	}
	return show.conclude(ctx, value, found.HubFlags(common.profile), took)
}

// confirm asks whether to deploy.
func (f deployFlags) confirm(cmd *cobra.Command, found *deploy.Found) error {
	n := len(found.Stacks) - len(found.Left)
	question := fmt.Sprintf("Deploy %s?", count(n, "stack"))
	if len(found.Left) > 0 {
		question = fmt.Sprintf("Deploy %s, and skip %d for the reasons above?", count(n, "stack"), len(found.Left))
	}
	yes, err := ask.Confirm(cmd.Context(), cmd.InOrStdin(), cmd.ErrOrStderr(), question)
	if err == nil && !yes {
		err = errors.New("nothing was changed")
	}
	return err
}

// orEmpty returns a list that JSON shows as [] and not as null.
func orEmpty[T any](list []T) []T { return append([]T{}, list...) }
