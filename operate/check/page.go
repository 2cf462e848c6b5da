package check

import (
	_ "embed"

	"example.com/breakglass/internal/file"
	"example.com/breakglass/internal/page"
)

//go:embed page.html
var pageText string

var pageTemplate = page.New(pageText, nil)

// Page returns the report as one HTML page that loads nothing.
func (r *Report) Page() ([]byte, error) {
	return pageTemplate.Of(r)
}

// WritePage writes the page whole, or leaves what was there: a page that is half written would be no evidence.
func (r *Report) WritePage(path string) error {
	return file.WriteForms(file.Form{Path: path, Text: r.Page})
}
