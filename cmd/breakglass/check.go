package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example.com/breakglass/internal/screen"
	"example.com/breakglass/operate/check"
)

func checkCommand(common *flags) *cobra.Command {
	var page string
	var strict bool
	command := &cobra.Command{
		Use:   "check",
		Short: "Look whether an emergency would find everything as the file says; changes nothing",
		Long: `Look whether an emergency would find everything as the file says: every enabled Region watched, every rule on and as
planned, every subscriber confirmed, a trail that logs, users with password and MFA, roles that trust nobody else, queues
empty, alarms quiet, heartbeats in. It only reads.

A problem may make an emergency fail or go unseen: exit code 1. A warning is not as the file says, and harmless today:
exit code 0, unless --strict. What could not be asked is a problem, since nobody knows whether it is well; a target account
that these credentials can't enter is a warning.`,
		Example: `  breakglass check
  breakglass check --strict --output json
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
			sum, err := fileSum(common.file)
			if err != nil {
				return err
			}
			ctx := cmd.Context()
			caller, keys, err := common.keys(ctx, c)
			if err != nil {
				return err
			}
			began := time.Now()
			report, err := check.Run(ctx, check.Options{
				Config: c, Keys: keys, Began: began,
				Total: func(n int) { out.Begin(n, "asking") }, Step: out.Step,
			})
			out.End()
			if err != nil {
				return err
			}
			report.By, report.File, report.SHA256 = caller.ARN, common.file, sum
			report.Took = time.Since(began).Round(100 * time.Millisecond).String()
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
			if report.Problems > 0 || strict && report.Warnings > 0 {
				return errFound
			}
			return nil
		},
	}
	command.Flags().StringVar(&page, "html", "", "write the same as a page to this `file`, as evidence of who ran it and when")
	command.Flags().BoolVar(&strict, "strict", false, "exit with 1 for warnings, too")
	return command
}

// fileSum is the SHA-256 of the file, for the evidence.
func fileSum(file string) (string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
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
			line += out.Paint(screen.Yellow, ", not all could be checked")
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

// findingLine is one finding on one line, so that a search through many finds the whole.
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
