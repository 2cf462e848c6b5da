package credentials

import (
	_ "embed"
	"html/template"

	"example.com/breakglass/internal/page"
	"example.com/breakglass/internal/qr"
	"example.com/breakglass/internal/recipient"
	"example.com/breakglass/operate/seal"
)

//go:embed paper.html
var paperText string

//go:embed ceremony.html
var ceremonyText string

var (
	paperTemplate    = page.New(paperText, nil)
	ceremonyTemplate = page.New(ceremonyText, nil)
)

// Holder is a recipient, to be compared by eye and by voice.
type Holder struct{ Recipient, Fingerprint string }

func holdersOf(recipients []string) (all []Holder) {
	for _, r := range recipients {
		all = append(all, Holder{r, recipient.Fingerprint(r)})
	}
	return all
}

// Paper returns a page with the whole sealed file as a QR code and as text: for an envelope, since paper outlives disks. The secret on
// it is as sealed as in the file.
func Paper(f *seal.File) ([]byte, error) {
	text, err := f.Paper()
	if err != nil {
		return nil, err
	}
	code, err := qr.SVG(text)
	if err != nil {
		return nil, err
	}
	return paperTemplate.Of(struct {
		*seal.File
		Text    string
		Code    template.HTML
		Holders []Holder
	}{f, text, code, holdersOf(f.Recipients)})
}
