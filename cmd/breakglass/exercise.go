package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/spf13/cobra"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/ask"
	"example.com/breakglass/internal/file"
	"example.com/breakglass/internal/screen"
	"example.com/breakglass/operate/drill"
	"example.com/breakglass/operate/exercise"
	"example.com/breakglass/place"
	"example.com/breakglass/plan"
)

func exerciseCommand(common *flags) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "exercise",
		Short:   "Prove that people get in, and that others are told",
		Example: `  breakglass exercise start --way console --accounts production`,

		SuggestionsMinimumDistance: 2,
	}
	cmd.AddCommand(exerciseStartCommand(common))
	return cmd
}

func exerciseStartCommand(common *flags) *cobra.Command {
	var own struct {
		exercise.Options
		way                   string
		evidence, junit, page string
	}
	cmd := &cobra.Command{
		Use:   "start",
		Short: "Watch an emergency user get in: every record, every alert, and the time until people are told",
		Long: `Watch an emergency user get in: every record, every alert, and the time until people are told.

It announces the exercise in the hubs' ledgers, not in an alert: those who are alerted must not see that it is one. Then a person gets
in as in an emergency, and the command waits for the real records of the whole way: the sign-in with MFA, or the session of the access
key, and each account; for each record in the ledger of every hub, and for the alert that its composer publishes. With --people, it
also waits until somebody types the event ID that an alert shows, or its first eight characters.

Whatever does not arrive is named with the link that is probably broken. It ends with what to do next, since the credentials were used.

In the scenario us-east-1-gone the command sends no request to us-east-1, and what was recorded there does not count: the way in, the
standby and its alert have to work without it. Run it with the credentials of an administrator of the hub account, not those of the
emergency user.`,
		Example: `  breakglass exercise start --way console --accounts production --people
  breakglass exercise start --way key --user BreakglassUser --accounts production,sandbox --evidence exercise.json --html exercise.html
  breakglass exercise start --way console --scenario us-east-1-gone`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			out, err := common.screen(cmd)
			if err != nil {
				return err
			}
			own.Way = exercise.Way(own.way)
			switch {
			case own.Wait < time.Second || own.Wait > 4*time.Hour:
				return fmt.Errorf("invalid --wait %v: use a duration between 1s and 4h", own.Wait)
			case own.People && !ask.Terminal(cmd.InOrStdin()):
				return errors.New("no terminal for what --people types; run without --people")
			case own.People && out.JSON:
				return errors.New("--people and --output json exclude each other; for a record, use --evidence")
			}
			p, err := plan.Load(common.file)
			if err != nil {
				return err
			}
			if err := file.CheckEach(common.file, own.evidence, own.junit, own.page); err != nil {
				return err
			}
			run, err := exercise.New(p, own.Options, drill.NewName())
			if err != nil {
				return err
			}
			run.Again = common.again()
			caller, open, err := common.exerciseAccess(cmd.Context(), p, run)
			if err != nil {
				return err
			}
			printExercise(out, run)
			var typed <-chan string
			if own.People {
				typed = ask.Lines(cmd.InOrStdin())
			}
			evidence, err := run.Do(cmd.Context(), exercise.AWS{Open: open, Exercise: run.ID()}, caller.By(cmd.Context()), typed, followExercise(out))
			if err != nil {
				return err
			}
			printEvidence(out, evidence)
			if err := evidence.Write(own.evidence, own.junit, own.page); err != nil {
				return err
			}
			if err := out.Value(evidence); err != nil {
				return err
			}
			if !evidence.OK {
				return errFound
			}
			return nil
		},
	}
	set := cmd.Flags()
	set.StringVar(&own.User, "user", "", "emergency `user` who gets in (default: the only one)")
	set.StringVar(&own.way, "way", "console", "`way` in: console, login (aws login) or key (the sealed access key)")
	set.StringVar(&own.Scenario, "scenario", "", "`scenario`: us-east-1-gone")
	set.StringSliceVar(&own.Accounts, "accounts", nil, "target accounts to enter, by number or name, separated by commas (default: none but the hub account)")
	set.DurationVar(&own.Wait, "wait", 30*time.Minute, "time within which everything must come; CloudTrail may take minutes")
	set.BoolVar(&own.People, "people", false, "wait until somebody types the event ID that an alert shows")
	set.StringVar(&own.evidence, "evidence", "", "write the evidence to this `file`, as JSON")
	set.StringVar(&own.junit, "junit", "", "write the evidence to this `file`, as a JUnit report")
	set.StringVar(&own.page, "html", "", "write the evidence to this `file`, as an HTML page")
	_ = cmd.RegisterFlagCompletionFunc("way", fixed("console", "login", "key"))
	_ = cmd.RegisterFlagCompletionFunc("scenario", fixed(exercise.Gone))
	return cmd
}

// exerciseAccess returns the access to the hub account. Without us-east-1, whatever finds the credentials asks the standby, and neither
// that nor the clients may ask us-east-1.
func (f *flags) exerciseAccess(ctx context.Context, p plan.Plan, run *exercise.Run) (*account.Caller, exercise.Access, error) {
	c, own := *p.Config, *f
	if run.Options.Scenario == exercise.Gone {
		if own.region == place.GlobalRegion {
			return nil, nil, exercise.ErrGone
		}
		if own.region == "" {
			own.region = run.Hubs[0]
		}
		c.Hub.Region = run.Hubs[0]
		ctx = account.Avoiding(ctx, place.GlobalRegion, exercise.ErrGone)
	}
	caller, keys, err := own.keys(ctx, &c)
	if errors.Is(err, exercise.ErrGone) {
		return nil, nil, fmt.Errorf("%w, and these credentials come from there, by single sign-on, say; use others for it, which you would also need on that day", exercise.ErrGone)
	}
	if err != nil {
		return nil, nil, err
	}
	open := func(ctx context.Context, region string) (aws.Config, error) {
		return keys.Own(ctx, c.Hub.Account, region)
	}
	if run.Options.Scenario == exercise.Gone {
		return caller, exercise.Without(open), nil
	}
	return caller, open, nil
}

func printExercise(out *screen.Screen, run *exercise.Run) {
	out.Prose("%s", out.Paint(screen.Bold, fmt.Sprintf("%s: %s gets in by the way %s", run.ID(), run.Options.User, run.Options.Way)))
	if run.Options.Scenario != "" {
		out.Prose("Scenario: %s. Nothing is asked there, and what is recorded there does not count.", run.Options.Scenario)
	}
	out.Prose("Do now, as in an emergency (breakglass enter shows the addresses and commands):")
	for i, step := range run.Steps {
		out.Prose("%d. %s", i+1, step.Title)
	}
	out.Prose("Waiting up to %s for the records and alerts of %s.", run.Options.Wait, strings.Join(run.Hubs, " and "))
	if run.Options.People {
		out.Prose("Type the event ID that an alert shows, or its first eight characters, and press enter.")
	}
}

func followExercise(out *screen.Screen) exercise.Progress {
	return exercise.Progress{
		Recorded: func(r exercise.Result) {
			out.Prose("%s %s: %s in %s, after %s", out.Mark(true), r.Title, r.Record.What, r.Record.Region, exercise.After(r.InMillis))
		},
		Alerted: func(r exercise.Result, a exercise.Alert) {
			out.Prose("%s %s: alert sent from %s, after %s", out.Mark(true), r.Title, a.Hub, exercise.After(a.Millis))
		},
		Refused: func(why string) { out.Prose("%s %s", out.Mark(false), why) },
		Typed: func(line string, ok bool) {
			if ok {
				out.Prose("%s %s: read by a person", out.Mark(true), line)
			} else {
				out.Prose("%s %s is not the event ID of an alert of this exercise", out.Mark(false), line)
			}
		},
	}
}

func printEvidence(out *screen.Screen, e *exercise.Evidence) {
	out.Line("")
	for _, r := range e.Results {
		for _, missing := range r.Missing {
			out.Prose("%s %s: %s", out.Mark(false), r.Title, missing)
		}
	}
	for _, note := range e.Notes {
		out.Note("%s", note)
	}
	verdict, colour := "Something did not come.", screen.Red
	if e.OK {
		verdict, colour = fmt.Sprintf("In the account after %s, people told after %s.", exercise.After(e.InMillis), exercise.After(e.ToldMillis)), screen.Green
	}
	out.Prose("%s", out.Paint(colour, verdict))
	out.Prose("Close out:")
	for i, step := range e.CloseOut {
		out.Prose("%d. %s", i+1, step)
	}
}
