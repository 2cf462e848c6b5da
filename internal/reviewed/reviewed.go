// Package reviewed compares what a test got with a file that somebody has read: what is too much to say in a test, and is to change on
// purpose only.
package reviewed

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the files below testdata again")

// Text compares a text with the file of a name below testdata. After a change on purpose, run the test with -update, and read the difference.
func Text(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s is another one; if that is on purpose, run the test with -update and read the difference:\n%s", path, diff)
	}
}
