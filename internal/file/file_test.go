package file

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func mustWrite(t *testing.T, path, text string, mode fs.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func content(t *testing.T, path string) (string, fs.FileMode) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text), info.Mode()
}

// onlyThese fails if a folder has other entries: no temporary file may stay.
func onlyThese(t *testing.T, folder string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var have []string
	for _, e := range entries {
		have = append(have, e.Name())
	}
	if strings.Join(have, " ") != strings.Join(names, " ") {
		t.Errorf("the folder has %q, want %q", have, names)
	}
}

// TestAFlagIsNoFile: card --html --help would write a page called --help. Nor is - one, for which other programs take standard output.
func TestAFlagIsNoFile(t *testing.T) {
	t.Chdir(t.TempDir())
	for path, why := range map[string]string{"-": "standard output is for what the command says", "--help": "it looks like a flag", "-o": "it looks like a flag"} {
		for name, c := range map[string]struct {
			err  error
			noun string
		}{
			"Check": {Check(path), "file"}, "Write": {Write(path, nil), "file"}, "Folder": {Folder(path), "folder"}, "CheckFolder": {CheckFolder(path), "folder"},
			"CheckNewFolder": {CheckNewFolder(path), "folder"}, "WriteFolder": {WriteFolder(path, nil), "folder"},
		} {
			if want := "cannot write " + path + ": " + why + "; name a " + c.noun + ", or ./" + path; c.err == nil || c.err.Error() != want {
				t.Errorf("%s: got\n%v\nwant\n%s", name, c.err, want)
			}
		}
		if err := Write("./"+path, nil); err != nil {
			t.Error(err)
		}
	}
	onlyThese(t, ".", "-", "--help", "-o")
}

func TestAFileIsItsOwnersOnly(t *testing.T) {
	folder := t.TempDir()
	made, open, kept := filepath.Join(folder, "a"), filepath.Join(folder, "b"), filepath.Join(folder, "c")
	mustWrite(t, open, "a long old content", 0o644)
	mustWrite(t, kept, "old", 0o640)
	for path, write := range map[string]func(string, []byte) error{made: Write, open: Write, kept: Edit} {
		if err := Check(path); err != nil {
			t.Error(err)
		}
		if err := write(path, []byte("new")); err != nil {
			t.Error(err)
		}
	}
	for path, want := range map[string]fs.FileMode{made: 0o600, open: 0o600, kept: 0o640} {
		if text, mode := content(t, path); text != "new" || mode != want {
			t.Errorf("%s: %q, mode %v, want %v", filepath.Base(path), text, mode, want)
		}
	}
	onlyThese(t, folder, "a", "b", "c")
}

func TestALinkIsFollowed(t *testing.T) {
	folder := t.TempDir()
	if err := os.MkdirAll(filepath.Join(folder, "real", "deep"), 0o700); err != nil {
		t.Fatal(err)
	}
	mustWrite(t, filepath.Join(folder, "real", "there"), "old", 0o600)
	for link, to := range map[string]string{
		"there": filepath.Join("real", "there"), "not-yet": filepath.Join("real", "new"), "chain": "not-yet-either",
		"not-yet-either": filepath.Join(folder, "real", "other"),
		"folder":         filepath.Join("real", "deep"), filepath.Join("real", "deep", "up"): filepath.Join("..", "above"),
	} {
		if err := os.Symlink(to, filepath.Join(folder, link)); err != nil {
			t.Fatal(err)
		}
	}
	// The link "up" is relative to the real folder, not to the link that leads there.
	for link, end := range map[string]string{"there": "real/there", "not-yet": "real/new", "chain": "real/other", "folder/up": "real/above"} {
		path := filepath.Join(folder, link)
		if err := Check(path); err != nil {
			t.Error(err)
		}
		if err := Write(path, []byte(link)); err != nil {
			t.Error(err)
		}
		if text, _ := content(t, filepath.Join(folder, end)); text != link {
			t.Errorf("%s: the end has %q", link, text)
		}
		if info, err := os.Lstat(path); err != nil || info.Mode()&fs.ModeSymlink == 0 {
			t.Errorf("%s is no longer a link: %v, %v", link, info, err)
		}
	}
}

func TestWhatMustNotBeWrittenIsRefused(t *testing.T) {
	folder := t.TempDir()
	in := func(name string) string { return filepath.Join(folder, name) }
	mustWrite(t, in("read-only"), "old", 0o444)
	mustWrite(t, in("a-file"), "old", 0o600)
	for link, to := range map[string]string{"to-device": os.DevNull, "loop": "loop", "to-nowhere": "missing/file", "to-read-only": "read-only"} {
		if err := os.Symlink(to, in(link)); err != nil {
			t.Fatal(err)
		}
	}
	listener, err := net.Listen("unix", in("socket"))
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	before, _ := os.ReadDir(folder)
	for path, want := range map[string]string{
		folder:               "it is a folder; name a file in it",
		in("new") + "/":      "it is a folder; name a file in it",
		os.DevNull:           "it is a device; name a regular file",
		in("to-device"):      "it is a device; name a regular file",
		in("socket"):         "it is a socket; name a regular file",
		in("loop"):           "it is a symbolic link that leads nowhere; name another file",
		in("missing/file"):   "there is no folder " + in("missing") + "; create it, or name another file",
		in("to-nowhere"):     "there is no folder " + in("missing") + "; create it, or name another file",
		in("a-file/file"):    "not a directory; name another file",
		in("read-only"):      "it is read-only; make it writable, or name another file",
		in("to-read-only"):   "it is read-only; make it writable, or name another file",
		in("a-file/") + "./": "it is a folder; name a file in it",
	} {
		want = "cannot write " + path + ": " + want
		for name, write := range map[string]func() error{
			"Check": func() error { return Check(path) },
			"Write": func() error { return Write(path, []byte("new")) },
			"Edit":  func() error { return Edit(path, []byte("new")) },
		} {
			if err := write(); err == nil || err.Error() != want {
				t.Errorf("%s: got\n%v\nwant\n%s", name, err, want)
			}
		}
	}
	if _, _, err := follow(""); err == nil {
		t.Error("a path without a name leads to a file")
	}
	if text, mode := content(t, in("read-only")); text != "old" || mode != 0o444 {
		t.Errorf("the read-only file has %q, mode %v", text, mode)
	}
	if after, _ := os.ReadDir(folder); len(after) != len(before) {
		t.Errorf("the folder has %v", after)
	}
}

func TestFilesThatWouldOverwriteEachOther(t *testing.T) {
	folder := t.TempDir()
	in := func(name string) string { return filepath.Join(folder, name) }
	mustWrite(t, in("breakglass.yaml"), "version: 1", 0o600)
	if err := os.Symlink("breakglass.yaml", in("link")); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		paths []string
		want  string
	}{
		{[]string{"", ""}, ""},
		{[]string{in("a"), "", in("b")}, ""},
		{[]string{in("a"), in("a")}, "cannot write " + in("a") + ": it is the same file as " + in("a") + "; name another file"},
		{[]string{in("link")}, "cannot write " + in("link") + ": it is the same file as " + in("breakglass.yaml") + "; name another file"},
		{[]string{in("no/a")}, "cannot write " + in("no/a") + ": there is no folder " + in("no") + "; create it, or name another file"},
	} {
		got := ""
		if err := CheckEach(in("breakglass.yaml"), c.paths...); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%q: got %q, want %q", c.paths, got, c.want)
		}
	}
	onlyThese(t, folder, "breakglass.yaml", "link")
}

func TestFoldersAreCheckedBeforeTheyAreCreated(t *testing.T) {
	top := t.TempDir()
	in := func(name string) string { return filepath.Join(top, name) }
	mustWrite(t, in("a-file"), "", 0o600)
	for path, want := range map[string]string{
		top:                    "",
		in("new"):              "",
		in("new/deep/down"):    "",
		in("a-file"):           in("a-file") + " is a file; name another folder",
		in("a-file/deep/down"): in("a-file") + " is a file; name another folder",
	} {
		got := ""
		if err := CheckFolder(path); err != nil {
			got = err.Error()
		}
		if want != "" {
			want = "cannot write into " + path + ": " + want
		}
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	onlyThese(t, top, "a-file")
	if err := Folder(in("new/deep")); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(in("new/deep")); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info, err)
	}
	if err := Folder(in("a-file")); err == nil || !strings.HasPrefix(err.Error(), "cannot create the folder "+in("a-file")+": ") {
		t.Error(err)
	}
}

func TestAFormWithoutAPathIsNotMade(t *testing.T) {
	path := filepath.Join(t.TempDir(), "page")
	refused := errors.New("no page")
	form := func(path, text string, err error) Form {
		return Form{path, func() ([]byte, error) {
			if path == "" {
				t.Error("it is made")
			}
			return []byte(text), err
		}}
	}
	if err := WriteForms(form("", "a", nil), form(path, "b", nil), form("", "c", nil)); err != nil {
		t.Error(err)
	}
	if err := WriteForms(form(path, "d", refused)); !errors.Is(err, refused) {
		t.Error(err)
	}
	if text, _ := content(t, path); text != "b" {
		t.Errorf("it has %q", text)
	}
}
