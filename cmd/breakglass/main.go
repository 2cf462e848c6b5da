// Command breakglass is the operator's tool. It has no CDK in it, needs no Node, and starts in milliseconds; the commands
// that deploy call the project's pinned CDK CLI.
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

// Exit codes: 0 all well, 1 it ran and found something wrong, 2 it could not run.
const (
	exitFound       = 1
	exitCouldNotRun = 2
)

// errFound ends a command that ran and found something wrong, which it has said already.
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
		Short: "Emergency access to AWS accounts, and the proof that its alarm works",
		Long: `Emergency access to AWS accounts, and the proof that its alarm works.

The commands read breakglass.yaml. Each exits with 0 when all is well, 1 when it ran and found something wrong, and
2 when it could not run.`,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	var common flags
	common.register(root.PersistentFlags())
	root.AddCommand(planCommand(&common), checkCommand(&common), versionCommand(&common), drillCommand(&common), initCommand(&common), regionsCommand(&common), deployCommand(&common), destroyCommand(&common), adoptCommand(&common))
	offer(root, &common)
	return root
}
