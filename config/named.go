package config

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Named is an account with its name.
type Named struct{ Number, Name string }

// String returns both as a person reads them.
func (n Named) String() string { return n.Number + " (" + n.Name + ")" }

// List returns accounts as a person reads them.
func List(accounts []Named) string {
	var all []string
	for _, n := range accounts {
		all = append(all, n.String())
	}
	return strings.Join(all, ", ")
}

// NumberIn returns the number of an account that a text is, with or without the hyphens and spaces with which the console shows it.
func NumberIn(text string) (number string, ok bool) {
	number = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Pd, r) || unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text)
	return number, IsAccount(number)
}

// Find returns the position of the account that a person means, or -1: by its number, by its name, or by its name in other cases. A number
// is never taken for a name, and a name that several accounts have is an error.
func Find(accounts []Named, text string) (int, error) {
	if number, ok := NumberIn(text); ok {
		return slices.IndexFunc(accounts, func(n Named) bool { return n.Number == number }), nil
	}
	for _, same := range []func(a, b string) bool{func(a, b string) bool { return a == b }, strings.EqualFold} {
		var found []Named
		at := -1
		for i, n := range accounts {
			if same(n.Name, text) {
				at, found = i, append(found, n)
			}
		}
		if len(found) > 1 {
			return -1, fmt.Errorf("%q is the name of several accounts, %s; pass the number", text, List(found))
		}
		if at >= 0 {
			return at, nil
		}
	}
	return -1, nil
}
