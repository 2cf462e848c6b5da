// Command live tries the whole app on a real AWS account, a sandbox, and answers what nobody could answer without one; make live
// runs it. It asks for everything it needs, deploys a small configuration, runs the commands of the CLI and the open questions of
// table.go, writes the answers to docs/live.md, and removes everything, also after Ctrl-C. Like all proof it may import everything.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"example.com/breakglass/internal/ask"
	"example.com/breakglass/internal/screen"
)

func main() {
	ctx := untilStopped()
	out := screen.New(os.Stdout, os.Stderr, false)
	switch err := start(ctx, out); {
	case err == nil:
	case err.Error() == context.Canceled.Error(): // stopped, and nothing is left
		os.Exit(130)
	default:
		fmt.Fprintln(os.Stderr, "\nmake live:", screen.Escape(err.Error()))
		os.Exit(1)
	}
}

// untilStopped returns a context that ends with a signal after which everything is removed: Ctrl-C, kill, a terminal that is closed, and
// a reader of the output that goes away. Another Ctrl-C or kill ends the removal, too. The other two don't: a terminal that is closed
// sends its signal twice, by the shell and by the kernel, and each line that nobody reads sends one.
func untilStopped() context.Context {
	ends := []os.Signal{os.Interrupt, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGPIPE}
	if !signal.Ignored(syscall.SIGHUP) { // as nohup does
		ends = append(ends, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(context.Background(), ends...)
	context.AfterFunc(ctx, func() {
		signal.Ignore(syscall.SIGHUP, syscall.SIGPIPE)
		stop()
	})
	return ctx
}

func start(ctx context.Context, out *screen.Screen) error {
	switch {
	case !ask.Terminal(os.Stdin):
		return errors.New("no terminal: a person has to confirm the account and to act in the console; run it at a terminal")
	case os.Getenv("AWS_ENDPOINT_URL") != "":
		return errors.New("AWS_ENDPOINT_URL is set, and this is about AWS itself; unset it (make verify runs the same on the local AWS)")
	}
	root, err := os.Getwd()
	if err != nil {
		return err
	}
	return run(ctx, options{Root: root, Out: out, Person: &person{lines: ask.Lines(os.Stdin), out: out}})
}
