package config

import (
	"regexp"
	"slices"
)

// numberLike matches every plain text that some version of YAML reads as a number.
var numberLike = regexp.MustCompile(`^[-+]?(0[xX][0-9a-fA-F_]+|0[oObB][0-9_]+|[0-9][0-9_]*(\.[0-9_]*)?([eE][-+]?[0-9]+)?|\.[0-9_]+([eE][-+]?[0-9]+)?|\.(inf|Inf|INF))$|^\.(nan|NaN|NAN)$`)

// isNull reports whether a key has no value or null, unlike an empty text in quotation marks.
func (n *node) isNull() bool {
	return n.kind == scalar && !n.quoted && slices.Contains([]string{"", "~", "null", "Null", "NULL"}, n.text)
}

func (n *node) isNumber() bool {
	return n.kind == scalar && !n.quoted && numberLike.MatchString(n.text)
}

func (n *node) isBool() bool {
	return n.kind == scalar && !n.quoted && slices.Contains([]string{"true", "True", "TRUE", "false", "False", "FALSE"}, n.text)
}

// booleanWord matches what YAML 1.1 reads as true or false.
var booleanWord = regexp.MustCompile(`(?i)^(true|false|yes|no|on|off|y|n)$`)

// isBare reports whether quotation marks would make a difference to the scalar: it is a number, or what some version of YAML reads
// as a boolean.
func (n *node) isBare() bool {
	return n.kind == scalar && !n.quoted && (n.isNumber() || booleanWord.MatchString(n.text))
}

// noteBare records a value that a message shows without quotation marks.
func (r *reader) noteBare(n *node, path string) {
	if n.isBare() {
		r.bare[path] = n.text
	}
}

func (n *node) isText() bool {
	return n.kind == scalar && !n.isNull() && !n.isNumber() && !n.isBool()
}

// describe returns the kind of a value, for a message.
func describe(n *node) string {
	switch {
	case n.kind == mapping && len(n.entries) == 0:
		return "an empty mapping"
	case n.kind == mapping:
		return "a mapping"
	case n.kind == list:
		return "a list"
	case n.isNull():
		return "no value"
	case n.isNumber():
		return "a number"
	case n.isBool():
		return "true or false"
	}
	return "a text"
}
