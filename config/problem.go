package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Problem is an error in the file that has to be corrected before anything is deployed.
type Problem struct {
	File  string
	Line  int    // 0 if no line is wrong
	Key   string // path of the key or list item, such as targets[0].account; empty where the file itself is wrong
	What  string // what is wrong
	Value string // the wrong value as in the file; empty if there is none to show
	Bare  bool   // the value is a number, a boolean or the like, for lack of quotation marks: it is shown without them
	Fix   string // how to correct it, in a sentence
}

// String returns the problem as one line: breakglass.yaml:12: key: what is wrong; "value". What to do.
func (p Problem) String() string {
	s := p.File + ": "
	if p.Line > 0 {
		s = fmt.Sprintf("%s:%d: ", p.File, p.Line)
	}
	if p.Key != "" {
		s += unquoted(p.Key) + ": "
	}
	s += p.What
	switch {
	case p.Value != "" && p.Bare:
		s += "; " + unquoted(p.Value)
	case p.Value != "":
		s += "; " + quote(p.Value)
	}
	return s + ". " + p.Fix
}

// Problems is the error for a bad file: everything that is wrong with it, in the order of its lines.
type Problems []Problem

// Error returns one line for each problem.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.String()
	}
	return strings.Join(lines, "\n")
}

// Merge returns the problems of two checks of the same file, in the order of its lines.
func (p Problems) Merge(more Problems) Problems { return slices.Concat(p, more).byLine() }

func (p Problems) byLine() Problems {
	slices.SortStableFunc(p, func(a, b Problem) int { return a.Line - b.Line })
	return p
}

// emptyText is the Value of a text that is there and empty.
const emptyText = `""`

// orEmpty makes an empty text visible in a message.
func orEmpty(value string) string {
	if value == "" {
		return emptyText
	}
	return value
}

// quote shows a value on one line, shortened where it is long.
func quote(value string) string {
	if value == emptyText {
		return value
	}
	const most = 80
	if runes := []rune(value); len(runes) > most {
		value = string(runes[:most]) + "…"
	}
	return strconv.Quote(value)
}

// unquoted shows a text on one line, like quote but without the quotation marks.
func unquoted(value string) string { return strings.Trim(quote(value), `"`) }
