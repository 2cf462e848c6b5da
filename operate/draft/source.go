package draft

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// source is the text of a file, with the changes to be made to it.
type source struct {
	text  string
	lines []int // where each line begins
	edits []edit
	err   error
}

// edit replaces the text from one byte to another.
type edit struct {
	from, to int
	with     string
}

var errShape = errors.New("unsupported YAML form")

const byteOrderMark = "\ufeff"

// parse finds the keys of the file.
func parse(text []byte) (*source, *yaml.Node, error) {
	s := &source{text: string(text), lines: []int{0}}
	if strings.HasPrefix(s.text, byteOrderMark) {
		s.lines[0] = len(byteOrderMark) // which YAML does not count as a column
	}
	for i := range len(s.text) {
		if s.text[i] == '\n' {
			s.lines = append(s.lines, i+1)
		}
	}
	var document yaml.Node
	if err := yaml.Unmarshal(bytes.TrimPrefix(text, []byte(byteOrderMark)), &document); err != nil {
		return nil, nil, err
	}
	if len(document.Content) != 1 || document.Content[0].Kind != yaml.MappingNode {
		return nil, nil, errShape
	}
	return s, document.Content[0], nil
}

// result returns the text with the changes made.
func (s *source) result() ([]byte, error) {
	if s.err != nil {
		return nil, s.err
	}
	// At the same place, insertions come before removals.
	slices.SortStableFunc(s.edits, func(a, b edit) int {
		if a.from != b.from {
			return a.from - b.from
		}
		return a.to - b.to
	})
	var out strings.Builder
	at := 0
	for _, e := range s.edits {
		if e.from < at {
			return nil, errShape
		}
		out.WriteString(s.text[at:e.from] + e.with)
		at = e.to
	}
	out.WriteString(s.text[at:])
	return []byte(out.String()), nil
}

func (s *source) change(from, to int, with string) {
	s.edits = append(s.edits, edit{from, to, with})
}

// start returns where a value begins; YAML counts columns in characters.
func (s *source) start(n *yaml.Node) int {
	if n.Line < 1 || n.Line > len(s.lines) {
		s.err = errShape
		return 0
	}
	at := s.lines[n.Line-1]
	for range n.Column - 1 {
		_, size := utf8.DecodeRuneInString(s.text[at:])
		at += size
	}
	return at
}

// span returns where a scalar begins and ends, with its quotation marks.
func (s *source) span(n *yaml.Node) (from, to int) {
	from = s.start(n)
	for _, mark := range []string{"", `"`, "'"} {
		if raw := mark + n.Value + mark; n.Kind == yaml.ScalarNode && strings.HasPrefix(s.text[from:], raw) {
			return from, from + len(raw)
		}
	}
	s.err = errShape
	return from, from
}

// lineEnd returns where the next line begins after the line with this byte, and what ends a line in this file.
func (s *source) lineEnd(at int) (end int, eol string) {
	eol = "\n"
	if i := strings.IndexByte(s.text, '\n'); i > 0 && s.text[i-1] == '\r' {
		eol = "\r\n"
	}
	if i := strings.IndexByte(s.text[at:], '\n'); i >= 0 {
		return at + i + 1, eol
	}
	return len(s.text), eol
}

// addLines inserts whole lines after the line with this byte.
func (s *source) addLines(at int, lines ...string) {
	end, eol := s.lineEnd(at)
	text := strings.Join(lines, eol)
	if strings.HasSuffix(s.text[:end], "\n") {
		text += eol
	} else {
		text = eol + text
	}
	s.change(end, end, text)
}

// listLines returns the lines of a list below a key in this column.
func listLines(column int, codes []string) []string {
	lines := make([]string, len(codes))
	for i, code := range codes {
		lines[i] = strings.Repeat(" ", column+1) + "- " + code
	}
	return lines
}

// scalar replaces a keyword by a value.
func (s *source) scalar(root, key, old *yaml.Node, v value) {
	from, to := s.span(old)
	if v.keyword != "" || root.Style&yaml.FlowStyle != 0 || key.Line != old.Line {
		s.change(from, to, v.flow())
		return
	}
	for from > 0 && s.text[from-1] == ' ' {
		from--
	}
	s.change(from, to, "")
	s.addLines(to, listLines(key.Column, v.list)...)
}

// add inserts the key regions after version, the only key that every file has and that is always short.
func (s *source) add(root *yaml.Node, v value) {
	key, version := find(root, "version")
	if version == nil {
		s.err = errShape
		return
	}
	_, to := s.span(version)
	switch {
	case root.Style&yaml.FlowStyle != 0:
		s.change(to, to, ", regions: "+v.flow())
	case v.keyword != "":
		s.addLines(to, strings.Repeat(" ", key.Column-1)+"regions: "+v.keyword)
	default:
		s.addLines(to, append([]string{strings.Repeat(" ", key.Column-1) + "regions:"}, listLines(key.Column, v.list)...)...)
	}
}
