package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/charmbracelet/huh"
	"github.com/spf13/cobra"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/ask"
	"example.com/breakglass/internal/screen"
	"example.com/breakglass/operate/deploy"
	"example.com/breakglass/operate/destroy"
	"example.com/breakglass/plan"
)

func destroyCommand(common *flags) *cobra.Command {
	var number string
	cmd := &cobra.Command{
		Use:   "destroy",
		Short: "Remove everything that the file stands for, and look for what is left",
		Long: `Remove everything that the file stands for, and look for what is left.

It says what will go, and has the number of the hub account typed in before anything does. It lifts the stacks' termination
protection, takes password, MFA devices and keys from the file's users, without which they cannot be deleted, and removes the
stacks: pipeline, roles and observers, forwarders, what watches the alarm, standby, hub, trail. It needs no CDK. A stack that cannot be removed holds up
only those that it relies on; run it again when the cause is gone.

Then it looks into every account and Region for what is still there, and names it, with the command that removes it. With
terminationProtection: true the ledger and the trail's bucket are kept, so that the record survives the alarm.

A pipeline's buckets have to be empty before: it says the commands. With a stack set go the stacks in every account of its
unit; those accounts are not looked into.

With deploy.access bootstrap it needs the credentials of an administrator of the hub account besides the CDK's roles, which may
not change users: the caller's own, or those of --account-profile.`,
		Example: `  breakglass destroy --profile management
  breakglass destroy --profile hub --account-profile 222222222222=production
  breakglass destroy --account 111111111111 --output json`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return runDestroy(cmd, common, number) },
	}
	cmd.Flags().StringVar(&number, "account", "", "`number` of the hub account, instead of typing it in")
	return cmd
}

// destroyValue is what destroy prints for machines.
type destroyValue struct {
	Stacks  []destroy.Outcome `json:"stacks"`
	Remains []destroy.Remain  `json:"remains"`
	Blind   []destroy.Blind   `json:"notLookedInto"`
	Notes   []string          `json:"notes"`
}

func runDestroy(cmd *cobra.Command, common *flags, number string) error {
	ctx := cmd.Context()
	out, err := common.screen(cmd)
	if err != nil {
		return err
	}
	c, err := common.load()
	if err != nil {
		return err
	}
	switch {
	case number == "" && !ask.Possible(cmd.InOrStdin(), cmd.ErrOrStderr()):
		return errors.New("nobody can be asked here; say --account with the number of the hub account")
	case number != "" && number != c.Hub.Account:
		return fmt.Errorf("--account is %s, and the file's hub account is %s; nothing was changed", number, c.Hub.Account)
	}
	caller, keys, err := common.keys(ctx, c)
	if err != nil {
		return err
	}
	d := &destroyRun{out: out, config: c, keys: keys, off: map[string]bool{}}
	if err := d.find(ctx, caller); err != nil {
		return err
	}
	d.announce()
	if number == "" && len(d.stacks) > 0 {
		if err := typeNumber(cmd, c.Hub.Account); err != nil {
			return err
		}
	}
	return d.do(ctx)
}

// typeNumber has the hub account's number typed in.
func typeNumber(cmd *cobra.Command, want string) error {
	typed := ""
	field := huh.NewInput().Title("Type the number of the hub account to remove all this:").Value(&typed)
	if err := ask.Form(cmd.Context(), cmd.InOrStdin(), cmd.ErrOrStderr(), huh.NewGroup(field)); err != nil {
		return err
	}
	if strings.TrimSpace(typed) != want {
		return fmt.Errorf("%q is not the number of the hub account; nothing was changed", typed)
	}
	return nil
}

// destroyRun is a removal on its way.
type destroyRun struct {
	out    *screen.Screen
	config *config.Config
	keys   *account.Keys
	plan   plan.Plan

	stacks  []destroy.Stack
	unknown map[string]error
	// off are the places, "account Region", that are switched off: nothing can be there.
	off map[string]bool
}

// find learns what is there.
func (d *destroyRun) find(ctx context.Context, caller *account.Caller) error {
	out := d.out
	out.Line("as %s", caller.ARN)
	whole := plan.New(d.config)
	disabled, _ := deploy.DisabledRegions(ctx, d.keys, caller, d.config, whole.Placements)
	for _, off := range disabled {
		if !off.Caller {
			d.off[off.Account+" "+off.Region] = true
		}
	}
	d.plan = whole
	d.plan.Placements = nil
	for _, at := range whole.Placements {
		if !d.off[at.Account+" "+at.Region] {
			d.plan.Placements = append(d.plan.Placements, at)
		}
	}
	out.Begin(len(d.plan.Placements), "looking for the stacks")
	d.stacks, d.unknown = destroy.Find(ctx, d.keys, d.plan, out.Step)
	out.End()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if len(d.unknown) == len(d.plan.Placements) {
		for _, err := range d.unknown {
			return fmt.Errorf("no stack can be looked for: %w", err)
		}
	}
	for _, s := range d.stacks {
		if s.Kind != plan.Hub {
			continue
		}
		if _, err := d.keys.Own(ctx, s.Account, s.Region); err != nil {
			return fmt.Errorf("the users cannot be removed, and nothing was changed: %w", err)
		}
	}
	return nil
}

// announce says what will go, and what stays.
func (d *destroyRun) announce() {
	out := d.out
	out.Line("")
	var rows [][]string
	for _, s := range d.stacks {
		protected := ""
		if s.Protected {
			protected = "yes, will be lifted"
		}
		rows = append(rows, []string{s.Stack, s.Account, s.Region, s.Status, protected})
	}
	if len(rows) > 0 {
		out.Table([]string{"WILL GO", "ACCOUNT", "REGION", "STATE", "PROTECTED"}, rows)
	} else {
		out.Line("no stack of the file is there")
	}
	for _, at := range d.plan.Placements {
		if err := d.unknown[at.Stack]; err != nil {
			out.Line("%s %s could not be looked for: %v", out.Mark(false), at.Stack, err)
		}
	}
	out.Line("")
	if len(rows) == 0 {
		return
	}
	var users []string
	for _, u := range d.config.Users {
		users = append(users, u.Name)
	}
	out.Line("With it go the users %s, their passwords, MFA devices and keys, and every way that they have into the accounts.", strings.Join(users, ", "))
	for _, s := range d.stacks {
		if s.Kind == plan.StackSet {
			out.Line("With %s goes the role in every account of %s.", s.Stack, unitName(*s.Target))
		}
	}
	empty := false
	for _, s := range d.stacks {
		if destroy.Bucket(s.Placement) == "" {
			continue
		}
		if !empty {
			out.Line("%s", out.Paint(screen.Yellow, "Empty the pipeline's buckets first, or their stacks stay:"))
			empty = true
		}
		out.Line("  %s", destroy.EmptyBucket(s.Placement))
	}
	if d.config.TerminationProtection {
		out.Line("The ledger is kept, and so is the bucket of a trail: terminationProtection is true.")
	} else {
		out.Line("%s", out.Paint(screen.Yellow, "The ledger, the record of every use, goes too: terminationProtection is false."))
	}
	out.Line("")
}

func (d *destroyRun) do(ctx context.Context) error {
	out := d.out
	removal := &destroy.Removal{
		Keys: d.keys, Plan: d.plan, Stacks: d.stacks, Unknown: d.unknown,
		OnEnd: func(o destroy.Outcome) {
			out.Step(o.Stack)
			out.Line("%s %s", out.Mark(o.State == destroy.Removed), o.Line())
		},
		Say: func(text string) { out.Line("  %s", text) },
	}
	out.Begin(len(d.stacks), "removing")
	outcomes := removal.Run(ctx)
	out.End()
	if ctx.Err() != nil {
		out.Line("\nIt was stopped. CloudFormation finishes by itself what is under way; run breakglass destroy again for the rest.")
		_ = out.Value(destroyValue{Stacks: outcomes, Remains: []destroy.Remain{}, Blind: []destroy.Blind{}, Notes: []string{}})
		return ctx.Err()
	}
	out.Begin(destroy.Places(d.plan), "looking for what is left")
	leave := func(account, region string) bool { return d.off[account+" "+region] }
	remains, blind := destroy.Remains(ctx, d.keys, d.plan, leave, out.Step)
	out.End()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	kept, notes := removal.Afterwards(ctx)
	notes = append(notes, d.unitNotes()...)
	remains = append(remains, kept...)
	value := destroyValue{append([]destroy.Outcome{}, outcomes...), append([]destroy.Remain{}, remains...), append([]destroy.Blind{}, blind...), append([]string{}, notes...)}
	if err := out.Value(value); err != nil {
		return err
	}
	return d.conclude(outcomes, remains, blind, notes)
}

// unitNotes say what is not looked into.
func (d *destroyRun) unitNotes() []string {
	if len(d.config.Units) == 0 {
		return nil
	}
	notes := []string{"the accounts of the organizational units are not looked into: that their roles are gone is CloudFormation's word"}
	if d.config.StackSets.RetainOnAccountRemoval {
		notes = append(notes, "accounts that left their unit earlier keep the role, as stackSets.retainOnAccountRemoval has it: remove their stacks by hand")
	}
	return notes
}

// conclude says what is gone, and what is left.
func (d *destroyRun) conclude(outcomes []destroy.Outcome, remains []destroy.Remain, blind []destroy.Blind, notes []string) error {
	out := d.out
	wrong := len(blind) > 0 || len(d.unknown) > 0
	removed := 0
	for _, o := range outcomes {
		if o.State == destroy.Removed {
			removed++
		} else {
			wrong = true
		}
	}
	if len(outcomes) > 0 {
		out.Line("\n%d of %s removed", removed, count(len(outcomes), "stack"))
	}
	var left, kept []destroy.Remain
	for _, r := range remains {
		if r.Kept {
			kept = append(kept, r)
		} else {
			left = append(left, r)
		}
	}
	show := func(head string, list []destroy.Remain) {
		out.Line("\n%s", head)
		for _, r := range list {
			out.Line("  %s %s in %s\n    %s", r.Kind, r.Name, strings.TrimSpace(r.Account+" "+r.Region), r.Remove)
		}
	}
	if len(left) > 0 {
		wrong = true
		show(out.Mark(false)+" still there, with what removes it:", left)
	}
	if len(kept) > 0 {
		show("kept on purpose, with what removes it:", kept)
	}
	for _, b := range blind {
		out.Line("\n%s not looked into, or not for everything: %s\n  %s", out.Mark(false), strings.TrimSpace(b.Account+" "+b.Region), strings.ReplaceAll(b.Reason, "\n", "\n  "))
	}
	for _, note := range notes {
		out.Line("%s %s", out.Paint(screen.Yellow, "note:"), note)
	}
	if wrong {
		return errFound
	}
	out.Line("%s nothing else of it is left in any account and Region of the file", out.Mark(true))
	return nil
}
