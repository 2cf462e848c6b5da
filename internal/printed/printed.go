// Package printed prints and shows pages for tests, with the browser of the machine, and says what is on the paper: whether something is
// cut off where a page ends, or beside it, and what a scanner reads from its codes; and what is wider than a screen.
package printed

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Sizes are the papers that people have.
var Sizes = []string{"A4", "Letter"}

// whole are the elements that a reader needs in one piece.
const whole = "tr, .address, .place, pre, .steps li, ol > li, svg"

//go:embed marks.js
var marks string

// Paper is a page as it was printed.
type Paper struct {
	Sheets []Sheet `xml:"body>doc>page"`
	file   string
}

// Sheet is one side of a paper.
type Sheet struct {
	Words []Word `xml:"word"`
}

// Word is a text without spaces, and where on the sheet it begins.
type Word struct {
	Left float64 `xml:"xMin,attr"`
	Text string  `xml:",chardata"`
}

// Print prints a page on a size of paper, and reports what is cut off at the end of a sheet, or beside it. A machine that lacks a program
// for it skips the test.
func Print(t testing.TB, page []byte, size string) Paper {
	t.Helper()
	paper := lay(t, page, size)
	for _, wrong := range paper.cutOff() {
		t.Errorf("%s: %s", size, wrong)
	}
	return paper
}

// Show shows a page on a screen of so many pixels, such as a phone's, and reports what is wider than that. What scrolls by itself may be.
func Show(t testing.TB, page []byte, width int) {
	t.Helper()
	for _, wide := range shown(t, page, width) {
		t.Errorf("on a screen of %d pixels, this is wider: %s", width, wide)
	}
}

//go:embed screen.js
var screen string

// shown returns the beginnings of the texts that are wider than a screen.
func shown(t testing.TB, page []byte, width int) []string {
	t.Helper()
	browser := program(t, "chromium", "chromium-browser", "google-chrome")
	folder, err := os.MkdirTemp("", "shown-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	file := filepath.Join(folder, "page.html")
	text, err := json.Marshal(string(bytes.Replace(page, []byte("</body>"), []byte("<script>"+screen+"</script></body>"), 1)))
	if err != nil {
		t.Fatal(err)
	}
	// A window is never as narrow as a phone; a frame in it is.
	if err := os.WriteFile(file, fmt.Appendf(nil, `<!doctype html><body><iframe style="border: 0; width: %dpx; height: 800px"></iframe><script>
const frame = document.querySelector('iframe');
frame.onload = () => document.body.append(frame.contentDocument.querySelector('wide-1'));
frame.srcdoc = %s;
</script></body>`, width, text), 0o600); err != nil {
		t.Fatal(err)
	}
	out := run(t, browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars",
		"--user-data-dir="+filepath.Join(folder, "profile"), "--window-size=1200,900", "--virtual-time-budget=10000", "--dump-dom", "file://"+file)
	_, said, ok := strings.Cut(string(out), "<wide-1>")
	said, _, _ = strings.Cut(said, "</wide-1>")
	lines := strings.Split(html.UnescapeString(said), "\n")
	if !ok || lines[0] != fmt.Sprint(width) {
		t.Fatalf("the screen has %q pixels, not %d", lines[0], width)
	}
	return slices.DeleteFunc(lines[1:], func(line string) bool { return line == "" })
}

func lay(t testing.TB, page []byte, size string) Paper {
	t.Helper()
	browser, reader := program(t, "chromium", "chromium-browser", "google-chrome"), program(t, "pdftotext")
	folder, err := os.MkdirTemp("", "printed-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) }) // what the browser leaves running may still write to it
	in := func(name string) string { return filepath.Join(folder, name) }
	page = bytes.Replace(page, []byte("</head>"), []byte("<style>@page { size: "+size+"; }</style></head>"), 1)
	page = bytes.Replace(page, []byte("</body>"), []byte("<script>const whole = '"+whole+"';"+marks+"</script></body>"), 1)
	if err := os.WriteFile(in("page.html"), page, 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--user-data-dir="+in("profile"),
		"--no-pdf-header-footer", "--print-to-pdf="+in("page.pdf"), "file://"+in("page.html"))
	paper := Paper{file: in("page.pdf")}
	decoder := xml.NewDecoder(bytes.NewReader(run(t, reader, "-bbox", paper.file, "-")))
	decoder.Strict, decoder.Entity = false, xml.HTMLEntity
	if err := decoder.Decode(&paper); err != nil {
		t.Fatal(err)
	}
	if len(paper.Sheets) == 0 {
		t.Fatalf("%s: nothing was printed", size)
	}
	return paper
}

// mark is what marks.js puts at the ends of an element: its number, and what it is; or at the ends of a length.
var mark = regexp.MustCompile(`@@(\w+)@([^@]*)@@|@@(?:from|to)@@`)

// shrunk returns how large a page was printed, compared with its own size: a browser shrinks what is wider than the paper.
func (p Paper) shrunk() float64 {
	var from, to float64
	for _, w := range p.Sheets[0].Words {
		switch w.Text {
		case "@@from@@":
			from = w.Left
		case "@@to@@":
			to = w.Left
		}
	}
	return (to - from) / (100 * 0.75) // 0.75 points are a pixel
}

// cutOff returns what is on more than one sheet, and whether something is wider than one.
func (p Paper) cutOff() (cut []string) {
	if size := p.shrunk(); size < 0.99 {
		cut = append(cut, fmt.Sprintf("something is wider than the paper: all is printed at %.0f%%", 100*size))
	}
	on := map[string]int{}
	for i, s := range p.Sheets {
		for _, w := range s.Words {
			for _, m := range mark.FindAllStringSubmatch(w.Text, -1) {
				if before, seen := on[m[1]]; seen && before != i {
					cut = append(cut, fmt.Sprintf("%s is cut off between sheets %d and %d", m[2], before+1, i+1))
				}
				on[m[1]] = i
			}
		}
	}
	return cut
}

// noCode is how zbarimg ends where one of the pictures has no code.
const noCode = 4

// Codes returns the texts of the QR codes, as zbar reads them.
func (p Paper) Codes(t testing.TB) []string {
	t.Helper()
	run(t, program(t, "pdftoppm"), "-r", "130", "-gray", p.file, p.file)
	pictures, err := filepath.Glob(p.file + "-*.pgm")
	if err != nil || len(pictures) != len(p.Sheets) {
		t.Fatalf("%d pictures of %d sheets: %v", len(pictures), len(p.Sheets), err)
	}
	scan := exec.CommandContext(t.Context(), program(t, "zbarimg"), append([]string{"--quiet", "--raw", "-Sdisable", "-Sqrcode.enable"}, pictures...)...)
	codes, err := scan.Output()
	if err != nil && scan.ProcessState.ExitCode() != noCode {
		t.Fatalf("zbarimg: %v", err)
	}
	return strings.FieldsFunc(string(codes), func(r rune) bool { return r == '\n' })
}

// Has reports whether a sheet has a text, whatever the lines are.
func (s Sheet) Has(text string) bool {
	var all strings.Builder
	for _, w := range s.Words {
		all.WriteString(mark.ReplaceAllString(w.Text, ""))
	}
	return strings.Contains(all.String(), strings.Join(strings.Fields(text), ""))
}

func program(t testing.TB, names ...string) string {
	t.Helper()
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skipf("printing needs %s, which is not on this machine", strings.Join(names, " or "))
	return ""
}

func run(t testing.TB, name string, args ...string) []byte {
	t.Helper()
	var errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, &errs)
	}
	return out
}
