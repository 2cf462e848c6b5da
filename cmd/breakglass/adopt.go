package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/screen"
	"example.com/breakglass/operate/adopt"
	"example.com/breakglass/operate/deploy"
	"example.com/breakglass/plan"
)

type adoptFlags struct {
	out, assembly, only string
}

func adoptCommand(common *flags) *cobra.Command {
	var own adoptFlags
	cmd := &cobra.Command{
		Use:   "adopt",
		Short: "Find what exists already under the plan's names, and prepare its import",
		Long: `Find what exists already under the plan's names, and prepare its import.

A deployment of the published reference solution, or roles made by hand, have the names that the stacks are about to use, and
CloudFormation refuses to make what exists. This command makes the templates, asks AWS in each account and Region which of the
plan's resources exist and are in none of its stacks, and writes a folder for cdk import: for each stack a template with those
resources only, as they are now, and the mapping from logical IDs to them. Then it prints the way: the commands, in an order in
which nobody is without access or alarm.

It reads. It changes nothing on AWS, and the folder has no secrets in it. Run it again after each step: it says what is left.

The exit code is 1 when something stands in the way, or could not be looked at. docs/adopting.md has the way in full.`,
		Example: `  breakglass adopt --profile hub --account-profile 222222222222=production
  breakglass adopt --only 'BreakGlass-Role-*' --out adopt-roles
  breakglass adopt --assembly cdk.out --output json`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return runAdopt(cmd, common, own) },
	}
	cmd.Flags().StringVar(&own.out, "out", "adopt-out", "`folder` to write the templates and mappings of the import into")
	cmd.Flags().StringVar(&own.assembly, "assembly", "", "`folder` that cdk synth has written, instead of making the templates now")
	cmd.Flags().StringVar(&own.only, "only", "", "look at the stacks of this `name` only; * stands for anything")
	return cmd
}

// adoptValue is what adopt prints for machines.
type adoptValue struct {
	Folder string        `json:"folder"`
	Stacks []adopt.Stack `json:"stacks"`
	Notes  []string      `json:"notes"`
	Steps  []adopt.Step  `json:"steps"`
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
	whole := plan.New(c)
	stacks := whole.Placements
	if own.only != "" {
		if stacks, err = matching(stacks, own.only); err != nil {
			return err
		}
		if len(stacks) == 0 {
			return fmt.Errorf("--only is %q, and no stack of the plan has such a name; breakglass plan lists them", own.only)
		}
	}
	if own.out == "" {
		return errors.New("--out is empty; name a folder")
	}
	_, keys, err := common.keys(ctx, c)
	if err != nil {
		return err
	}
	assembly := own.assembly
	if assembly == "" {
		root, err := deploy.Project(common.file)
		if err != nil {
			return err
		}
		temporary, err := os.MkdirTemp("", "breakglass-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(temporary)
		assembly = filepath.Join(temporary, "cdk.out")
		out.Begin(1, "making the templates")
		err = deploy.Synth(ctx, root, common.file, assembly, own.only)
		out.End()
		if err != nil {
			return err
		}
	}
	made, err := adopt.Read(assembly)
	if err != nil {
		return err
	}
	out.Begin(len(stacks), "asking what exists")
	found, err := adopt.Look(ctx, keys.In, stacks, made, out.Step)
	out.End()
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(found, func(s adopt.Stack) bool { return s.Unknown == "" }); i < 0 {
		return fmt.Errorf("no stack could be looked at: %s", found[0].Unknown)
	}
	if err := adopt.Write(own.out, made, found); err != nil {
		return err
	}
	value := adoptValue{
		Folder: own.out, Stacks: found, Notes: adopt.Notes(c),
		Steps: adopt.Steps(found, stacks, adopt.Caller{
			Folder: own.out, Breakglass: common.again(), Through: c.Deploy.Access != config.AccessCredentials, AllStages: c.Pipeline.On(),
			Profile: func(number string) string { return cmp.Or(keys.Profile(number), common.profile) },
		}),
	}
	if err := out.Value(value); err != nil {
		return err
	}
	printAdopt(out, value)
	if slices.ContainsFunc(found, func(s adopt.Stack) bool { return len(s.InTheWay) > 0 || s.Unknown != "" }) {
		return errFound
	}
	return nil
}

// again are the flags with which another command does the same as this one.
func (f *flags) again() string {
	var text strings.Builder
	if f.file != "breakglass.yaml" {
		text.WriteString(" --config " + f.file)
	}
	if f.profile != "" {
		text.WriteString(" --profile " + f.profile)
	}
	for _, pair := range f.profiles {
		text.WriteString(" --account-profile " + pair)
	}
	return text.String()
}

func printAdopt(out *screen.Screen, v adoptValue) {
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
		out.Line("There already, and in none of the stacks: %s. To be imported:\n", count(n, "resource"))
		out.Table([]string{"STACK", "TYPE", "NAME", "THE DEPLOYMENT THEN SETS"}, rows)
		out.Line("\nAll else is made new. The templates and mappings of the import are in %s.", v.Folder)
	} else {
		out.Line("%s nothing to import", out.Mark(true))
	}
	if here > 0 {
		out.Line("%s are in the stacks already.", count(here, "such resource"))
	}
	for _, s := range v.Stacks {
		for _, note := range s.Notes {
			out.Line("%s %s: %s", out.Paint(screen.Yellow, "note:"), s.Stack, note)
		}
	}
	for _, note := range v.Notes {
		out.Line("%s %s", out.Paint(screen.Yellow, "note:"), note)
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
			out.Line("%s %s could not be looked at: %s", out.Mark(false), s.Stack, s.Unknown)
		}
		for _, t := range s.InTheWay {
			if !said[t.What] {
				out.Line("%s in the way: %s\n  what to do: %s", out.Mark(false), t.What, t.Fix)
			}
			said[t.What] = true
		}
	}
}
