package check

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// verdict is whether a statement applies to a request. Some of what a condition looks at is known only when the request is made.
type verdict int

const (
	no verdict = iota
	perhaps
	yes
)

// request is what a policy is asked about.
type request struct {
	action, resource string
	// context has the values of condition keys, in lower case. A key without values is known to be absent; one that is not there
	// may have any.
	context map[string][]string
}

// ruling is a verdict with the condition keys, as the policy spells them, that it depends on where it is perhaps.
type ruling struct {
	verdict
	on []string
}

// and returns the ruling of two that both have to be met.
func (r ruling) and(other ruling) ruling {
	if r.verdict == no || other.verdict == no {
		return ruling{}
	}
	return ruling{min(r.verdict, other.verdict), union(slices.Clone(r.on), other.on)}
}

// decide makes a ruling of what is known.
func decide(is bool) ruling {
	if is {
		return ruling{verdict: yes}
	}
	return ruling{}
}

// applies rules whether a statement of a policy, allowing or denying, is about a request.
func (q request) applies(statement map[string]any) ruling {
	r := decide(q.acts(statement)).and(q.named(statement))
	condition, _ := statement["Condition"].(map[string]any)
	for _, operator := range slices.Sorted(maps.Keys(condition)) {
		keys, _ := condition[operator].(map[string]any)
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			r = r.and(q.meets(operator, key, list(keys[key])))
		}
	}
	return r
}

// acts reports whether a statement is about the action and the principal.
func (q request) acts(statement map[string]any) bool {
	matches := func(patterns any) bool {
		return slices.ContainsFunc(list(patterns), func(pattern string) bool { return glob(strings.ToLower(pattern), strings.ToLower(q.action)) })
	}
	if not, ok := statement["NotAction"]; ok {
		if matches(not) {
			return false
		}
	} else if !matches(statement["Action"]) {
		return false
	}
	// Control policies name no other principal than all of them.
	principal, ok := statement["Principal"]
	return !ok || principal == "*" || text(principal) == `{"AWS":"*"}`
}

// named rules whether a statement is about the resource.
func (q request) named(statement map[string]any) ruling {
	if not, ok := statement["NotResource"]; ok {
		switch r := q.among(not); r.verdict {
		case yes:
			return ruling{}
		case no:
			return ruling{verdict: yes}
		default:
			return r
		}
	}
	resource, ok := statement["Resource"]
	if !ok {
		return ruling{verdict: yes} // the policy is the resource's own
	}
	return q.among(resource)
}

// among rules whether the resource matches one of some patterns.
func (q request) among(patterns any) ruling {
	best := ruling{}
	for _, pattern := range list(patterns) {
		filled, unknown := q.fill(pattern)
		r := decide(glob(filled, q.resource))
		if len(unknown) > 0 {
			r = ruling{perhaps, unknown}
		}
		if r.verdict > best.verdict {
			best = r
		}
	}
	return best
}

var variable = regexp.MustCompile(`\$\{([^}]*)\}`)

// fill puts the values of the condition keys into a pattern. unknown are the keys that have no single known value.
func (q request) fill(pattern string) (filled string, unknown []string) {
	filled = variable.ReplaceAllStringFunc(pattern, func(name string) string {
		key, _, _ := strings.Cut(name[2:len(name)-1], ",")
		switch key {
		case "*", "?", "$":
			return key
		}
		if values := q.context[strings.ToLower(key)]; len(values) == 1 {
			return values[0]
		}
		unknown = union(unknown, []string{key})
		return name
	})
	return filled, unknown
}

// meets rules whether the request meets one condition.
func (q request) meets(operator, key string, wants []string) ruling {
	operator = strings.ToLower(operator)
	values, known := q.context[strings.ToLower(key)]
	if operator == "null" {
		if !known {
			return ruling{perhaps, []string{key}}
		}
		return decide(slices.ContainsFunc(wants, func(want string) bool { return (want == "true") == (len(values) == 0) }))
	}
	operator, ifExists := strings.CutSuffix(operator, "ifexists")
	operator, everyValue := strings.CutPrefix(operator, "forallvalues:")
	operator, _ = strings.CutPrefix(operator, "foranyvalue:")
	same, negated := comparison(operator)
	if !known || same == nil && len(values) > 0 {
		return ruling{perhaps, []string{key}}
	}
	if len(values) == 0 {
		return decide(ifExists || everyValue || negated)
	}
	var unknown []string
	one := func(value string) bool {
		return slices.ContainsFunc(wants, func(want string) bool {
			filled, missing := q.fill(want)
			unknown = union(unknown, missing)
			return same(filled, value)
		}) != negated
	}
	is := slices.ContainsFunc(values, one)
	if everyValue {
		is = !slices.ContainsFunc(values, func(value string) bool { return !one(value) })
	}
	if len(unknown) > 0 {
		return ruling{perhaps, unknown}
	}
	return decide(is)
}

// comparison returns how an operator, in lower case, compares a wanted value with a request's, and whether it asks for the
// opposite. Numbers, dates and addresses are not compared: none of them is known before the request.
func comparison(operator string) (same func(want, value string) bool, negated bool) {
	positive := strings.Replace(operator, "not", "", 1)
	negated = positive != operator
	switch positive {
	case "stringequals":
		return func(want, value string) bool { return want == value }, negated
	case "stringequalsignorecase":
		return strings.EqualFold, negated
	case "stringlike", "arnequals", "arnlike":
		return glob, negated
	case "bool":
		return strings.EqualFold, negated
	}
	return nil, negated
}

// list returns the texts of what may be one or a list. A policy may spell a truth value without quotation marks.
func list(value any) []string {
	all, ok := value.([]any)
	if !ok {
		all = []any{value}
	}
	var out []string
	for _, one := range all {
		switch one := one.(type) {
		case string:
			out = append(out, one)
		case bool:
			out = append(out, text(one))
		}
	}
	return out
}

// glob reports whether a text matches a pattern of IAM: * stands for any number of characters, ? for one.
func glob(pattern, text string) bool {
	// next is where to go on after the last *, and from where in the text.
	next, from := -1, 0
	p, t := 0, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			next, from = p+1, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t]):
			p, t = p+1, t+1
		case next >= 0:
			from++
			p, t = next, from
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}
