package results

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// panel is one of the plot's two diagrams: its place on the page and what it shows.
type panel struct {
	x, y, w, h float64

	title, unit string
	cases       []Case
	lines       []line
	// ratios are written below the axis.
	ratios bool
}

// line is one app in one way of running it.
type line struct {
	class, label string
	of           func(Case) float64
}

const plotStyle = `  <style>
    text { font-family: system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; font-size: 13px; fill: #1f2328; }
    .title { font-size: 16px; font-weight: 600; }
    .small { font-size: 12.5px; fill: #59636e; }
    .ratio { font-size: 12px; }
    .mid { text-anchor: middle; }
    .end { text-anchor: end; }
    .page { fill: #ffffff; }
    .axis { fill: none; stroke: #59636e; stroke-width: 1.25; }
    .grid { stroke: #d1d9e0; }
    .line { fill: none; stroke-width: 2.5; }
    .bare { stroke-width: 1.75; stroke-dasharray: 5 4; }
    .go { stroke: #0969da; }
    .js { stroke: #bc4c00; }
    .godot, text.go { fill: #0969da; stroke: none; }
    .jsdot, text.js { fill: #bc4c00; stroke: none; }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3; }
      .small { fill: #9ea7b1; }
      .page { fill: #0d1117; }
      .axis { stroke: #9ea7b1; }
      .grid { stroke: #30363d; }
      .go { stroke: #58a6ff; }
      .js { stroke: #f0883e; }
      .godot, text.go { fill: #58a6ff; }
      .jsdot, text.js { fill: #f0883e; }
    }
  </style>
`

// Plot returns an SVG picture: time up to the largest limited case of the curve, and memory over all of it.
func (f File) Plot() string {
	curve := f.Curve()
	var limited []Case
	for _, c := range curve {
		if c.Limited {
			limited = append(limited, c)
		}
	}
	timed := slices.DeleteFunc(slices.Clone(curve), func(c Case) bool {
		return len(limited) > 0 && c.Targets > limited[len(limited)-1].Targets
	})
	panels := []panel{
		{x: 56, y: 72, w: 340, h: 260, title: "Time", unit: "s", cases: timed, ratios: true, lines: []line{
			{"go", "Go", func(c Case) float64 { return c.Synth.Go.Wall }},
			{"js", "JavaScript", func(c Case) float64 { return c.Synth.JS.Wall }},
			{"go bare", "Go, no rules", func(c Case) float64 { return c.Bare.Go.Wall }},
			{"js bare", "JavaScript, no rules", func(c Case) float64 { return c.Bare.JS.Wall }},
		}},
		{x: 610, y: 72, w: 230, h: 260, title: "Memory", unit: "MiB", cases: curve, lines: []line{
			{"go", "Go", func(c Case) float64 { return c.Synth.Go.Memory }},
			{"js", "JavaScript", func(c Case) float64 { return c.Synth.JS.Memory }},
			{"go bare", "Go, no rules", func(c Case) float64 { return c.Bare.Go.Memory }},
			{"js bare", "JavaScript, no rules", func(c Case) float64 { return c.Bare.JS.Memory }},
		}},
	}
	var b strings.Builder
	b.WriteString("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1000 420\" role=\"img\" aria-labelledby=\"title desc\">\n")
	b.WriteString("  <title id=\"title\">A synthesis by the number of targets</title>\n")
	fmt.Fprintf(&b, "  <desc id=\"desc\">%s</desc>\n", describe(timed))
	b.WriteString(plotStyle)
	b.WriteString("  <rect class=\"page\" width=\"1000\" height=\"420\"/>\n")
	for _, p := range panels {
		p.draw(&b)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

func describe(cases []Case) string {
	var parts []string
	for _, c := range cases {
		parts = append(parts, fmt.Sprintf("%s targets take the Go app %.1f s and the JavaScript app %.1f s, a ratio of %.2f",
			thousands(c.Targets), c.Synth.Go.Wall, c.Synth.JS.Wall, c.Synth.Ratio))
	}
	return strings.Join(parts, "; ") + "."
}

func (p panel) draw(b *strings.Builder) {
	most, farthest := 0.0, 1
	for _, c := range p.cases {
		farthest = max(farthest, c.Targets)
		for _, l := range p.lines {
			most = max(most, l.of(c))
		}
	}
	step := roundStep(most)
	top := step * math.Ceil(most/step)
	if top == 0 {
		top = 1
	}
	x := func(targets int) float64 { return p.x + p.w*float64(targets)/float64(farthest) }
	y := func(value float64) float64 { return p.y + p.h*(1-value/top) }

	fmt.Fprintf(b, "  <text class=\"title\" x=\"%.0f\" y=\"%.0f\">%s, %s</text>\n", p.x, p.y-36, p.title, p.unit)
	for value := 0.0; value <= top+step/2; value += step {
		fmt.Fprintf(b, "  <path class=\"grid\" d=\"M%.0f %.1fh%.0f\"/><text class=\"small end\" x=\"%.0f\" y=\"%.1f\">%s</text>\n",
			p.x, y(value), p.w, p.x-8, y(value)+4, thousands(int(value)))
	}
	fmt.Fprintf(b, "  <path class=\"axis\" d=\"M%.0f %.0fv%.0fh%.0f\"/>\n", p.x, p.y, p.h, p.w)
	if p.ratios {
		fmt.Fprintf(b, "  <text class=\"small\" x=\"%.0f\" y=\"%.0f\">As cdk synth runs it; below the axis, Go's time divided by JavaScript's</text>\n", p.x, p.y-16)
	}
	last := math.Inf(-1)
	for _, c := range p.cases {
		at, number := x(c.Targets), thousands(c.Targets)
		if at-last < 4+8*float64(len(number)) { // no room for it
			continue
		}
		last = at
		fmt.Fprintf(b, "  <path class=\"axis\" d=\"M%.1f %.0fv5\"/><text class=\"small mid\" x=\"%.1f\" y=\"%.0f\">%s</text>\n", at, p.y+p.h, at, p.y+p.h+20, number)
		if p.ratios {
			fmt.Fprintf(b, "  <text class=\"ratio mid\" x=\"%.1f\" y=\"%.0f\">%.2f</text>\n", at, p.y+p.h+40, c.Synth.Ratio)
		}
	}
	if p.ratios {
		fmt.Fprintf(b, "  <text class=\"small\" x=\"%.0f\" y=\"%.0f\">targets</text><text x=\"%.0f\" y=\"%.0f\">ratio</text>\n", p.x+p.w+24, p.y+p.h+20, p.x+p.w+24,
			p.y+p.h+40)
	} else {
		fmt.Fprintf(b, "  <text class=\"small\" x=\"%.0f\" y=\"%.0f\">targets</text>\n", p.x+p.w+24, p.y+p.h+20)
	}
	p.drawLines(b, x, y)
}

func (p panel) drawLines(b *strings.Builder, x func(int) float64, y func(float64) float64) {
	type label struct {
		text, class string
		y           float64
	}
	var labels []label
	for _, l := range p.lines {
		var points []string
		app, _, _ := strings.Cut(l.class, " ")
		for _, c := range p.cases {
			points = append(points, fmt.Sprintf("%.1f,%.1f", x(c.Targets), y(l.of(c))))
			fmt.Fprintf(b, "  <circle class=\"%sdot\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>\n", app, x(c.Targets), y(l.of(c)))
		}
		fmt.Fprintf(b, "  <polyline class=\"line %s\" points=\"%s\"/>\n", l.class, strings.Join(points, " "))
		if len(p.cases) > 0 {
			labels = append(labels, label{l.label, app, y(l.of(p.cases[len(p.cases)-1]))})
		}
	}
	// Names at the lines' ends, moved apart where they would touch.
	slices.SortStableFunc(labels, func(a, b label) int { return int(math.Round(10 * (b.y - a.y))) })
	below := math.Inf(1)
	for _, l := range labels {
		at := min(l.y+4, below-16)
		below = at
		fmt.Fprintf(b, "  <text class=\"%s\" x=\"%.0f\" y=\"%.1f\">%s</text>\n", l.class, p.x+p.w+10, at, l.text)
	}
}

// roundStep returns a step of 1, 2 or 5 times a power of ten that divides an axis into four to ten parts.
func roundStep(most float64) float64 {
	if most <= 0 {
		return 1
	}
	step := math.Pow(10, math.Floor(math.Log10(most)))
	for _, part := range []float64{5, 2} {
		if most/step < 4 && most/(step/part) <= 10 {
			return max(1, step/part)
		}
	}
	if most/step < 4 {
		step /= 5
	}
	return max(1, step)
}
