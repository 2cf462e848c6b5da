// Package child runs other programs so that nothing of them is left behind: each in a process group of its own, which
// is ended as a whole.
package child

import (
	"context"
	"errors"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// Grace is how long a program gets to end by itself after Run's context has ended.
const Grace = 5 * time.Second

// Command is exec.Command in a process group of its own. Ctrl-C at the terminal does not reach it: whoever starts it
// has to end it, with Run's context or Process.Stop. On Linux it also ends when this process is killed.
func Command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.SysProcAttr = ownGroup()
	// A grandchild that keeps the output open must not make Wait hang.
	cmd.WaitDelay = 2 * time.Second
	return cmd
}

// Run starts a command made by Command and waits for it. When ctx ends first, the whole group is ended and the error
// is that of ctx.
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
	cmd  *exec.Cmd
	done chan struct{}
	err  error
	once sync.Once
}

// Start starts a command made by Command.
func Start(cmd *exec.Cmd) (*Process, error) {
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &Process{cmd: cmd, done: make(chan struct{})}
	go func() {
		defer close(p.done)
		p.err = cmd.Wait()
		if errors.Is(p.err, exec.ErrWaitDelay) {
			p.err = nil // it ended well; only a descendant still held its output
		}
		p.signal(syscall.SIGKILL) // what it left behind
	}()
	return p, nil
}

// PID is the number of the process, and of its group.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Done is closed when the command has ended and the rest of its group is killed.
func (p *Process) Done() <-chan struct{} { return p.done }

// Err says how the command ended; nil is success. Only to be called after Done.
func (p *Process) Err() error { return p.err }

// Stop asks the group to end, kills it after the grace period, and returns when it is gone. Further calls only wait.
func (p *Process) Stop(grace time.Duration) {
	p.once.Do(func() {
		select {
		case <-p.done:
			return
		default:
		}
		p.signal(syscall.SIGTERM)
		select {
		case <-p.done:
		case <-time.After(grace):
			p.signal(syscall.SIGKILL)
		}
	})
	<-p.done
}

func (p *Process) signal(s syscall.Signal) {
	_ = syscall.Kill(-p.PID(), s) // the group may be gone already
}
