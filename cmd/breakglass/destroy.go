package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/charmbracelet/huh"
	"github.com/spf13/cobra"

	"example.com/breakglass/internal/ask"
	"example.com/breakglass/operate/destroy"
)

func destroyCommand(common *flags) *cobra.Command {
	var number string
	cmd := &cobra.Command{
		Use:   "destroy",
		Short: "Remove every stack of breakglass.yaml, and search for what is left",
		Long: `Remove every stack of breakglass.yaml, and search for what is left.

It lists what will be removed, and asks for the number of the hub account before anything changes. It lifts the stacks'
termination protection, deletes the password, MFA devices and keys of the file's users, without which the users cannot be
deleted, and removes the stacks: pipeline, roles and observers, forwarders, what monitors the alerts, standby, hub, trail. It
does not need the CDK. A stack that cannot be removed blocks only those that it depends on; run the command again when the cause
is gone.

Then it searches every account and Region for what is still there, and lists it with the command that removes it. With
terminationProtection: true the ledger and the trail's bucket are kept, so that the record survives the removal.

A pipeline's buckets have to be emptied first: it prints the commands. A stack set is removed with its stacks in every account of
its unit; those accounts are not searched.

With deploy.access bootstrap it needs the credentials of an administrator of the hub account besides the CDK's roles, which must
not change users: the caller's own, or those of --account-profile.`,
		Example: `  breakglass destroy --profile management
  breakglass destroy --profile hub --account-profile 222222222222=production
  breakglass destroy --account 111111111111 --output json`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return runDestroy(cmd, common, number) },
	}
	cmd.Flags().StringVar(&number, "account", "", "`number` of the hub account, instead of typing it")
	return cmd
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
		return errors.New("no terminal for confirmation; pass --account with the number of the hub account")
	case number != "" && number != c.Hub.Account:
		return fmt.Errorf("invalid --account %s: the hub account is %s; nothing was changed", number, c.Hub.Account)
	}
	caller, keys, err := common.keys(ctx, c)
	if err != nil {
		return err
	}
	out.Line("as %s", caller.ARN)
	found, err := destroy.Find(ctx, destroy.Request{Config: c, Caller: caller, Keys: keys, Profile: common.profile, Progress: out})
	if err != nil {
		return err
	}
	show := destroyScreen{out, found}
	show.found()
	if number == "" && len(found.Stacks) > 0 {
		if err := typeNumber(cmd, c.Hub.Account, "Type the number of the hub account to remove all of this:"); err != nil {
			return err
		}
	}
	result, err := found.Remove(ctx, func(o destroy.Outcome) {
		out.Line("%s %s", out.Mark(o.State == destroy.Removed), o.Line())
	}, func(text string) { out.Line("  %s", text) })
	if ctx.Err() != nil {
		out.Line("\nStopped. CloudFormation finishes the stacks that are in progress; run breakglass destroy again for the rest.")
	}
	if err := errors.Join(err, out.Value(result)); err != nil {
		return err
	}
	return show.conclude(result)
}

// typeNumber asks for the number of the hub account.
func typeNumber(cmd *cobra.Command, want, question string) error {
	typed := ""
	field := huh.NewInput().Title(question).Value(&typed)
	if err := ask.Form(cmd.Context(), cmd.InOrStdin(), cmd.ErrOrStderr(), huh.NewGroup(field)); err != nil {
		return err
	}
	if strings.TrimSpace(typed) != want {
		return fmt.Errorf("%q is not the number of the hub account; nothing was changed", typed)
	}
	return nil
}
