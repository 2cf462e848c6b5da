package watch

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// Matches reports whether EventBridge would match an event in its JSON form with a pattern of this project.
func Matches(pattern, event Fields) bool { return matches(asJSON(pattern), event) }

// matches reports whether EventBridge would match an event, for the operators that the catalogue uses. Both are as asJSON
// returns them. make verify runs the same samples through EventBridge's own matcher.
func matches(pattern, event Fields) bool {
	for key, want := range pattern {
		if key == "$or" {
			if !anyOf(want.([]any), event) {
				return false
			}
			continue
		}
		if inner, ok := want.(Fields); ok {
			// One object of a list that fits is enough.
			if list, ok := event[key].([]any); ok && len(list) > 0 {
				if !slices.ContainsFunc(list, func(one any) bool { at, _ := one.(Fields); return matches(inner, at) }) {
					return false
				}
				continue
			}
			// A missing object is matched like an empty one: "exists: false" holds below it.
			at, _ := event[key].(Fields)
			if !matches(inner, at) {
				return false
			}
			continue
		}
		value, there := event[key]
		if list, ok := value.([]any); ok {
			// One element that fits is enough.
			if !slices.ContainsFunc(list, func(one any) bool { return anyValue(want.([]any), one, true) }) {
				return false
			}
			continue
		}
		if !anyValue(want.([]any), value, there) {
			return false
		}
	}
	return true
}

func anyOf(branches []any, event Fields) bool {
	for _, b := range branches {
		if matches(b.(Fields), event) {
			return true
		}
	}
	return false
}

func anyValue(wants []any, value any, there bool) bool {
	for _, want := range wants {
		operator, ok := want.(Fields)
		switch {
		case !ok:
			if there && reflect.DeepEqual(want, value) {
				return true
			}
		case operator["exists"] != nil:
			if operator["exists"] == there {
				return true
			}
		case operator["anything-but"] != nil:
			but, ok := operator["anything-but"].([]any)
			if !ok {
				but = []any{operator["anything-but"]}
			}
			if there && !anyValue(but, value, true) {
				return true
			}
		case operator["equals-ignore-case"] != nil:
			names, ok := operator["equals-ignore-case"].([]any)
			if !ok {
				names = []any{operator["equals-ignore-case"]}
			}
			text, ok := value.(string)
			if ok && slices.ContainsFunc(names, func(one any) bool { return strings.EqualFold(text, one.(string)) }) {
				return true
			}
		case operator["prefix"] != nil:
			text, ok := value.(string)
			if anyCase, is := operator["prefix"].(Fields); is {
				begin := anyCase["equals-ignore-case"].(string)
				if ok && len(text) >= len(begin) && strings.EqualFold(text[:len(begin)], begin) {
					return true
				}
			} else if ok && strings.HasPrefix(text, operator["prefix"].(string)) {
				return true
			}
		case operator["suffix"] != nil:
			text, ok := value.(string)
			if anyCase, is := operator["suffix"].(Fields); is {
				end := anyCase["equals-ignore-case"].(string)
				if ok && len(text) >= len(end) && strings.EqualFold(text[len(text)-len(end):], end) {
					return true
				}
			} else if ok && strings.HasSuffix(text, operator["suffix"].(string)) {
				return true
			}
		case operator["wildcard"] != nil:
			pattern := strings.ReplaceAll(regexp.QuoteMeta(operator["wildcard"].(string)), `\*`, ".*")
			if text, ok := value.(string); ok && regexp.MustCompile("^(?s:"+pattern+")$").MatchString(text) {
				return true
			}
		default:
			panic(fmt.Sprint("an operator that the catalogue did not have: ", operator))
		}
	}
	return false
}

// asJSON brings patterns and events into the same Go types.
func asJSON(f Fields) Fields {
	text, err := json.Marshal(f)
	if err != nil {
		panic(err)
	}
	var out Fields
	if err := json.Unmarshal(text, &out); err != nil {
		panic(err)
	}
	return out
}
