// Command breakglass is the operator's tool. It has no CDK in it, needs no Node, and starts in milliseconds.
package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
)

// Exit codes: 0 all well, 1 it ran and found something wrong, 2 it could not run.
const (
	exitFound       = 1
	exitCouldNotRun = 2
)

func main() {
	os.Exit(run(os.Args[1:]))
}

func run(args []string) int {
	root := &cobra.Command{
		Use:           "breakglass",
		Short:         "Emergency access to AWS accounts, and the proof that its alarm works",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.PersistentFlags().String("config", "breakglass.yaml", "the file that says which users, accounts and Regions there are")
	root.AddCommand(planCommand())
	root.SetArgs(args)
	err := root.Execute()
	if err == nil {
		return 0
	}
	fmt.Fprintln(os.Stderr, err)
	return exitCouldNotRun
}
