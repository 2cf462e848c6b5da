package report

import (
	"regexp"
	"strings"

	"example.com/breakglass/internal/page"
)

// clean makes a text of others safe to show.
var clean = page.Clean

// formula matches what a spreadsheet takes for the begin of a formula: at the begin of a text, or behind a semicolon, which separates cells
// where a comma stands in numbers.
var formula = regexp.MustCompile(`(^|;)([\s"']*[=+\-@|%＝＋－＠])`)

// cell returns a text that a spreadsheet takes as text: an apostrophe stands before what it could take for a formula. It is quoted, so that a
// separator in it separates nothing.
func cell(text string) string {
	return `"` + strings.ReplaceAll(formula.ReplaceAllString(text, "$1'$2"), `"`, `""`) + `"`
}
