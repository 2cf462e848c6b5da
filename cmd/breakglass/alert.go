package main

import "github.com/spf13/cobra"

func alertCommand(common *flags) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "alert",
		Short:   "Look at alerts before they are needed",
		Example: `  breakglass alert show --event record.json`,

		SuggestionsMinimumDistance: 2,
	}
	cmd.AddCommand(alertShowCommand(common))
	return cmd
}
