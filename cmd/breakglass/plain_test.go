package main

import (
	"unicode"

	"github.com/rogpeppe/go-internal/testscript"
)

// plain fails if a file, or what a command has printed, has a character that a terminal obeys instead of showing it, or that changes the
// direction of a text.
func plain(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile(args[0])
	at := 0
	for i, r := range text {
		if r == '\n' {
			at = i + 1
		}
		if unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Bidi_Control, r) {
			ts.Fatalf("%s has %U in %q", args[0], r, text[at:min(len(text), i+40)])
		}
	}
}

// quiet fails if standard error lacks the remark that requests go to the script's AWS, or has more than that and the text of a file.
func quiet(ts *testscript.TestScript, _ bool, args []string) {
	rest := ""
	if len(args) > 0 {
		rest = ts.ReadFile(args[0])
	}
	want := "note: requests go to " + ts.Getenv("AWS_ENDPOINT_URL") + " (AWS_ENDPOINT_URL), not to AWS\n" + rest
	if got := ts.ReadFile("stderr"); got != want {
		ts.Fatalf("standard error has\n%s\nwant\n%s", got, want)
	}
}
