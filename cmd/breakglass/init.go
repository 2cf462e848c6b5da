package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	sdk "github.com/aws/aws-sdk-go-v2/service/account"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/spf13/cobra"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/ask"
	"example.com/breakglass/internal/screen"
	"example.com/breakglass/operate/discover"
	"example.com/breakglass/operate/draft"
)

// none is how a flag says that there is nothing.
const none = "none"

func initCommand(common *flags) *cobra.Command {
	r := &initRun{common: common}
	var targets, unwatched []string
	var access string
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Write a first breakglass.yaml from a few answers and what the account says about itself",
		Long: `Write a first breakglass.yaml from a few answers and what the account says about itself.

It asks for what no flag says, at a terminal only; without one, it names the flags that are missing. It finds out which
account this is, which Regions are enabled there and, where it may, which accounts the organization has. The file is the
project's example with the answers put in, comments and all. Nothing is deployed.

It uses the permissions account:ListRegions, organizations:DescribeOrganization and organizations:ListAccounts, and does
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
			r.cmd, r.out = cmd, out
			r.answers.Access = config.Access(access)
			if r.answers.Targets, err = targetsOf(targets); err != nil {
				return err
			}
			if r.answers.Unwatched, err = unwatchedOf(unwatched); err != nil {
				return err
			}
			if r.answers.Standby == none {
				r.answers.Standby = ""
			}
			return r.run()
		},
	}
	set := cmd.Flags()
	set.StringVar(&r.answers.HubAccount, "hub-account", "", "`number` of the account where the users live (default: the caller's)")
	set.StringArrayVar(&r.answers.Email, "email", nil, "`address` that is told; may be given many times")
	set.StringVar(&r.answers.HubRegion, "hub-region", config.DefaultRegion, "primary `Region`, where the alert topic is")
	set.StringVar(&r.answers.Standby, "standby", none, "second alert `Region`, or none")
	set.StringArrayVar(&r.answers.Users, "user", []string{config.DefaultUser}, "`name` of an emergency user; may be given many times")
	set.StringArrayVar(&targets, "target", nil, "account that the users get into, as `ACCOUNT=NAME`, or none; may be given many times (default none)")
	set.StringArrayVar(&unwatched, "unwatched", nil, "Region that is enabled and not watched on purpose, as `REGION=REASON`; may be given many times")
	set.StringVar(&access, "access", string(config.AccessCredentials), "`way` to deploy: credentials, organization or bootstrap")
	set.BoolVar(&r.force, "force", false, "overwrite a file that is there, without asking")
	for flag, words := range map[string][]string{
		"hub-region": regionCodes(),
		"standby":    append(regionCodes(), none),
		"access":     {string(config.AccessCredentials), string(config.AccessOrganization), string(config.AccessBootstrap)},
	} {
		_ = cmd.RegisterFlagCompletionFunc(flag, fixed(words...)) // fails only for a flag that is not there
	}
	return cmd
}

// initRun is one run of the command.
type initRun struct {
	cmd     *cobra.Command
	common  *flags
	out     *screen.Screen
	force   bool
	answers draft.Answers

	caller       *account.Caller // nil without usable credentials
	organization discover.Organization
	found        []discover.Region // none where they could not be listed
	notes        []string
	overwrite    bool // somebody said yes
}

func (r *initRun) run() error {
	asking := ask.Possible(r.cmd.InOrStdin(), r.cmd.ErrOrStderr()) && !r.out.JSON
	whose := r.findCaller()
	if err := r.cmd.Context().Err(); err != nil {
		return err
	}
	if !asking {
		if err := r.missing(whose); err != nil {
			return err
		}
	} else if ok, err := r.mayOverwrite(); err != nil || !ok {
		return err
	}
	if whose != nil {
		r.note("AWS was not asked anything: " + whose.Error())
	}
	if err := r.badFlags(); err != nil {
		return err
	}
	r.findOrganization()
	if err := r.cmd.Context().Err(); err != nil {
		return err
	}
	if asking {
		if err := r.askWho(); err != nil {
			return err
		}
	}
	r.hubAccount()
	if err := r.findRegions(); err != nil {
		return err
	}
	if asking {
		if err := r.askWhere(); err != nil {
			return err
		}
	}
	return r.write()
}

// missing names at once everything that only a person or a flag can say.
func (r *initRun) missing(whose error) error {
	var flags []string
	if len(r.answers.Email) == 0 {
		flags = append(flags, "--email ADDRESS: whom to tell; may be given many times")
	}
	if r.answers.HubAccount == "" && whose != nil {
		flags = append(flags, "--hub-account NUMBER, or usable credentials: "+whose.Error())
	}
	if _, err := os.Lstat(r.common.file); err == nil && !r.force {
		flags = append(flags, "--force, to overwrite "+r.common.file+", which is there already; or --config with another name")
	}
	if len(flags) == 0 {
		return nil
	}
	return errors.New("there is no terminal to ask at; say\n  " + strings.Join(flags, "\n  "))
}

// findCaller returns why there is no caller.
func (r *initRun) findCaller() error {
	region := r.common.region
	if region == "" {
		region = r.answers.HubRegion
	}
	if _, _, ok := config.LookupRegion(region); !ok {
		region = config.DefaultRegion // a misspelt one is reported with the other answers
	}
	r.out.Begin(1, "asking AWS whose credentials these are")
	defer r.out.End()
	var err error
	r.caller, err = account.Load(r.cmd.Context(), r.common.profile, region)
	return err
}

func (r *initRun) findOrganization() {
	if r.caller == nil {
		return
	}
	r.out.Begin(1, "asking for the organization")
	defer r.out.End()
	r.organization = discover.Ask(r.cmd.Context(), organizations.NewFromConfig(r.caller.In(config.DefaultRegion)))
}

// hubAccount settles which account it is, and what to say about that.
func (r *initRun) hubAccount() {
	if r.answers.HubAccount == "" && r.caller != nil {
		r.answers.HubAccount = r.caller.Account
	}
	r.notes = append(r.notes, r.organization.Notes...)
	if r.organization.Management != "" && r.answers.HubAccount == r.organization.Management {
		r.note(managementWarning(r.answers.HubAccount))
	}
}

func managementWarning(number string) string {
	return number + " is the management account of the organization, in which no service control policy holds: better make a member account " +
		"with few people in it the hub (--hub-account)"
}

// findRegions asks the hub account for its Regions, by the way that the file will have.
func (r *initRun) findRegions() error {
	ctx := r.cmd.Context()
	if r.caller != nil {
		r.out.Begin(1, "asking for the Regions of "+r.answers.HubAccount)
		found, err := r.listRegions(ctx)
		r.out.End()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		r.found = found
		if err != nil {
			r.note("the enabled Regions are not known, so the file has those that no account can switch off; later, breakglass regions" +
				r.common.sameFile() + " compares: " + err.Error())
		}
	}
	if unknown := discover.Unknown(r.found); len(unknown) > 0 {
		r.note("enabled, and not known to this version, so that nobody watches them: " + strings.Join(unknown, ", "))
	}
	return nil
}

func (r *initRun) listRegions(ctx context.Context) ([]discover.Region, error) {
	file := &config.Config{
		Hub:    config.Hub{Account: r.answers.HubAccount, Region: config.DefaultRegion},
		Deploy: config.Deploy{Access: r.answers.Access, AccessRole: config.DefaultAccessRole},
	}
	_, keys, err := r.common.keys(ctx, file)
	if err != nil {
		return nil, err
	}
	cfg, err := keys.In(ctx, r.answers.HubAccount, config.DefaultRegion)
	if err != nil {
		return nil, err
	}
	return discover.Regions(ctx, sdk.NewFromConfig(cfg), r.answers.HubAccount)
}

// note is told at the end, to people on standard error, to machines in the value.
func (r *initRun) note(text string) { r.notes = append(r.notes, text) }

// mayOverwrite asks about a file that is there, before the other questions.
func (r *initRun) mayOverwrite() (bool, error) {
	if _, err := os.Lstat(r.common.file); err != nil || r.force {
		return true, nil
	}
	sure, err := ask.Confirm(r.cmd.Context(), r.cmd.InOrStdin(), r.cmd.ErrOrStderr(), r.common.file+" is there already. Overwrite it in the end?")
	r.overwrite = sure
	if err == nil && !sure {
		r.out.Line("nothing was written; --config names another file")
	}
	return sure, err
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
			return nil, fmt.Errorf("--target is %q; say ACCOUNT=NAME, such as 222222222222=production, or the account alone", flag)
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
			return nil, fmt.Errorf("--unwatched is %q; say REGION=REASON, such as 'sa-east-1=denied by policy for all principals'", flag)
		}
		list = append(list, config.Unwatched{Region: region, Reason: strings.TrimSpace(reason)})
	}
	return list, nil
}
