// Package leftovers says which of the things that an incident made or changed are there now. rows is the table of what it knows: a row
// more is a kind of thing more. It only reads; how to remove a thing is a command that it prints.
package leftovers

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"example.com/breakglass/internal/shell"
	"example.com/breakglass/operate/incident/events"
)

// Effect is what a call did to a thing.
type Effect string

// The effects.
const (
	// Made things are left if they are there.
	Made Effect = "made"
	// Removed things, such as a trail or a boundary, are left as a gap if they are not there.
	Removed Effect = "removed"
	// Changed things are there, and a person has to compare them with what they should be.
	Changed Effect = "changed"
)

// row says what a call made, how to see whether it is there, and how to remove it. A {path} in a text is a member of the request or, if that
// lacks it, of the answer; of {one|other}, the first that the record has. What stands in [[ ]] is left out if
// the record lacks a member in it.
type row struct {
	// event is the service and the name of the call, without the version that some services append: iam:CreateUser. Several calls that do the
	// same have a space between them.
	event string
	// when is a member and the value that it must have, such as status=Active; empty for a row about every such call.
	when   string
	effect Effect
	what   string
	// each is a list of the answer or of the request: the row is about each item, which is looked into before the rest. A text in it is {each}.
	each string
	// ask is the request that shows whether it is there.
	ask ask
	// gone are the codes of errors that say that it is not.
	gone []string
	// has is a text that the answer has if it is there; hasNot is one that it has if it is not. Both end where the name in them does: one name
	// may begin as another.
	has, hasNot string
	// undo is the command that brings back what was there before; empty where no command does. It deletes only what the call made.
	undo string
	// note says what the command needs or leaves.
	note string
}

// about reports whether the row is about a call with that name.
func (r row) about(name string, in ...map[string]any) bool {
	if !slices.Contains(strings.Fields(r.event), name) {
		return false
	}
	path, want, _ := strings.Cut(r.when, "=")
	return path == "" || slices.ContainsFunc(in, func(object map[string]any) bool { return valueAt(object, path) == want })
}

// table has a row for each call that is known.
var table = slices.Concat(identities, tagged, rights, anywhere, organization, compute, data, detection, resources, removed, accounts, network, machines, sharing, keys,
	code, silence, common)

// Codes of what is not there, in IAM and in many other services.
var (
	noEntity = []string{"NoSuchEntity"}
	notFound = []string{"ResourceNotFoundException"}
)

var (
	// placeholder is a {path}.
	placeholder = regexp.MustCompile(`\{([A-Za-z0-9_.|]+)\}`)
	// optional is a part in [[ ]].
	optional = regexp.MustCompile(`\[\[(.*?)\]\]`)
)

// fill writes the members of a record into a text. The error names a member that the record lacks.
func fill(text string, in ...map[string]any) (string, error) {
	return filled(text, func(value string) string { return value }, in...)
}

// command is fill for a command: what a record has is quoted for the shell.
func command(text string, in ...map[string]any) (string, error) {
	var wrong error
	line, err := filled(text, func(value string) string {
		if len(value) > 1 && strings.HasPrefix(value, "-") || strings.HasPrefix(value, "file://") || strings.HasPrefix(value, "fileb://") {
			wrong = errOption
		}
		return shell.Quote(value)
	}, in...)
	return line, cmp.Or(wrong, err)
}

// errOption is the error for a value that the AWS CLI takes for an option, or for the file to read the value from.
var errOption = errors.New("a value is no value to the AWS CLI")

func filled(text string, quote func(string) string, in ...map[string]any) (string, error) {
	var out strings.Builder
	end := 0
	for _, part := range append(optional.FindAllStringSubmatchIndex(text, -1), []int{len(text), len(text), 0, 0}) {
		fixed, err := replaced(text[end:part[0]], quote, in...)
		if err != nil {
			return "", err
		}
		out.WriteString(fixed)
		if more, err := replaced(text[part[2]:part[3]], quote, in...); err == nil {
			out.WriteString(more)
		}
		end = part[1]
	}
	return out.String(), nil
}

func replaced(text string, quote func(string) string, in ...map[string]any) (string, error) {
	var missing []string
	out := placeholder.ReplaceAllStringFunc(text, func(found string) string {
		paths := strings.Split(found[1:len(found)-1], "|")
		for _, path := range paths {
			for _, object := range in {
				if value := valueAt(object, path); value != "" {
					return quote(value)
				}
			}
		}
		missing = append(missing, paths[0])
		return found
	})
	if missing != nil {
		return "", fmt.Errorf("the record has no %s", strings.Join(missing, ", "))
	}
	return out, nil
}

// valueAt returns the text, number or flag at a path; nothing for what CloudTrail keeps to itself, which no request may ask for.
func valueAt(object map[string]any, path string) string {
	if text := events.Text(object, path); text != "" {
		return shown(text)
	}
	switch value := at(object, path).(type) {
	case float64:
		return fmt.Sprintf("%.0f", value)
	case bool:
		return fmt.Sprint(value)
	}
	return ""
}

// shown returns a text of a record as a request takes it: some services leave an ARN as it was in the address of the call.
func shown(text string) string {
	if events.Hidden(text) {
		return ""
	}
	if strings.HasPrefix(strings.ToLower(text), "arn%3a") {
		if plain, err := url.PathUnescape(text); err == nil {
			return plain
		}
	}
	return text
}

// at returns what a path leads to.
func at(object map[string]any, path string) any {
	var at any = object
	for _, key := range strings.Split(path, ".") {
		inner, _ := at.(map[string]any)
		at = inner[key]
	}
	return at
}

// listAt returns the items of a list at a path. One object or text is a list of one: some services write it so.
func listAt(path string, in ...map[string]any) (all []map[string]any) {
	for _, object := range in {
		list, many := at(object, path).([]any)
		if !many {
			list = []any{at(object, path)}
		}
		for _, one := range list {
			switch one := one.(type) {
			case map[string]any:
				all = append(all, one)
			case string:
				all = append(all, map[string]any{"each": one})
			}
		}
		if all != nil {
			return all
		}
	}
	return nil
}
