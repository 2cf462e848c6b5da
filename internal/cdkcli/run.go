package cdkcli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"

	"example.com/breakglass/internal/child"
)

// Options selects what to run, and how.
type Options struct {
	Root    string      // the project: node_modules and cdk.json are here
	Args    []string    // of the CLI, the command first: see DeployAll and DestroyAll
	Env     []string    // environment; nil: this process's own. What would change the CLI's options is left out
	Output  string      // folder of the cloud assembly; empty: cdk.out
	Log     io.Writer   // gets all that the CLI prints; may be nil
	OnEvent func(Event) // gets each event, one at a time; may be nil
}

// Concurrency is how many stacks the CLI works on at once. The CLI polls each stack every five seconds, so that a stack takes at
// least that long and what counts is how many wait side by side: 48 are the hub, every Region's forwarder and the roles of a
// dozen accounts. CloudFormation's request rates (AWS publishes no figures) count for each account and Region, and nearly all of
// these stacks are alone in theirs: the most that share one are the hub Region's, some fifteen, which mostly wait for each other.
// Throttled requests are repeated by the CLI, up to 7 times with pauses of 1 to 15 s.
const Concurrency = 48

// DeployAll returns the arguments that deploy every stack without a question.
func DeployAll(more ...string) []string { return Deploy(append([]string{"--all"}, more...)...) }

// Deploy returns the arguments that deploy stacks, named in more, without a question.
func Deploy(more ...string) []string {
	return append([]string{"deploy", "--concurrency", strconv.Itoa(Concurrency), "--require-approval", "never", "--progress", "events"}, more...)
}

// DestroyAll returns the arguments that remove every stack without a question.
func DestroyAll(more ...string) []string {
	return append([]string{"destroy", "--all", "--concurrency", strconv.Itoa(Concurrency), "--force"}, more...)
}

// Error is how a run of the CLI failed.
type Error struct {
	Action string // the command: deploy, destroy, …
	Output string // the last lines that the CLI printed
	Err    error
}

// Error returns the exit status and the end of the output.
func (e *Error) Error() string {
	text := fmt.Sprintf("cdk %s failed (%v)", e.Action, e.Err)
	if e.Output != "" {
		text += "\n" + e.Output
	}
	return text
}

// Unwrap returns the exit status.
func (e *Error) Unwrap() error { return e.Err }

// Run runs the CLI that Install has installed, and waits for it. OnEvent gets the progress of each stack; when the CLI fails,
// the error is an *Error. When ctx ends, Run ends the CLI and the app.
func Run(ctx context.Context, opts Options) error {
	root, err := filepath.Abs(opts.Root)
	if err != nil {
		return err
	}
	cli := filepath.Join(root, "node_modules", ".bin", "cdk")
	if _, err := os.Stat(cli); err != nil {
		return fmt.Errorf("the CDK CLI is not installed (npm ci): %w", err)
	}
	if len(opts.Args) == 0 {
		return errors.New("no CDK command given")
	}
	action := opts.Args[0]

	parser := newParser(action, func(event Event) {
		if opts.OnEvent != nil {
			opts.OnEvent(event)
		}
	})
	var tail child.Tail
	lines := child.NewLines(parser.line)
	writers := []io.Writer{lines, &tail}
	if opts.Log != nil {
		writers = append(writers, opts.Log)
	}
	both := io.MultiWriter(writers...)

	env, done, err := withoutUserSettings(clean(opts.Env))
	if err != nil {
		return err
	}
	defer done()
	// Go and the CDK do not remove their temporary files when they are stopped.
	temporary, err := os.MkdirTemp("", "breakglass-cdk-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temporary)
	env = append(env, "TMPDIR="+temporary, "TMP="+temporary, "TEMP="+temporary)
	cmd := child.Command(cli, arguments(opts)...)
	cmd.Dir = root
	cmd.Env = env
	cmd.Stdout, cmd.Stderr = both, both // the same writer: one pipe, so the order is kept
	err = child.Run(ctx, cmd)
	lines.Flush()
	if ctx.Err() != nil {
		return fmt.Errorf("cdk %s was stopped: %w", action, ctx.Err())
	}
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, os.ErrPermission) {
		return fmt.Errorf("cannot run %s: %w", cli, err)
	}
	if err != nil {
		return &Error{Action: action, Output: tail.Last(20), Err: err}
	}
	return nil
}

func arguments(opts Options) []string {
	args := append(slices.Clone(opts.Args), "--no-notices")
	if opts.Output != "" {
		args = append(args, "--output", opts.Output)
	}
	return args
}
