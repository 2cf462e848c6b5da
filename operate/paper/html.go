package paper

import (
	"bytes"
	_ "embed"
	"html/template"
	"regexp"

	"example.com/breakglass/internal/qr"
)

//go:embed sheets.html
var sheetsText string

//go:embed sheets.css
var sheetsStyle string

var sheets = template.Must(template.New("sheets").Funcs(template.FuncMap{
	"style": func() template.CSS { return template.CSS(sheetsStyle) },
	"qr":    qr.SVG,
	// Lines break between a command's flags, and between the parts of an address: nowhere else, as long as there is room.
	"flags": func(command string) []string { return flags.FindAllString(command, -1) },
	"parts": func(address string) []string { return parts.FindAllString(address, -1) },
}).Parse(sheetsText))

var (
	flags = regexp.MustCompile(`\S+(?: [^-\s]\S*)*`)
	parts = regexp.MustCompile(`[^/?&.]+[/?&.]*`)
)

// HTML returns the document as a page of its own, without anything from elsewhere: to print, and to read at any width.
func (d Document) HTML() ([]byte, error) {
	var out bytes.Buffer
	err := sheets.Execute(&out, d)
	return out.Bytes(), err
}
