package ask

import (
	"bytes"
	"context"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/huh"
)

func TestNobodyIsAskedWithoutATerminal(t *testing.T) {
	file, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if Possible(file, os.Stderr) || Possible(strings.NewReader("yes\n"), &bytes.Buffer{}) {
		t.Error("somebody would be")
	}
}

// Ctrl-C ends ctx, and the question with it, though nobody has pressed enter.
func TestAQuestionEndsWithItsContext(t *testing.T) {
	t.Setenv("TERM", "dumb")
	ctx, cancel := context.WithCancel(t.Context())
	in, answers, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer answers.Close()
	time.AfterFunc(10*time.Millisecond, cancel)
	var text string
	if err := run(ctx, in, &bytes.Buffer{}, huh.NewGroup(huh.NewInput().Title("?").Value(&text))); err != ErrStopped {
		t.Errorf("got %v", err)
	}
}

func TestPlain(t *testing.T) {
	t.Setenv("ACCESSIBLE", "")
	for term, want := range map[string]bool{"dumb": true, "xterm-256color": false} {
		if t.Setenv("TERM", term); Plain() != want {
			t.Errorf("%s: %v", term, !want)
		}
	}
	if t.Setenv("ACCESSIBLE", "1"); !Plain() {
		t.Error("a screen reader gets pictures")
	}
}

// What a person types behind Enter is for whoever reads next.
func TestEnterTakesOneLine(t *testing.T) {
	in, out := strings.NewReader("so be it\nnext\n"), &bytes.Buffer{}
	if err := Enter(t.Context(), in, out, "Go on?"); err != nil || out.String() != "Go on? " {
		t.Errorf("%v, %q", err, out)
	}
	if rest, _ := io.ReadAll(in); string(rest) != "next\n" {
		t.Errorf("left: %q", rest)
	}
	if err := Enter(t.Context(), strings.NewReader("the end"), out, ""); err != ErrStopped {
		t.Errorf("without Enter: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, cancel)
	silent, answers := io.Pipe()
	defer answers.Close()
	if err := Enter(ctx, silent, out, ""); err != ErrStopped {
		t.Errorf("Ctrl-C: %v", err)
	}
}
