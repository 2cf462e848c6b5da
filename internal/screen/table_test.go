package screen

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/lipgloss"
)

var (
	head = []string{" ", "STACK", "ACCOUNT", "REGION", "WHY"}
	rows = [][]string{
		{"\x1b[32m✓\x1b[0m", "BreakGlass-Heartbeats-europe-africa", "111111111111", "us-east-1", "notices a Region that has gone silent"},
		{
			"\x1b[31m✗\x1b[0m", "BreakGlass-Forwarder-ap-southeast-2", "111111111111", "ap-southeast-2",
			"a sign-in can land in any enabled Region: aws account enable-region --region-name il-central-1, from 2026-11-22 on",
		},
	}
)

func TestATableFitsItsTerminal(t *testing.T) {
	for width := 60; width <= 140; width++ {
		lines := columns(width, head, rows)
		text := strings.Join(lines, "\n")
		for _, line := range lines {
			if n := lipgloss.Width(line); n > width {
				t.Errorf("%d columns: a line takes %d: %q", width, n, line)
			}
		}
		// Text copied out of a table is in one piece.
		for _, whole := range []string{"111111111111", "ap-southeast-2", "us-east-1"} {
			if !strings.Contains(text, whole) {
				t.Errorf("%d columns: %s is broken:\n%s", width, whole, text)
			}
		}
		for _, whole := range []string{"--region-name", "il-central-1", "2026-11-22"} {
			if !strings.Contains(text, whole) {
				t.Errorf("%d columns: %s is broken:\n%s", width, whole, text)
			}
		}
		// Nothing is cut off.
		if got, want := letters(text), letters(strings.Join(append(slices.Concat(rows...), head...), "")); got != want {
			t.Errorf("%d columns: the letters are %s, want %s", width, got, want)
		}
	}
}

// letters returns the letters of a text, sorted: wrapping changes their places only.
func letters(text string) string {
	all := []rune(strings.Join(strings.Fields(text), ""))
	slices.Sort(all)
	return string(all)
}

func TestATableThatFitsHasOneLineForEachRow(t *testing.T) {
	for _, width := range []int{0, len("three          10.00"), 200} {
		got := columns(width, []string{"A", "LONGER", "  USD"}, [][]string{{"one", "2", " 1.00"}, {"three", "", "10.00"}})
		want := []string{"A      LONGER    USD", "one    2        1.00", "three          10.00"}
		if !slices.Equal(got, want) {
			t.Errorf("%d columns: %q, want %q", width, got, want)
		}
	}
}

func TestATableInAFileIsAsWideAsItIs(t *testing.T) {
	t.Setenv("COLUMNS", "")
	var out bytes.Buffer
	New(&out, &bytes.Buffer{}, false).Table(head, rows)
	if n := strings.Count(out.String(), "\n"); n != len(rows)+1 {
		t.Errorf("%d lines:\n%s", n, &out)
	}
}

func TestAFileHasNoWidth(t *testing.T) {
	t.Setenv("COLUMNS", "")
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if n := Width(file); n != 0 {
		t.Errorf("%d columns", n)
	}
}

func TestColumnsOfTheEnvironment(t *testing.T) {
	t.Setenv("COLUMNS", "60")
	var out bytes.Buffer
	New(&out, &bytes.Buffer{}, false).Table(head, rows)
	for line := range strings.Lines(out.String()) {
		if n := lipgloss.Width(strings.TrimSuffix(line, "\n")); n > 60 {
			t.Errorf("a line takes %d: %q", n, line)
		}
	}
	fits := out.String()
	for _, columns := range []string{"1", "20", "59"} {
		t.Setenv("COLUMNS", columns)
		out.Reset()
		if New(&out, &bytes.Buffer{}, false).Table(head, rows); out.String() != fits {
			t.Errorf("in %s columns:\n%s\nwant what fits 60", columns, &out)
		}
	}
	t.Setenv("COLUMNS", "")
	out.Reset()
	New(&out, &bytes.Buffer{}, false).Table(head, rows)
	if n := strings.Count(out.String(), "\n"); n != 3 {
		t.Errorf("without a terminal there are %d lines, want 3:\n%s", n, &out)
	}
}
