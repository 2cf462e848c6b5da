package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"example.com/breakglass/access"
)

const (
	policyVersion = "2012-10-17"
	sidPattern    = `^[A-Za-z0-9]*$`

	// maxInlinePolicy is the number of characters that the inline policy of a role may have, without white space.
	maxInlinePolicy = access.MaxRoleInline
)

var (
	jsonNumber   = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?$`)
	actionForm   = regexp.MustCompile(`^(\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+)$`)
	resourceForm = regexp.MustCompile(`^(\*|arn:.+)$`)
	sidForm      = regexp.MustCompile(sidPattern)
)

// document reads a policy document into the plain values that encoding/json knows, so that it always comes out the same.
// An unquoted date, as Version is often written, stays the text that it is.
func (r *reader) document(n *node, path string) any {
	r.noteBare(n, path)
	switch {
	case n.kind == mapping:
		values := map[string]any{}
		for _, e := range n.entries {
			at := join(path, e.key)
			r.lines[at] = e.line
			r.policyText(at, e.key)
			values[e.key] = r.document(e.value, at)
		}
		return values
	case n.kind == list:
		values := []any{}
		for i, v := range n.items {
			at := item(path, i)
			r.lines[at] = v.line
			values = append(values, r.document(v, at))
		}
		return values
	case n.kind == refused:
		r.unsound[path] = true
		return nil
	case n.isNull():
		r.report(path, "no value", "", "Write one, or remove the key.")
		return nil
	case n.isBool():
		return r.boolean(n, path)
	case n.isNumber():
		return r.number(n, path)
	}
	r.policyText(path, n.text)
	return n.text
}

func (r *reader) number(n *node, path string) any {
	if jsonNumber.MatchString(n.text) {
		if whole, err := strconv.ParseInt(n.text, 10, 64); err == nil {
			return whole
		}
		if fraction, err := strconv.ParseFloat(n.text, 64); err == nil {
			return fraction
		}
	}
	r.report(path, "a number that YAML and JSON read differently", n.text, "Put it in quotation marks.")
	return nil
}

// checkDocument checks the structure of an identity policy; whether its actions exist, only IAM knows.
func checkDocument(r *reader, path string, doc map[string]any) {
	r.knownKeys(path, doc, []string{"Version", "Id", "Statement"})
	if version, given := doc["Version"]; !given {
		r.report(join(path, "Version"), "missing", "", `Write Version: "2012-10-17".`)
	} else if at := join(path, "Version"); version != policyVersion && r.usable(at) {
		r.report(at, "not the current policy version", textOf(version), `Write Version: "2012-10-17".`)
	}
	at := join(path, "Statement")
	switch statement := doc["Statement"].(type) {
	case nil:
		if r.usable(at) {
			r.report(at, "missing", "", "Write Statement: with a list of statements.")
		}
	case map[string]any:
		checkStatement(r, at, statement)
	case []any:
		if len(statement) == 0 {
			r.report(at, "no statement", "", "Write one, or remove the policy.")
		}
		sids := uniq{}
		for i, s := range statement {
			one := item(at, i)
			if keys, ok := s.(map[string]any); ok {
				checkStatement(r, one, keys)
				if sid, ok := keys["Sid"].(string); ok && sid != "" {
					r.once(sids, join(one, "Sid"), sid, sid)
				}
			} else if r.usable(one) {
				r.report(one, "not a statement", textOf(s), "Write its keys Effect, Action and Resource.")
			}
		}
	default:
		if r.usable(at) {
			r.report(at, "no list of statements", textOf(statement), "Write Statement: with a list of statements.")
		}
	}
	if size := documentSize(doc); size > maxInlinePolicy {
		r.report(path, fmt.Sprintf("policy of %d characters; IAM allows %d", size, maxInlinePolicy), "", "Shorten it, or use a managed policy.")
	}
}

func checkStatement(r *reader, path string, s map[string]any) {
	for _, key := range []string{"Principal", "NotPrincipal"} {
		if _, given := s[key]; given {
			r.report(join(path, key), "not allowed in a policy of a role", "", "Remove it: the role's trust policy decides who may use it.")
		}
	}
	r.knownKeys(path, s, []string{"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition", "Principal", "NotPrincipal"})
	if at := join(path, "Effect"); !r.given(at) {
		r.report(at, "missing", "", "Write Effect: Allow or Effect: Deny.")
	} else if r.usable(at) && s["Effect"] != "Allow" && s["Effect"] != "Deny" {
		r.report(at, "neither Allow nor Deny", textOf(s["Effect"]), "Write Effect: Allow or Effect: Deny.")
	}
	if sid, given := s["Sid"]; given && r.usable(join(path, "Sid")) {
		if text, ok := sid.(string); !ok || !sidForm.MatchString(text) {
			r.report(join(path, "Sid"), "invalid statement ID", textOf(sid), "Use only letters and digits.")
		}
	}
	checkEither(r, path, s, "Action", actionForm, "Write one such as iam:GetUser, iam:Get* or *.")
	checkEither(r, path, s, "Resource", resourceForm, "Write an ARN or *.")
	checkCondition(r, join(path, "Condition"), s["Condition"])
}

// checkEither checks that a statement has one of Action and NotAction, or of Resource and NotResource.
func checkEither(r *reader, path string, s map[string]any, key string, form *regexp.Regexp, fix string) {
	_, given := s[key]
	_, negated := s["Not"+key]
	if given == negated {
		r.report(path, fmt.Sprintf("exactly one of %s and Not%s is needed", key, key), "", "Write one of them.")
		return
	}
	if negated {
		key = "Not" + key
	}
	at := join(path, key)
	values, isList := s[key].([]any)
	if !isList {
		values = []any{s[key]}
	}
	if isList && len(values) == 0 {
		r.report(at, "empty list", "", fix)
	}
	for i, value := range values {
		where := at
		if isList {
			where = item(at, i)
		}
		if text, ok := value.(string); r.usable(where) && (!ok || !form.MatchString(text)) {
			r.report(where, "not an IAM "+strings.ToLower(strings.TrimPrefix(key, "Not")), textOf(value), fix)
		}
	}
}

func checkCondition(r *reader, path string, condition any) {
	if condition == nil {
		return
	}
	const fix = `Write one such as Bool: {"aws:MultiFactorAuthPresent": "true"}.`
	operators, ok := condition.(map[string]any)
	if !ok {
		r.report(path, "not a condition", textOf(condition), fix)
		return
	}
	for _, operator := range slices.Sorted(maps.Keys(operators)) {
		keys := operators[operator]
		if _, ok := keys.(map[string]any); !ok && r.usable(join(path, operator)) {
			r.report(join(path, operator), "not a condition", textOf(keys), fix)
		}
	}
}

func (r *reader) knownKeys(path string, values map[string]any, known []string) {
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if !slices.Contains(known, key) && r.usable(join(path, key)) {
			r.report(join(path, key), "unknown key of a policy", "", didYouMean(key, known))
		}
	}
}

// documentSize counts the characters of the policy as IAM does, without white space between its elements.
func documentSize(doc map[string]any) int {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(doc); err != nil {
		return 0
	}
	return utf8.RuneCount(bytes.TrimSpace(b.Bytes()))
}

func textOf(value any) string {
	switch value := value.(type) {
	case string:
		return orEmpty(value)
	case int64, float64, bool:
		return fmt.Sprint(value)
	}
	return ""
}
