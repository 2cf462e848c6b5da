package watch

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strings"
)

// matches is EventBridge's matching for the operators that the catalogue uses. make verify puts the same samples before
// EventBridge's own matcher.
func matches(pattern, event Fields) bool {
	for key, want := range pattern {
		if key == "$or" {
			if !anyOf(want.([]any), event) {
				return false
			}
			continue
		}
		if inner, ok := want.(Fields); ok {
			// A missing object is matched like an empty one: "exists: false" holds below it.
			at, _ := event[key].(Fields)
			if !matches(inner, at) {
				return false
			}
			continue
		}
		value, there := event[key]
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
			if there && !anyValue(operator["anything-but"].([]any), value, true) {
				return true
			}
		case operator["equals-ignore-case"] != nil:
			if text, ok := value.(string); ok && strings.EqualFold(text, operator["equals-ignore-case"].(string)) {
				return true
			}
		case operator["wildcard"] != nil:
			pattern := strings.ReplaceAll(regexp.QuoteMeta(operator["wildcard"].(string)), `\*`, ".*")
			if text, ok := value.(string); ok && regexp.MustCompile("^(?s:"+pattern+")$").MatchString(text) {
				return true
			}
		default:
			panic(fmt.Sprint("an operator that this test does not know: ", operator))
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
