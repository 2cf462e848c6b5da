// Command breakglass is the operator's tool. Its commands parse flags, call a package below operate, and print the result. It may
// import the plan, what the plan is made from, operate and internal packages, but not the CDK: it needs no Node.js and starts in
// milliseconds. The commands that deploy run the project's pinned CDK CLI.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// Exit codes: 0 for success, 1 for findings, 2 for a command that could not run.
const (
	exitFound       = 1
	exitCouldNotRun = 2
)

// errFound ends a command that ran, found something wrong, and has printed it.
var errFound = errors.New("something is wrong")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func run(ctx context.Context, args []string, in io.Reader, out, err io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(err)
	switch failure := root.ExecuteContext(ctx); {
	case failure == nil:
		return 0
	case errors.Is(failure, errFound):
		return exitFound
	case ctx.Err() != nil:
		fmt.Fprintln(err, "stopped")
		return exitCouldNotRun
	default:
		fmt.Fprintln(err, failure)
		return exitCouldNotRun
	}
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "breakglass",
		Short: "Emergency access to AWS accounts, with proof that its alerts arrive",
		Long: `Emergency access to AWS accounts, with proof that its alerts arrive.

The commands read breakglass.yaml. Exit codes: 0 for success, 1 for findings, 2 for a command that could not run.
breakglass completion --help explains how to set up completion in a shell.`,
		Example: `  breakglass init
  breakglass plan
  breakglass deploy`,
		Version:       buildVersion().Version,
		SilenceUsage:  true,
		SilenceErrors: true,

		SuggestionsMinimumDistance: 2,
	}
	var common flags
	common.register(root.PersistentFlags())
	root.AddCommand(planCommand(&common), checkCommand(&common), proofCommand(&common), versionCommand(&common), drillCommand(&common), initCommand(&common), regionsCommand(&common), deployCommand(&common), destroyCommand(&common), adoptCommand(&common))
	root.SetHelpCommand(helpCommand(root))
	root.InitDefaultCompletionCmd()
	each(root, func(cmd *cobra.Command) {
		if cmd.HasSubCommands() {
			cmd.Args, cmd.RunE = aCommand, func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		}
	})
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fmt.Errorf("%w; %s --help lists the flags", err, cmd.CommandPath())
	})
	offer(root, &common)
	return root
}
