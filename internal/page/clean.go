package page

import (
	"fmt"
	"strings"
	"unicode"
)

// longestText is how many characters of a text are kept.
const longestText = 256

// Clean escapes what a terminal or a page could take for more than text, such as control characters and marks that change the
// direction of writing, and cuts a long text.
func Clean(text string) string {
	var b strings.Builder
	n := 0
	for _, r := range text {
		if n++; n > longestText {
			b.WriteString("…")
			break
		}
		if unicode.IsPrint(r) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}
