package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"example.com/breakglass/internal/screen"
	"example.com/breakglass/operate/enter"
)

// give hands on the session.
func (e *entering) give(cmd *cobra.Command, out *screen.Screen, aws *enter.AWS, f enter.Facts, entered enter.Entered) error {
	switch {
	case e.env != "":
		return printed(fmt.Fprint(cmd.OutOrStdout(), entered.Exports(e.env)))
	case e.process:
		text, err := entered.ProcessJSON()
		if err != nil {
			return err
		}
		return printed(fmt.Fprint(cmd.OutOrStdout(), text))
	case e.console:
		address, region, err := enter.Console(cmd.Context(), aws, entered.Keys, enter.First(entered.Region, f.Regions), func(t enter.Try) { warnTry(out, t) })
		if err != nil {
			return err
		}
		out.WarnProse("Open this address within 15 minutes, in a browser without another AWS session (%s). Whoever has it is %s.", region, entered.As())
		return printed(fmt.Fprintln(cmd.OutOrStdout(), address))
	case len(e.command) > 0:
		return e.start(cmd, entered, e.command[0], e.command[1:]...)
	}
	shell := userShell()
	out.WarnProse("This shell has the session: %s. Leave it with exit; then close out: report what you did, and have the credentials replaced.", shell)
	err := e.start(cmd, entered, shell)
	out.WarnProse("You left account %s. Its session %s.", entered.Account, ended(entered, time.Now()))
	var status exited
	if errors.As(err, &status) {
		return nil // a shell has the status of its last command
	}
	return err
}

// userShell returns the shell of the user; if that is not on this machine, the one that every machine has.
func userShell() string {
	named, usual := os.Getenv("SHELL"), "/bin/sh"
	if runtime.GOOS == "windows" {
		named, usual = os.Getenv("COMSPEC"), "cmd.exe"
	}
	if _, err := exec.LookPath(named); err != nil {
		return usual
	}
	return named
}

func printed(_ int, err error) error { return err }

func ended(e enter.Entered, now time.Time) string {
	if now.Before(e.Expires) {
		return "stays good until " + e.Until(now) + " for whoever copied it"
	}
	return "has ended"
}

// exited is the status of a command that failed; it is that of this program, too.
type exited int

func (e exited) Error() string { return fmt.Sprintf("the command ended with status %d", int(e)) }

// start runs a program with the session. Ctrl-C at the terminal reaches the program itself; what ends this program ends the other one.
func (e *entering) start(cmd *cobra.Command, entered enter.Entered, name string, args ...string) error {
	program := exec.Command(name, args...)
	program.Stdin, program.Stdout, program.Stderr = cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr()
	program.Env = entered.Environment(os.Environ())
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	if err := program.Start(); err != nil {
		return fmt.Errorf("starting %s: %w", name, err)
	}
	done := make(chan error, 1)
	go func() { done <- program.Wait() }()
	for {
		select {
		case got := <-signals:
			if got != os.Interrupt {
				_ = program.Process.Signal(got)
			}
		case err := <-done:
			var failed *exec.ExitError
			if errors.As(err, &failed) && failed.ExitCode() > 0 {
				return exited(failed.ExitCode())
			}
			return err
		}
	}
}
