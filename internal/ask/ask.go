// Package ask asks a person at a terminal. A command that may run without one looks at Possible first, and names the flag
// that says what it would have asked.
package ask

import (
	"context"
	"errors"
	"io"
	"os"

	"github.com/charmbracelet/huh"
	"github.com/mattn/go-isatty"

	_ "example.com/breakglass/internal/ask/background" // see there
)

// ErrStopped is what a person says by Ctrl-C.
var ErrStopped = errors.New("stopped; nothing was changed")

// Possible tells whether there is somebody to ask: in is a terminal, and so is out, or else the terminal can be reached
// beside it.
func Possible(in io.Reader, out io.Writer) bool {
	if !terminal(in) {
		return false
	}
	_, done, err := reach(out)
	if err == nil {
		done()
	}
	return err == nil
}

// reach is where questions are seen: out, or the terminal itself where out goes into a file.
func reach(out io.Writer) (io.Writer, func(), error) {
	if terminal(out) {
		return out, func() {}, nil
	}
	tty, err := os.OpenFile("/dev/tty", os.O_WRONLY, 0)
	if err != nil {
		return nil, nil, err
	}
	return tty, func() { tty.Close() }, nil
}

func terminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && isatty.IsTerminal(file.Fd())
}

// Plain tells whether the terminal takes lines only, as a screen reader wants it, too (ACCESSIBLE=1).
func Plain() bool { return os.Getenv("TERM") == "dumb" || os.Getenv("ACCESSIBLE") != "" }

// Form asks the questions of a form. When ctx ends, or the person leaves, it returns ErrStopped.
func Form(ctx context.Context, in io.Reader, out io.Writer, groups ...*huh.Group) error {
	seen, close, err := reach(out)
	if err != nil {
		return err
	}
	defer close()
	return run(ctx, in, seen, groups...)
}

func run(ctx context.Context, in io.Reader, out io.Writer, groups ...*huh.Group) error {
	theme := huh.ThemeCharm()
	if os.Getenv("NO_COLOR") != "" || Plain() {
		theme = huh.ThemeBase()
	}
	form := huh.NewForm(groups...).WithInput(in).WithOutput(out).WithTheme(theme).WithAccessible(Plain())
	// Where it reads lines, the form does not look at ctx.
	done := make(chan error, 1)
	go func() { done <- form.RunWithContext(ctx) }()
	var err error
	select {
	case err = <-done:
	case <-ctx.Done():
		if !Plain() {
			<-done // it puts the terminal back as it was
		}
	}
	if ctx.Err() != nil || errors.Is(err, huh.ErrUserAborted) {
		return ErrStopped
	}
	return err
}

// Confirm asks a question whose answer is no, unless the person says yes.
func Confirm(ctx context.Context, in io.Reader, out io.Writer, question string) (bool, error) {
	yes := false
	err := Form(ctx, in, out, huh.NewGroup(huh.NewConfirm().Title(question).Affirmative("Yes").Negative("No").Value(&yes)))
	return yes && err == nil, err
}
