//go:build !windows

package ask

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/huh"
	"github.com/creack/pty"
)

// TestATerminalWithoutASizeIsAskedInLines: nothing can be drawn on a serial console that does not say how large it is.
func TestATerminalWithoutASizeIsAskedInLines(t *testing.T) {
	t.Setenv("TERM", "xterm")
	t.Setenv("ACCESSIBLE", "")
	person, terminal, err := pty.Open()
	if err != nil {
		t.Skip(err)
	}
	defer person.Close()
	defer terminal.Close()
	if !sizeless(terminal) {
		t.Error("a new terminal has a size")
	}
	if _, err := person.WriteString("an answer\n"); err != nil {
		t.Fatal(err)
	}
	var shown strings.Builder
	read := make(chan struct{})
	go func() {
		defer close(read)
		text := make([]byte, 1024)
		for {
			n, err := person.Read(text)
			shown.Write(text[:n])
			if err != nil || strings.Contains(shown.String(), "Which?") {
				return
			}
		}
	}()
	var answer string
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // a form that is drawn waits for more than a line
	defer cancel()
	if err := run(ctx, terminal, terminal, huh.NewGroup(huh.NewInput().Title("Which?").Value(&answer))); err != nil || answer != "an answer" {
		t.Errorf("got %q, %v", answer, err)
	}
	select {
	case <-read:
	case <-time.After(time.Minute):
		t.Error("the question is not shown")
	}
	if err := pty.Setsize(terminal, &pty.Winsize{Rows: 24, Cols: 80}); err != nil || sizeless(terminal) {
		t.Errorf("a terminal with a size has none: %v", err)
	}
}
