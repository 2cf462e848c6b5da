package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/ask"
	"example.com/breakglass/internal/file"
	"example.com/breakglass/internal/screen"
	"example.com/breakglass/operate/discover"
	"example.com/breakglass/operate/draft"
)

func regionsCommand(common *flags) *cobra.Command {
	var write, yes bool
	cmd := &cobra.Command{
		Use:   "regions",
		Short: "Compare the Regions of the hub account with the file, and update the file",
		Long: `Compare the Regions of the hub account with the file, and update the file.

A sign-in can land in any enabled Region. A Region that is enabled but not watched is a finding; so is one that is watched but
not enabled, because it cannot be deployed. Regions under unwatched are left alone.

--write sets regions in the file to those that are enabled, and keeps all comments and all other keys. It shows the difference
and asks first. Deploy afterwards.

It needs the permission account:ListRegions in the hub account.`,
		Example: `  breakglass regions
  breakglass regions --profile hub --output json
  breakglass regions --write --yes`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			out, err := common.screen(cmd)
			if err != nil {
				return err
			}
			if out.JSON && write && !yes {
				return errors.New("--output json asks no questions; pass --yes with --write")
			}
			c, err := common.load()
			if err != nil {
				return err
			}
			if write {
				if err := file.Check(common.file); err != nil {
					return err
				}
			}
			found, profile, err := hubRegions(cmd, common, out, c)
			if err != nil {
				return err
			}
			r := regionsRun{cmd: cmd, common: common, out: out, file: c, found: found, profile: profile, yes: yes}
			r.compare()
			r.table()
			if write {
				if err := r.update(); err != nil {
					return err
				}
			}
			if err := out.Value(r.value); err != nil {
				return err
			}
			return r.verdict()
		},
	}
	cmd.Flags().BoolVar(&write, "write", false, "update regions in the file, after showing the difference")
	cmd.Flags().BoolVar(&yes, "yes", false, "write without asking")
	return cmd
}

// regionsValue is what regions prints for machines.
type regionsValue struct {
	Account string        `json:"account"`
	File    string        `json:"file"`
	Regions []regionValue `json:"regions"`
	Written bool          `json:"written"`
	// Warnings has what the file says that may be a mistake, such as a Region that this version does not know.
	Warnings []string      `json:"warnings,omitempty"`
	Changes  []changeValue `json:"changes"`
}

type regionValue struct {
	Region  string `json:"region"`
	Account string `json:"account"`
	File    string `json:"file"`
	Reason  string `json:"reason,omitempty"`
	Finding bool   `json:"finding"`
	Todo    string `json:"todo,omitempty"`
}

type changeValue struct {
	Line  int    `json:"line"`
	Added bool   `json:"added"`
	Text  string `json:"text"`
}

// hubRegions returns the Regions of the hub account, and the profile of the AWS CLI for it.
func hubRegions(cmd *cobra.Command, common *flags, out *screen.Screen, c *config.Config) (found []discover.Region, profile string, err error) {
	_, keys, err := common.keys(cmd.Context(), c) // which may ask for a code
	if err != nil {
		return nil, "", err
	}
	out.Begin(1, "listing the Regions of "+c.Hub.Account)
	defer out.End()
	found, err = discover.RegionsOf(cmd.Context(), keys, c.Hub.Account, c.Hub.Region)
	return found, keys.CLIProfile(c.Hub.Account, common.profile), err
}

// regionsRun is one run of the command.
type regionsRun struct {
	cmd    *cobra.Command
	common *flags
	out    *screen.Screen
	file   *config.Config
	found  []discover.Region
	// profile is the one of the AWS CLI for the hub account; empty for none.
	profile string
	yes     bool
	value   regionsValue
}

// compare fills in how the file, as it is now, compares with the account.
func (r *regionsRun) compare() {
	r.value.Account, r.value.File = r.file.Hub.Account, r.common.file
	r.value.Regions, r.value.Warnings = nil, nil
	for _, warning := range r.file.Warnings() {
		r.value.Warnings = append(r.value.Warnings, warning.String())
	}
	if r.value.Changes == nil {
		r.value.Changes = []changeValue{}
	}
	for _, row := range discover.Compare(r.file, r.found, r.profile) {
		file := "not listed"
		switch {
		case row.Watched:
			file = "watched"
		case row.Reason != "":
			file = "unwatched"
		}
		r.value.Regions = append(r.value.Regions, regionValue{row.Region, string(row.State), file, row.Reason, row.Finding, row.Todo})
	}
}

func (r *regionsRun) table() {
	var rows [][]string
	for _, region := range r.value.Regions {
		mark, todo := " ", region.Todo
		switch {
		case region.Finding:
			mark = r.out.Mark(false)
		case region.File == "watched":
			mark = r.out.Mark(true)
		case region.Reason != "":
			todo = "deliberate: " + region.Reason
		}
		rows = append(rows, []string{mark, region.Region, region.Account, region.File, todo})
	}
	r.out.Table([]string{" ", "REGION", "IN THE ACCOUNT", "IN THE FILE", "WHAT TO DO"}, rows)
	r.out.Line("")
}

// verdict prints the last line, and returns the command's error.
func (r *regionsRun) verdict() error {
	for _, warning := range r.value.Warnings {
		r.out.Note("%s", warning)
	}
	findings := 0
	for _, region := range r.value.Regions {
		if region.Finding {
			findings++
		}
	}
	if findings == 0 {
		r.out.Line("%s every enabled Region of %s is watched, or deliberately unwatched", r.out.Mark(true), r.file.Hub.Account)
		return nil
	}
	help := "changing regions in the file does not help"
	if !slices.Equal(r.file.Regions, discover.Wanted(r.file, r.found)) {
		help = "breakglass regions --write" + r.common.again() + " updates the file"
	}
	r.out.Line("%s %s: %s", r.out.Mark(false), count(findings, "finding"), help)
	return errFound
}

// update writes the file, if confirmed, and compares again.
func (r *regionsRun) update() error {
	name := r.common.file
	update, err := draft.NewUpdate(name, discover.Wanted(r.file, r.found))
	if err != nil {
		return err
	}
	if len(update.Changes) == 0 {
		r.out.Line("%s: regions is up to date", name)
		return nil
	}
	r.show(update.Changes)
	if !r.yes {
		if sure, err := r.confirm(name); err != nil || !sure {
			return err
		}
	}
	before := r.file.Regions
	if r.file, err = update.Write(); err != nil {
		return err
	}
	r.value.Written = true
	r.compare()
	r.out.Line("%s wrote %s: %s watched. Deploy to apply this; breakglass plan%s shows what changes.",
		r.out.Mark(true), name, count(len(r.file.Regions), "Region"), r.common.sameFile())
	gone := slices.DeleteFunc(before, func(code string) bool { return slices.Contains(r.file.Regions, code) })
	if len(gone) > 0 {
		r.out.Line("Removed: %s. Stacks that are deployed there stay until you delete them (docs/operate.md).", strings.Join(gone, ", "))
	}
	return nil
}

func (r *regionsRun) show(changes []draft.Line) {
	for _, l := range changes {
		r.value.Changes = append(r.value.Changes, changeValue{l.Number, l.Added, l.Text})
		sign, colour := "-", screen.Red
		if l.Added {
			sign, colour = "+", screen.Green
		}
		r.out.Line("%s", r.out.Paint(colour, fmt.Sprintf("%s:%d: %s %s", r.common.file, l.Number, sign, l.Text)))
	}
	r.out.Line("")
}

func (r *regionsRun) confirm(name string) (bool, error) {
	in, out := r.cmd.InOrStdin(), r.cmd.ErrOrStderr()
	if !ask.Possible(in, out) {
		return false, errors.New("nothing was written: no terminal for confirmation; pass --yes")
	}
	sure, err := ask.Confirm(r.cmd.Context(), in, out, "Write this to "+name+"?")
	if err == nil && !sure {
		r.out.Line("nothing was written")
	}
	return sure, err
}
