package check

import (
	"bytes"
	_ "embed"
	"html/template"

	"example.com/breakglass/internal/file"
	"example.com/breakglass/internal/page"
)

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("page").Funcs(page.Functions).Parse(pageText))

// Page returns the report as one HTML page that loads nothing.
func (r *Report) Page() ([]byte, error) {
	var out bytes.Buffer
	err := pageTemplate.Execute(&out, r)
	return out.Bytes(), err
}

// WritePage writes the page whole, or leaves what was there: a page that is half written would be no evidence.
func (r *Report) WritePage(path string) error {
	content, err := r.Page()
	if err != nil {
		return err
	}
	return file.Write(path, content)
}
