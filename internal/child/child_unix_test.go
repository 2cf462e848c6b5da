//go:build unix

package child_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"example.com/breakglass/internal/child"
)

func TestRunReportsSuccessAndFailure(t *testing.T) {
	if err := child.Run(t.Context(), child.Command("sh", "-c", "exit 0")); err != nil {
		t.Errorf("a command that ends well: %v", err)
	}
	var exit *exec.ExitError
	if err := child.Run(t.Context(), child.Command("sh", "-c", "exit 7")); !errors.As(err, &exit) || exit.ExitCode() != 7 {
		t.Errorf("a command that exits 7: %v", err)
	}
}

func TestRunEndsTheWholeGroupWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	grandchild := make(chan int, 1)
	cmd := child.Command("sh", "-c", "sleep 300 & echo $!; wait")
	cmd.Stdout = child.NewLines(func(line string) {
		var pid int
		fmt.Sscan(line, &pid)
		grandchild <- pid
		cancel()
	})
	start := time.Now()
	if err := child.Run(ctx, cmd); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
	if took := time.Since(start); took > time.Minute {
		t.Errorf("took %v", took)
	}
	if pid := <-grandchild; !gone(pid) {
		t.Errorf("process %d is still there", pid)
	}
}

func TestStopKillsWhatIgnoresTheRequest(t *testing.T) {
	ready := make(chan struct{})
	cmd := child.Command("sh", "-c", `trap "" TERM; echo ready; while :; do sleep 0.1; done`)
	cmd.Stdout = child.NewLines(func(string) { close(ready) })
	p, err := child.Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	<-ready
	p.Stop(200 * time.Millisecond)
	p.Stop(time.Hour) // a second call returns at once
	if !gone(p.PID()) {
		t.Errorf("process %d is still there", p.PID())
	}
	if p.Err() == nil {
		t.Error("a killed process ended without an error")
	}
}

func TestRunLeavesNothingBehindAfterAGoodEnd(t *testing.T) {
	var out bytes.Buffer
	cmd := child.Command("sh", "-c", "sleep 300 >/dev/null 2>&1 & echo $!")
	cmd.Stdout = &out
	if err := child.Run(t.Context(), cmd); err != nil {
		t.Fatal(err)
	}
	var pid int
	fmt.Sscan(out.String(), &pid)
	if !gone(pid) {
		t.Errorf("process %d is still there", pid)
	}
}

// gone reports whether a process has ended; init may need a moment to collect it.
func gone(pid int) bool {
	for range 3000 {
		if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			return true
		}
		time.Sleep(20 * time.Millisecond)
	}
	return false
}
