package proof

import (
	"bytes"
	_ "embed"
	"html/template"
	"maps"
	"time"

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

// WritePage writes the page, or leaves what was there. Only its owner may read it: it says who used the emergency access, and
// from where.
func (r *Report) WritePage(file string) error {
	content, err := r.Page()
	if err != nil {
		return err
	}
	return page.Write(file, content, 0o600)
}
