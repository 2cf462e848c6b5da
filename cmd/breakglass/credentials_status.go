package main

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"example.com/breakglass/internal/screen"
	"example.com/breakglass/operate/credentials"
)

func credentialsStatusCommand(common *flags) *cobra.Command {
	var folder string
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show the age and last use of the users' credentials, and what is due (read-only)",
		Long: `Show when each user's password, MFA devices and access key were set, when they were last used, and when they are due. The command is
read-only.

Exit code 1 means that one is missing, overdue (credentials.rotateEvery in breakglass.yaml), or was used since it was set: it is no
longer sealed then. IAM does not know when an MFA device was used, and its report on passwords is up to four hours old. With --folder,
each must have a sealed file there that is valid, and each such file of a device or an access key must be of one that IAM has.`,
		Example: `  breakglass credentials status
  breakglass credentials status --folder sealed --output json`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			out, err := common.screen(cmd)
			if err != nil {
				return err
			}
			c, err := common.load()
			if err != nil {
				return err
			}
			if info, err := os.Stat(folder); folder != "" && (err != nil || !info.IsDir()) {
				return fmt.Errorf("invalid --folder %q: there is no such folder; name the one with the sealed files", folder)
			}
			client, profile, err := common.hubIAM(cmd.Context(), c)
			if err != nil {
				return err
			}
			out.Begin(1, "asking IAM, which may have to make its report first")
			states, err := credentials.Status(cmd.Context(),
				credentials.Inquiry{Config: c, IAM: client, Folder: folder, Profile: profile, Again: common.again(), Now: time.Now(), Pause: time.Second})
			out.End()
			if err != nil {
				return err
			}
			good := printStates(out, states)
			if err := out.Value(states); err != nil {
				return err
			}
			if !good {
				return errFound
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&folder, "folder", "", "`folder` of the sealed files, to be compared")
	return cmd
}

// printStates prints a table, and what is wrong below it. It reports whether all is well.
func printStates(out *screen.Screen, states []credentials.State) (good bool) {
	good = true
	var rows [][]string
	for _, s := range states {
		set, used, due := "-", "never", "-"
		if s.Kind == "mfa" {
			used = "not known"
		}
		if !s.Set.IsZero() {
			set = s.Set.UTC().Format(time.DateOnly)
		}
		if !s.Due.IsZero() {
			due = s.Due.UTC().Format(time.DateOnly)
		}
		if !s.Used.IsZero() {
			used = s.Used.UTC().Format(time.DateOnly)
		}
		rows = append(rows, []string{out.Mark(s.OK()), s.User, string(s.Kind), s.ID, set, used, due})
		good = good && s.OK()
	}
	out.Table([]string{"", "USER", "KIND", "ID", "SET", "USED", "DUE"}, rows)
	for _, s := range states {
		for _, p := range s.Problems {
			out.Prose("%s %s of %s: %s", out.Mark(false), s.Kind, s.User, p)
		}
		for _, n := range s.Notes {
			out.Prose("note: %s of %s: %s", s.Kind, s.User, n)
		}
	}
	return good
}
