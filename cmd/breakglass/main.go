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
	"slices"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/screen"
)

// Exit codes: 0 for success, 1 for findings, 2 for a command that could not run.
const (
	exitFound       = 1
	exitCouldNotRun = 2
)

// errFound ends a command that ran, found something wrong, and has printed it.
var errFound = errors.New("something is wrong")

func main() {
	keepPrivate()
	ctx, stop := signal.NotifyContext(context.Background(), endings()...)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// endings are the signals that end a command, which then removes what is temporary: Ctrl-C, Ctrl-\, kill, a terminal that is closed, and
// a reader of its output that goes away, such as head. One that the caller ignores, as nohup does, stays ignored.
func endings() []os.Signal {
	return slices.DeleteFunc([]os.Signal{os.Interrupt, syscall.SIGABRT, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE}, func(s os.Signal) bool {
		return s == syscall.SIGHUP && signal.Ignored(s)
	})
}

func run(ctx context.Context, args []string, in io.Reader, out, err io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(err)
	var status exited
	used := new(usedScreen)
	ctx = account.WithNote(ctx, func(text string) { used.note(err, text) })
	failure := root.ExecuteContext(context.WithValue(withCode(ctx, in, err, used), usedScreen{}, used))
	switch lost := used.lost(); {
	case lost != nil && ctx.Err() == nil && (failure == nil || errors.Is(failure, errFound)):
		fmt.Fprintf(err, "the command has ended, but not everything could be printed: %v\n", lost)
		return exitCouldNotRun
	case failure == nil:
		return 0
	case errors.Is(failure, errFound):
		return exitFound
	case errors.As(failure, &status):
		return int(status)
	case ctx.Err() != nil:
		fmt.Fprintln(err, "stopped")
		return exitCouldNotRun
	default:
		fmt.Fprintln(err, screen.Wrap(screen.Escape(failure.Error()), screen.Width(err)))
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

		PersistentPreRunE: meant,
	}
	var common flags
	root.AddCommand(cardCommand(&common), runbookCommand(&common))
	common.register(root.PersistentFlags())
	root.AddCommand(planCommand(&common), checkCommand(&common), proofCommand(&common), versionCommand(&common), drillCommand(&common), initCommand(&common),
		regionsCommand(&common), deployCommand(&common), destroyCommand(&common), adoptCommand(&common), guardrailCommand(&common), executionCommand(&common),
		alertCommand(&common), enterCommand(&common), exerciseCommand(&common))
	root.AddCommand(incidentCommand(&common))
	root.AddCommand(credentialsCommand(&common))
	root.SetHelpFunc(fitting(root.HelpFunc()))
	root.SetHelpCommand(helpCommand(root))
	root.InitDefaultCompletionCmd()
	each(root, func(cmd *cobra.Command) {
		if cmd.HasSubCommands() {
			cmd.Args, cmd.RunE = aCommand, func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		}
		if cmd.HasParent() && cmd.Parent().Name() == "completion" {
			cmd.Args = noArguments
		}
	})
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		var invalid *pflag.InvalidValueError
		if errors.As(err, &invalid) {
			use := map[string]string{"bool": "true or false", "duration": "a duration, such as 90s, 5m or 1h"}[invalid.GetFlag().Value.Type()]
			return fmt.Errorf("invalid --%s %q: use %s", invalid.GetFlag().Name, invalid.GetValue(), use)
		}
		return fmt.Errorf("%w; %s --help lists the flags", err, cmd.CommandPath())
	})
	offer(root, &common)
	return root
}
