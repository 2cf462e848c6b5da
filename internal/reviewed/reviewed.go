// Package reviewed compares what a test got with a file that somebody has read: what is too much to say in a test, and is to change on
// purpose only. After such a change, run the test with -update, and review the difference.
package reviewed

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the reviewed files again")

// Updating reports whether the files are to be written again.
func Updating() bool { return *update }

// Text compares a text with the file of a name below testdata.
func Text(t testing.TB, name, got string) {
	t.Helper()
	File(t, filepath.Join("testdata", name), got)
}

// JSON compares a value with the file of a name below testdata, as indented JSON.
func JSON(t testing.TB, name string, value any) {
	t.Helper()
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(value); err != nil {
		t.Fatal(err)
	}
	Text(t, name, text.String())
}

// Part compares a text with the part of a page between the comments <!-- begin NAME --> and <!-- end NAME -->.
func Part(t testing.TB, page, name, got string) {
	t.Helper()
	text := read(t, page)
	begin, end := "<!-- begin "+name+" -->\n", "<!-- end "+name+" -->"
	before, rest, ok := strings.Cut(text, begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Errorf("%s has no place for %s", page, name)
		return
	}
	File(t, page, before+begin+strings.TrimSpace(got)+"\n"+end+after)
}

// File compares a text with a file.
func File(t testing.TB, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(read(t, path), got); diff != "" {
		t.Errorf("%s is not what the code makes now (-reviewed +now); if that is on purpose, run the test with -update and review the difference:\n%s", path, diff)
	}
}

func read(t testing.TB, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
