package main

import (
	"time"

	"github.com/spf13/cobra"

	"example.com/breakglass/internal/file"
	"example.com/breakglass/operate/proof"
	"example.com/breakglass/plan"
)

func proofCommand(common *flags) *cobra.Command {
	var since, from, to, page string
	var incidents []string
	var into packFlags
	command := &cobra.Command{
		Use:   "proof",
		Short: "Show what the logs prove about a period, for an auditor (read-only)",
		Long: `Show what the ledgers and the heartbeat logs of the hubs prove about a period: in how many of the hours due each Region was
heard, with every gap; the drills of each Region; every use of the emergency access; every change to the alerting. With a
standby, what the ledger of one hub has and the other lacks is a problem. The command is read-only.

Missing evidence is a problem: exit code 1. So is what could not be read. Uses and changes are no problems: compare them with
what was announced. --incident names the folder of an incident, as incident report makes it: the evidence says whether it is closed, and
whether its files are as they were signed off. A use in no incident and in no announced exercise is a note. So is what the period
does not show: heartbeats are kept for 30 days, and a new stack has no past.

--pack writes an evidence pack, a new folder or a .zip: this evidence as a page and as JSON, what --include names of drills, exercises,
checks and earlier proofs of the period, the signed-off records of the incidents, and a manifest with the hash of each file, the
demands that it serves, and what is missing. It holds neither secrets nor the configuration. --verify compares a pack with its
manifest, without AWS. What a pack lacks does not change the exit code.

The number of rules that carry heartbeats is that of breakglass.yaml today: after a change, earlier hours may count as partial.
Reading a month of 34 Regions takes minutes, since CloudWatch Logs limits the rate.`,
		Example: `  breakglass proof
  breakglass proof --since 7d --html evidence.html
  breakglass proof --since 90d --incident case-4711 --incident case-4712
  breakglass proof --from 2026-10-01 --to 2026-11-01 --output json
  breakglass proof --since 90d --incident case-4711 --include evidence --pack pack.zip
  breakglass proof --verify pack.zip`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			out, err := common.screen(cmd)
			if err != nil {
				return err
			}
			if cmd.Flags().Changed("verify") {
				return verifyPack(cmd, out, into)
			}
			began := time.Now()
			period, err := proof.NewPeriod(since, from, to, began)
			if err != nil {
				return err
			}
			c, err := common.load()
			if err != nil {
				return err
			}
			own, err := proof.OpenIncidents(incidents, c.Hub.Account)
			if err != nil {
				return err
			}
			evidence, err := into.collect(c.Hub.Account, period, own)
			if err != nil {
				return err
			}
			if err := file.CheckEach(common.file, page, into.path); err != nil {
				return err
			}
			ctx := cmd.Context()
			caller, keys, err := common.keys(ctx, c)
			if err != nil {
				return err
			}
			report, err := proof.Run(ctx, proof.Options{
				Config: c, Keys: keys, Period: period, Began: began, By: caller.By(ctx), File: common.file, Incidents: own, Again: common.again(),
				Total: func(n int) { out.Begin(n, "reading") }, Step: out.Step,
			})
			out.End()
			if err != nil {
				return err
			}
			printProof(out, report)
			made, err := into.write(evidence, report, plan.Of(c))
			if err != nil {
				return err
			}
			printPack(out, made)
			if err := out.Value(proofValue{report, packValueOf(made)}); err != nil {
				return err
			}
			if page != "" {
				if err := report.WritePage(page); err != nil {
					return err
				}
				out.Warn("written: %s", page)
			}
			if made != nil {
				out.Warn("written: %s", into.path)
			}
			if !report.OK() {
				return errFound
			}
			return nil
		},
	}
	set := command.Flags()
	set.StringVar(&since, "since", "", "`time` back from now, in days or hours: 30d, 12h (default 30d)")
	set.StringVar(&from, "from", "", "begin of the period, a date or a `time` in UTC: 2026-10-01, 2026-10-01T12:00:00Z")
	set.StringVar(&to, "to", "", "end of the period, a date or a `time` in UTC, itself not included (default: now)")
	set.StringArrayVar(&incidents, "incident", nil, "`folder` of an incident of the period; repeat the flag for several")
	set.StringVar(&page, "html", "", "write the evidence to this `file` as an HTML page")
	into.register(set)
	return command
}
