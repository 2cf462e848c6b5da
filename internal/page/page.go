// Package page has what the HTML pages of all reports share: each is complete, without anything from elsewhere. It imports nothing of this module.
package page

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"time"
	"unicode"
)

//go:embed style.css
var style string

// functions are what every template has: style returns the style sheet, and time and date write a time out.
var functions = template.FuncMap{
	"style": func() template.CSS { return template.CSS(style) },
	"time":  func(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04:05 UTC") },
	"date":  func(t time.Time) string { return t.UTC().Format("2 January 2006") },
}

// Template makes pages of one kind.
type Template struct{ parsed *template.Template }

// New returns the template of a text, which also has further functions. It panics if the text is none.
func New(text string, more template.FuncMap) Template {
	return Template{template.Must(template.New("page").Funcs(functions).Funcs(more).Parse(text))}
}

// Of returns the page about a value. Whatever texts of AWS and of administrators of other accounts hold that nobody sees, such as marks
// that turn the direction of writing, is visible in it.
func (t Template) Of(value any) ([]byte, error) {
	var out bytes.Buffer
	err := t.parsed.Execute(&out, value)
	var page bytes.Buffer
	for _, r := range out.String() {
		if unicode.In(r, unicode.Cc, unicode.Cf) && r != '\n' && r != '\t' {
			fmt.Fprintf(&page, `\u%04x`, r)
		} else {
			page.WriteRune(r)
		}
	}
	return page.Bytes(), err
}
