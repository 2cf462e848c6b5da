package results

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
)

const (
	data     = "../results.json"
	document = "../../../docs/scale.md"
	picture  = "../../../docs/scale.svg"
)

func measured(t *testing.T) File {
	t.Helper()
	f, err := Read(data)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func content(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestTheTablesAndThePlotAreOfTheSameNumbers: nobody has put a number into one of them by hand. prove/bench/run --draw fixes it.
func TestTheTablesAndThePlotAreOfTheSameNumbers(t *testing.T) {
	f := measured(t)
	now := content(t, document)
	want, err := f.Into(now)
	if err != nil {
		t.Fatal(err)
	}
	if now != want {
		t.Errorf("%s does not have the numbers of %s: run prove/bench/run --draw", document, data)
	}
	if content(t, picture) != f.Plot() {
		t.Errorf("%s is not drawn from %s: run prove/bench/run --draw", picture, data)
	}
	// Each number that changes has to show in both.
	for i, c := range f.Cases {
		if !c.Curve || !c.Limited {
			continue
		}
		for what, change := range map[string]func(*Case){
			"time":   func(c *Case) { c.Synth.Go.Wall *= 1.1 },
			"ratio":  func(c *Case) { c.Synth.Ratio += 0.05 },
			"memory": func(c *Case) { c.Synth.JS.Memory += 50 },
		} {
			other := measured(t)
			change(&other.Cases[i])
			if text, err := other.Into(now); err != nil || text == want {
				t.Errorf("the tables don't show another %s of %d targets", what, c.Targets)
			}
			if other.Plot() == f.Plot() {
				t.Errorf("the plot doesn't show another %s of %d targets", what, c.Targets)
			}
		}
	}
}

// promised is how many targets MaxRatio is promised for.
const promised = 1000

// TestTheCurveHasTheSizesThatWerePromised, and the recorded numbers keep the limit. Smaller sizes are within the noise of a
// machine; the benchmark itself measures them, too.
func TestTheCurveHasTheSizesThatWerePromised(t *testing.T) {
	var sizes []int
	for _, c := range measured(t).Curve() {
		if c.Limited {
			sizes = append(sizes, c.Targets)
		}
		if c.Targets == promised && c.Limited && (c.Synth.FastestRatio > MaxRatio || c.Synth.Ratio > MaxRatio) {
			t.Errorf("%d targets take %.2f times the JavaScript app", c.Targets, c.Synth.FastestRatio)
		}
	}
	if want := []int{10, 100, 500, 1000}; !slices.Equal(sizes, want) {
		t.Errorf("the sizes are %v, want %v", sizes, want)
	}
}

func TestThePlotIsAPicture(t *testing.T) {
	for name, f := range map[string]File{
		"as measured": measured(t),
		"empty":       {},
		"one case":    {Cases: []Case{{Targets: 10, Curve: true, Limited: true}}},
	} {
		plot := f.Plot()
		d := xml.NewDecoder(strings.NewReader(plot))
		for {
			_, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if strings.Contains(plot, "NaN") || strings.Contains(plot, "Inf") {
			t.Errorf("%s: a number is missing", name)
		}
	}
}

func TestRatiosAreOfPairs(t *testing.T) {
	c := Comparison{
		Go: Timing{Runs: []Run{{Wall: 2, Memory: 7}, {Wall: 40, Memory: 9}, {Wall: 3, Memory: 8}}},
		JS: Timing{Runs: []Run{{Wall: 1}, {Wall: 20}, {Wall: 3}}},
	}
	c.Finish()
	// The machine was busy in the second round: the ratio of its pair is still 2.
	if c.Ratio != 2 || c.FastestRatio != 2 || c.Go.Wall != 3 || c.JS.Wall != 3 || c.Go.Memory != 9 {
		t.Errorf("%+v", c)
	}
	if m := Median([]float64{4, 1}); m != 2.5 {
		t.Errorf("the median is %v", m)
	}
}

func TestADocumentWithoutAPlaceIsRefused(t *testing.T) {
	if _, err := (File{}).Into("no marks"); err == nil {
		t.Error("it took a document without marks")
	}
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	var b bytes.Buffer
	if err := measured(t).Write(&b); err != nil {
		t.Fatal(err)
	}
	if b.String() != content(t, data) {
		t.Errorf("%s is not as the benchmark writes it", data)
	}
}
