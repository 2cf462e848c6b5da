// Package ask asks a person at a terminal. A command that can run without a terminal calls Possible first; otherwise it names the
// flag that answers the question. The package may import nothing else of this module but its own background.
package ask

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"runtime"

	"github.com/charmbracelet/huh"
	"github.com/charmbracelet/x/term"
	"github.com/mattn/go-isatty"

	_ "example.com/breakglass/internal/ask/background" // see there
)

// ErrStopped is returned when the person presses Ctrl-C.
var ErrStopped = errors.New("stopped; nothing was changed")

// Possible reports whether somebody can be asked: in is a terminal, and questions can be shown on out or, if that is a file or a
// pipe, on the terminal itself.
func Possible(in io.Reader, out io.Writer) bool {
	if !Terminal(in) {
		return false
	}
	_, done, err := reach(out)
	if err == nil {
		done()
	}
	return err == nil
}

// reach returns where questions are seen: out, or the terminal itself if out is a file or a pipe.
func reach(out io.Writer) (io.Writer, func(), error) {
	if Terminal(out) {
		return out, func() {}, nil
	}
	name := "/dev/tty"
	if runtime.GOOS == "windows" {
		name = "CONOUT$"
	}
	tty, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return nil, nil, err
	}
	return tty, func() { tty.Close() }, nil
}

// Terminal reports whether a reader or writer is a terminal.
func Terminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && isatty.IsTerminal(file.Fd())
}

// Lines returns the lines that a person types, as they come.
func Lines(in io.Reader) <-chan string {
	lines := make(chan string)
	go func() {
		defer close(lines)
		for scan := bufio.NewScanner(in); scan.Scan(); {
			lines <- scan.Text()
		}
	}()
	return lines
}

// Plain reports whether questions are asked line by line: on a dumb terminal, and for screen readers (ACCESSIBLE=1).
func Plain() bool { return os.Getenv("TERM") == "dumb" || os.Getenv("ACCESSIBLE") != "" }

// Form asks the questions of a form. It returns ErrStopped when ctx ends or the person presses Ctrl-C.
func Form(ctx context.Context, in io.Reader, out io.Writer, groups ...*huh.Group) error {
	seen, close, err := reach(out)
	if err != nil {
		return err
	}
	defer close()
	return run(ctx, in, seen, groups...)
}

// sizeless reports whether out is a terminal that does not say how large it is, such as a serial console: nothing can be drawn on it.
func sizeless(out io.Writer) bool {
	file, ok := out.(*os.File)
	if !ok || !isatty.IsTerminal(file.Fd()) {
		return false
	}
	width, height, err := term.GetSize(file.Fd())
	return err != nil || width <= 0 || height <= 0
}

func run(ctx context.Context, in io.Reader, out io.Writer, groups ...*huh.Group) error {
	theme, plain := huh.ThemeCharm(), Plain() || sizeless(out)
	if os.Getenv("NO_COLOR") != "" || plain {
		theme = huh.ThemeBase()
	}
	form := huh.NewForm(groups...).WithInput(in).WithOutput(out).WithTheme(theme).WithAccessible(plain)
	// A form that reads lines does not watch ctx.
	done := make(chan error, 1)
	go func() { done <- form.RunWithContext(ctx) }()
	var err error
	select {
	case err = <-done:
	case <-ctx.Done():
		if !plain {
			<-done // it restores the terminal
		}
	}
	if ctx.Err() != nil || errors.Is(err, huh.ErrUserAborted) {
		return ErrStopped
	}
	return err
}

// Confirm asks a question whose default answer is no.
func Confirm(ctx context.Context, in io.Reader, out io.Writer, question string) (bool, error) {
	yes := false
	err := Form(ctx, in, out, huh.NewGroup(huh.NewConfirm().Title(question).Affirmative("Yes").Negative("No").Value(&yes)))
	return yes && err == nil, err
}

// Enter waits until a person presses Enter. It takes nothing but that line from in: what is typed next is for others.
func Enter(ctx context.Context, in io.Reader, out io.Writer, question string) error {
	if _, err := io.WriteString(out, question+" "); err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() {
		for one := []byte{0}; one[0] != '\n' && one[0] != '\r'; {
			if _, err := in.Read(one); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	select {
	case err := <-done:
		if err != nil {
			return ErrStopped
		}
		return nil
	case <-ctx.Done():
		return ErrStopped
	}
}
