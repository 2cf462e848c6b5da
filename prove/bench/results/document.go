package results

import (
	"fmt"
	"strings"
)

// The marks around what is made in a document.
const (
	begin = "<!-- begin measured -->\n"
	end   = "<!-- end measured -->\n"
)

// Into puts the tables into a document, between its marks.
func (f File) Into(document string) (string, error) {
	before, rest, ok := strings.Cut(document, begin)
	_, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		return "", fmt.Errorf("no place for the tables: %q and %q have to be lines of it", strings.TrimSpace(begin), strings.TrimSpace(end))
	}
	synth, bare := f.Slope()
	var b strings.Builder
	fmt.Fprintf(&b, "\nMeasured on %s.\n\nWith the CDK's own rules over every template, as `cdk synth` has them:\n\n%s\n", f.Machine, f.SynthTable())
	fmt.Fprintf(&b, "Without those rules (`CDK_VALIDATION=false`):\n\n%s\n%s\n", f.BareTable(), f.OtherTable())
	fmt.Fprintf(&b, "A target more takes %.0f KiB of memory, %.0f KiB without the rules.\n\n", synth*1024, bare*1024)
	return before + begin + b.String() + end + after, nil
}
