package main

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/spf13/cobra"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/file"
	"example.com/breakglass/internal/screen"
	"example.com/breakglass/operate/credentials"
	"example.com/breakglass/operate/seal"
	"example.com/breakglass/plan"
)

func credentialsCommand(common *flags) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "credentials",
		Short: "Give the emergency users credentials that nobody ever sees whole",
		Long: `Give the emergency users credentials that nobody ever sees whole.

Each password, MFA seed and access key is made, sealed to the people that breakglass.yaml lists under credentials, and given to AWS.
Whoever runs the commands sees no secret. A password and an access key are sealed to passwordHolders, a seed to mfaHolders: opening
a user's access takes one holder of each list. What changes a user raises the alert iam-change.

A sealed file has a header that everybody can read, and one secret, encrypted by age: keep it wherever you like, in several places.`,
		Example: `  breakglass credentials create BreakglassUser
  breakglass credentials mfa BreakglassUser
  breakglass credentials open BreakglassUser-password-….sealed -i identity.txt`,

		SuggestionsMinimumDistance: 2,
	}
	cmd.AddCommand(credentialsCreateCommand(common), credentialsMFACommand(common), credentialsKeyCommand(common),
		credentialsOpenCommand(common), credentialsVerifyCommand(common), credentialsStatusCommand(common), credentialsRotateCommand(common),
		credentialsScriptCommand(common), credentialsPaperCommand(common))
	return cmd
}

// credentialsRun prepares a command that changes a user.
type credentialsRun struct {
	out *screen.Screen
	credentials.Options
}

// begin loads the file, checks user and folder, and opens the hub account.
func (f *flags) begin(cmd *cobra.Command, user, folder string) (*credentialsRun, error) {
	out, err := f.screen(cmd)
	if err != nil {
		return nil, err
	}
	c, err := f.load()
	if err != nil {
		return nil, err
	}
	if err := credentials.Check(c, user); err != nil {
		return nil, err
	}
	if err := file.CheckFolder(folder); err != nil {
		return nil, err
	}
	if err := file.Folder(folder); err != nil {
		return nil, err
	}
	client, profile, err := f.hubIAM(cmd.Context(), c)
	if err != nil {
		return nil, err
	}
	return &credentialsRun{out, credentials.Options{
		Config: c, IAM: client, User: user, Folder: folder, UI: pluginUI(out), Say: out.WarnProse, Profile: profile, Again: f.again(),
	}}, nil
}

// hubIAM returns IAM of the hub account, and the profile of the AWS CLI for it; empty means none.
func (f *flags) hubIAM(ctx context.Context, c *config.Config) (client *iam.Client, profile string, err error) {
	_, keys, err := f.keys(ctx, c)
	if err != nil {
		return nil, "", err
	}
	done := waiting(ctx, "entering the hub account")
	defer done()
	hub, err := keys.In(ctx, c.Hub.Account, c.Hub.Region)
	if err != nil {
		return nil, "", err
	}
	return iam.NewFromConfig(hub), keys.CLIProfile(c.Hub.Account, f.profile), nil
}

// made prints what was made.
func (r *credentialsRun) made(results ...*credentials.Result) {
	for _, result := range results {
		what := map[seal.Kind]string{
			seal.Password: "password of " + result.User, seal.MFA: "MFA device " + result.Device, seal.Key: "access key " + result.AccessKey + " of " + result.User,
		}[result.Kind]
		r.out.Prose("%s %s: sealed in %s", r.out.Mark(true), what, result.File)
		for _, old := range result.Void {
			r.out.Prose("  void: %s; destroy each copy of it", old)
		}
	}
}

// folderFlag is the folder of the sealed files.
func folderFlag(cmd *cobra.Command, folder *string) {
	cmd.Flags().StringVar(folder, "folder", ".", "`folder` of the sealed files")
}

// completeUser completes the name of a user.
func (f *flags) completeUser(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return only(nil)
	}
	return f.fromPlan(func(p plan.Plan) (all []string) {
		for _, u := range p.Config.Users {
			all = append(all, u.Name)
		}
		return all
	})(cmd, args, begun)
}

// aUser accepts the name of one user.
func aUser(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("%s takes the name of one user of breakglass.yaml; %s --help shows an example", cmd.CommandPath(), cmd.CommandPath())
	}
	return nil
}
