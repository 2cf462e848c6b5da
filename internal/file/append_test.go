package file

import (
	"os"
	"path/filepath"
	"testing"
)

func TestLinesAreAppended(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lines")
	for range 2 {
		log, err := Append(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := log.Line([]byte("a line")); err != nil {
			t.Fatal(err)
		}
		if err := log.Close(); err != nil {
			t.Fatal(err)
		}
	}
	expect(t, path, "a line\na line\n")
	if info, _ := os.Stat(path); info.Mode().Perm() != private {
		t.Errorf("others may read it: %v", info.Mode())
	}
}

// A run that was killed leaves half a line: the next one begins on a line of its own.
func TestACutLineStaysApart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lines")
	if err := os.WriteFile(path, []byte("a line\nhalf a"), 0o600); err != nil {
		t.Fatal(err)
	}
	log, err := Append(path)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	if err := log.Line([]byte("a line")); err != nil {
		t.Fatal(err)
	}
	expect(t, path, "a line\nhalf a\na line\n")
}

func TestAFolderTakesNoLines(t *testing.T) {
	if _, err := Append(t.TempDir()); err == nil {
		t.Error("no error")
	}
}

func expect(t *testing.T, path, want string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil || string(text) != want {
		t.Errorf("it has %q, want %q (%v)", text, want, err)
	}
}
