//go:build emulator

package awscli

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/hinshun/vt10x"
)

const (
	// rows and columns are those of the terminal: an example and its answer have to fit in.
	rows, columns = 60, 160
	// patience is how long a command may take on a busy machine.
	patience = 2 * time.Minute
)

// screen runs a script of a POSIX shell at a terminal of its own, and returns what a person sees there at the end. What a pager holds
// back is read on, as a person would.
func screen(t *testing.T, dir string, env []string, script string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "script")
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "sh", file)
	cmd.Dir, cmd.Env = dir, append(env, "TERM=xterm-256color")
	terminal, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: rows, Cols: columns})
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()

	shown := vt10x.New(vt10x.WithSize(columns, rows), vt10x.WithWriter(terminal))
	var mutex sync.Mutex
	var raw bytes.Buffer
	read := make(chan error, 1)
	go func() {
		buffer := make([]byte, 4096)
		for {
			n, err := terminal.Read(buffer)
			mutex.Lock()
			raw.Write(buffer[:n])
			mutex.Unlock()
			_, _ = shown.Write(buffer[:n])
			if err != nil { // the last program has closed the terminal
				read <- err
				return
			}
		}
	}()
	deadline := time.After(patience)
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-read:
			err := cmd.Wait()
			if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
				t.Fatal(err)
			}
			return strings.TrimRight(shown.String(), " \n")
		case <-tick.C:
			if paging(shown.String()) {
				_, _ = terminal.WriteString("q")
			}
		case <-deadline:
			_ = cmd.Process.Kill()
			mutex.Lock()
			defer mutex.Unlock()
			t.Fatalf("still running after %v; it has written\n%q", patience, raw.String())
		}
	}
}

// paging reports whether a pager waits for a key.
func paging(shown string) bool {
	lines := strings.Split(strings.TrimRight(shown, " \n"), "\n")
	last := strings.TrimSpace(lines[len(lines)-1])
	return last == ":" || strings.HasSuffix(last, "(END)")
}
