package main

import (
	"github.com/spf13/cobra"

	"example.com/breakglass/operate/paper"
)

func runbookCommand(common *flags) *cobra.Command {
	var print printing
	command := &cobra.Command{
		Use:   "runbook",
		Short: "Print the procedure for an emergency: which way for which failure (offline)",
		Long: `Print the procedure for an emergency, to keep with the cards: when not to use the access, how to confirm what failed, which way in for
which failure, the steps with boxes to tick, what alerts whom, and the close-out.

It follows from the configuration alone: the command asks AWS nothing, and no secret is printed.

--html writes a page to print on A4 or Letter, with a QR code beside each address and nothing from elsewhere. --markdown writes the
same for a wiki. Without either, the command prints the Markdown.`,
		Example: `  breakglass runbook
  breakglass runbook --html runbook.html
  breakglass runbook --markdown runbook.md`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return print.run(cmd, common, paper.Runbook)
		},
	}
	print.register(command)
	return command
}
