package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

var (
	shellBlock = regexp.MustCompile("(?ms)^ *```sh\n(.*?)^ *```$")
	shellWord  = regexp.MustCompile(`(?:'[^']*'|"[^"]*"|[^\s'"])+`)
	// start is where a command of this CLI begins, in a line of an example or between backquotes.
	start       = regexp.MustCompile(`(?:^|[|;&(] *)(?:bin/|go run \./cmd/)?breakglass(?: (.*))?$`)
	quoted      = regexp.MustCompile("`((?:bin/)?breakglass [^`]+)`")
	endsCommand = regexp.MustCompile(`^(?:[|;&#>)]|2>)`)
)

// TestShownCommandsParse: each command in the documents is one, its flags parse, and in an example its arguments are as many as it
// takes. What it does with them, its own tests show.
func TestShownCommandsParse(t *testing.T) {
	lines, mentions := 0, 0
	for _, pattern := range []string{"../../*.md", "../../docs/*.md", "../../docs/*/*.md"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) < 3 {
			t.Fatalf("%s: %q, %v", pattern, files, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, block := range shellBlock.FindAllStringSubmatch(string(text), -1) {
				for line := range strings.Lines(strings.ReplaceAll(block[1], "\\\n", " ")) {
					if m := start.FindStringSubmatch(strings.TrimSpace(line)); m != nil {
						lines++
						if err := parses(m[1], true); err != nil {
							t.Errorf("%s: %s: %v", file, strings.TrimSpace(line), err)
						}
					}
				}
			}
			for _, m := range quoted.FindAllStringSubmatch(shellBlock.ReplaceAllString(string(text), ""), -1) {
				mentions++
				_, words, _ := strings.Cut(m[1], "breakglass ")
				if err := parses(words, false); err != nil {
					t.Errorf("%s: %s: %v", file, m[1], err)
				}
			}
		}
	}
	if lines < 150 || mentions < 170 {
		t.Errorf("only %d lines and %d mentions found: do the expressions still find them?", lines, mentions)
	}
}

// parses gives the words to the command that they name. whole means that no argument is left out.
func parses(text string, whole bool) error {
	var words []string
	for _, word := range shellWord.FindAllString(text, -1) {
		if endsCommand.MatchString(word) {
			break
		}
		words = append(words, strings.NewReplacer("'", "", `"`, "").Replace(word))
	}
	root := newRoot()
	command, rest, err := root.Find(words)
	if err != nil {
		return err
	}
	command.InitDefaultHelpFlag()
	command.InitDefaultVersionFlag()
	if last := len(rest) - 1; !whole && last >= 0 && strings.HasPrefix(rest[last], "--") && !strings.Contains(rest[last], "=") {
		if flag := command.Flag(strings.TrimPrefix(rest[last], "--")); flag != nil && flag.NoOptDefVal == "" {
			rest = append(rest, flag.DefValue) // a mention of a flag, without its value
		}
	}
	if err := command.ParseFlags(rest); err != nil {
		return err
	}
	if !whole || isHelp(command) {
		return nil
	}
	if err := command.ValidateArgs(command.Flags().Args()); err != nil {
		return err
	}
	if err := command.ValidateRequiredFlags(); err != nil {
		return err
	}
	return command.ValidateFlagGroups()
}

func isHelp(command *cobra.Command) bool {
	help, err := command.Flags().GetBool("help")
	return err == nil && help
}

func TestParsesRefuses(t *testing.T) {
	for _, text := range []string{"chekc", "check --no-such-flag", "check --output", "check one two three", "credentials open"} {
		if parses(text, true) == nil {
			t.Errorf("%q parses", text)
		}
	}
}
