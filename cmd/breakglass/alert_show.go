package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"example.com/breakglass/internal/file"
	"example.com/breakglass/internal/screen"
	"example.com/breakglass/operate/show"
	"example.com/breakglass/plan"
)

func alertShowCommand(common *flags) *cobra.Command {
	var path, reader string
	cmd := &cobra.Command{
		Use:   "show",
		Short: "Print the alert that people would read about an event (without AWS)",
		Long: `Print the alert that people would read about an event: the subject and text of the email, or with --as what another kind of
reader gets. breakglass.yaml gives the users, the names of accounts and the instructions. The command asks AWS nothing.

The file holds an EventBridge event, a CloudTrail record, a file that CloudTrail delivers (Records, packed or not), or what the
AWS CLI prints for aws cloudtrail lookup-events or aws logs filter-log-events. Of several events, each is shown.

An event that an alarm counts is shown with the alarm's name and text, and for an event that alerts nobody the reason is printed:
the exit code is 0. It is 1 if an alert cannot be written: then the composer sends the event as it is. The command does not know
the limit on the number of alerts in a minute, nor which events were sent before.`,
		Example: `  breakglass alert show --event record.json
  breakglass alert show --event record.json --as sms
  aws cloudtrail lookup-events --region eu-south-2 --max-results 1 --output json | breakglass alert show --event -`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			out, err := common.screen(cmd)
			if err != nil {
				return err
			}
			if !slices.Contains(show.Readers, reader) {
				return fmt.Errorf("invalid --as %q: use %s", reader, strings.Join(show.Readers, ", "))
			}
			if path == "" {
				return errors.New("no event: name a file with --event FILE, or - for standard input")
			}
			p, err := plan.Load(common.file)
			if err != nil {
				return err
			}
			text, err := readEvents(cmd, path)
			if err != nil {
				return err
			}
			events, err := show.Events(text)
			if err != nil {
				return fmt.Errorf("cannot read an event from %s: %w", nameOf(path), err)
			}
			viewer, err := show.NewViewer(p)
			if err != nil {
				return err
			}
			all := make([]show.Shown, len(events))
			for i, event := range events {
				all[i] = viewer.Show(event)
			}
			for i, s := range all {
				if i > 0 {
					out.Line("")
				}
				printShown(out, s, reader)
			}
			if len(all) > 1 {
				out.Line("\n%s", totals(all))
			}
			if standby := p.Config.Hub.Standby; standby != "" &&
				slices.ContainsFunc(all, func(s show.Shown) bool { return s.Outcome == show.Alerts || s.Outcome == show.Counted }) {
				out.Line("\nThe hub in %s sends this. The standby in %s sends it too, with its own Region at the end.", p.Config.Hub.Region, standby)
			}
			if err := out.Value(shownValue{all}); err != nil {
				return err
			}
			if slices.ContainsFunc(all, failed) {
				return errFound
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&path, "event", "", "`file` with the event or events; - for standard input")
	cmd.Flags().StringVar(&reader, "as", show.Readers[0], "the `reader` whose message is printed: "+strings.Join(show.Readers, ", "))
	_ = cmd.RegisterFlagCompletionFunc("as", fixed(show.Readers...)) // fails only for a flag that does not exist
	_ = cmd.MarkFlagFilename("event", "json", "gz")
	return cmd
}

// shownValue is what the command prints for machines.
type shownValue struct {
	Events []show.Shown `json:"events"`
}

func failed(s show.Shown) bool {
	return slices.ContainsFunc(s.Alerts, func(a show.Alert) bool { return a.Failure != "" })
}

func nameOf(path string) string {
	if path == standardInput {
		return "standard input"
	}
	return path
}

// standardInput is the file name that means standard input.
const standardInput = "-"

func readEvents(cmd *cobra.Command, path string) ([]byte, error) {
	if path == standardInput {
		return io.ReadAll(io.LimitReader(cmd.InOrStdin(), show.MaxSize+1))
	}
	text, err := file.Read(path, show.MaxSize)
	var not *file.NotRegular
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: %w; name the file with the event", path, fs.ErrNotExist)
	case errors.As(err, &not) && !not.Folder:
		return nil, fmt.Errorf("%w; pass it as standard input, with --event -", err)
	case err != nil:
		return nil, fmt.Errorf("%w; name the file with the event", err)
	}
	return text, nil
}

func printShown(out *screen.Screen, s show.Shown, reader string) {
	what := s.Name
	if s.Drill {
		what = "drill " + strings.TrimPrefix(what, "DRILL: ")
	}
	about := what
	if s.Region != "" {
		about += ", " + s.Region
	}
	if s.Account != "" {
		about += ", account " + s.Account
	}
	about += ": "
	switch s.Outcome {
	case show.Recorded, show.Nothing:
		out.Line("%sno alert: %s", about, s.Reason)
	case show.Counted:
		out.Line("%scounted", about)
	}
	for _, a := range s.Alerts {
		out.Line("%s%s", about, out.Paint(screen.Bold, "alert "+a.Entry))
		printAlert(out, a, reader)
	}
	for i, a := range s.Alarms {
		if i > 0 {
			out.Line("")
		}
		out.Line("alarm %s, at %d or more within %.0f minutes. Its text:\n\n%s", out.Paint(screen.Bold, a.Name), a.AtLeast, show.CountMinutes, a.Text)
	}
	if s.Note != "" {
		out.Line("\n%s", s.Note)
	}
}

func printAlert(out *screen.Screen, a show.Alert, reader string) {
	if a.Failure != "" {
		out.Line("\n%s the composer cannot write it, and sends the event as it is: %s", out.Mark(false), a.Failure)
		return
	}
	if reader == "email" {
		out.Line("\nSubject: %s", a.Subject)
	}
	out.Line("\n%s", a.Messages[reader])
}

// totals says how many of several events alert.
func totals(all []show.Shown) string {
	n := map[show.Outcome]int{}
	for _, s := range all {
		n[s.Outcome]++
	}
	return fmt.Sprintf("%s: %d alert, %d counted, %d without an alert", count(len(all), "event"), n[show.Alerts], n[show.Counted],
		n[show.Recorded]+n[show.Nothing])
}
