package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/mattn/go-isatty"

	"example.com/breakglass/internal/cdkcli"
)

// screen prints for people: chapters, steps, and mails in a frame. It colours only a terminal, and not with NO_COLOR.
type screen struct {
	out     io.Writer
	colours bool
	stacks  int
	done    int
}

func newScreen(out *os.File) *screen {
	return &screen{out: out, colours: isatty.IsTerminal(out.Fd()) && os.Getenv("NO_COLOR") == ""}
}

const (
	bold  = "1"
	faint = "2"
	red   = "31"
	green = "32"
)

func (s *screen) paint(colour, text string) string {
	if !s.colours {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

func (s *screen) chapter(title string) { fmt.Fprintf(s.out, "\n%s\n", s.paint(bold, title)) }

func (s *screen) step(format string, args ...any) {
	fmt.Fprintf(s.out, "  %s %s\n", s.paint(green, "✓"), fmt.Sprintf(format, args...))
}

func (s *screen) note(text string) { fmt.Fprintf(s.out, "  %s\n", s.paint(faint, text)) }

// begins prints what has begun and may take a while.
func (s *screen) begins(text string) { fmt.Fprintf(s.out, "  %s %s\n", s.paint(faint, "…"), text) }

// scene prints what happens next.
func (s *screen) scene(text string) {
	fmt.Fprintf(s.out, "\n  %s %s\n", s.paint(bold, "▶"), s.paint(bold, text))
}

// mail frames a text as its reader sees it.
func (s *screen) mail(heading, text string) {
	fmt.Fprintf(s.out, "    %s\n", s.paint(red, "┌ "+heading))
	for _, line := range strings.Split(text, "\n") {
		fmt.Fprintf(s.out, "    %s %s\n", s.paint(red, "│"), line)
	}
	fmt.Fprintf(s.out, "    %s\n", s.paint(red, "└"))
}

// page shows what a command has printed.
func (s *screen) page(text string) {
	for _, line := range strings.Split(text, "\n") {
		fmt.Fprintf(s.out, "    %s %s\n", s.paint(faint, "┃"), line)
	}
}

// stackEvents prints a line for each stack that is done.
func (s *screen) stackEvents() func(cdkcli.Event) {
	return func(e cdkcli.Event) {
		switch e.Kind {
		case cdkcli.Synthesized:
			s.step("%s", e)
		case cdkcli.Done, cdkcli.Unchanged:
			s.done++
			fmt.Fprintf(s.out, "  %s %s\n", s.paint(faint, fmt.Sprintf("[%2d/%d]", s.done, s.stacks)), e)
		}
	}
}
