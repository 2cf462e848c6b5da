package draft

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// stays returns the items of a list that are still wanted, and the new ones by the item after which they belong: in a sorted list
// the last one before it (-1: none, it comes first), otherwise the last one.
func stays(list *yaml.Node, wanted []string) (kept []int, comes map[int][]string) {
	var codes []string
	for i, item := range list.Content {
		codes = append(codes, item.Value)
		if slices.Contains(wanted, item.Value) {
			kept = append(kept, i)
		}
	}
	comes = map[int][]string{}
	for _, code := range wanted {
		if slices.Contains(codes, code) {
			continue
		}
		behind := -1
		for _, i := range kept {
			if codes[i] < code || !slices.IsSorted(codes) {
				behind = i
			}
		}
		comes[behind] = append(comes[behind], code)
	}
	return kept, comes
}

// blockItems changes a list with one item a line. A removed item's line is removed; a line with a comment becomes a comment.
func (s *source) blockItems(list *yaml.Node, wanted []string) {
	kept, comes := stays(list, wanted)
	for i, item := range list.Content {
		from, to := s.span(item)
		begin := s.lines[item.Line-1]
		before := s.text[begin:from]
		if strings.TrimSpace(before) != "-" {
			s.err = errShape
			return
		}
		if i == 0 {
			// A line precedes the first item: that of the key, or a comment below it.
			for _, code := range comes[-1] {
				s.addLines(begin-1, before+code)
			}
		}
		for _, code := range comes[i] {
			s.addLines(to, before+code)
		}
		end, _ := s.lineEnd(to)
		switch {
		case slices.Contains(kept, i):
		case strings.Contains(s.text[to:end], "#"):
			dash := begin + strings.IndexByte(before, '-')
			s.change(dash, dash, "# ")
		default:
			s.change(begin, end, "")
		}
	}
}

// flowItems changes a list in square brackets.
func (s *source) flowItems(list *yaml.Node, wanted []string) {
	kept, comes := stays(list, wanted)
	if len(kept) == 0 {
		s.err = errShape
		return
	}
	last := -1 // the one kept before
	for _, i := range kept {
		from, to := s.span(list.Content[i])
		if last < 0 {
			for _, code := range comes[-1] {
				s.change(from, from, code+", ")
			}
		}
		switch {
		case i == last+1:
		case last < 0:
			first, _ := s.span(list.Content[0])
			s.cut(first, from)
		default:
			next, _ := s.span(list.Content[last+1])
			s.cut(next, from)
		}
		for _, code := range comes[i] {
			s.change(to, to, ", "+code)
		}
		last = i
	}
	if last < len(list.Content)-1 {
		_, from := s.span(list.Content[last])
		_, to := s.span(list.Content[len(list.Content)-1])
		s.cut(from, to)
	}
}

// cut removes a part of a list in square brackets, unless there is a comment in it.
func (s *source) cut(from, to int) {
	if strings.Contains(s.text[from:to], "#") {
		s.err = errShape
	}
	s.change(from, to, "")
}
