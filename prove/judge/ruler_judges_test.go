//go:build judges

package judge

import (
	"encoding/json"
	"errors"
	"testing"
)

const root = "../.."

// notFailed keeps failed sign-ins out. The leaf hangs on an object that CloudTrail may leave out or set to null.
const notFailed = `{"detail":{"responseElements":{"ConsoleLogin":[{"exists":false},{"anything-but":["Failure"]}]}}}`

func TestRuler(t *testing.T) {
	const signIn = `{"source":"aws.signin","account":"111111111111","region":"eu-west-1",
		"detail":{"eventName":"ConsoleLogin","readOnly":false,"userIdentity":{"userName":"BreakglassUser"},"responseElements":null}}`
	withResponse := func(response string) string {
		return `{"source":"aws.signin","detail":{"eventName":"ConsoleLogin"` + response + `}}`
	}
	tests := []struct {
		name, pattern, event string
		match                bool
	}{
		{"source", `{"source":["aws.signin"]}`, signIn, true},
		{"mutant: source misspelt", `{"source":["aws.sign-in"]}`, signIn, false},
		{"account and region", `{"account":["111111111111"],"region":["eu-west-1"]}`, signIn, true},
		{"mutant: another account", `{"account":["222222222222"],"region":["eu-west-1"]}`, signIn, false},
		{"mutant: another region", `{"account":["111111111111"],"region":["eu-west-2"]}`, signIn, false},
		{"boolean", `{"detail":{"readOnly":[false]}}`, signIn, true},
		{"mutant: the other boolean", `{"detail":{"readOnly":[true]}}`, signIn, false},
		{"mutant: a boolean as text", `{"detail":{"readOnly":["false"]}}`, signIn, false},

		{"$or at the top, first", `{"$or":[{"source":["aws.signin"]},{"account":["222222222222"]}]}`, signIn, true},
		{"$or at the top, second", `{"$or":[{"source":["aws.sts"]},{"account":["111111111111"]}]}`, signIn, true},
		{"$or at the top, neither", `{"$or":[{"source":["aws.sts"]},{"account":["222222222222"]}]}`, signIn, false},
		{"$or in detail", `{"detail":{"$or":[{"eventName":["AssumeRole"]},{"userIdentity":{"userName":["BreakglassUser"]}}]}}`, signIn, true},
		{"$or in detail, neither", `{"detail":{"$or":[{"eventName":["AssumeRole"]},{"userIdentity":{"userName":["alice"]}}]}}`, signIn, false},
		{"$or at both", `{"$or":[{"source":["a"]},{"source":["aws.signin"]}],"detail":{"$or":[{"readOnly":[true]},{"eventName":["ConsoleLogin"]}]}}`, signIn, true},
		{
			"$or at both, one fails", `{"$or":[{"source":["a"]},{"source":["aws.signin"]}],"detail":{"$or":[{"readOnly":[true]},{"eventName":["SwitchRole"]}]}}`, signIn,
			false,
		},

		{"exists", `{"detail":{"eventName":[{"exists":true}]}}`, signIn, true},
		{"exists: an object has leaves only", `{"detail":{"userIdentity":[{"exists":true}]}}`, signIn, false},
		{"exists false", `{"detail":{"errorCode":[{"exists":false}]}}`, signIn, true},
		{"mutant: exists false of what is there", `{"detail":{"eventName":[{"exists":false}]}}`, signIn, false},
		{"null is there", `{"detail":{"responseElements":[{"exists":false}]}}`, signIn, false},
		{"null", `{"detail":{"responseElements":[null]}}`, signIn, true},

		{"anything-but list", `{"detail":{"eventName":[{"anything-but":["AssumeRole","SwitchRole"]}]}}`, signIn, true},
		{"mutant: anything-but it", `{"detail":{"eventName":[{"anything-but":["AssumeRole","ConsoleLogin"]}]}}`, signIn, false},
		{"anything-but needs the field", `{"detail":{"errorCode":[{"anything-but":["AccessDenied"]}]}}`, signIn, false},
		{"anything-but prefix", `{"detail":{"eventName":[{"anything-but":{"prefix":["Get","List"]}}]}}`, signIn, true},
		{"mutant: anything-but its prefix", `{"detail":{"eventName":[{"anything-but":{"prefix":["Get","Con"]}}]}}`, signIn, false},
		{"anything-but wildcard", `{"detail":{"eventName":[{"anything-but":{"wildcard":["Get*","*Role"]}}]}}`, signIn, true},
		{"mutant: anything-but its wildcard", `{"detail":{"eventName":[{"anything-but":{"wildcard":["Get*","*Login"]}}]}}`, signIn, false},

		{"not failed: null", notFailed, withResponse(`,"responseElements":null`), true},
		{"not failed: missing", notFailed, withResponse(``), true},
		{"not failed: empty", notFailed, withResponse(`,"responseElements":{}`), true},
		{"not failed: something else", notFailed, withResponse(`,"responseElements":{"CheckMfa":"Success"}`), true},
		{"not failed: null itself", notFailed, withResponse(`,"responseElements":{"ConsoleLogin":null}`), true},
		{"not failed: Success", notFailed, withResponse(`,"responseElements":{"ConsoleLogin":"Success"}`), true},
		{"not failed: Failure", notFailed, withResponse(`,"responseElements":{"ConsoleLogin":"Failure"}`), false},
	}
	ruler, err := NewRuler(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	cases := make([]Case, len(tests))
	for i, tt := range tests {
		cases[i] = Case{ID: tt.name, Pattern: json.RawMessage(tt.pattern), Event: json.RawMessage(tt.event)}
	}
	verdicts, err := ruler.Match(t.Context(), cases)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range verdicts {
		if v.Error != "" || v.Match != tests[i].match {
			t.Errorf("%s: match %t, error %q; want %t", v.ID, v.Match, v.Error, tests[i].match)
		}
	}
}

func TestRulerRefusesBrokenCases(t *testing.T) {
	event := map[string]any{"source": "aws.signin", "detail": map[string]any{}}
	object := func(key string, value any) map[string]any { return map[string]any{key: value} }
	tests := []struct {
		name           string
		pattern, event any
		err            string
	}{
		{"no list", object("source", "aws.signin"), event, "must be an object or an array"},
		{"empty list", object("source", []string{}), event, "Empty arrays"},
		{"empty pattern", map[string]any{}, event, "Empty objects"},
		{"no pattern", nil, event, "pattern: "},
		{"no such match", object("source", []any{object("anything-butt", "x")}), event, "Unrecognized match type"},
		{"$or of one", object("$or", []any{object("source", []string{"x"})}), event, "at least 2"},
		{"two wildcards side by side", object("source", []any{object("wildcard", "aws.**")}), event, "Consecutive wildcard"},
		{
			"four names in the middle of a text",
			object("detail",
				object("errorMessage", []any{object("wildcard", "*a *"), object("wildcard", "*b *"), object("wildcard", "*c *"), object("wildcard", "*d *")})),
			event, "too complex: 12, more than 9",
		},
		{"no event", object("source", []string{"x"}), nil, "event: "},
		{"event is no object", object("source", []string{"x"}), []string{"x"}, "event: "},
	}
	ruler, err := NewRuler(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	cases := make([]Case, len(tests))
	for i, tt := range tests {
		cases[i] = Case{ID: tt.name, Pattern: tt.pattern, Event: tt.event}
	}
	// A case that can be answered, after all those that can't.
	cases = append(cases, Case{ID: "good", Pattern: object("source", []string{"aws.signin"}), Event: event})
	verdicts, err := ruler.Match(t.Context(), cases)
	if err != nil {
		t.Fatal(err)
	}
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if verdicts[i].Match || verdicts[i].Error == "" {
				t.Fatalf("%+v, want an error", verdicts[i])
			}
			checkError(t, errors.New(verdicts[i].Error), tt.err)
		})
	}
	if good := verdicts[len(tests)]; !good.Match || good.Error != "" {
		t.Errorf("%+v, want a match", good)
	}
}
