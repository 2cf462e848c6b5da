// Package screen prints what the commands show: results on standard output, progress on standard error. Only terminals get colours
// (unless NO_COLOR is set) and a progress line. Only cmd/breakglass may import it; it imports nothing of this module.
package screen

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/mattn/go-isatty"
)

// Screen prints for people, or for machines.
type Screen struct {
	// JSON is set for machines: then only the value passed to Value goes to standard output.
	JSON bool

	out             *noting
	err             io.Writer
	colours, live   bool
	plainErr        bool // err is a file or a pipe, which colours would spoil
	width           int  // of out; 0 means that lines may have any length
	mutex           sync.Mutex
	progress, total int
	// what is the step that Begin has named, line what Step was last.
	what, line string
	began      time.Time
	stop       chan struct{}
	asking     bool
	token      string
}

// New returns a screen. If out is a terminal, it gets colours; if err is one, it gets the progress line.
func New(out, err io.Writer, asJSON bool) *Screen {
	return &Screen{
		JSON: asJSON, out: &noting{Writer: out}, err: err, token: newToken(),
		width:   Width(out),
		colours: terminal(out) && wanted() && !asJSON,
		live:    terminal(err) && os.Getenv("TERM") != dumb, plainErr: !terminal(err),
	}
}

// dumb is the TERM of a terminal that can only print.
const dumb = "dumb"

// wanted reports whether the environment allows colours.
func wanted() bool { return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != dumb }

// Live reports whether somebody watches: what takes long then has a line that moves.
func (s *Screen) Live() bool { return s.live }

// Lost returns the first error with which standard output did not take what was printed; nil if it took everything.
func (s *Screen) Lost() error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.out.failed
}

// noting is a writer that remembers its first error.
type noting struct {
	io.Writer
	failed error
}

func (n *noting) Write(text []byte) (int, error) {
	count, err := n.Writer.Write(text)
	if n.failed == nil {
		n.failed = err
	}
	return count, err
}

func terminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && isatty.IsTerminal(file.Fd())
}

// Colour is the colour of a text on a terminal.
type Colour string

// The colours.
const (
	Bold   Colour = "1"
	Faint  Colour = "2"
	Red    Colour = "31"
	Green  Colour = "32"
	Yellow Colour = "33"
)

// Paint returns the text in a colour, on a terminal; otherwise unchanged.
func (s *Screen) Paint(c Colour, text string) string {
	if !s.colours {
		return text
	}
	return s.token + string(c) + "m" + text + s.token + "0m"
}

// Mark returns the sign in front of a line: a green check mark, or a red cross.
func (s *Screen) Mark(ok bool) string {
	if ok {
		return s.Paint(Green, "✓")
	}
	return s.Paint(Red, "✗")
}

// Line prints a line for people.
func (s *Screen) Line(format string, args ...any) {
	if !s.JSON {
		s.print(s.out, s.safe(fmt.Sprintf(format, args...)))
	}
}

// Value prints a value for machines; for people it prints nothing.
func (s *Screen) Value(value any) error {
	if !s.JSON {
		return nil
	}
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return err
	}
	_, err := fmt.Fprint(s.out, Escape(text.String())) // which escapes as JSON does
	return err
}

// Warn prints a line about the run on standard error, also with JSON.
func (s *Screen) Warn(format string, args ...any) {
	s.print(s.err, s.safeErr(fmt.Sprintf(format, args...)))
}

// print prints a line, above the progress line if there is one.
func (s *Screen) print(to io.Writer, text string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.wipe()
	fmt.Fprintln(to, text)
	s.draw()
}

// Begin shows a progress line that counts up to total while something long runs; Step counts, End removes the line. After two
// seconds it has a clock. Without a terminal, what takes long is reported each half minute.
func (s *Screen) Begin(total int, what string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.halt()
	s.progress, s.total, s.what, s.line, s.began, s.stop = 0, total, what, what, time.Now(), make(chan struct{})
	s.draw()
	each := saidEach
	if s.live {
		each = time.Second
	}
	go s.tick(s.stop, each)
}

// Step counts one more, and shows what it was.
func (s *Screen) Step(what string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.progress++
	s.wipe()
	s.line = what
	s.draw()
}

// End removes the progress line.
func (s *Screen) End() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.wipe()
	s.halt()
	s.total = 0
}

// Aside removes the progress line while something else writes to the terminal, such as a question: the clock would wipe it.
func (s *Screen) Aside(do func()) {
	hide := func(asking bool) {
		s.mutex.Lock()
		defer s.mutex.Unlock()
		s.wipe()
		s.asking = asking
		s.draw()
	}
	hide(true)
	defer hide(false)
	do()
}

// halt stops the clock.
func (s *Screen) halt() {
	if s.stop != nil {
		close(s.stop)
		s.stop = nil
	}
}

const barWidth = 24

func (s *Screen) draw() {
	if !s.live || s.total == 0 || s.asking {
		return
	}
	full := barWidth * min(s.progress, s.total) / s.total
	text := Escape(s.line)
	if runes := []rune(text); len(runes) > 44 {
		text = string(runes[:43]) + "…"
	}
	clock := ""
	if took := time.Since(s.began); took >= shownAfter {
		clock = fmt.Sprintf("  %d s", int(took.Seconds()))
	}
	fmt.Fprintf(s.err, "\r\x1b[K  %s%s %d/%d%s  %s", strings.Repeat("█", full), strings.Repeat("░", barWidth-full), s.progress, s.total, clock, text)
}

func (s *Screen) wipe() {
	if s.live && s.total > 0 && !s.asking {
		fmt.Fprint(s.err, "\r\x1b[K")
	}
}
