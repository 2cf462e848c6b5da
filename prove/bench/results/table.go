package results

import (
	"fmt"
	"strings"
)

// Tables returns all the tables, for a terminal.
func (f File) Tables() string {
	return "As cdk synth runs them, with the CDK's own rules over every template:\n\n" + f.SynthTable() +
		"\nWithout those rules (CDK_VALIDATION=false), which take both apps the same time:\n\n" + f.BareTable() +
		"\n" + f.OtherTable()
}

// SynthTable returns the table of what a user waits for.
func (f File) SynthTable() string { return f.table(func(c Case) Comparison { return c.Synth }) }

// BareTable returns the table without the CDK's own rules.
func (f File) BareTable() string { return f.table(func(c Case) Comparison { return c.Bare }) }

func (f File) table(of func(Case) Comparison) string {
	var b strings.Builder
	b.WriteString("| targets | stacks | Regions | access | runs | Go, s | JavaScript, s | ratio | of the fastest | Go, MiB | JavaScript, MiB |\n")
	b.WriteString("|--:|--:|--:|---|--:|--:|--:|--:|--:|--:|--:|\n")
	for _, c := range f.Cases {
		m := of(c)
		fmt.Fprintf(&b, "| %s | %s | %d | %s | %d | %.1f | %.1f | %.2f | %.2f | %s | %s |\n", thousands(c.Targets), thousands(c.Stacks), c.Regions, c.Access,
			len(m.Go.Runs), m.Go.Wall, m.JS.Wall, m.Ratio, m.FastestRatio, mebibytes(m.Go.Memory), mebibytes(m.JS.Memory))
	}
	return b.String()
}

// OtherTable returns the table of the rest.
func (f File) OtherTable() string {
	var b strings.Builder
	b.WriteString("| also measured | s | MiB |\n|---|--:|--:|\n")
	row := func(what string, seconds float64, memory string) {
		if seconds > 0 {
			fmt.Fprintf(&b, "| %s | %.2f | %s |\n", what, seconds, memory)
		}
	}
	row("compiling the app from nothing, the CDK's Go packages included", f.Build.Cold, "")
	row("compiling it again, with nothing changed", f.Build.Unchanged, "")
	of := thousands(f.One.Targets)
	row("`npx cdk synth`, all of "+of+" targets", f.One.Whole, "")
	row("`npx cdk synth -c only=…`, one of "+of+" targets", f.One.Only, "")
	for _, p := range f.Plans {
		row("`breakglass plan`, "+thousands(p.Targets)+" targets", p.Wall, mebibytes(p.Memory))
	}
	return b.String()
}

// Slope returns by how many MiB the Go app's memory grows for each target more, from the smallest case of the curve to the
// largest: as cdk synth runs it, and without the CDK's own rules.
func (f File) Slope() (synth, bare float64) {
	curve := f.Curve()
	if len(curve) < 2 {
		return 0, 0
	}
	first, last := curve[0], curve[len(curve)-1]
	more := float64(last.Targets - first.Targets)
	return (last.Synth.Go.Memory - first.Synth.Go.Memory) / more, (last.Bare.Go.Memory - first.Bare.Go.Memory) / more
}

func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}

func mebibytes(n float64) string {
	if n == 0 {
		return "–"
	}
	return fmt.Sprintf("%.0f", n)
}
