package compose

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/watch"
)

// TestWhatAPatternMatchesIsShown: a reader sees every parameter of the request that makes a record one of the entry, in the message about
// such a record. There is a sample for each of them.
func TestWhatAPatternMatchesIsShown(t *testing.T) {
	p, seen, all := samplePreview(t), map[string]bool{}, map[string]bool{}
	for _, s := range sent(t) {
		e, _ := watch.ByID(s.Entry)
		for _, path := range parameters(asJSON(t, e.Detail(watch.SampleScope)), nil, nil) {
			all[s.Entry+" "+strings.Join(path, ".")] = true
		}
	}
	for _, s := range sent(t) {
		e, _ := watch.ByID(s.Entry)
		pattern := asJSON(t, e.Detail(watch.SampleScope))
		for _, path := range parameters(pattern, asJSON(t, s.Event())["detail"].(map[string]any), nil) {
			if what := s.Entry + s.Alert + " " + strings.Join(path, "."); seen[what] {
				continue
			} else {
				seen[what] = true
				delete(all, s.Entry+" "+strings.Join(path, "."))
			}
			const value = "shown-to-the-reader"
			event := asJSON(t, s.Event())
			detail := event["detail"].(map[string]any)
			detail["requestParameters"] = nil // a request names one thing
			set(detail, path, value)
			if mail := preview(t, p, s.Entry, event).Readers["email"]; !strings.Contains(mail, value) {
				t.Errorf("%s%s does not show %s:\n%s", s.Entry, s.Alert, strings.Join(path, "."), mail)
			}
		}
	}
	for s := range all {
		t.Errorf("no sample has %s", s)
	}
	if len(seen) < 30 {
		t.Errorf("only %d parameters", len(seen))
	}
}

// parameters returns the paths in a record's detail of the request parameters that a pattern names. With a detail, it leaves out the
// branches for which the rest of the record is of another kind.
func parameters(pattern, detail map[string]any, at []string) [][]string {
	var all [][]string
	for _, key := range slices.Sorted(maps.Keys(pattern)) {
		here := append(slices.Clone(at), key)
		if key == "$or" {
			for _, branch := range pattern[key].([]any) {
				branch := branch.(map[string]any)
				rest := maps.Clone(branch)
				delete(rest, "requestParameters")
				if detail == nil || len(at) > 0 || len(rest) == 0 || watch.Matches(rest, detail) {
					all = append(all, parameters(branch, detail, at)...)
				}
			}
		} else if inner, ok := pattern[key].(map[string]any); ok {
			all = append(all, parameters(inner, detail, here)...)
		} else if len(at) > 0 && at[0] == "requestParameters" {
			all = append(all, here)
		}
	}
	return all
}

// set puts a value at a path, whatever was on the way.
func set(in map[string]any, path []string, value any) {
	for _, key := range path[:len(path)-1] {
		inner, ok := in[key].(map[string]any)
		if !ok {
			inner = map[string]any{}
			in[key] = inner
		}
		in = inner
	}
	in[path[len(path)-1]] = value
}
