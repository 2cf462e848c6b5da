package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"

	"example.com/breakglass/internal/ask"
	"example.com/breakglass/operate/drill"
)

// messagesUnasked is how many messages a drill may send to people without asking first.
const messagesUnasked = 5

// waitForPeople is how long somebody has to read a mail, unless the flag says otherwise.
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
		Short: "Ring the alarm in every watched Region, and time how it arrives",
		Long: `Ring the alarm in every watched Region, and time how it arrives.

A drill is an event that is labelled as one, put on the Region's own bus. It goes through the real rules, and has to appear in
the ledger of every hub; in a hub's own Region, on its topic, too, where people get it: the first line of their message begins
with DRILL. Where one does not arrive, the command says which link is broken: the Region's rule, its dead-letter queue, the
hub's rule, the ledger or the topic.

To see what the topic sends, a temporary queue is subscribed and removed again, also after Ctrl-C. Subscribing and removing it
are changes of the topic, and rightly raise the alert topic-change in each hub, some minutes later. --no-queue leaves the topic
alone.

Without --alert or --all-alerts the alert sign-in is drilled: one message from each hub.

A drill does not prove that CloudTrail puts records on the buses (a test sign-in does), nor that anybody reads the message
(--people does).`,
		Example: `  breakglass drill
  breakglass drill --regions us-east-1,eu-west-1 --wait 2m
  breakglass drill --people
  breakglass drill --all-alerts --yes --evidence drill.json --junit drill.xml`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if own.People && !cmd.Flags().Changed("wait") {
				own.Wait = waitForPeople
			}
			return runDrill(cmd, common, own)
		},
	}
	set := cmd.Flags()
	set.StringArrayVar(&own.Alerts, "alert", nil, "alert of the catalogue to drill, by its `ID`; may be given many times")
	set.BoolVar(&own.All, "all-alerts", false, "drill every alert that is on")
	set.StringSliceVar(&own.Regions, "regions", nil, "drill these Regions only, with commas between them")
	set.DurationVar(&own.Wait, "wait", 90*time.Second, "how long a drill may take; with --people, unless said otherwise, 5m")
	set.StringVar(&own.evidence, "evidence", "", "write the record of the drill to this `file`, as JSON")
	set.StringVar(&own.junit, "junit", "", "write it to this `file`, as a JUnit report")
	set.BoolVar(&own.People, "people", false, "wait until somebody types in the code word of each hub's message (at a terminal)")
	set.BoolVar(&own.NoQueue, "no-queue", false, "subscribe no queue to the topic: read receipt in the ledgers only")
	set.BoolVar(&own.yes, "yes", false, fmt.Sprintf("don't ask, even if people get more than %d messages", messagesUnasked))
	cmd.MarkFlagsMutuallyExclusive("alert", "all-alerts")
	return cmd
}

func runDrill(cmd *cobra.Command, common *flags, own drillFlags) error {
	out, err := common.screen(cmd)
	if err != nil {
		return err
	}
	switch {
	case own.Wait < time.Second || own.Wait > time.Hour:
		return fmt.Errorf("--wait is %v; say between 1s and 1h", own.Wait)
	case own.People && !isTerminal(cmd.InOrStdin()):
		return errors.New("--people needs somebody at a terminal, who types in the code word; leave it out here")
	case own.People && out.JSON:
		return errors.New("--people is for a person at a terminal; leave --output json out, and use --evidence")
	}
	c, err := common.load()
	if err != nil {
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
	show := &drillScreen{Screen: out, run: run, people: own.People}
	show.announce()
	if m := run.Messages(); m.Total()-m.Subscription > messagesUnasked && !own.yes {
		if !ask.Possible(cmd.InOrStdin(), cmd.ErrOrStderr()) {
			return fmt.Errorf("people would get %d messages, and nobody can be asked here; say --yes", m.Total())
		}
		sure, err := ask.Confirm(cmd.Context(), cmd.InOrStdin(), cmd.ErrOrStderr(), fmt.Sprintf("Everybody on the topics gets %d messages. Go on?", m.Total()))
		if err != nil {
			return err
		}
		if !sure {
			return errors.New("nothing was sent")
		}
	}
	files, err := openFiles(own.evidence, own.junit)
	if err != nil {
		return err
	}
	defer files.discard()

	var typed <-chan string
	if own.People {
		typed = typing(cmd.InOrStdin())
	}
	outcome, err := run.Do(cmd.Context(), keysOfHub(keys, c.Hub.Account), typed, show.follow())
	out.End()
	if err != nil {
		return err
	}
	evidence := run.Evidence(outcome, caller.ARN)
	show.conclude(evidence, outcome)
	if err := files.write(evidence); err != nil {
		return err
	}
	if err := out.Value(evidence); err != nil {
		return err
	}
	return verdict(outcome)
}

// verdict is an error of its own where no drill could even be sent.
func verdict(o drill.Outcome) error {
	why := ""
	for _, r := range o.Results {
		if r.NotSent == "" {
			why = ""
			break
		}
		why = r.NotSent
	}
	switch {
	case why != "":
		return fmt.Errorf("no drill could be sent: %s", why)
	case !o.OK():
		return errFound
	}
	return nil
}

func isTerminal(in io.Reader) bool {
	file, ok := in.(*os.File)
	return ok && isatty.IsTerminal(file.Fd())
}

// typing are the lines that somebody types.
func typing(in io.Reader) <-chan string {
	lines := make(chan string)
	go func() {
		defer close(lines)
		for scan := bufio.NewScanner(in); scan.Scan(); {
			lines <- scan.Text()
		}
	}()
	return lines
}
