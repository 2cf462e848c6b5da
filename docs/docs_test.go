// Package docs contains only tests: they compare the documents with the code. Generated parts are between the comments <!-- begin
// NAME --> and <!-- end NAME --> of their page; go test ./docs -update writes them again.
package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const (
	root   = ".."
	readme = "../README.md"
)

func table(head []string, rows [][]string) string {
	lines := []string{"| " + strings.Join(head, " | ") + " |", "|" + strings.Repeat("---|", len(head))}
	for _, row := range rows {
		lines = append(lines, "| "+strings.Join(row, " | ")+" |")
	}
	return strings.Join(lines, "\n")
}

func code(text string) string { return "`" + text + "`" }

// cell escapes a text for a cell of a table.
func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// documents returns the Markdown files of the project that people write.
func documents(t *testing.T) []string {
	t.Helper()
	var files []string
	for _, pattern := range []string{"../*.md", "*.md", "decisions/*.md"} {
		files = append(files, glob(t, pattern)...)
	}
	return files
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	found, err := filepath.Glob(pattern)
	if err != nil || len(found) < 2 {
		t.Fatalf("%s: %q, %v", pattern, found, err)
	}
	return found
}

// readmeLines is how long the README may be: whatever is longer has a page below docs.
const readmeLines = 200

func TestTheREADMEIsShort(t *testing.T) {
	if n := strings.Count(read(t, readme), "\n"); n > readmeLines {
		t.Errorf("README.md has %d lines, at most %d are allowed", n, readmeLines)
	}
}

// TestTheREADMEShowsTheTree: every folder at the top, except those that git ignores, and the app are in the layout.
func TestTheREADMEShowsTheTree(t *testing.T) {
	_, layout, _ := strings.Cut(read(t, readme), "\n## Layout\n")
	layout, _, _ = strings.Cut(layout, "\n## ")
	ignored := read(t, root+"/.gitignore")
	top, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range top {
		name := entry.Name()
		if !entry.IsDir() && name != "app.go" || name == ".git" || strings.Contains(ignored, "/"+name+"/\n") {
			continue
		}
		if !strings.Contains(layout, "]("+name+")") && !strings.Contains(layout, "]("+name+"/") {
			t.Errorf("the layout in README.md has no %s", name)
		}
	}
}

// TestEveryPageBeginsWithItsReaders: a title, then who the page is for. The README lists every page.
func TestEveryPageBeginsWithItsReaders(t *testing.T) {
	forWhom := regexp.MustCompile(`^# .+\n\n\*For [^*]+\*\n`)
	list := read(t, readme)
	for _, page := range glob(t, "*.md") {
		if !forWhom.MatchString(read(t, page)) {
			t.Errorf("%s does not begin with its title and its readers: *For …*", page)
		}
		if !strings.Contains(list, "](docs/"+page+")") {
			t.Errorf("README.md has no link to docs/%s", page)
		}
	}
}

func TestEveryDecisionIsListed(t *testing.T) {
	list := read(t, "decisions/README.md")
	for _, file := range glob(t, "decisions/[0-9]*.md") {
		title := strings.TrimPrefix(strings.SplitN(read(t, file), "\n", 2)[0], "# ")
		if !strings.Contains(list, "["+title+"]("+filepath.Base(file)+")") {
			t.Errorf("decisions/README.md does not list %s as %q", file, title)
		}
	}
}
