package draft

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
)

// Line is a line that only one of two texts has.
type Line struct {
	// Number of the line in the text that has it, from 1.
	Number int
	// Added reports whether the new text has it.
	Added bool
	Text  string
}

// Difference returns the lines in which two texts differ, in order. How the lines end makes no difference.
func Difference(old, changed []byte) []Line {
	var changes []Line
	var before, after int // the lines that come next
	for line := range strings.Lines(string(diff.Diff("old", plain(old), "new", plain(changed)))) {
		text := strings.TrimSuffix(line[1:], "\n")
		switch {
		case strings.HasPrefix(line, "@@"):
			// Before the first hunk there is a header, whose lines begin with - and + as well.
			if _, err := fmt.Sscanf(line, "@@ -%d,%d +%d,", &before, new(int), &after); err != nil {
				panic(err) // diff.Diff writes no other form
			}
		case before == 0:
		case line[0] == '-':
			changes = append(changes, Line{Number: before, Text: text})
			before++
		case line[0] == '+':
			changes = append(changes, Line{Number: after, Added: true, Text: text})
			after++
		default:
			before++
			after++
		}
	}
	return changes
}

// plain returns a text with line feeds only, one at its end.
func plain(text []byte) []byte {
	return append(bytes.TrimSuffix(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")), []byte("\n")), '\n')
}
