package page

import (
	"html/template"
	"strings"
	"testing"
	"time"
)

// On a phone, a table scrolls in itself: a page that is wider than the screen is read line by line, back and forth. On paper nothing
// can scroll.
func TestAWideTableScrollsOnAPhoneOnly(t *testing.T) {
	text, err := New("<style>{{style}}</style>", nil).Of(nil)
	if err != nil {
		t.Fatal(err)
	}
	sheet := string(text)
	const rule = "@media screen and (max-width: 40rem) { table { display: block; overflow-x: auto; } }"
	if !strings.Contains(sheet, rule) || strings.Contains(strings.ReplaceAll(sheet, rule, ""), "overflow-x") {
		t.Errorf("the style sheet is\n%s", sheet)
	}
}

func TestATemplateHasItsOwnFunctionsBesideThoseOfEveryPage(t *testing.T) {
	one := New("{{time .}} {{name}}", template.FuncMap{"name": func() string { return "<Ada>" }})
	text, err := one.Of(time.Date(2026, 11, 27, 9, 5, 0, 0, time.UTC))
	if want := "27 November 2026, 09:05:00 UTC &lt;Ada&gt;"; err != nil || string(text) != want {
		t.Errorf("%q, %v", text, err)
	}
	if text, err := New("{{.None}}", nil).Of(3); err == nil {
		t.Errorf("%q of a value that has no such field", text)
	}
}

// A text must neither change what a terminal shows that prints the page, nor turn what stands beside it.
func TestWhatNobodySeesIsVisible(t *testing.T) {
	text, err := New("<p title='{{.}}'>{{.}}</p>\n\té日本", nil).Of("a\x1b]0;b\x07\r\u009bc\u202ed\u200be\x7f\u00adf")
	const seen = `a\u001b]0;b\u0007\u000d\u009bc\u202ed\u200be\u007f\u00adf`
	if want := "<p title='" + seen + "'>" + seen + "</p>\n\té日本"; err != nil || string(text) != want {
		t.Errorf("%q, %v", text, err)
	}
}
