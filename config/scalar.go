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

func (n *node) isText() bool {
	return n.kind == scalar && !n.isNull() && !n.isNumber() && !n.isBool()
}

// describe returns the kind of a value, for a message.
func describe(n *node) string {
	switch {
	case n.kind == mapping && len(n.entries) == 0:
		return "an empty value"
	case n.kind == mapping:
		return "keys"
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
