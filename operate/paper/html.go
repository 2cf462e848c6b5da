package paper

import (
	"bytes"
	_ "embed"
	"html/template"

	"example.com/breakglass/internal/qr"
)

//go:embed sheets.html
var sheetsText string

//go:embed sheets.css
var sheetsStyle string

var sheets = template.Must(template.New("sheets").Funcs(template.FuncMap{
	"style": func() template.CSS { return template.CSS(sheetsStyle) },
	"qr":    qr.SVG,
}).Parse(sheetsText))

// HTML returns the document as a page of its own, without anything from elsewhere: to print, and to read at any width.
func (d Document) HTML() ([]byte, error) {
	var out bytes.Buffer
	err := sheets.Execute(&out, d)
	return out.Bytes(), err
}
