package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"example.com/breakglass/plan"
)

func planCommand(common *flags) *cobra.Command {
	return &cobra.Command{
		Use:   "plan",
		Short: "Print what will be deployed where, in order, with the reason for each stack",
		Example: `  breakglass plan
  breakglass plan --config breakglass.yaml --output json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			out, err := common.screen(cmd)
			if err != nil {
				return err
			}
			c, err := common.load()
			if err != nil {
				return err
			}
			p := plan.New(c)
			if out.JSON {
				return printJSON(cmd.OutOrStdout(), p)
			}
			return printText(cmd.OutOrStdout(), p)
		},
	}
}

func printJSON(w io.Writer, p plan.Plan) error {
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	return out.Encode(struct {
		Placements []plan.Placement `json:"placements"`
		Notes      []string         `json:"notes"`
	}{p.Placements, append([]string{}, p.Notes...)})
}

func printText(w io.Writer, p plan.Plan) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "STACK\tACCOUNT\tREGION\tWHY")
	regions, accounts := map[string]bool{}, map[string]bool{}
	for _, at := range p.Placements {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", at.Stack, at.Account, at.Region, at.Why)
		regions[at.Region], accounts[at.Account] = true, true
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(w, "\n%s in %s and %s; %s watched\n", count(len(p.Placements), "stack"), count(len(regions), "Region"),
		count(len(accounts), "account"), count(len(p.Config.Regions), "Region"))
	var users []string
	for _, u := range p.Config.Users {
		users = append(users, u.Name)
	}
	a := p.Config.Alerts
	fmt.Fprintf(w, "users: %s\ntold: %s\n", strings.Join(users, ", "), strings.Join(slices.Concat(a.Email, a.HTTPS, a.SMS, a.SQS), ", "))
	for _, note := range p.Notes {
		fmt.Fprintln(w, "note:", note)
	}
	return nil
}

func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
