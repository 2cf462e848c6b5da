package compose

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/watch"
)

// TestWhatAPatternMatchesIsShown: a reader sees every parameter of the request that makes a record one of the entry.
func TestWhatAPatternMatchesIsShown(t *testing.T) {
	p, n := samplePreview(t), 0
	seen := map[string]bool{}
	for _, s := range sent(t) {
		if seen[s.Entry+s.Alert] {
			continue
		}
		seen[s.Entry+s.Alert] = true
		e, _ := watch.ByID(s.Entry)
		for _, path := range parameters(asJSON(t, e.Detail(watch.SampleScope)), nil) {
			n++
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
	if n < 30 {
		t.Errorf("only %d parameters", n)
	}
}

// parameters returns the paths in a record's detail of the request parameters that a pattern names.
func parameters(pattern map[string]any, at []string) [][]string {
	var all [][]string
	for _, key := range slices.Sorted(maps.Keys(pattern)) {
		here := append(slices.Clone(at), key)
		if key == "$or" {
			for _, branch := range pattern[key].([]any) {
				all = append(all, parameters(branch.(map[string]any), at)...)
			}
		} else if inner, ok := pattern[key].(map[string]any); ok {
			all = append(all, parameters(inner, here)...)
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
