package main

import (
	"bytes"
	"strings"
	"testing"

	"example.com/breakglass/internal/screen"
	"example.com/breakglass/operate/proof"
)

func TestOnlyTheFirstRecordsArePrinted(t *testing.T) {
	s := proof.Section{Title: "Uses", Kinds: []proof.Kind{{Title: "Sign-ins", Count: printedRows + 2}}}
	for range printedRows + 2 {
		s.Records = append(s.Records, proof.Record{What: "ConsoleLogin", Who: "BreakglassUser"})
	}
	var out bytes.Buffer
	printSection(screen.New(&out, &bytes.Buffer{}, false), s)
	if n := strings.Count(out.String(), "BreakglassUser: ConsoleLogin"); n != printedRows {
		t.Errorf("%d records are printed, want %d", n, printedRows)
	}
	for _, line := range []string{"Uses: 52\n", "   52  Sign-ins\n", "and 2 more: --html or --output json has all\n"} {
		if !strings.Contains(out.String(), line) {
			t.Errorf("it lacks %q:\n%s", line, &out)
		}
	}
}
