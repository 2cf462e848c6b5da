package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/ask"
	"example.com/breakglass/internal/page"
	"example.com/breakglass/internal/screen"
	"example.com/breakglass/operate/incident/closing"
	"example.com/breakglass/operate/incident/contain"
	"example.com/breakglass/operate/incident/folder"
	"example.com/breakglass/operate/incident/gather"
)

func incidentContainCommand(common *flags) *cobra.Command {
	var path, number string
	var hold time.Duration
	var with []string
	command := &cobra.Command{
		Use:   "contain",
		Short: "End everything that the emergency access can do, so that the contained cannot undo it",
		Long: `End everything that the emergency access can do: the users, the sessions of the role in every account, and the access keys.

A change in IAM takes seconds to reach all of AWS, and a session may remove its own denial in that time. So the command takes its
measures in this order, reads all of them again until they hold several times in a row, and reports and repeats each that somebody
undid:

1. a service control policy on the hub account and the targets, where the management account can be entered;
2. AWSDenyAll on the users: their guard policy keeps them from removing it;
3. an inline policy on the role in every account, at once, that denies everything to the sessions that began before;
4. access keys inactive: those of the users, and those that the report saw created.

Then it asks IAM's simulator whether the users and the role's earlier sessions are refused, and says what it cannot end. With credentials
of a contained session, --prove-with also calls AWS as that session, from the first measure on until it is refused, and says by what and
after how many seconds. It uses those that breakglass enter left in the environment without the flag; then the command itself needs
--profile, and refuses to run as somebody whom it contains.

It shows everything first and asks for the number of the hub account. An account that cannot be reached is named, and the exit code is
1. The folder keeps what was there before: incident release undoes each step. Passwords are left alone.

Names of policies end in the ID of the incident, so that several incidents can be contained at once: the command names the others. Users
and access keys are released with the last of them.`,
		Example: `  breakglass incident contain --folder incident-20261122T140000Z --profile management
  breakglass incident contain --folder incident-20261122T140000Z --account 111111111111
  breakglass incident contain --folder incident-20261122T140000Z --profile management --prove-with responder`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if hold <= 0 {
				return fmt.Errorf("invalid --hold %s: use a time such as %s", hold, contain.DefaultHold)
			}
			out, o, f, err := common.containing(cmd, path, &number)
			if err != nil {
				return err
			}
			defer f.Close()
			o.Hold = hold
			if o.Sessions, err = common.sessions(cmd.Context(), o.Config, with); err != nil {
				return err
			}
			plan, err := contain.New(cmd.Context(), o)
			if err != nil {
				return err
			}
			for _, id := range plan.Others {
				out.Line("%s incident %s is contained, too: users and keys are released with the last of them", out.Mark(false), page.Clean(id))
			}
			out.Line("%s", out.Paint(screen.Bold, "This will be done, in this order, by policies whose names end in "+page.Clean(o.Incident)+":"))
			for _, m := range plan.Measures {
				out.Line("  %s", m.Title())
			}
			for _, text := range plan.Without {
				out.Line("%s %s", out.Mark(false), text)
			}
			for _, p := range plan.Proofs {
				out.Line("Calls of %s will be made to see that they are refused: %s", contain.ProofCall, p.Who())
			}
			if err := confirmed(cmd, number, o.Config.Hub.Account, "Type the number of the hub account to do this:"); err != nil {
				return err
			}
			result, err := plan.Run(cmd.Context())
			if err != nil {
				out.Warn("stopped: some measures may be in force; run the command again, or undo them with %s", f.NextCommand("release"))
				return err
			}
			printContained(out, result)
			if err := out.Value(result); err != nil {
				return err
			}
			if !result.OK() {
				return errFound
			}
			return nil
		},
	}
	containFlags(command, &path, &number)
	command.Flags().DurationVar(&hold, "hold", contain.DefaultHold, "how long everything must hold without a reversal")
	command.Flags().StringArrayVar(&with, "prove-with", nil,
		"AWS CLI `profile` with credentials of a contained session, to prove by calls that they are refused; repeat the flag for several")
	return command
}

func incidentProveCommand(common *flags) *cobra.Command {
	var path string
	var long time.Duration
	var with []string
	command := &cobra.Command{
		Use:   "prove",
		Short: "Prove by calls that sessions of the contained are refused (read-only)",
		Long: `Prove by calls that sessions of the contained are refused, as incident contain does with --prove-with: with the credentials of each
profile, and with those that breakglass enter left in the environment, the command asks whose they are and calls iam:ListAccountAliases
until AWS refuses it three times in a row, for --for at most. It changes nothing, and needs no other credentials.

The folder keeps the result: incident close is open as long as the last proof with a key failed. The exit code is 1 if anything still
works, or if nothing is proved.`,
		Example: `  breakglass incident prove --folder incident-20261122T140000Z --with responder`,
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if long < contain.ProofHolds {
				return fmt.Errorf("invalid --for %s: use a time such as 1m40s", long)
			}
			out, o, f, err := common.containing(cmd, path, nil)
			if err != nil {
				return err
			}
			defer f.Close()
			o.Hold = long / contain.ProofHolds
			if o.Sessions, err = common.sessions(cmd.Context(), o.Config, with); err != nil {
				return err
			}
			steps, err := closing.Steps(f)
			if err != nil {
				return err
			}
			proofs, err := contain.Prove(cmd.Context(), o, contain.InForce(steps))
			if err != nil {
				return err
			}
			if len(proofs) == 0 {
				return errors.New("no credentials of the contained: name a profile that has them with --with, or run it in the shell of breakglass enter")
			}
			for _, p := range proofs {
				printCalls(out, p)
			}
			if err := out.Value(map[string]any{"proofs": proofs}); err != nil {
				return err
			}
			if slices.ContainsFunc(proofs, func(p *contain.Proof) bool { return !p.OK() }) {
				return errFound
			}
			return nil
		},
	}
	command.Flags().StringVar(&path, "folder", "", "`folder` of the incident, which incident report has made")
	command.Flags().DurationVar(&long, "for", contain.ProofHolds*contain.DefaultHold, "how long a session may still work")
	command.Flags().StringArrayVar(&with, "with", nil, "AWS CLI `profile` with credentials of a contained session; repeat the flag for several")
	return command
}

// sessions returns the credentials of profiles, and those in the environment if the command itself has others.
func (f *flags) sessions(ctx context.Context, c *config.Config, profiles []string) (all []contain.Session, err error) {
	for _, profile := range profiles {
		cfg, err := account.Session(ctx, profile, c.Hub.Region)
		if err != nil {
			return nil, err
		}
		all = append(all, contain.NewSession("profile "+profile, false, cfg))
	}
	if os.Getenv("AWS_ACCESS_KEY_ID") != "" {
		cfg, err := account.Session(ctx, "", c.Hub.Region)
		if err != nil {
			return nil, err
		}
		all = append(all, contain.NewSession("the environment", true, cfg))
	}
	return all, nil
}

func incidentReleaseCommand(common *flags) *cobra.Command {
	var path, number string
	command := &cobra.Command{
		Use:   "release",
		Short: "Undo what incident contain did",
		Long: `Undo what incident contain did, in the opposite order: the access keys that were active, the policy on the role, AWSDenyAll on the
users, and the service control policy. Only what this incident put there is removed: a policy that somebody changed since is named and
left, and users and access keys stay denied as long as another incident is contained. What was denied before stays so. It asks for the
number of the hub account. Set new credentials before you release the users.`,
		Example: `  breakglass incident release --folder incident-20261122T140000Z`,
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			out, o, f, err := common.containing(cmd, path, &number)
			if err != nil {
				return err
			}
			defer f.Close()
			steps, err := closing.Steps(f)
			if err != nil {
				return err
			}
			measures := contain.InForce(steps)
			if len(measures) == 0 {
				out.Line("nothing to release: no measure of this incident is in force")
				return out.Value(map[string]any{"failed": []any{}})
			}
			out.Line("%s", out.Paint(screen.Bold, "This will be undone:"))
			for _, m := range measures {
				out.Line("  %s", m.Title())
			}
			if err := confirmed(cmd, number, o.Config.Hub.Account, "Type the number of the hub account to undo this:"); err != nil {
				return err
			}
			failed, err := contain.Release(cmd.Context(), o, measures)
			if err != nil {
				return err
			}
			out.Line("%s released, %d failed", count(len(measures)-len(failed), "measure"), len(failed))
			if err := out.Value(map[string]any{"failed": failed}); err != nil {
				return err
			}
			if len(failed) > 0 {
				return errFound
			}
			return nil
		},
	}
	containFlags(command, &path, &number)
	return command
}

func containFlags(command *cobra.Command, path, number *string) {
	command.Flags().StringVar(path, "folder", "", "`folder` of the incident, which incident report has made")
	command.Flags().StringVar(number, "account", "", "`number` of the hub account, instead of typing it")
}

// containing returns what contain, release and prove need. Each event is printed and kept as it comes. Without a number, nothing is changed,
// and nobody has to be the caller.
func (f *flags) containing(cmd *cobra.Command, path string, number *string) (*screen.Screen, contain.Options, *folder.Folder, error) {
	var o contain.Options
	out, err := f.screen(cmd)
	if err != nil {
		return nil, o, nil, err
	}
	of, c, outcome, err := f.incident(path)
	if err != nil {
		return nil, o, nil, err
	}
	o = contain.Options{Config: c, Users: of.Users, Unknown: notKnown(of, outcome), Incident: of.ID, Principals: outcome.Chain.Principals(), Calls: outcome.Chain.Calls(), Leftovers: of.NextCommand("leftovers"), Note: func(e contain.Event) error {
		switch e.What {
		case contain.Started, contain.Intended, contain.Concluded, contain.Proved:
			return of.Add(folder.Contained, e)
		case contain.Taken, contain.Holds, contain.Undone, contain.Failed, contain.Released:
		}
		text := fmt.Sprintf("%s: %s", e.Title(), e.What)
		if e.Why != "" {
			text += ": " + e.Why
		}
		if e.What == contain.Undone {
			text = out.Paint(screen.Red, "UNDONE "+text)
		}
		out.Line("%s %s", out.Mark(e.What != contain.Failed && e.What != contain.Undone), text)
		return of.Add(folder.Contained, e)
	}}
	warnSigned(out, of)
	for _, text := range o.Unknown {
		out.Warn("%s", text)
	}
	if number == nil {
		return out, o, of, nil
	}
	switch err = of.Alone(folder.Contained); {
	case err != nil:
	case *number == "" && !ask.Possible(cmd.InOrStdin(), cmd.ErrOrStderr()):
		err = errors.New("no terminal for confirmation; pass --account with the number of the hub account")
	case *number != "" && *number != c.Hub.Account:
		err = fmt.Errorf("invalid --account %s: the hub account is %s; nothing was changed", *number, c.Hub.Account)
	}
	var caller *account.Caller
	var keys *account.Keys
	if err == nil {
		caller, keys, err = f.keys(cmd.Context(), c)
	}
	if err != nil {
		of.Close()
		return nil, o, nil, err
	}
	out.Line("as %s", caller.ARN)
	o.Keys, o.Caller = keys, caller.ARN
	return out, o, of, nil
}

// notKnown says what the folder lacks, so that those whom it would show are not among the contained.
func notKnown(f *folder.Folder, outcome *gather.Outcome) (all []string) {
	if outcome.Lost > 0 {
		all = append(all, fmt.Sprintf("%s of %s gone or not readable: users, keys and sessions that they show are not among these; %s reads them again",
			count(outcome.Lost, "line"), folder.Records, f.NextCommand("report")))
	}
	if !f.Reported() {
		all = append(all, "the report is not finished: users, keys and sessions that it will show are not among these; "+f.NextCommand("report")+" goes on")
	}
	return all
}

func printCalls(out *screen.Screen, p *contain.Proof) {
	text := p.Title()
	if p.Verdict == contain.Works {
		text = out.Paint(screen.Red, text)
	}
	out.Line("%s %s", out.Mark(p.OK()), text)
}

// confirmed asks for the number of the hub account, unless a flag has it.
func confirmed(cmd *cobra.Command, number, want, question string) error {
	if number != "" {
		return nil
	}
	return typeNumber(cmd, want, question)
}

func printContained(out *screen.Screen, r *contain.Result) {
	titled(out, "In force: %d", len(r.Hold))
	for _, m := range r.Hold {
		out.Line("%s %s", out.Mark(true), m.Title())
	}
	for _, e := range r.Failed {
		out.Line("%s %s: %s", out.Mark(false), e.Title(), e.Why)
	}
	titled(out, "Refused, as IAM's simulator says: %d", len(r.Verified))
	for _, identity := range r.Verified {
		out.Line("%s %s", out.Mark(true), identity)
	}
	for _, text := range r.Open {
		out.Line("%s %s", out.Mark(false), text)
	}
	if len(r.Proofs) > 0 {
		titled(out, "Called as the contained: %d", len(r.Proofs))
		for _, p := range r.Proofs {
			printCalls(out, p)
		}
	}
	titled(out, "What this cannot end")
	for _, text := range r.Remains {
		out.Line("- %s", text)
	}
	out.Line("")
	verdict, colour := "contained", screen.Green
	if !r.OK() {
		verdict, colour = "NOT everything is contained", screen.Red
	}
	out.Line("%s", out.Paint(colour, fmt.Sprintf("%s; read %s, %s undone and taken again", verdict, count(r.Rounds, "time"), count(len(r.Undone), "measure"))))
}
