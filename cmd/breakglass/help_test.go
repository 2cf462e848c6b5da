package main

import (
	"io"
	"os/exec"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// ours returns the commands that this program documents.
func ours() []*cobra.Command {
	var all []*cobra.Command
	each(newRoot(), func(cmd *cobra.Command) {
		if documented(cmd) {
			all = append(all, cmd)
		}
	})
	return all
}

func TestEveryCommandSaysWhatItIsForAndHowToCallIt(t *testing.T) {
	for _, cmd := range ours() {
		path := cmd.CommandPath()
		if cmd.Short == "" || strings.HasSuffix(cmd.Short, ".") {
			t.Errorf("%s: its one line is %q", path, cmd.Short)
		}
		calls := examples(cmd)
		if len(calls) == 0 {
			t.Errorf("%s has no example", path)
		}
		own := false
		for _, call := range calls {
			own = own || strings.HasPrefix(call, path)
			checkExample(t, path, call)
		}
		if !own {
			t.Errorf("%s: no example calls it", path)
		}
	}
}

// examples returns the calls in a command's example, without comments and without what a shell does with their output.
func examples(cmd *cobra.Command) []string {
	var calls []string
	for line := range strings.Lines(strings.ReplaceAll(cmd.Example, "\\\n", " ")) {
		line = strings.TrimSpace(line)
		for _, end := range []string{" #", " | ", " > ", " < ", " && ", " ; "} {
			line, _, _ = strings.Cut(line, end)
		}
		if strings.HasPrefix(line, "breakglass ") {
			calls = append(calls, line)
		}
	}
	return calls
}

// checkExample checks a call against the flags and arguments that the program takes, without running it.
func checkExample(t *testing.T, path, call string) {
	t.Helper()
	root := newRoot()
	root.SetOut(io.Discard)
	root.SetErr(io.Discard)
	cmd, rest, err := root.Find(words(call)[1:])
	if err == nil {
		err = cmd.ParseFlags(rest)
	}
	if err == nil {
		err = cmd.ValidateArgs(cmd.Flags().Args())
	}
	if err == nil {
		err = cmd.ValidateRequiredFlags()
	}
	if err == nil {
		err = cmd.ValidateFlagGroups()
	}
	if err != nil {
		t.Errorf("%s: the example %q: %v", path, call, err)
	}
}

// words splits a call as a shell does, as far as an example needs it.
func words(call string) []string {
	var all []string
	var word strings.Builder
	quote, inWord := rune(0), false
	for _, r := range call {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '"' || r == '\''):
			quote, inWord = r, true
		case quote == 0 && r == ' ':
			if inWord {
				all = append(all, word.String())
				word.Reset()
			}
			inWord = false
		default:
			word.WriteRune(r)
			inWord = true
		}
	}
	if inWord {
		all = append(all, word.String())
	}
	return all
}

func TestNothingOfTheCDKIsLinked(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	deps := string(out)
	if !strings.Contains(deps, "example.com/breakglass/plan") {
		t.Fatalf("the list lacks what is linked: %.200s", deps)
	}
	for dep := range strings.Lines(deps) {
		if strings.Contains(dep, "aws-cdk-go") || strings.Contains(dep, "jsii") {
			t.Errorf("breakglass would start slowly, and need Node: it imports %s", strings.TrimSpace(dep))
		}
	}
}
