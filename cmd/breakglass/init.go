package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/ask"
	"example.com/breakglass/operate/draft"
	"example.com/breakglass/operate/onboard"
)

// none is the value of a flag for "nothing".
const none = "none"

func initCommand(common *flags) *cobra.Command {
	var answers draft.Answers
	var force bool
	var targets, unwatched []string
	var access, trail string
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Write or edit breakglass.yaml from a few answers and from what AWS knows about the account",
		Long: `Write or edit breakglass.yaml from a few answers and from what AWS knows about the account.

At a terminal, the command asks for what no flag answers; without a terminal, it names the missing flags. It finds out which
account this is, which Regions are enabled and, where permitted, which accounts the organization has. The file is the project's
example, comments included, with the answers filled in. Of a file that exists, the answers are the defaults, and only what is changed
is edited; everything else in it stays. Nothing is deployed.

It uses the permissions account:ListRegions, organizations:DescribeOrganization and organizations:ListAccounts, and works
without those that are missing.`,
		Example: `  breakglass init
  breakglass init --email security-team@example.com --standby us-west-2 --target 222222222222=production
  breakglass init --hub-account 111111111111 --account-profile 111111111111=hub \
      --email security-team@example.com --user BreakglassAda --user BreakglassBob \
      --unwatched 'sa-east-1=denied by policy for all principals' --config hub.yaml --force`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			out, err := common.screen(cmd)
			if err != nil {
				return err
			}
			answers.Access, answers.Trail = config.Access(access), config.Trail(trail)
			if answers.Targets, err = targetsOf(targets); err != nil {
				return err
			}
			if answers.Unwatched, err = unwatchedOf(unwatched); err != nil {
				return err
			}
			if answers.Standby == none {
				answers.Standby = ""
			}
			profiles, err := common.accountProfiles()
			if err != nil {
				return err
			}
			run := &onboard.Run{Request: onboard.Request{
				File: common.file, Force: force, Answers: answers, Profile: common.profile, Region: common.region, Profiles: profiles,
				Answered: func(q onboard.Question) bool { return cmd.Flags().Changed(string(q)) },
				Progress: func(what string) func() { out.Begin(1, what); return out.End },
			}}
			var person onboard.Person
			if ask.Possible(cmd.InOrStdin(), cmd.ErrOrStderr()) && !out.JSON {
				person = terminal{cmd}
			}
			c, err := run.Do(cmd.Context(), person)
			switch {
			case errors.Is(err, onboard.ErrDeclined):
				out.Line("%v; to go on with these answers:\n  %s", err, run.Again())
				return nil
			case person != nil && (errors.Is(err, ask.ErrStopped) || cmd.Context().Err() != nil):
				return fmt.Errorf("%w; to go on with these answers:\n  %s", err, run.Again())
			case err != nil:
				return err
			}
			return printFirst(out, common, c, run)
		},
	}
	set := cmd.Flags()
	set.StringVar(&answers.HubAccount, string(onboard.HubAccount), "", "`number` of the account with the emergency users (default: the caller's)")
	set.StringArrayVar(&answers.Email, string(onboard.Email), nil, "email `address` for alerts; repeat the flag for several")
	set.StringVar(&answers.HubRegion, string(onboard.HubRegion), config.DefaultRegion, "primary `Region`, with the alert topic")
	set.StringVar(&answers.Standby, string(onboard.Standby), none, "second alert `Region`, or none")
	set.StringArrayVar(&answers.Users, string(onboard.Users), []string{config.DefaultUser}, "`name` of an emergency user; repeat the flag for several")
	set.StringArrayVar(&targets, string(onboard.Targets), nil,
		"account that the users can enter, as `ACCOUNT=NAME`, or none; repeat the flag for several (default none)")
	set.StringArrayVar(&unwatched, string(onboard.Unwatched), nil,
		"Region that is enabled and deliberately not watched, as `REGION=REASON`; repeat the flag for several")
	set.StringVar(&access, string(onboard.Access), string(config.AccessCredentials), "`credentials` to deploy with: credentials, organization or bootstrap")
	set.StringVar(&answers.Instructions, string(onboard.Instructions), "", "`text` at the end of every alert: what its reader must do (default: a general one)")
	set.StringArrayVar(&answers.Policies, string(onboard.Policies), nil,
		"managed `policy` of the role in the target accounts, by name or ARN; repeat the flag for several (default "+config.DefaultPolicy+")")
	set.StringVar(&trail, string(onboard.Trail), string(config.TrailExisting), "CloudTrail `trail` that delivers the events: existing or create")
	set.BoolVar(&force, "force", false, "write a new file in place of one that exists")
	for flag, words := range map[onboard.Question][]string{
		onboard.HubRegion: regionCodes(),
		onboard.Standby:   append(regionCodes(), none),
		onboard.Trail:     {string(config.TrailExisting), string(config.TrailCreate)},
		onboard.Access:    {string(config.AccessCredentials), string(config.AccessOrganization), string(config.AccessBootstrap)},
	} {
		_ = cmd.RegisterFlagCompletionFunc(string(flag), fixed(words...)) // fails only for a flag that does not exist
	}
	return cmd
}

// targetsOf reads ACCOUNT=NAME.
func targetsOf(flags []string) ([]draft.Target, error) {
	var targets []draft.Target
	for _, flag := range flags {
		number, name, _ := strings.Cut(flag, "=")
		number, name = strings.TrimSpace(number), strings.TrimSpace(name)
		if number == none && len(flags) == 1 {
			return nil, nil
		}
		if number == "" {
			return nil, fmt.Errorf("invalid --target %q: use ACCOUNT=NAME, for example 222222222222=production, or the account alone", flag)
		}
		targets = append(targets, draft.Target{Account: number, Name: name})
	}
	return targets, nil
}

func unwatchedOf(flags []string) ([]config.Unwatched, error) {
	var list []config.Unwatched
	for _, flag := range flags {
		region, reason, _ := strings.Cut(flag, "=")
		if region == "" || strings.TrimSpace(reason) == "" {
			return nil, fmt.Errorf("invalid --unwatched %q: use REGION=REASON, for example 'sa-east-1=denied by policy for all principals'", flag)
		}
		list = append(list, config.Unwatched{Region: region, Reason: strings.TrimSpace(reason)})
	}
	return list, nil
}
