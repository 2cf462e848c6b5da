package proof

import (
	_ "embed"
	"html/template"
	"time"

	"example.com/breakglass/internal/file"
	"example.com/breakglass/internal/page"
)

//go:embed page.html
var pageText string

var pageTemplate = page.New(pageText, template.FuncMap{
	"when":    when,
	"seconds": func(d time.Duration) string { return d.Round(100 * time.Millisecond).String() },
})

// Page returns the report as a page of its own, without anything from elsewhere.
func (r *Report) Page() ([]byte, error) {
	return pageTemplate.Of(r)
}

// WritePage writes the page whole, or leaves what was there: a page that is half written would be no evidence.
func (r *Report) WritePage(path string) error {
	return file.WriteForms(file.Form{Path: path, Text: r.Page})
}
