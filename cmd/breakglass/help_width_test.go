package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestHelpFitsTheTerminal: every line of every command's help but the examples, in which no command is broken.
func TestHelpFitsTheTerminal(t *testing.T) {
	var whole, narrow bytes.Buffer
	for _, cmd := range ours() {
		args := append(strings.Fields(cmd.CommandPath())[1:], "--help")
		t.Setenv("COLUMNS", "")
		whole.Reset()
		if code := run(t.Context(), args, strings.NewReader(""), &whole, &whole); code != 0 {
			t.Fatalf("%q: exit %d", args, code)
		}
		for _, columns := range []string{"60", "80"} {
			t.Setenv("COLUMNS", columns)
			narrow.Reset()
			if code := run(t.Context(), args, strings.NewReader(""), &narrow, &narrow); code != 0 {
				t.Fatalf("%q: exit %d", args, code)
			}
			text, examples, _ := strings.Cut(narrow.String(), "Examples:\n")
			examples, flags, _ := strings.Cut(examples, "\n\n")
			for line := range strings.Lines(text + flags) {
				line = strings.TrimSuffix(line, "\n")
				if width := utf8.RuneCountInString(line); width > map[string]int{"60": 60, "80": 80}[columns] && strings.Contains(strings.TrimSpace(line), " ") {
					t.Errorf("%q in %s columns: %d in %q", args, columns, width, line)
				}
			}
			if !slices.Equal(strings.Fields(narrow.String()), strings.Fields(whole.String())) {
				t.Errorf("%q in %s columns: words are lost", args, columns)
			}
			if !strings.Contains(whole.String(), "Examples:\n"+examples+"\n") {
				t.Errorf("%q in %s columns: an example is broken:\n%s", args, columns, examples)
			}
		}
	}
}

func TestALineHangs(t *testing.T) {
	for _, test := range []struct {
		line  string
		width int
		want  []string
	}{
		{"short", 10, []string{"short"}},
		{"one two three", 8, []string{"one two", "three"}},
		{"  --a b   what it does", 14, []string{"  --a b   what", "  it does"}},
		{"  -a   what it does", 14, []string{"  -a   what it", "       does"}},
		{"https://example.com/long next", 10, []string{"https://example.com/long", "next"}},
		{"https://example.com/long", 10, []string{"https://example.com/long"}},
		{"ééé ééé", 4, []string{"ééé", "ééé"}},
	} {
		if got := hanging(test.line, test.width); !slices.Equal(got, test.want) {
			t.Errorf("%q in %d: %q, want %q", test.line, test.width, got, test.want)
		}
	}
}
