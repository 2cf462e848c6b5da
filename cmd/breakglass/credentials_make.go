package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"example.com/breakglass/operate/credentials"
	"example.com/breakglass/operate/seal"
)

// making returns a command that makes one thing for a user.
func (f *flags) making(cmd *cobra.Command, run func(context.Context, credentials.Options) (*credentials.Result, error)) *cobra.Command {
	var folder string
	folderFlag(cmd, &folder)
	cmd.Args, cmd.ValidArgsFunction = aUser, f.completeUser
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		r, err := f.begin(cmd, args[0], folder)
		if err != nil {
			return err
		}
		result, err := run(cmd.Context(), r.Options)
		if err != nil {
			return err
		}
		r.made(result)
		return r.out.Value(result)
	}
	return cmd
}

func credentialsCreateCommand(common *flags) *cobra.Command {
	return common.making(&cobra.Command{
		Use:   "create USER",
		Short: "Give a user a password, sealed to its holders",
		Long: `Give a user who has none a password, sealed to passwordHolders.

The password can be typed from paper: groups of five characters, none that is easily taken for another one, at least 35 characters,
and what the account's password policy asks for. It is sealed to a file before AWS learns it. No reset is forced at the first
sign-in: changing a password is a call to the IAM control plane, and the sealed one would be wrong afterwards.

Until AWS has accepted the password, the file ends in .sealed.unset. A run that was cut off leaves such a file; the next run for the
user removes it or keeps it, whichever is right, and says so.`,
		Example: `  breakglass credentials create BreakglassUser
  breakglass credentials create BreakglassUser --folder sealed`,
	}, credentials.Create)
}

func credentialsMFACommand(common *flags) *cobra.Command {
	var name string
	cmd := common.making(&cobra.Command{
		Use:   "mfa USER",
		Short: "Give a user a virtual MFA device, its seed sealed to other people",
		Long: `Give a user a virtual MFA device, its seed sealed to mfaHolders.

IAM makes the seed; it is sealed to a file before the device is enabled, with two codes that are computed here. breakglass credentials
open shows the current code. A user may have eight devices: repeat the command with another --name for a second copy elsewhere.

A FIDO2 key cannot be sealed, and gives no code to STS. docs/credentials.md has the steps to enrol one; check names it, and reports a
user who has nothing else.`,
		Example: `  breakglass credentials mfa BreakglassUser
  breakglass credentials mfa BreakglassUser --name BreakglassUser-second`,
	}, func(ctx context.Context, o credentials.Options) (*credentials.Result, error) {
		return credentials.MFA(ctx, o, name)
	})
	cmd.Flags().StringVar(&name, "name", "", "`name` of the device (default: that of the user)")
	return cmd
}

func credentialsKeyCommand(common *flags) *cobra.Command {
	return common.making(&cobra.Command{
		Use:   "key USER",
		Short: "Give a user an access key, sealed to the holders of the password",
		Long: `Give a user an access key, sealed to passwordHolders: a way in for the day on which console sign-in is down and STS answers. The
guard makes it worthless without a code of an MFA device, which other people hold.

breakglass.yaml has to allow it: accessKey: sealed at the user. check reports every other access key.`,
		Example: `  breakglass credentials key BreakglassUser`,
	}, credentials.Key)
}

func credentialsRotateCommand(common *flags) *cobra.Command {
	var folder string
	var only []string
	cmd := &cobra.Command{
		Use:   "rotate USER",
		Short: "Replace what a user has, new before old where AWS allows it",
		Long: `Replace what a user has, after each use and when it is due.

In this order: each MFA device, by a new one that is sealed and enabled before the old one is removed; the access key, in the same way;
the password, of which IAM keeps one: the old one is valid until AWS accepts the new one, which is sealed by then. At each moment, a
user can sign in with files that exist. The old files are marked as void; destroy the copies that are elsewhere.

The folder must have the sealed file of each device and access key: copy them back there first. If one is missing, nothing is replaced,
and the error names it. A hardware key has no sealed file, and stays as it is.`,
		Example: `  breakglass credentials rotate BreakglassUser --folder sealed
  breakglass credentials rotate BreakglassUser --folder sealed --only password`,
		Args:              aUser,
		ValidArgsFunction: common.completeUser,
		RunE: func(cmd *cobra.Command, args []string) error {
			kinds, err := kindsOf(only)
			if err != nil {
				return err
			}
			r, err := common.begin(cmd, args[0], folder)
			if err != nil {
				return err
			}
			results, err := credentials.Rotate(cmd.Context(), r.Options, kinds)
			r.made(results...)
			if err != nil {
				return err
			}
			return r.out.Value(results)
		},
	}
	folderFlag(cmd, &folder)
	cmd.Flags().StringSliceVar(&only, "only", nil, "replace these `kinds` only: password, mfa, key")
	return cmd
}

// kindsOf returns the kinds with these names; all if there are none.
func kindsOf(names []string) (kinds []seal.Kind, err error) {
	all := []seal.Kind{seal.Password, seal.MFA, seal.Key}
	if len(names) == 0 {
		return all, nil
	}
	for _, name := range names {
		kind := seal.Kind(strings.TrimSpace(name))
		if !slices.Contains(all, kind) {
			return nil, fmt.Errorf("invalid --only %q: use password, mfa or key", name)
		}
		kinds = append(kinds, kind)
	}
	return kinds, nil
}
