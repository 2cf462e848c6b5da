package reviewed

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// failing takes the place of a test that is expected to fail.
type failing struct {
	testing.TB
	said []string
}

func (f *failing) Errorf(format string, _ ...any) { f.said = append(f.said, format) }

func (f *failing) Helper() {}

func TestAPartOfAPageIsComparedAndWrittenAgain(t *testing.T) {
	page := filepath.Join(t.TempDir(), "page.md")
	const before = "# Page\n<!-- begin table -->\nold\n<!-- end table -->\nThe rest.\n"
	if err := os.WriteFile(page, []byte(before), 0o644); err != nil {
		t.Fatal(err)
	}
	Part(t, page, "table", "old")

	other, missing := &failing{TB: t}, &failing{TB: t}
	Part(other, page, "table", "new")
	Part(missing, page, "list", "new")
	if len(other.said) != 1 || len(missing.said) != 1 || !strings.Contains(missing.said[0], "no place") {
		t.Errorf("%q, %q", other.said, missing.said)
	}
	if text, err := os.ReadFile(page); err != nil || string(text) != before {
		t.Errorf("without -update, the page is %q, %v", text, err)
	}

	*update = true
	defer func() { *update = false }()
	Part(t, page, "table", "new\n\n")
	if text, err := os.ReadFile(page); err != nil || string(text) != strings.Replace(before, "old", "new", 1) {
		t.Errorf("%q, %v", text, err)
	}
}

func TestAMissingFolderIsMade(t *testing.T) {
	*update = true
	defer func() { *update = false }()
	File(t, filepath.Join(t.TempDir(), "folder", "file.txt"), "text")
}
