package config

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/dustin/go-humanize/english"
)

const accountPattern = `^[0-9]{12}$`

var (
	accountForm   = regexp.MustCompile(accountPattern)
	onlyDigits    = regexp.MustCompile(`^[0-9]+$`)
	octalDigits   = regexp.MustCompile(`^0[0-7]+$`)
	groupedDigits = regexp.MustCompile(`^[0-9]{4}[- ][0-9]{4}[- ][0-9]{4}$`)
)

// IsAccount reports whether a text is the number of an account.
func IsAccount(text string) bool { return accountForm.MatchString(text) }

// account reads an account number. Only 12 digits in quotation marks are safe: without them, YAML reads a number and
// drops a leading zero, or reads the rest as octal.
func (r *reader) account(n *node, path string) string {
	const write = "Write its 12 digits in quotation marks."
	switch {
	case n.kind != scalar:
		r.mismatch(n, path, "an account number", write)
	case n.isNumber():
		what, fix := unquotedAccount(n.text)
		r.report(path, what, n.text, fix)
	case accountForm.MatchString(n.text):
		return n.text
	case groupedDigits.MatchString(n.text):
		r.report(path, "account number with separators", n.text, fmt.Sprintf("Write %q.", strings.NewReplacer("-", "", " ", "").Replace(n.text)))
	case len(n.text) == 11 && onlyDigits.MatchString(n.text):
		r.report(path, "account number with 11 digits", n.text, lostZero(n.text))
	case onlyDigits.MatchString(n.text):
		r.report(path, "account number with "+english.Plural(len(n.text), "digit", ""), n.text, write)
	default:
		r.report(path, "not an account number", orEmpty(n.text), write)
	}
	return ""
}

func unquotedAccount(text string) (what, fix string) {
	what = "account number without quotation marks"
	if octalDigits.MatchString(text) {
		if octal, err := strconv.ParseInt(text, 8, 64); err == nil {
			what += fmt.Sprintf(", which YAML may read as the number %d", octal)
		}
	} else if strings.HasPrefix(text, "0") || !onlyDigits.MatchString(text) {
		what += ", which YAML reads as a different number"
	}
	switch {
	case accountForm.MatchString(text):
		return what, fmt.Sprintf("Write %q.", text)
	case len(text) == 11 && onlyDigits.MatchString(text):
		return what + " and with 11 digits", lostZero(text)
	}
	return what, "Write its 12 digits in quotation marks."
}

func lostZero(text string) string {
	return fmt.Sprintf("A leading zero may be missing: did you mean %q?", "0"+text)
}
