package docs

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/reviewed"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

const demo = "demo.md"

// frame is an alert in the output of the demo: its heading, its lines, its end.
var frame = regexp.MustCompile(`(?m)^    ┌ .*\n((?:    │ .*\n)+)    └\n`)

// shown is what a command prints, which has its own tests.
var shown = regexp.MustCompile(`(?m)^    ┃.*\n`)

// TestTheDemoPageHasTheAlertsOfTheCatalogue writes each alert of the recorded output again, as the catalogue has it now. The time of the
// recording stays.
func TestTheDemoPageHasTheAlertsOfTheCatalogue(t *testing.T) {
	c, err := config.Load("../prove/demo/breakglass.yaml")
	if err != nil {
		t.Fatal(err)
	}
	counted, _ := watch.ByID("failed-sign-in")
	page, alerts := read(t, demo), 0
	want := frame.ReplaceAllStringFunc(page, func(framed string) string {
		body := frame.FindStringSubmatch(framed)[1]
		text := ""
		if sample, ok := sampleIn(body); ok {
			entry, _ := watch.ByID(sample.Entry)
			event := watch.InRegion(sample.Event(), regexp.MustCompile(`Region: ([a-z0-9-]+)`).FindStringSubmatch(body)[1])
			at, err := time.Parse("2 January 2006, 15:04:05 MST", regexp.MustCompile(`\d+ [A-Z][a-z]+ \d{4}, [\d:]+ UTC`).FindString(body))
			if err != nil {
				t.Error(err)
			}
			text = written(t, plan.Of(c).ComposerOf(c.Hub.Region).Texts, entry, watch.At(event, at)).mail()
		} else if first, _, _ := strings.Cut(body, "\n"); strings.Contains(first, counted.Rule+counted.Counts[0].Suffix) {
			text = strings.TrimPrefix(first, "    │ ") + "\n" + counted.Counts[0].Text(counted, c.Hub.Account, c.Hub.Region, c.Alerts.Instructions)
		} else {
			t.Errorf("demo.md has an alert that is not made from a sample of the catalogue:\n%s", body)
			return framed
		}
		alerts++
		return strings.Replace(framed, body, "    │ "+strings.ReplaceAll(text, "\n", "\n    │ ")+"\n", 1)
	})
	if alerts < 6 {
		t.Errorf("demo.md shows %d alerts", alerts)
	}
	reviewed.File(t, demo, want)
}

// sampleIn returns the sample of which an alert in the demo was made.
func sampleIn(body string) (watch.Sample, bool) {
	i := slices.IndexFunc(watch.Samples, func(s watch.Sample) bool {
		detail, _ := s.Event()["detail"].(watch.Fields)
		id, _ := detail["eventID"].(string)
		return s.Entry != "" && id != "" && strings.Contains(body, id)
	})
	if i < 0 {
		return watch.Sample{}, false
	}
	return watch.Samples[i], true
}

func TestTheDemoPageHasTheNumbersOfThePlan(t *testing.T) {
	c, err := config.Load("../prove/demo/breakglass.yaml")
	if err != nil {
		t.Fatal(err)
	}
	rules := 0
	for _, region := range c.Regions {
		rules += plan.ScopeOf(c).BeatsExpected(region, c.Hub.Region)
	}
	page := read(t, demo)
	want := page
	for _, line := range []string{
		fmt.Sprintf("cdk deploy --all: %d stacks, %d Regions, 3 accounts\n", len(plan.Of(c).Placements), len(c.Regions)),
		fmt.Sprintf("  ✓ %d Regions, %d rules: ", len(c.Regions), rules-1),
	} {
		printed := regexp.MustCompile(regexp.MustCompile(`\d+`).ReplaceAllString(line, `\d+`))
		if !printed.MatchString(page) {
			t.Errorf("demo.md has no line like %q: paste the output of make demo again", line)
		}
		want = printed.ReplaceAllString(want, line)
	}
	reviewed.File(t, demo, want)
}

// TestTheDemoPageIsWhatTheDemoPrints compares every other line of the page with the texts in the source of the demo.
func TestTheDemoPageIsWhatTheDemoPrints(t *testing.T) {
	printed := append(texts(t, "../prove/demo/*.go", "../prove/emulator/*.go"),
		regexp.MustCompile(`^…$|^\[ *\d+/\d+\] BreakGlass-\S+: deployed in \S+$|^templates made in \S+$`))
	_, output, _ := strings.Cut(read(t, demo), "```text\n")
	output, _, _ = strings.Cut(shown.ReplaceAllString(frame.ReplaceAllString(output, ""), ""), "```")
	for line := range strings.Lines(output) {
		if !isPrinted(line, printed) {
			t.Errorf("demo.md has the line %q, which the demo does not print: paste the output of make demo again", line)
		}
	}
}

// TestTheREADMEShowsPartOfTheDemo: the number of stacks, and the first alert of a sign-in.
func TestTheREADMEShowsPartOfTheDemo(t *testing.T) {
	part := regexp.MustCompile(`(?m)^cdk deploy --all: .*\n|^The story, .*\n|^  ▶ An emergency user signs in.*\n(?:.+\n){5}`).FindAllString(read(t, demo), -1)
	if len(part) != 3 {
		t.Fatalf("demo.md has %d of the 3 parts that the README shows: %q", len(part), part)
	}
	reviewed.Part(t, readme, "demo", "```text\n"+strings.Join(part, "  …\n")+"    │ …\n```")
}
