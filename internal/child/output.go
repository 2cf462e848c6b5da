package child

import (
	"bytes"
	"strings"
	"sync"
)

// Lines is an io.Writer that hands on whole lines, without their ends. Flush hands on what is left.
type Lines struct {
	each func(string)
	rest []byte
}

// NewLines returns a writer that calls each for every line written to it.
func NewLines(each func(string)) *Lines { return &Lines{each: each} }

// Write never fails.
func (l *Lines) Write(p []byte) (int, error) {
	l.rest = append(l.rest, p...)
	for {
		i := bytes.IndexByte(l.rest, '\n')
		if i < 0 {
			return len(p), nil
		}
		l.each(strings.TrimRight(string(l.rest[:i]), "\r"))
		l.rest = l.rest[i+1:]
	}
}

// Flush hands on a last line that had no end.
func (l *Lines) Flush() {
	if len(l.rest) > 0 {
		l.each(string(l.rest))
		l.rest = nil
	}
}

// Tail is an io.Writer that keeps the end of what is written to it. Safe for several goroutines.
type Tail struct {
	mu  sync.Mutex
	buf []byte
}

const tailBytes = 64 << 10

// Write never fails.
func (t *Tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, p...)
	if over := len(t.buf) - 2*tailBytes; over > 0 {
		t.buf = append([]byte(nil), t.buf[len(t.buf)-tailBytes:]...)
	}
	return len(p), nil
}

// Last returns up to n last lines that are not blank, each indented by two spaces, for the end of an error.
func (t *Tail) Last(n int) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var lines []string
	for line := range strings.Lines(string(t.buf)) {
		if line = strings.TrimRight(line, " \t\r\n"); line != "" {
			lines = append(lines, "  "+line)
		}
	}
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// Contains reports whether the kept end has the given text.
func (t *Tail) Contains(text string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return bytes.Contains(t.buf, []byte(text))
}
