package docs

import (
	"fmt"
	"html"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"example.com/breakglass/internal/reviewed"
)

const (
	recorded  = "drill.txt"
	recording = "drill.svg"
	// columns of the terminal that the recording shows.
	columns = 100
)

// TestTheRecordingIsWhatTheDrillPrinted draws the recording of a drill from what a run printed, and when. That text comes from a
// local AWS: go test -tags emulator -run TestLiveRecording ./operate/drill -record.
func TestTheRecordingIsWhatTheDrillPrinted(t *testing.T) {
	reviewed.File(t, recording, drawRecording(t, "breakglass drill", read(t, recorded)))
}

// TestTheRecordingHasTheTextsOfTheDrill: a recording whose texts are no longer those of the command has to be made again.
func TestTheRecordingHasTheTextsOfTheDrill(t *testing.T) {
	printed := append(texts(t, "../cmd/breakglass/*.go", "../operate/drill/*.go"), regexp.MustCompile(`^[a-z0-9-]+ +(?:ledger|topic) [a-z0-9-]+ [\d.]+ s\b.*$`))
	for line := range strings.Lines(read(t, recorded)) {
		if _, text, _ := strings.Cut(line, "\t"); !isPrinted(text, printed) {
			t.Errorf("%s has the line %q, which the drill does not print", recorded, text)
		}
	}
}

// drawRecording draws a terminal in which each line appears when it was printed. Where nothing may move, every line is visible
// from the start.
func drawRecording(t *testing.T, command, text string) string {
	t.Helper()
	const (
		step, width, left, top = 19, 860, 22, 64
		typed                  = 0.8 // seconds until the command is typed in
	)
	var lines strings.Builder
	y, last := top, ""
	draw := func(class string, at float64, text string) {
		defer func() { y += step }()
		if text == "" {
			return
		}
		fmt.Fprintf(&lines, "  <text class=\"%s\" style=\"animation-delay:%.2fs\" x=\"%d\" y=\"%d\">%s</text>\n", class, at, left, y, text)
	}
	draw("line", 0, `<tspan class="faint">$</tspan> <tspan class="bold">`+command+`</tspan>`)
	for line := range strings.Lines(text) {
		stamp, printed, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		millis, err := strconv.Atoi(stamp)
		if !ok || err != nil {
			t.Fatalf("%s: %q is not milliseconds, a tab and a line", recorded, line)
		}
		for _, part := range wrapped(printed, columns) {
			draw("line", typed+float64(millis)/1000, coloured(part))
		}
		if strings.Contains(printed, "answered") {
			last = printed
		}
	}
	height := y + 8
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %[1]d %[2]d" role="img" aria-labelledby="title desc">
  <title id="title">A drill of every Region</title>
  <desc id="desc">A terminal in which the command %[3]s runs. A line appears for each Region as it answers, on a local AWS. It ends with: %[4]s.</desc>
  <style>
    text { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace; font-size: 13.5px; fill: #d6dde6; white-space: pre; }
    .faint { fill: #8b96a3; }
    .bold { font-weight: 600; fill: #f4f7fa; }
    .well { fill: #56d364; }
    .wrong { fill: #ff7b72; }
    .line { animation: show 1ms linear both; }
    @keyframes show { from { opacity: 0; } to { opacity: 1; } }
    @media (prefers-reduced-motion: reduce) { .line { animation: none; } }
    @media print { .line { animation: none; } }
  </style>
  <rect width="%[1]d" height="%[2]d" rx="10" fill="#10161d"/>
  <path d="M0 36h%[1]d" stroke="#2b3440"/>
  <circle cx="24" cy="18" r="6" fill="#ff6159"/>
  <circle cx="44" cy="18" r="6" fill="#ffbd2e"/>
  <circle cx="64" cy="18" r="6" fill="#28c941"/>
  <text class="faint" x="%[6]d" y="23" text-anchor="end">on a local AWS</text>
%[5]s</svg>
`, width, height, html.EscapeString(command), html.EscapeString(strings.TrimLeft(last, "✓✗ ")), lines.String(), width-left)
}

func coloured(line string) string {
	text := html.EscapeString(line)
	for mark, class := range map[string]string{"✓": "well", "✗": "wrong"} {
		if rest, ok := strings.CutPrefix(text, mark); ok {
			return `<tspan class="` + class + `">` + mark + `</tspan>` + rest
		}
	}
	return text
}

// wrapped breaks a line as a terminal would, but between words.
func wrapped(line string, columns int) []string {
	var parts []string
	for utf8.RuneCountInString(line) > columns {
		cut := strings.LastIndex(string([]rune(line)[:columns+1]), " ")
		if cut <= 0 {
			break
		}
		parts, line = append(parts, line[:cut]), line[cut+1:]
	}
	return append(parts, line)
}
