package paper

import (
	"fmt"
	"strings"
)

// Text is what a person reads, in parts: the facts of the file are never mistaken for markup.
type Text []Span

// Span is a part of a text.
type Span struct {
	Text string
	// Code is set for what is typed, or compared with a screen, character by character.
	Code bool
}

// say returns a text with its arguments filled in. What the format has between backticks is code; backticks in an argument are
// characters like any others.
func say(format string, args ...any) Text {
	var text Text
	for i, part := range strings.Split(format, "`") {
		n := strings.Count(part, "%")
		if part != "" {
			text = append(text, Span{fmt.Sprintf(part, args[:n]...), i%2 == 1})
		}
		args = args[n:]
	}
	return text
}

// String returns the text without markup.
func (t Text) String() string {
	var all strings.Builder
	for _, s := range t {
		all.WriteString(s.Text)
	}
	return all.String()
}
