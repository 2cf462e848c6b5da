package screen

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/lipgloss"
)

func TestLinesBreakBetweenWords(t *testing.T) {
	for _, test := range []struct {
		text  string
		width int
		want  []string
	}{
		{"one two three", 0, []string{"one two three"}},
		{"one two three\nfour five six", 8, []string{"one two", "three", "four", "five six"}},
		{"1. one two three", 10, []string{"1. one two", "   three"}},
		{"- [ ] one two three", 14, []string{"- [ ] one two", "      three"}},
		{"  https://example.com/a/long/address", 20, []string{"  https://example.com/a/long/address"}},
		{"  breakglass enter 222222222222 --key KEY --mfa MFA", 36, []string{`  breakglass enter 222222222222 \`, "  --key KEY --mfa MFA"}},
		{"  breakglass enter 222222222222 --key KEY --mfa MFA-SERIAL-4567", 33, []string{`  breakglass enter 222222222222 \`, "  --key KEY --mfa MFA-SERIAL-4567"}},
		{"  breakglass enter 222222222222 --key KEY --mfa MFA", 40, []string{`  breakglass enter 222222222222 --key \`, "  KEY --mfa MFA"}},
		// A flag in a sentence is no command, and neither is what comes after one.
		{"with --key KEY it gets in", 11, []string{"with --key", "KEY it gets", "in"}},
		{"run breakglass check --wait 2h. Then --key is used", 37, []string{`run breakglass check --wait 2h. Then`, "--key is used"}},
		{"breakglass check reports it, and so on", 16, []string{"breakglass check", "reports it, and", "so on"}},
		{"✓ \x1b[32mone\x1b[0m two three", 9, []string{"✓ \x1b[32mone\x1b[0m two", "  three"}},
	} {
		if got := strings.Split(Wrap(test.text, test.width), "\n"); !slices.Equal(got, test.want) {
			t.Errorf("%q in %d: %q, want %q", test.text, test.width, got, test.want)
		}
	}
}

func TestProseFitsItsTerminal(t *testing.T) {
	t.Setenv("COLUMNS", "20")
	var out, errs bytes.Buffer
	s := New(&out, &errs, false)
	s.colours = true
	s.Prose("%s: one two three four five", s.Paint(Yellow, "warning"))
	s.WarnProse("one two three four five six \x1b[2J")
	for _, text := range []string{out.String(), errs.String()} {
		for line := range strings.Lines(text) {
			if lipgloss.Width(line) > 20 {
				t.Errorf("%q", line)
			}
		}
	}
	if !strings.Contains(out.String(), "\x1b[33mwarning\x1b[0m: one two\n") || !strings.Contains(errs.String(), `\u001b[2J`) {
		t.Errorf("%q, %q", &out, &errs)
	}
	out.Reset()
	if s.Note("one two three four"); out.String() != "\x1b[33mnote:\x1b[0m one two three\nfour\n" {
		t.Errorf("%q", &out)
	}
	out.Reset()
	if New(&out, &errs, true).Prose("for people"); out.Len() > 0 {
		t.Errorf("with JSON: %q", &out)
	}
}
