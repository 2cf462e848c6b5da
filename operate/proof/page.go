package proof

import (
	"bytes"
	_ "embed"
	"html/template"
	"maps"
	"time"

	"example.com/breakglass/internal/file"
	"example.com/breakglass/internal/page"
)

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("page").Funcs(functions()).Parse(pageText))

func functions() template.FuncMap {
	all := maps.Clone(page.Functions)
	all["when"] = when
	all["seconds"] = func(d time.Duration) string { return d.Round(100 * time.Millisecond).String() }
	return all
}

// Page returns the report as a page of its own, without anything from elsewhere.
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
