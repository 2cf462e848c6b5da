package file

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestAFolderIsWrittenWholeOrNotAtAll(t *testing.T) {
	in := t.TempDir()
	path := filepath.Join(in, "pack")
	if err := WriteFolder(path+"/", map[string][]byte{"a": []byte("1"), "sub/b": nil}); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"a": "1", "sub/b": ""} {
		text, err := os.ReadFile(filepath.Join(path, name))
		if err != nil || string(text) != want {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
	for name, mode := range map[string]fs.FileMode{"": 0o700, "a": 0o600, "sub": 0o700, "sub/b": 0o600} {
		if info, err := os.Stat(filepath.Join(path, name)); err != nil || info.Mode().Perm() != mode && runtime.GOOS != "windows" {
			t.Errorf("%q: %v, %v", name, info.Mode(), err)
		}
	}
	link := filepath.Join(in, "link")
	if err := os.Symlink("nowhere", link); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path, name, want string
	}{
		{path, "a", "it exists"}, {link, "a", "it exists"}, {filepath.Join(in, "none", "pack"), "a", "there is no folder"},
		{filepath.Join(path, "a", "pack"), "a", ""},
		{filepath.Join(in, "out"), "../a", "leads out of it"}, {filepath.Join(in, "out"), "/a", "leads out of it"}, {filepath.Join(in, "out"), "a/b", ""},
		{"", "a", "it has no name"},
	} {
		err := WriteFolder(c.path, map[string][]byte{"a": nil, c.name: nil})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s, %s: %v", c.path, c.name, err)
		}
	}
	left, err := os.ReadDir(in)
	if err != nil || len(left) != 2 {
		t.Errorf("left: %v, %v", left, err)
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(in), "a")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a file was written outside")
	}
}

func TestReadPlainFollowsNoLink(t *testing.T) {
	in := t.TempDir()
	path, link := filepath.Join(in, "a"), filepath.Join(in, "link")
	if err := os.WriteFile(path, []byte("12"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	if text, err := ReadPlain(path, 1); err != nil || string(text) != "12" {
		t.Errorf("%q, %v", text, err)
	}
	var not *NotRegular
	if _, err := ReadPlain(link, 9); !errors.As(err, &not) || not.Is != "a symbolic link" {
		t.Error(err)
	}
	if _, err := ReadPlain(in, 9); !errors.As(err, &not) || !not.Folder {
		t.Error(err)
	}
	if text, err := Read(link, 9); err != nil || string(text) != "12" {
		t.Errorf("%q, %v", text, err)
	}
	// What is replaced by a link after it was looked at is refused, too.
	if _, err := read(link, 9, func(string) (fs.FileInfo, error) { return os.Stat(path) }, noLink); err == nil && runtime.GOOS != "windows" {
		t.Error("a link was opened")
	}
}
