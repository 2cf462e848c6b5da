package printed

import (
	"fmt"
	"strings"
	"testing"
)

// TestWhatIsCutOffIsFound prints rows that are higher than what is left of a sheet, with and without the style that keeps them whole, and a
// line that is wider than the paper.
func TestWhatIsCutOffIsFound(t *testing.T) {
	row := "<tr><td>a</td><td>" + strings.Repeat("line<br>", 20) + "</td></tr>"
	for _, c := range []struct{ style, more, says string }{
		{"tr { break-inside: avoid; }", "", ""},
		{"", "", "tr is cut off between sheets "},
		{"tr { break-inside: avoid; }", "<p style='white-space: nowrap'>" + strings.Repeat("wide", 40) + "</p>", "something is wider than the paper"},
	} {
		paper := lay(t,
			fmt.Appendf(nil, "<!doctype html><html><head><title>t</title><style>%s</style></head><body><table>%s</table>%s</body></html>", c.style,
				strings.Repeat(row, 8), c.more), "A4")
		if cut := strings.Join(paper.cutOff(), "; "); !strings.HasPrefix(cut, c.says) || c.says == "" && cut != "" {
			t.Errorf("%s: %q is found", c.style, cut)
		}
		if !paper.Sheets[0].Has("line line") || paper.Sheets[0].Has("@@") {
			t.Error("the text of a sheet is another one")
		}
	}
}

// TestWhatIsWiderThanAScreenIsFound shows a long word, with and without a style that breaks it or lets it scroll.
func TestWhatIsWiderThanAScreenIsFound(t *testing.T) {
	for style, want := range map[string]int{"": 1, "overflow-wrap: anywhere": 0, "overflow-x: auto": 0} {
		page := "<!doctype html><html><head><title>t</title></head><body style='margin: 0'><div style='display: inline-block; max-width: 100%; " + style + "'>" +
			strings.Repeat("wide", 40) + "</div></body></html>"
		if style == "" {
			page = strings.Replace(page, "max-width: 100%", "white-space: nowrap", 1)
		}
		if wide := shown(t, []byte(page), 390); len(wide) != want {
			t.Errorf("%q: %q", style, wide)
		}
	}
}
