package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var link = regexp.MustCompile(`\]\(([^)\s]+)\)|(?:src|href)="([^"]+)"`)

func TestLinksResolve(t *testing.T) {
	for _, file := range documents(t) {
		for _, m := range link.FindAllStringSubmatch(read(t, file), -1) {
			to := m[1] + m[2]
			if strings.Contains(to, "://") {
				continue
			}
			path, anchor, _ := strings.Cut(to, "#")
			at := file
			if path != "" {
				at = filepath.Join(filepath.Dir(file), path)
			}
			if _, err := os.Stat(at); err != nil {
				t.Errorf("%s: no %s", file, to)
			} else if anchor != "" && !slices.Contains(anchors(read(t, at)), anchor) {
				t.Errorf("%s: no heading for %s", file, to)
			}
		}
	}
}

var heading = regexp.MustCompile(`(?m)^#+ (.+)$`)

// anchors returns the headings of a page as a link names them.
func anchors(text string) []string {
	var all []string
	for _, m := range heading.FindAllStringSubmatch(text, -1) {
		name := regexp.MustCompile(`[^a-z0-9 _-]`).ReplaceAllString(strings.ToLower(m[1]), "")
		all = append(all, strings.ReplaceAll(name, " ", "-"))
	}
	return all
}

var (
	// named is a page in the code, perhaps with a heading: docs/operate.md, "Remove a Region".
	named    = regexp.MustCompile(`(?:README|(docs/[a-z/]+\.md))(?:, \\?"([^"\\]+)\\?")?`)
	inString = regexp.MustCompile("\"(?:[^\"\\\\\n]|\\\\.)*\"|`[^`]*`")
)

// TestTheProgramNamesPagesThatExist: whatever page and heading a message of the program names is there.
func TestTheProgramNamesPagesThatExist(t *testing.T) {
	found := 0
	for _, file := range sources(t) {
		for _, text := range inString.FindAllString(read(t, file), -1) {
			for _, m := range named.FindAllStringSubmatch(text, -1) {
				if strings.HasSuffix(file, "_test.go") {
					continue
				}
				found++
				page := root + "/README.md"
				if m[1] != "" {
					page = filepath.Join(root, m[1])
				}
				if _, err := os.Stat(page); err != nil {
					t.Errorf("%s names %s, which is not there", file, m[0])
				} else if m[2] != "" && !regexp.MustCompile(`(?m)^#+ `+regexp.QuoteMeta(m[2])+`$`).MatchString(read(t, page)) {
					t.Errorf("%s names %s, and the page has no such heading", file, m[0])
				}
			}
		}
	}
	if found < 3 {
		t.Errorf("only %d pages are named in the code: does the expression still find them?", found)
	}
}

// sources returns the Go files of the project.
func sources(t *testing.T) []string {
	t.Helper()
	var files []string
	for _, pattern := range []string{"../*.go", "../[a-z]*/*.go", "../[a-z]*/[a-z]*/*.go", "../[a-z]*/[a-z]*/[a-z]*/*.go"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	return slices.DeleteFunc(files, func(f string) bool { return strings.Contains(f, "node_modules") })
}
