package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"example.com/breakglass/internal/ask"
	"example.com/breakglass/internal/file"
	"example.com/breakglass/operate/drill"
)

// messagesUnasked is how many messages a drill may send to people without confirmation.
const messagesUnasked = 5

// waitForCloudTrail is how long CloudTrail may take to put a record on a bus, unless the flag sets another time.
const waitForCloudTrail = 15 * time.Minute

// waitForPeople is how long a person has to read an email, unless the flag sets another time.
const waitForPeople = 5 * time.Minute

type drillFlags struct {
	drill.Options
	evidence, junit string
	yes             bool
}

func drillCommand(common *flags) *cobra.Command {
	var own drillFlags
	cmd := &cobra.Command{
		Use:   "drill",
		Short: "Trigger the alerts of every watched Region with marked events, and time their arrival",
		Long: `Trigger the alerts of every watched Region with marked events, and time their arrival.

A drill is an event that is marked as a drill and put on the Region's own event bus. It passes the real rules and must arrive in
the ledger of every hub; from a hub's own Region it must also arrive on the topic, where people receive it as a message that
begins with DRILL. If a drill does not arrive, the command names the broken link: the Region's rule, its dead-letter queue, the
hub's rule, the composer, the ledger or the topic.

A hub limits how many messages people receive in a minute, so drills of many alerts are sent one after another; the command says
beforehand how long that takes.

To see what the topic sends, the command subscribes a temporary queue and removes it again, also after Ctrl-C. Both change the
topic and therefore trigger the alert topic-change in each hub, a few minutes later: its messages say that they are about the
queue of a DRILL. --no-queue leaves the topic unchanged.

Without --alert or --all-alerts, the alert sign-in is drilled: one message from each hub.

A drill does not prove that CloudTrail puts records on the buses, nor that anybody reads the message (--people does).

With --recorded, nothing is drilled. Instead, the command makes two harmless calls in each Region: TestEventPattern, which reads,
and TagResource, which sets a tag that the Region's own rule has anyway. It waits until CloudTrail's records of them have passed
that rule and arrived in the heartbeat log of every hub, and says if there is no trail, or none that logs reads. No alert is sent.`,
		Example: `  breakglass drill
  breakglass drill --regions us-east-1,eu-west-1 --wait 2m
  breakglass drill --people
  breakglass drill --recorded --evidence recorded.json
  breakglass drill --all-alerts --yes --evidence drill.json --junit drill.xml`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if own.People && !cmd.Flags().Changed("wait") {
				own.Wait = waitForPeople
			}
			if own.Recorded && !cmd.Flags().Changed("wait") {
				own.Wait = waitForCloudTrail
			}
			return runDrill(cmd, common, own)
		},
	}
	set := cmd.Flags()
	set.StringArrayVar(&own.Alerts, "alert", nil, "`ID` of the alert to drill; repeat the flag for several")
	set.BoolVar(&own.All, "all-alerts", false, "drill every alert that is enabled")
	set.StringSliceVar(&own.Regions, "regions", nil, "drill only these Regions, separated by commas")
	set.DurationVar(&own.Wait, "wait", 90*time.Second, "time within which drills must arrive; with --people, the default is 5m, with --recorded 15m")
	set.StringVar(&own.evidence, "evidence", "", "write the record of the drill to this `file`, as JSON")
	set.StringVar(&own.junit, "junit", "", "write the record of the drill to this `file`, as a JUnit report")
	set.BoolVar(&own.People, "people", false, "wait until a person at the terminal enters the code word of each hub's message")
	set.BoolVar(&own.Recorded, "recorded", false, "make calls that CloudTrail records, and time their records, in place of drills")
	set.BoolVar(&own.NoQueue, "no-queue", false, "do not subscribe a queue to the topic: check arrival in the ledgers only")
	set.BoolVar(&own.yes, "yes", false, fmt.Sprintf("do not ask for confirmation, even if people receive more than %d messages", messagesUnasked))
	return cmd
}

func runDrill(cmd *cobra.Command, common *flags, own drillFlags) error {
	out, err := common.screen(cmd)
	if err != nil {
		return err
	}
	switch {
	case own.All && len(own.Alerts) > 0:
		return errors.New("--alert and --all-alerts exclude each other; pass one of them")
	case own.Wait < time.Second || own.Wait > time.Hour:
		return fmt.Errorf("invalid --wait %v: use a duration between 1s and 1h", own.Wait)
	case own.Recorded && (own.All || own.People || own.NoQueue || len(own.Alerts) > 0):
		return errors.New("--recorded excludes --alert, --all-alerts, --people and --no-queue: it drills no alert; run it without them")
	case own.People && !ask.Terminal(cmd.InOrStdin()):
		return errors.New("no terminal for the code word that --people asks for; run without --people")
	case own.People && out.JSON:
		return errors.New("--people and --output json exclude each other; for a record, use --evidence")
	}
	c, err := common.load()
	if err != nil {
		return err
	}
	if err := file.CheckEach(common.file, own.evidence, own.junit); err != nil {
		return err
	}
	run, err := drill.New(c, own.Options, drill.NewName(), drill.NewWords(len(c.HubRegions())))
	if err != nil {
		return err
	}
	caller, keys, err := common.keys(cmd.Context(), c)
	if err != nil {
		return err
	}
	run.Again, run.Profile = common.again(), keys.CLIProfile(c.Hub.Account, common.profile)
	show := &drillScreen{Screen: out, run: run, people: own.People, recorded: own.Recorded}
	show.announce()
	if m := run.Messages(); m.Total() > messagesUnasked && !own.yes {
		if err := confirmMessages(cmd, m.Total()); err != nil {
			return err
		}
	}

	var typed <-chan string
	if own.People {
		typed = ask.Lines(cmd.InOrStdin())
	}
	outcome, err := run.Do(cmd.Context(), drill.Hub(keys, c.Hub.Account), typed, show.follow())
	out.End()
	if cmd.Context().Err() != nil {
		out.Warn("%s", outcome.Interrupted(len(run.Drills)))
	}
	if err != nil {
		return err
	}
	evidence := run.Evidence(outcome, caller.By(cmd.Context()))
	show.conclude(evidence, outcome)
	if err := evidence.Write(own.evidence, own.junit); err != nil {
		return err
	}
	if err := out.Value(evidence); err != nil {
		return err
	}
	if err := outcome.Err(); err != nil {
		return err
	}
	if !outcome.OK() {
		return errFound
	}
	return nil
}

func confirmMessages(cmd *cobra.Command, messages int) error {
	if !ask.Possible(cmd.InOrStdin(), cmd.ErrOrStderr()) {
		return fmt.Errorf("subscribers would get %d messages: no terminal for confirmation; pass --yes", messages)
	}
	sure, err := ask.Confirm(cmd.Context(), cmd.InOrStdin(), cmd.ErrOrStderr(), fmt.Sprintf("Everybody on the topics gets %d messages. Continue?", messages))
	if err == nil && !sure {
		err = errors.New("nothing was sent")
	}
	return err
}
