// Package qr draws QR codes for paper: black on white, whatever the page around them looks like. It imports nothing of this module.
package qr

import (
	"fmt"
	"html/template"
	"strings"

	"rsc.io/qr"
)

// quiet is the width of the empty frame that a reader needs around a code, in modules (ISO/IEC 18004).
const quiet = 4

// SVG returns the code of a text as an SVG image, which grows with its place on the page. A text that is too long for a code that
// survives a fold is drawn with less redundancy; the error is for one that fits into none.
func SVG(text string) (template.HTML, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		code, err = qr.Encode(text, qr.L)
	}
	if err != nil {
		return "", fmt.Errorf("no QR code holds a text of %d bytes: %w", len(text), err)
	}
	size := code.Size + 2*quiet
	var out strings.Builder
	fmt.Fprintf(&out, `<svg class="qr" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" shape-rendering="crispEdges" role="img" aria-label="QR code">`, size, size)
	fmt.Fprintf(&out, `<path fill="#fff" d="M0 0h%dv%dH0z"/><path stroke="#000" d="%s"/></svg>`, size, size, lines(code))
	return template.HTML(out.String()), nil
}

// lines returns the black modules of a code as a path: a line for each row of adjacent ones.
func lines(code *qr.Code) string {
	var path strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			n := 0
			for code.Black(x+n, y) {
				n++
			}
			if n > 0 {
				fmt.Fprintf(&path, "M%d %d.5h%d", x+quiet, y+quiet, n)
				x += n
			}
		}
	}
	return path.String()
}
