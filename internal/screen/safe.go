package screen

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode"
)

// newToken returns what marks the colours of a screen inside texts. Nobody outside can know it, so that no text of AWS can bring
// colours of its own.
func newToken() string {
	random := make([]byte, 8)
	_, _ = rand.Read(random) // it never fails
	return "\x1b{" + hex.EncodeToString(random)
}

// safe returns a text as a terminal can show it: colours of this screen become those of the terminal, and everything else that
// would change what a terminal shows is escaped.
func (s *Screen) safe(text string) string {
	parts := strings.Split(text, s.token)
	for i, part := range parts {
		parts[i] = Escape(part)
	}
	return strings.Join(parts, "\x1b[")
}

// safeErr is safe for standard error.
func (s *Screen) safeErr(text string) string {
	if s.plainErr {
		parts := strings.Split(text, s.token)
		for i := range parts[1:] {
			_, parts[i+1], _ = strings.Cut(parts[i+1], "m")
		}
		text = strings.Join(parts, "")
	}
	return s.safe(text)
}

// Escape returns a text in which characters are visible that would change what a terminal shows: controls, except for the ends of
// lines and tabs, and those that turn the direction of text. AWS and administrators of other accounts write such texts.
func Escape(text string) string {
	if !strings.ContainsFunc(text, hidden) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if hidden(r) {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func hidden(r rune) bool {
	turns := r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200e || r == 0x200f || r == 0x061c
	return turns || unicode.IsControl(r) && r != '\n' && r != '\t'
}
