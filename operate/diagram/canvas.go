package diagram

import (
	"fmt"
	"html"
	"strings"
)

// canvas collects the elements of a picture. It escapes all text.
type canvas struct{ body strings.Builder }

// box draws a rectangle of a class of the style sheet.
func (c *canvas) box(class string, x, y, w, h int) {
	fmt.Fprintf(&c.body, "  <rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"6\"/>\n", class, x, y, w, h)
}

// text writes a line that has to fit into a width.
func (c *canvas) text(class string, x, y, width int, text string) {
	size := 14.0
	switch {
	case strings.Contains(class, "big"):
		size = 16
	case strings.Contains(class, "small"):
		size = 12.5
	}
	tip := ""
	fitting := fit(text, width, size)
	if fitting != text {
		tip = "<title>" + html.EscapeString(text) + "</title>"
	}
	fmt.Fprintf(&c.body, "  <text class=\"%s\" x=\"%d\" y=\"%d\">%s%s</text>\n", class, x, y, tip, html.EscapeString(fitting))
}

// thingHeight is that of the boxes with one or two lines.
const thingHeight = 44

// thing draws a box with a name and, below it, a word about it.
func (c *canvas) thing(class string, x, y, w int, name, about string) {
	c.box(class, x, y, w, thingHeight)
	const margin = 8
	if about == "" {
		c.text("mid", x+w/2, y+27, w-margin, name)
		return
	}
	c.text("mid", x+w/2, y+19, w-margin, name)
	c.text("mid small", x+w/2, y+36, w-margin, about)
}

// line draws a path of a class of the style sheet.
func (c *canvas) line(class, path string, numbers ...any) {
	fmt.Fprintf(&c.body, "  <path class=\"%s\" d=\"%s\"/>\n", class, fmt.Sprintf(path, numbers...))
}

// fit shortens a text to a width in pixels.
func fit(text string, width int, size float64) string {
	if wide(text)*size <= float64(width) {
		return text
	}
	runes := []rune(text)
	for len(runes) > 1 && wide(string(runes)+"…")*size > float64(width) {
		runes = runes[:len(runes)-1]
	}
	return strings.TrimRight(string(runes), " ") + "…"
}

// wide returns how wide a text is, for letters of size 1. Those of system fonts differ: this is on the side of a wide one, DejaVu Sans.
func wide(text string) (sum float64) {
	for _, r := range text {
		switch {
		case strings.ContainsRune(" !'(),-./:;I[]fijlrt|", r):
			sum += 0.42
		case r >= 'a' && r <= 'z' && r != 'm' && r != 'w', r >= '0' && r <= '9', r == '_':
			sum += 0.64
		case r >= 'A' && r <= 'Z' && r != 'M' && r != 'W':
			sum += 0.79
		default:
			sum++
		}
	}
	return sum
}

// page returns the whole file.
func (c *canvas) page(title, about string, height int) string {
	return fmt.Sprintf(head, pageWidth, height, html.EscapeString(title), html.EscapeString(about)) + c.body.String() + "</svg>\n"
}

const pageWidth = 1040

// head is the beginning of the file. Its classes are those of docs/architecture.svg.
const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %[1]d %[2]d" role="img" aria-labelledby="title desc">
  <title id="title">%[3]s</title>
  <desc id="desc">%[4]s</desc>
  <style>
    text { font-family: system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; font-size: 14px; fill: #1f2328; }
    .big { font-size: 16px; font-weight: 600; }
    .bold { font-weight: 600; }
    .small { font-size: 12.5px; fill: #59636e; }
    .mid { text-anchor: middle; }
    .page { fill: #ffffff; }
    .account { fill: #f6f8fa; stroke: #59636e; stroke-width: 1.5; }
    .region { fill: #ffffff; stroke: #0969da; stroke-width: 1.5; }
    .thing { fill: #f6f8fa; stroke: #8c959f; }
    .alarm { fill: #fff1e5; stroke: #bc4c00; stroke-width: 1.5; }
    .absent { fill: none; stroke: #8c959f; stroke-dasharray: 6 4; }
    .way { stroke: #59636e; stroke-width: 1.75; fill: none; marker-end: url(#tip); }
    .both { marker-start: url(#tip); }
    .rings { stroke: #bc4c00; stroke-width: 2; fill: none; marker-end: url(#hot); }
    .trunk { stroke: #59636e; stroke-width: 1.75; fill: none; }
    .tip { fill: #59636e; }
    .hot { fill: #bc4c00; }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3; }
      .small { fill: #9ea7b1; }
      .page { fill: #0d1117; }
      .account { fill: #161b22; stroke: #8b949e; }
      .region { fill: #0d1117; stroke: #58a6ff; }
      .thing { fill: #21262d; stroke: #6e7681; }
      .alarm { fill: #3a2112; stroke: #f0883e; }
      .absent { stroke: #6e7681; }
      .way, .trunk { stroke: #9ea7b1; }
      .rings { stroke: #f0883e; }
      .tip { fill: #9ea7b1; }
      .hot { fill: #f0883e; }
    }
  </style>
  <defs>
    <marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path class="tip" d="M0 0 10 5 0 10z"/></marker>
    <marker id="hot" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path class="hot" d="M0 0 10 5 0 10z"/></marker>
  </defs>
  <rect class="page" width="%[1]d" height="%[2]d"/>
`
