package check

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"example.com/breakglass/access"
)

// canonical brings a pattern or a policy into one form: the order of a list means nothing in either, and a list of one
// is what it holds.
func canonical(value any) any {
	switch v := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, inner := range v {
			out[key] = canonical(inner)
		}
		return out
	case []any:
		out := make([]any, 0, len(v))
		for _, inner := range v {
			out = append(out, canonical(inner))
		}
		if len(out) == 1 {
			return out[0]
		}
		slices.SortFunc(out, func(a, b any) int { return strings.Compare(text(a), text(b)) })
		return out
	}
	return value
}

func text(value any) string {
	b, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(b)
}

// parse reads JSON text in its canonical form.
func parse(document string) (any, error) {
	var value any
	if err := json.Unmarshal([]byte(document), &value); err != nil {
		return nil, err
	}
	return canonical(value), nil
}

// plain returns a value of the program in canonical form.
func plain(value any) any {
	out, err := parse(text(value))
	if err != nil {
		return nil
	}
	return out
}

// difference returns the place of the first difference of two values in canonical form: detail.userIdentity. Empty means none.
func difference(got, want any, at string) string {
	g, gotMap := got.(map[string]any)
	w, wantMap := want.(map[string]any)
	if gotMap && wantMap {
		keys := slices.Sorted(maps.Keys(g))
		for key := range w {
			if _, ok := g[key]; !ok {
				keys = append(keys, key)
			}
		}
		slices.Sort(keys)
		for _, key := range keys {
			inner := strings.TrimPrefix(at+"."+key, ".")
			gv, has := g[key]
			wv, wants := w[key]
			if has != wants {
				return inner
			}
			if d := difference(gv, wv, inner); d != "" {
				return d
			}
		}
		return ""
	}
	gs, gotList := got.([]any)
	ws, wantList := want.([]any)
	if gotList && wantList && len(gs) == len(ws) && at != "" {
		for i := range gs {
			if text(gs[i]) != text(ws[i]) {
				if _, ok := gs[i].(map[string]any); ok {
					return difference(gs[i], ws[i], fmt.Sprintf("%s[%d]", at, i))
				}
				break
			}
		}
	}
	if text(got) == text(want) {
		return ""
	}
	if at == "" {
		return "the whole"
	}
	return at
}

// statements returns the statements of a policy in JSON, which IAM returns URL-encoded, each in canonical form and without its
// Sid.
func statements(document string) ([]map[string]any, error) {
	all, _, err := policyOf(document)
	return all, err
}

// policyOf returns the statements of a policy, and the version of its language.
func policyOf(document string) (all []map[string]any, version string, err error) {
	if decoded, err := url.PathUnescape(document); err == nil && strings.HasPrefix(document, "%") {
		document = decoded
	}
	var policy struct {
		Version   string
		Statement any
	}
	if err := json.Unmarshal([]byte(document), &policy); err != nil {
		return nil, "", err
	}
	list, ok := policy.Statement.([]any)
	if !ok {
		list = []any{policy.Statement}
	}
	for _, one := range list {
		if s, ok := canonical(one).(map[string]any); ok {
			delete(s, "Sid")
			all = append(all, s)
		}
	}
	return all, policy.Version, nil
}

// sidOf returns the Sid of a statement that statements has returned.
func sidOf(document string, statement map[string]any) string {
	policy, err := parse(document)
	if err != nil {
		return ""
	}
	all, _ := policy.(map[string]any)
	list, ok := all["Statement"].([]any)
	if !ok {
		list = []any{all["Statement"]} // a list of one is what it holds
	}
	for _, one := range list {
		s, _ := one.(map[string]any)
		sid, _ := s["Sid"].(string)
		delete(s, "Sid")
		if text(s) == text(statement) {
			return sid
		}
	}
	return ""
}

// apart compares a policy with the plan's, statement by statement. Each is named by the Sid of the plan's, or by what it does.
func apart(document string, want access.Document) (missing, extra []string, err error) {
	got, version, err := policyOf(document)
	if err != nil {
		return nil, nil, err
	}
	// An older version of the language, which a policy without one has, differs in this only (IAM user guide, Version).
	if wants := want["Version"]; version != wants && strings.Contains(text(want), "${") {
		missing = append(missing, fmt.Sprintf("Version %s, without which a variable such as ${aws:username} is plain text", wants))
	}
	left := map[string]int{}
	for _, s := range got {
		left[text(s)]++
	}
	for _, one := range want["Statement"].([]any) {
		s := plain(one).(map[string]any)
		sid, _ := s["Sid"].(string)
		delete(s, "Sid")
		if key := text(s); left[key] > 0 {
			left[key]--
		} else {
			missing = append(missing, cmp.Or(sid, describe(s)))
		}
	}
	for _, s := range got {
		if key := text(s); left[key] > 0 {
			left[key]--
			extra = append(extra, describe(s))
		}
	}
	return missing, extra, nil
}

// describe returns a statement in a few words.
func describe(s map[string]any) string {
	what := text(s["Action"])
	if s["Action"] == nil {
		what = "all but " + text(s["NotAction"])
	}
	out := fmt.Sprintf("%v %s", s["Effect"], what)
	if p := s["Principal"]; p != nil {
		out += " to " + text(p)
	}
	return strings.ReplaceAll(out, `"`, "")
}

// denies reports whether a statement, in the words of describe, denies something.
func denies(statement string) bool { return strings.HasPrefix(statement, "Deny ") }

// samePolicy returns how a policy differs from the plan's. Empty means that it does not.
func samePolicy(document string, want access.Document) string {
	missing, extra, err := apart(document, want)
	switch {
	case err != nil:
		return "it is not a policy document: " + err.Error()
	case len(missing) > 0 && len(extra) > 0:
		return fmt.Sprintf("it lacks %s and has %s", strings.Join(missing, ", "), strings.Join(extra, ", "))
	case len(missing) > 0:
		return "it lacks " + strings.Join(missing, ", ")
	case len(extra) > 0:
		return "it also has " + strings.Join(extra, ", ")
	}
	return ""
}

// textDifference returns where a deployed text first differs from the wanted one.
func textDifference(got, want string) string {
	if got == "" {
		return "it is empty"
	}
	has, wants := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i, line := range has {
		if i >= len(wants) || line != wants[i] {
			return fmt.Sprintf("line %d reads %q", i+1, shorten(line))
		}
	}
	return fmt.Sprintf("it ends after line %d", len(has))
}

// shorten keeps a line readable in a finding.
func shorten(line string) string {
	const most = 80
	if letters := []rune(line); len(letters) > most {
		return string(letters[:most]) + "…"
	}
	return line
}

// mapDifference names the keys that differ.
func mapDifference(got, want map[string]string) string {
	var keys []string
	for key, value := range got {
		if wanted, ok := want[key]; !ok || wanted != value {
			keys = append(keys, key)
		}
	}
	for key := range want {
		if _, ok := got[key]; !ok {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return strings.Join(keys, ", ")
}
