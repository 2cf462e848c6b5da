package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"example.com/breakglass/internal/screen"
	"example.com/breakglass/operate/adopt"
)

type adoptFlags struct {
	out, assembly, only, project string
}

func adoptCommand(common *flags) *cobra.Command {
	var own adoptFlags
	cmd := &cobra.Command{
		Use:   "adopt",
		Short: "Find existing resources with the plan's names, and prepare their import",
		Long: `Find existing resources with the plan's names, and prepare their import.

A deployment of the published reference solution, or roles created by hand, use names that the stacks are about to use, and
CloudFormation does not create what exists. This command synthesizes the templates, asks AWS in each account and Region which of
the plan's resources exist outside its stacks, and writes a folder for cdk import: for each stack a template with only those
resources, as they are now, and the mapping from logical IDs to them. Then it prints the steps: the commands, in an order that
never leaves anybody without access or alerts.

It changes nothing on AWS, and the folder contains no secrets. Run it again after each step: it prints what is left.

The exit code is 1 when something blocks an import or could not be read. docs/adopting.md describes the whole procedure.`,
		Example: `  breakglass adopt --profile hub --account-profile 222222222222=production
  breakglass adopt --only 'BreakGlass-Role-*' --out adopt-roles
  breakglass adopt --assembly cdk.out --output json`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return runAdopt(cmd, common, own) },
	}
	cmd.Flags().StringVar(&own.out, "out", "adopt-out", "`folder` for the templates and mappings of the import")
	cmd.Flags().StringVar(&own.assembly, "assembly", "", "`folder` that cdk synth has written, instead of synthesizing now")
	cmd.Flags().StringVar(&own.only, "only", "", "look only at stacks with this `name`; * matches any text")
	cmd.Flags().StringVar(&own.project, "project", "", projectUsage)
	return cmd
}

func runAdopt(cmd *cobra.Command, common *flags, own adoptFlags) error {
	ctx := cmd.Context()
	out, err := common.screen(cmd)
	if err != nil {
		return err
	}
	c, err := common.load()
	if err != nil {
		return err
	}
	request := adopt.Request{
		Config: c, File: common.file, Project: own.project, Profile: common.profile, Flags: common.again(),
		Only: own.only, Assembly: own.assembly, Folder: own.out, Progress: out,
	}
	if err := request.Check(ctx); err != nil {
		return err
	}
	if _, request.Keys, err = common.keys(ctx, c); err != nil {
		return err
	}
	result, err := adopt.Run(ctx, request)
	if err != nil {
		return err
	}
	if err := out.Value(result); err != nil {
		return err
	}
	printAdopt(out, result)
	if result.Blocked() {
		return errFound
	}
	return nil
}

func printAdopt(out *screen.Screen, v *adopt.Result) {
	n, here := 0, 0
	var rows [][]string
	for _, alike := range adopt.Alike(v.Stacks) {
		s := alike[0]
		n += len(s.Import) * len(alike)
		name := s.Stack
		if len(alike) > 1 {
			name = fmt.Sprintf("%s and %d more", name, len(alike)-1)
		}
		for _, r := range s.Import {
			changes := strings.Join(r.Changes, ", ")
			if changes == "" {
				changes = "nothing"
			}
			rows = append(rows, []string{name, r.Type, r.Name, changes})
		}
	}
	for _, s := range v.Stacks {
		here += len(s.Here)
	}
	if n > 0 {
		out.Line("%s outside the stacks, to import:\n", count(n, "existing resource"))
		out.Table([]string{"STACK", "TYPE", "NAME", "SET BY THE NEXT DEPLOYMENT"}, rows)
		out.Line("\nEverything else is created. The templates and mappings of the import are in %s.", v.Folder)
	} else {
		out.Line("%s nothing to import", out.Mark(true))
	}
	if here > 0 {
		out.Line("%s already in the stacks", count(here, "resource"))
	}
	for _, s := range v.Stacks {
		for _, note := range s.Notes {
			out.Note("%s: %s", s.Stack, note)
		}
	}
	for _, note := range v.Notes {
		out.Note("%s", note)
	}
	printAdoptTrouble(out, v.Stacks)
	for i, step := range v.Steps {
		out.Line("\n%s", out.Paint(screen.Bold, fmt.Sprintf("%d. %s", i+1, step.Title)))
		if step.Note != "" {
			out.Line("   %s", step.Note)
		}
		for _, command := range step.Commands {
			out.Line("     %s", command)
		}
	}
}

func printAdoptTrouble(out *screen.Screen, stacks []adopt.Stack) {
	said := map[string]bool{}
	for _, s := range stacks {
		if s.Unknown != "" {
			out.Line("%s %s could not be read: %s", out.Mark(false), s.Stack, s.Unknown)
		}
		for _, t := range s.InTheWay {
			if !said[t.What] {
				out.Line("%s blocks the import: %s\n  fix: %s", out.Mark(false), t.What, t.Fix)
			}
			said[t.What] = true
		}
	}
}
