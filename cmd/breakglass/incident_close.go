package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/spf13/cobra"

	"example.com/breakglass/internal/screen"
	"example.com/breakglass/operate/incident/closing"
	"example.com/breakglass/operate/incident/folder"
)

func incidentCloseCommand(common *flags) *cobra.Command {
	var path, name string
	var decide, set []string
	var sign bool
	command := &cobra.Command{
		Use:   "close",
		Short: "Go through what has to be done before an incident is closed, and sign it off",
		Long: `Go through what has to be done before an incident is closed. Each run shows the checklist as the folder has it now:

- the report is written and whole, it ends after contain did, and the users were not used since; or its gaps are accepted;
- the access was contained by a run that ended well and after which no call was admitted, or it was not an intrusion; and it was released
  again;
- every thing that was created or changed was looked at since the report was written, and is undone, or kept with a reason;
- the password and the active keys of each user who was used are newer than the last use;
- check finds no problem, target accounts included, and a drill of every alert in every Region passed, both after the last step: put
  their JSON into the folder as check.json and drill.json;
- the post-mortem says what triggered it, the ticket, who approved it, and what is done differently from now on.

--decide ITEM=REASON closes an item by a decision, with --name. If the facts behind a decision change, the item is open again. New
credentials, check and drill cannot be decided away. --sign writes closed.html and closed.json, with the hash of every file; it
refuses while anything is open. The command changes nothing in AWS. The exit code is 1 while anything is open.`,
		Example: `  breakglass incident close --folder case
  breakglass incident close --folder case --name 'Jane Doe' --decide contain='announced maintenance, ticket 4711'
  breakglass incident close --folder case --set ticket=4711 --set trigger='identity provider down'
  breakglass incident close --folder case --name 'Jane Doe' --sign`,
		Args: noArguments,
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
			caller, keys, err := common.keys(cmd.Context(), c)
			if err != nil {
				return err
			}
			hub := func(ctx context.Context) (*iam.Client, error) {
				cfg, err := keys.In(ctx, c.Hub.Account, c.Hub.Region)
				if err != nil {
					return nil, err
				}
				return iam.NewFromConfig(cfg), nil
			}
			source := closing.Source{
				Folder: f, Config: c, Calls: outcome.Chain.Calls(), Now: time.Now(), Lost: outcome.Lost,
				ActiveKeys: func(ctx context.Context, user string) (map[string]time.Time, error) {
					api, err := hub(ctx)
					if err != nil {
						return nil, err
					}
					return closing.ActiveKeys(ctx, api, user)
				},
				LastUsed: func(ctx context.Context, user string) (time.Time, error) {
					api, err := hub(ctx)
					if err != nil {
						return time.Time{}, err
					}
					return closing.LastUsed(ctx, api, user)
				},
			}
			items, err := closing.Checklist(cmd.Context(), source)
			if err != nil {
				return err
			}
			entries, err := closingEntries(items, decide, set, name)
			if err != nil {
				return err
			}
			if len(entries) > 0 && !sign {
				warnSigned(out, f)
			}
			for _, e := range entries {
				e.At, e.By = time.Now().UTC(), caller.By(cmd.Context())
				if err := f.Add(folder.Closing, e); err != nil {
					return err
				}
			}
			if items, err = closing.Checklist(cmd.Context(), source); err != nil {
				return err
			}
			printChecklist(out, items)
			if !sign {
				if err := out.Value(map[string]any{"items": items}); err != nil {
					return err
				}
				if !closing.OK(items) {
					return errFound
				}
				return nil
			}
			record, hash, err := closing.Sign(source, items, caller.By(cmd.Context()), name, time.Now())
			if err != nil {
				return err
			}
			out.Line("\nSigned off. Note this hash where nobody can change it, in the ticket for example:\n%s", hash)
			out.Warn("written: %s", filepath.Join(f.Path, folder.ClosedPage))
			return out.Value(record)
		},
	}
	flags := command.Flags()
	flags.StringVar(&path, "folder", "", "`folder` of the incident, which incident report has made")
	flags.StringArrayVar(&decide, "decide", nil, "decide about an item, as `ITEM=REASON`; repeat the flag for several")
	flags.StringArrayVar(&set, "set", nil, "fill in a field of the post-mortem, as `FIELD=TEXT`; repeat the flag for several")
	flags.StringVar(&name, "name", "", "`name` of the person who decides or signs")
	flags.BoolVar(&sign, "sign", false, "sign off: write the record, if nothing is open")
	return command
}

// closingEntries reads the flags.
func closingEntries(items []closing.Item, decide, set []string, name string) (all []closing.Entry, err error) {
	for _, pair := range decide {
		item, reason, ok := strings.Cut(pair, "=")
		switch {
		case !ok || strings.TrimSpace(reason) == "":
			return nil, fmt.Errorf("invalid --decide %q: use ITEM=REASON", pair)
		case strings.TrimSpace(name) == "":
			return nil, errors.New("nobody decides: pass --name with the name of the person")
		}
		decision, ok := closing.Decision(items, item, reason, name)
		if !ok {
			return nil, fmt.Errorf("invalid --decide %q: there is no item %s about which a person may decide; the checklist names the items", pair, item)
		}
		all = append(all, decision)
	}
	for _, pair := range set {
		field, text, ok := strings.Cut(pair, "=")
		known := slices.ContainsFunc(closing.Fields, func(f [2]string) bool { return f[0] == field })
		if !ok || !known || strings.TrimSpace(text) == "" {
			return nil, fmt.Errorf("invalid --set %q: use FIELD=TEXT with trigger, ticket, approvedBy or lessons", pair)
		}
		all = append(all, closing.Entry{Field: field, Text: text, Name: name})
	}
	return all, nil
}

func printChecklist(out *screen.Screen, items []closing.Item) {
	open := 0
	for _, i := range items {
		text := i.Why
		switch i.State {
		case closing.Open:
			open++
		case closing.Decided:
			text = "decided by " + i.Name + ": " + i.Reason
		case closing.Done:
		}
		out.Line("%s %s [%s]", out.Mark(i.State != closing.Open), i.Title, i.ID)
		out.Line("  %s", text)
	}
	out.Line("\n%s open", count(open, "item"))
}

func incidentVerifyCommand(common *flags) *cobra.Command {
	var path, want string
	command := &cobra.Command{
		Use:   "verify",
		Short: "Compare the files of a closed incident with its record (without AWS)",
		Long: `Compare the files of a closed incident with the hashes in its record, closed.json. The command names every file that was changed, is
missing or was added, and whatever is not a file, such as a symbolic link or a folder; the exit code is then 1. --sha256 compares the
record itself with the hash that incident close printed.`,
		Example: `  breakglass incident verify --folder case`,
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			out, err := common.screen(cmd)
			if err != nil {
				return err
			}
			if path == "" {
				return errors.New("no incident: name its folder with --folder")
			}
			f, err := folder.Open(path)
			if unopened := (&folder.Folder{Path: path}); err != nil && unopened.Signed() {
				f, err = unopened, nil // what is wrong with it is a difference to its record
			}
			if err != nil {
				return err
			}
			differs, hash, err := closing.Verify(f)
			if err != nil {
				return err
			}
			if want != "" && !strings.EqualFold(want, hash) {
				differs = append(differs, "closed.json is not the record that was signed: its hash is "+hash)
			}
			return printVerified(out, differs, hash, "every file is as it was signed off; the hash of closed.json is "+hash)
		},
	}
	command.Flags().StringVar(&path, "folder", "", "`folder` of the incident")
	command.Flags().StringVar(&want, "sha256", "", "`hash` of closed.json that incident close printed")
	return command
}
