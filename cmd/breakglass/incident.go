package main

import "github.com/spf13/cobra"

func incidentCommand(common *flags) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "incident",
		Short: "Find out what was done with the emergency access, and end it",
		Long: `Find out what was done with the emergency access, in every account and Region, end it, and clean up.

Every command works on one folder of the incident. A run that is cut off loses nothing: the next one goes on.`,
		Example: `  breakglass incident report --since 6h
  breakglass incident contain --folder incident-20261122T140000Z
  breakglass incident leftovers --folder incident-20261122T140000Z
  breakglass incident close --folder incident-20261122T140000Z`,

		SuggestionsMinimumDistance: 2,
	}
	cmd.AddCommand(incidentReportCommand(common), incidentLeftoversCommand(common), incidentContainCommand(common), incidentProveCommand(common),
		incidentReleaseCommand(common), incidentCloseCommand(common), incidentVerifyCommand(common))
	return cmd
}
