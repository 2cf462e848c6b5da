// Package child runs other programs and leaves none of their processes behind. It imports the standard library only (and
// golang.org/x/sys on Windows).
package child

import (
	"context"
	"errors"
	"os/exec"
	"sync"
	"time"
)

// Grace is how long a program has to exit after Run's context has ended, before it is killed.
const Grace = 5 * time.Second

// Command returns an exec.Cmd that runs in a process group of its own. Ctrl-C at the terminal does not reach it: the caller
// ends it, with Run's context or Process.Stop. On Linux and Windows it also ends when this process is killed.
func Command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.SysProcAttr = ownGroup()
	// A grandchild that keeps the output open must not make Wait hang.
	cmd.WaitDelay = 2 * time.Second
	return cmd
}

// Run starts a command made by Command and waits for it. When ctx ends first, Run ends the whole group and returns the error
// of ctx.
func Run(ctx context.Context, cmd *exec.Cmd) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	p, err := Start(cmd)
	if err != nil {
		return err
	}
	select {
	case <-p.Done():
		return p.Err()
	case <-ctx.Done():
		p.Stop(Grace)
		return ctx.Err()
	}
}

// Process is a running command and everything it has started.
type Process struct {
	cmd   *exec.Cmd
	group group
	done  chan struct{}
	err   error
	once  sync.Once
}

// Start starts a command made by Command.
func Start(cmd *exec.Cmd) (*Process, error) {
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &Process{cmd: cmd, group: groupOf(cmd.Process), done: make(chan struct{})}
	go func() {
		defer close(p.done)
		p.err = cmd.Wait()
		if errors.Is(p.err, exec.ErrWaitDelay) {
			p.err = nil // it succeeded; only a descendant still held its output
		}
		p.group.kill() // what it left behind
	}()
	return p, nil
}

// PID returns the ID of the process, and of its group.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Done returns a channel that is closed when the command has ended and the rest of its group is killed.
func (p *Process) Done() <-chan struct{} { return p.done }

// Err returns how the command ended; nil means success. Call it only after Done.
func (p *Process) Err() error { return p.err }

// Stop asks the group to end, kills it after the grace period, and returns when it is gone. Further calls only wait.
func (p *Process) Stop(grace time.Duration) {
	p.once.Do(func() {
		select {
		case <-p.done:
			return
		default:
		}
		p.group.terminate()
		select {
		case <-p.done:
		case <-time.After(grace):
			p.group.kill()
		}
	})
	<-p.done
}
