package page

import (
	"html/template"
	"strings"
	"testing"
)

// On a phone, a table scrolls in itself: a page that is wider than the screen is read line by line, back and forth. On paper nothing
// can scroll.
func TestAWideTableScrollsOnAPhoneOnly(t *testing.T) {
	var out strings.Builder
	if err := template.Must(template.New("").Funcs(Functions).Parse("<style>{{style}}</style>")).Execute(&out, nil); err != nil {
		t.Fatal(err)
	}
	sheet := out.String()
	const rule = "@media screen and (max-width: 40rem) { table { display: block; overflow-x: auto; } }"
	if !strings.Contains(sheet, rule) || strings.Contains(strings.ReplaceAll(sheet, rule, ""), "overflow-x") {
		t.Errorf("the style sheet is\n%s", sheet)
	}
}
