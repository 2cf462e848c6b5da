package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dustin/go-humanize/english"
	"github.com/spf13/cobra"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/screen"
	"example.com/breakglass/operate/incident/folder"
	"example.com/breakglass/operate/incident/gather"
	"example.com/breakglass/operate/incident/leftovers"
)

func incidentLeftoversCommand(common *flags) *cobra.Command {
	var path string
	command := &cobra.Command{
		Use:   "leftovers",
		Short: "Look which of the things that were created, changed or removed are left (read-only)",
		Long: `Look for everything that the calls of an incident created, changed or removed, in every account and Region that the report
reached: users, keys, passwords, devices, roles and their trust, policies, boundaries, identity providers, functions,
instances, schedules, policies of buckets, keys, queues and topics, shared snapshots and images, trails and more. A thing is left if
it was created and still exists, and missing if it was removed and does not exist. Whatever was changed, a person has to compare.
Each line has the command that undoes it, and names those to whom a policy gives access. The command is read-only.

It also names each call that it does not know, and whatever it may not read. The exit code is 1 while anything is left or unknown, or
was not read: incident close asks for a decision about that.
The folder keeps the result of every run: repeat the command when you have cleaned up.`,
		Example: `  breakglass incident leftovers --folder incident-20261122T140000Z`,
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			out, err := common.screen(cmd)
			if err != nil {
				return err
			}
			f, c, outcome, err := common.incident(path)
			if err != nil {
				return err
			}
			defer f.Close()
			warnSigned(out, f)
			_, keys, err := common.keys(cmd.Context(), c)
			if err != nil {
				return err
			}
			items, err := leftovers.Find(cmd.Context(), leftovers.Options{
				Calls: outcome.Chain.Calls(), Keys: keys, Known: c.Accounts(),
				Profile: func(number string) string { return keys.CLIProfile(number, common.profile) },
				Found:   func(item leftovers.Item) error { return f.Add(folder.Leftovers, item) },
				Total:   func(n int) { out.Begin(n, "looking") }, Step: out.Step,
			})
			out.End()
			if err != nil {
				return err
			}
			printLeftovers(out, items)
			if err := out.Value(map[string]any{"items": items}); err != nil {
				return err
			}
			partly := false
			if outcome.Lost > 0 {
				partly = true
				out.Warn("%s of %s gone or not readable: what they were about is not in this list; %s reads them again", count(outcome.Lost, "line"), folder.Records,
					f.NextCommand("report"))
			}
			if !f.Reported() {
				partly = true
				out.Warn("the report is not finished: what it will show is not in this list; %s goes on", f.NextCommand("report"))
			}
			for _, ledger := range outcome.Ledgers {
				if ledger.Failure != "" {
					partly = true
					out.Warn("the ledger in %s was not read: calls that only it has are not in this list; %s reads it again", ledger.Hub, f.NextCommand("report"))
				}
			}
			if unread := outcome.Unread(); unread > 0 {
				partly = true
				out.Warn("%s of CloudTrail did not get to the end: what they were about is not in this list; %s reads on", english.Plural(unread, "query", "queries"),
					f.NextCommand("report"))
			}
			if partly || slices.ContainsFunc(items, leftovers.Item.Open) {
				return errFound
			}
			return nil
		},
	}
	command.Flags().StringVar(&path, "folder", "", "`folder` of the incident, which incident report has made")
	return command
}

// incident opens the folder of an incident with what is in it.
func (f *flags) incident(path string) (*folder.Folder, *config.Config, *gather.Outcome, error) {
	if path == "" {
		return nil, nil, nil, errors.New("no incident: name its folder with --folder; breakglass incident report makes one")
	}
	c, err := f.load()
	if err != nil {
		return nil, nil, nil, err
	}
	of, err := folder.Open(path)
	if err != nil {
		return nil, nil, nil, err
	}
	if err := sameHub(of, c.Hub.Account); err != nil {
		return nil, nil, nil, err
	}
	of.Again = f.again()
	outcome, err := gather.Load(c, of)
	return of, c, outcome, err
}

// sameHub refuses the configuration of another deployment, whose users and accounts are not those of the incident.
func sameHub(f *folder.Folder, account string) error {
	if f.HubAccount != account {
		return fmt.Errorf("%s is of the hub account %s, and breakglass.yaml names %s; name another folder, or the configuration with --config", f.Path, f.HubAccount,
			account)
	}
	return nil
}

// warnSigned says that a command changes what somebody has signed.
func warnSigned(out *screen.Screen, f *folder.Folder) {
	if f.Signed() {
		out.Warn("%s was signed off: what this command writes is a difference that incident verify names; sign it again afterwards", f.Path)
	}
}

func printLeftovers(out *screen.Screen, items []leftovers.Item) {
	left, unknown, gone := []leftovers.Item{}, []leftovers.Item{}, 0
	for _, item := range items {
		switch {
		case item.Left:
			left = append(left, item)
		case item.Open():
			unknown = append(unknown, item)
		default:
			gone++
		}
	}
	titled(out, "Left: %d", len(left))
	for _, item := range left {
		what := map[leftovers.Effect]string{leftovers.Made: "is there", leftovers.Removed: "is missing", leftovers.Changed: "was changed: compare it"}[item.Effect]
		out.Line("%s %s %s: %s %s", out.Mark(false), item.Account, item.Region, item.What, what)
		out.Line("  %s by %s, %s UTC, event %s", item.Call, item.Who, item.Time.Format("2006-01-02 15:04:05"), item.ID)
		if len(item.Risks) > 0 {
			out.Line("  %s", strings.Join(item.Risks, "; "))
		}
		if item.Undo != "" {
			out.Line("  → %s", item.Undo)
		}
		if item.Note != "" {
			out.Line("  %s", item.Note)
		}
	}
	if len(unknown) > 0 {
		titled(out, "Not known: %d", len(unknown))
		for _, item := range unknown {
			out.Line("%s %s %s: %s by %s: %s", out.Mark(false), item.Account, item.Region, item.What, item.Who, item.Why)
			out.Line("  %s, %s UTC, event %s", item.Call, item.Time.Format("2006-01-02 15:04:05"), item.ID)
			if len(item.Risks) > 0 {
				out.Line("  %s", strings.Join(item.Risks, "; "))
			}
		}
	}
	out.Line("")
	colour := screen.Green
	if len(left)+len(unknown) > 0 {
		colour = screen.Red
	}
	out.Line("%s", out.Paint(colour, count(len(left), "thing")+" left, "+count(len(unknown), "thing")+" not known, "+count(gone, "thing")+" undone"))
}
