package awscli

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// A block between lines of three backquotes, and what stands between single ones.
var (
	fenced = regexp.MustCompile("(?ms)^( *)```([a-z]*)\n(.*?)^ *```$")
	inline = regexp.MustCompile("`([^`]+)`")
	calls  = regexp.MustCompile(`(?m)(?:^|[\s(])aws [a-z]`)
)

// InDocuments returns the commands in the README and below docs: every example of a shell that calls the CLI, as a whole, and every
// command between backquotes or in an alert.
func InDocuments(root string, services []string) ([]Command, error) {
	var found []Command
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md"} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil || len(files) == 0 {
			return nil, fmt.Errorf("%s: no documents: %w", pattern, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				return nil, err
			}
			name, err := filepath.Rel(root, file)
			if err != nil {
				return nil, err
			}
			found = append(found, inDocument(filepath.ToSlash(name), string(text), services)...)
		}
	}
	return found, nil
}

func inDocument(name, text string, services []string) []Command {
	var found []Command
	at := func(offset int) string { return fmt.Sprintf("%s:%d", name, 1+strings.Count(text[:offset], "\n")) }
	for _, m := range fenced.FindAllStringSubmatchIndex(text, -1) {
		block := text[m[6]:m[7]]
		if text[m[4]:m[5]] == "sh" {
			if calls.MatchString(block) {
				found = append(found, Command{At: at(m[6]), Text: block, Block: true})
			}
			continue
		}
		for _, command := range inProse(block, services) {
			found = append(found, Command{At: at(m[6]), Text: command})
		}
	}
	// Lines of the blocks stay, so that the places of the rest are right.
	rest := fenced.ReplaceAllStringFunc(text, func(block string) string { return strings.Repeat("\n", strings.Count(block, "\n")) })
	for _, m := range inline.FindAllStringSubmatchIndex(rest, -1) {
		line := fmt.Sprintf("%s:%d", name, 1+strings.Count(rest[:m[0]], "\n"))
		for _, command := range inProse(strings.ReplaceAll(rest[m[2]:m[3]], "\n", " "), services) {
			found = append(found, Command{At: line, Text: command})
		}
	}
	return found
}
