package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example.com/breakglass/internal/file"
	"example.com/breakglass/internal/screen"
	"example.com/breakglass/operate/check"
)

func checkCommand(common *flags) *cobra.Command {
	var page string
	var strict, hubOnly bool
	command := &cobra.Command{
		Use:   "check",
		Short: "Check that the deployment is ready for an emergency (read-only)",
		Long: `Check that the deployment is ready for an emergency: every enabled Region is watched, every rule and alarm matches
breakglass.yaml, every subscriber has confirmed, a trail logs, users have a password and MFA, only the users can assume the
roles, queues are empty, no alarm is in ALARM, heartbeats arrive, and an exercise has shown lately that each user gets in. The
command is read-only.

A problem can make an emergency fail or go unnoticed: exit code 1. A warning is a difference from breakglass.yaml that is
harmless today: exit code 0, or 1 with --strict. What AWS does not answer is a problem, since its state is unknown; so is a
target account that these credentials cannot enter, unless --hub-only leaves the target accounts out.`,
		Example: `  breakglass check
  breakglass check --strict --output json
  breakglass check --hub-only
  breakglass check --account-profile 222222222222=production --html evidence.html`,
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
			if err := file.CheckEach(common.file, page); err != nil {
				return err
			}
			ctx := cmd.Context()
			caller, keys, err := common.keys(ctx, c)
			if err != nil {
				return err
			}
			report, err := check.Run(ctx, check.Options{
				Config: c, Keys: keys, HubOnly: hubOnly, Began: time.Now(), By: caller.By(ctx), File: common.file, Tool: "breakglass " + buildVersion().Version,
				Again:  common.again(),
				Region: common.region, Profile: func(number string) string { return keys.CLIProfile(number, common.profile) },
				Total: func(n int) { out.Begin(n, "checking") }, Step: out.Step,
			})
			out.End()
			if err != nil {
				return err
			}
			if out.JSON {
				err = out.Value(report)
			} else {
				printCheck(out, report)
			}
			if err != nil {
				return err
			}
			if page != "" {
				if err := report.WritePage(page); err != nil {
					return err
				}
				out.Warn("written: %s", page)
			}
			if report.Failed(strict) {
				return errFound
			}
			return nil
		},
	}
	command.Flags().StringVar(&page, "html", "", "write the report to this `file` as an HTML page, as evidence of who ran the check and when")
	command.Flags().BoolVar(&hubOnly, "hub-only", false, "check the hub account only, and none of the target accounts")
	command.Flags().BoolVar(&strict, "strict", false, "exit with code 1 also for warnings")
	return command
}

func printCheck(out *screen.Screen, r *check.Report) {
	for _, c := range r.Checks {
		if c.Worst == "" {
			continue
		}
		line := out.Mark(c.Worst != check.Problem)
		if c.Worst == check.Warning {
			line = out.Paint(screen.Yellow, "!")
		}
		line += " " + out.Paint(screen.Bold, c.Title)
		var fine []string
		for _, f := range r.Of(c.ID, check.Fine) {
			if places := f.Places(); places != "" {
				f.What += " (" + places + ")"
			}
			fine = append(fine, f.What)
		}
		if len(fine) > 0 {
			line += out.Paint(screen.Faint, ": "+strings.Join(fine, "; "))
		}
		if c.Incomplete {
			line += out.Paint(screen.Yellow, ", partly unchecked")
		}
		out.Line("%s", line)
		for _, s := range []check.Severity{check.Problem, check.Warning, check.Note} {
			for _, f := range r.Of(c.ID, s) {
				out.Line("  %s", findingLine(out, f))
			}
		}
	}
	out.Line("")
	out.Line("%s", r.Coverage)
	out.Line("%s", checkVerdict(out, r))
}

// findingLine returns one finding on one line, so that a search through many finds the whole.
func findingLine(out *screen.Screen, f check.Finding) string {
	colour := map[check.Severity]screen.Colour{check.Problem: screen.Red, check.Warning: screen.Yellow, check.Note: screen.Faint}[f.Severity]
	line := out.Paint(colour, fmt.Sprintf("%-7s", f.Severity)) + "  "
	if places := f.Places(); places != "" {
		line += places + ": "
	}
	line += f.What
	if f.Fix != "" {
		line += out.Paint(screen.Faint, " → "+f.Fix)
	}
	return line
}

func checkVerdict(out *screen.Screen, r *check.Report) string {
	text := fmt.Sprintf("%s, %s, %s, in %s", count(r.Problems, "problem"), count(r.Warnings, "warning"), count(r.Notes, "note"), r.Took)
	switch {
	case r.Problems > 0:
		return out.Paint(screen.Red, text)
	case r.Warnings > 0:
		return out.Paint(screen.Yellow, text)
	}
	return out.Paint(screen.Green, text)
}
