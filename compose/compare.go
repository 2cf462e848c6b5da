package compose

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Differences returns how a deployed definition differs from the machine's, part by part: its states, and of the state that writes
// the messages, the texts of each entry. Empty means that they are the same.
func (m Machine) Differences(definition string) []string {
	var got, want map[string]any
	if err := json.Unmarshal([]byte(definition), &got); err != nil {
		return []string{"it is not valid JSON"}
	}
	if err := json.Unmarshal([]byte(m.Text()), &want); err != nil {
		panic(err) // Text encoded it
	}
	gotStates, _ := got["States"].(map[string]any)
	wantStates := want["States"].(map[string]any)
	var all []string
	for _, name := range keys(gotStates, wantStates) {
		state, has := gotStates[name]
		planned, wants := wantStates[name]
		switch {
		case !has:
			all = append(all, "it lacks the state "+name)
		case !wants:
			all = append(all, "it also has the state "+name)
		case reflect.DeepEqual(state, planned):
		case name == "Compose":
			all = append(all, composeDifferences(state, planned)...)
		default:
			all = append(all, "its state "+name+" differs")
		}
	}
	for _, key := range keys(got, want) {
		if key != "States" && !reflect.DeepEqual(got[key], want[key]) {
			all = append(all, "its "+key+" differs")
		}
	}
	return all
}

func keys[V any](a, b map[string]V) []string {
	all := slices.Concat(slices.Collect(maps.Keys(a)), slices.Collect(maps.Keys(b)))
	slices.Sort(all)
	return slices.Compact(all)
}

// composeDifferences names the entries whose texts differ, if nothing else of the state does.
func composeDifferences(got, want any) []string {
	gotFrame, gotExpression := expressionOf(got)
	wantFrame, wantExpression := expressionOf(want)
	whole := []string{"its state Compose differs"}
	if !reflect.DeepEqual(gotFrame, wantFrame) {
		return whole
	}
	gotTexts, wantTexts := textsIn(gotExpression), textsIn(wantExpression)
	var entries []string
	for _, entry := range keys(gotTexts, wantTexts) {
		if gotTexts[entry] != wantTexts[entry] {
			entries = append(entries, entry)
		}
	}
	// What is before the first text and behind the last one counts as an entry without a name.
	if len(entries) == 0 || entries[0] == "" {
		return whole
	}
	return []string{"its texts of " + strings.Join(entries, ", ") + " differ"}
}

// expressionOf returns the expression that writes the messages, and the rest of the state.
func expressionOf(state any) (rest any, expression string) {
	text, err := json.Marshal(state)
	if err != nil {
		return state, ""
	}
	var copied struct {
		Branches []struct {
			States struct {
				Write struct{ Output string }
			}
		}
	}
	if json.Unmarshal(text, &copied) != nil || len(copied.Branches) != 1 {
		return state, ""
	}
	expression = copied.Branches[0].States.Write.Output
	encoded, err := json.Marshal(expression)
	if err != nil {
		return state, ""
	}
	return strings.Replace(string(text), string(encoded), `""`, 1), expression
}

// textsIn returns the texts of each entry in an expression, and all that is around them under an empty name.
func textsIn(expression string) map[string]string {
	texts := map[string]string{}
	head, rest, found := strings.Cut(expression, entryIs)
	texts[""] = head
	for found {
		var part string
		part, rest, found = strings.Cut(rest, entryIs)
		entry, text, _ := strings.Cut(part, "'")
		// Behind the texts of the last entry is the rest of the expression.
		text, tail, _ := strings.Cut(text, entryEnds)
		texts[entry] += text
		texts[""] += tail
	}
	return texts
}
