// Package screen is what the operator's commands print: results on standard output, progress on standard error. Colours
// and a line that changes are for terminals only, and colours not with NO_COLOR.
package screen

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"github.com/mattn/go-isatty"
)

// Screen prints for people, or for machines.
type Screen struct {
	// JSON is what machines asked for: then nothing but the one value of Value goes to Out.
	JSON bool

	out, err        io.Writer
	colours, live   bool
	width           int // of out; 0 means that lines may have any length
	mutex           sync.Mutex
	progress, total int
	line            string
}

// New makes a screen. Each writer is looked at by itself: what is a terminal gets colours, or a line that changes.
func New(out, err io.Writer, asJSON bool) *Screen {
	return &Screen{
		JSON: asJSON, out: out, err: err,
		width:   widthOf(out),
		colours: terminal(out) && os.Getenv("NO_COLOR") == "" && !asJSON,
		live:    terminal(err) && os.Getenv("TERM") != "dumb",
	}
}

func terminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && isatty.IsTerminal(file.Fd())
}

// Colour of a text on a terminal.
type Colour string

// The colours.
const (
	Bold   Colour = "1"
	Faint  Colour = "2"
	Red    Colour = "31"
	Green  Colour = "32"
	Yellow Colour = "33"
)

// Paint colours a text, on a terminal only.
func (s *Screen) Paint(c Colour, text string) string {
	if !s.colours {
		return text
	}
	return "\x1b[" + string(c) + "m" + text + "\x1b[0m"
}

// Mark is the sign in front of a line: what is well, what is not, and what should be looked at.
func (s *Screen) Mark(ok bool) string {
	if ok {
		return s.Paint(Green, "✓")
	}
	return s.Paint(Red, "✗")
}

// Line prints a line for people.
func (s *Screen) Line(format string, args ...any) {
	if s.JSON {
		return
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.wipe()
	fmt.Fprintf(s.out, format+"\n", args...)
	s.draw()
}

// Value prints a value for machines; for people it prints nothing.
func (s *Screen) Value(value any) error {
	if !s.JSON {
		return nil
	}
	encoder := json.NewEncoder(s.out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

// Warn prints a line about the run itself on standard error, for machines too.
func (s *Screen) Warn(format string, args ...any) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.wipe()
	fmt.Fprintf(s.err, format+"\n", args...)
	s.draw()
}

// Begin shows a line that counts up to total while something long runs; Step counts, End takes the line away. Without a
// terminal nothing is shown.
func (s *Screen) Begin(total int, what string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.progress, s.total, s.line = 0, total, what
	s.draw()
}

// Step counts one more, and says what it was.
func (s *Screen) Step(what string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.progress++
	s.wipe()
	s.line = what
	s.draw()
}

// End takes the line away.
func (s *Screen) End() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.wipe()
	s.total = 0
}

const barWidth = 24

func (s *Screen) draw() {
	if !s.live || s.total == 0 {
		return
	}
	full := barWidth * min(s.progress, s.total) / s.total
	text := s.line
	if runes := []rune(text); len(runes) > 44 {
		text = string(runes[:43]) + "…"
	}
	fmt.Fprintf(s.err, "\r\x1b[K  %s%s %d/%d  %s", strings.Repeat("█", full), strings.Repeat("░", barWidth-full), s.progress, s.total, text)
}

func (s *Screen) wipe() {
	if s.live && s.total > 0 {
		fmt.Fprint(s.err, "\r\x1b[K")
	}
}
