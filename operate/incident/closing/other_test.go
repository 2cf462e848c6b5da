//go:build unix

package closing

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"example.com/breakglass/operate/incident/folder"
)

// What is no file is named, wherever it leads: a link in place of a file may lead to the same content today. A pipe is not waited for.
func TestWhatIsNoFileIsADifference(t *testing.T) {
	s := finished(t)
	items, err := Checklist(t.Context(), *s)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := Sign(*s, items, "arn", "Jane", now); err != nil {
		t.Fatal(err)
	}
	at := func(name string) string { return filepath.Join(s.Folder.Path, name) }
	elsewhere := t.TempDir()
	for _, name := range []string{drillFile, folder.Closed} {
		if err := os.Rename(at(name), filepath.Join(elsewhere, name)); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(filepath.Join(elsewhere, name), at(name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("nowhere", at("dangling\x1b[31m")); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(at("pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(at("below"), 0o700); err != nil {
		t.Fatal(err)
	}
	differs, _, err := Verify(s.Folder)
	want := []string{
		"below is a folder", "closed.json is a symbolic link", `dangling\u001b[31m is a symbolic link`, "drill.json is a symbolic link", "pipe is a pipe",
	}
	if err != nil || !slices.Equal(differs, want) {
		t.Errorf("%q, want %q (%v)", differs, want, err)
	}
}

// Nobody signs what has no hash.
func TestAFolderWithALinkIsNotSigned(t *testing.T) {
	s := finished(t)
	if err := os.Symlink("elsewhere", filepath.Join(s.Folder.Path, "notes.txt")); err != nil {
		t.Fatal(err)
	}
	items, err := Checklist(t.Context(), *s)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := Sign(*s, items, "arn", "Jane", now); err == nil || !strings.Contains(err.Error(), "notes.txt is a symbolic link") {
		t.Error(err)
	}
}
