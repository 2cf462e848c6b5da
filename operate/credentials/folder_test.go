package credentials

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/operate/seal"
)

// file returns a sealed password as it would be written, of which nothing is on disk.
func (w *world) file() *seal.File {
	w.t.Helper()
	f, err := seal.Seal(w.Options.header(seal.Password), seal.NewSecret([]byte("hunt-2222")), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return f
}

// No file is written over another one, set or unset: it may hold the only copy of a secret.
func TestNoFileIsWrittenOverAnother(t *testing.T) {
	for _, taken := range []string{seal.Unset, seal.Ending} {
		w := newWorld(t, "")
		f := w.file()
		path := filepath.Join(w.Folder, f.Name("")+taken)
		if err := os.WriteFile(path, []byte("kept"), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, ending := range []string{seal.Unset, seal.Ending} {
			if s, err := w.Options.write(f, "", ending); s != nil || err == nil ||
				err.Error() != path+" exists, or cannot be looked for; repeat the command in a second" {
				t.Errorf("%s over %s: %v, %v", ending, taken, s, err)
			}
		}
		if text, err := os.ReadFile(path); err != nil || string(text) != "kept" || len(w.paths()) != 1 {
			t.Errorf("%s, %v, %q", text, err, w.paths())
		}
		if s, err := w.Options.write(f, "2", seal.Unset); err != nil || !strings.HasSuffix(s.path, "-2-"+strings.TrimPrefix(f.Name(""), "Ada-password-")+seal.Unset) {
			t.Errorf("under another name: %+v, %v", s, err)
		}
	}
}

// A file gets its name once AWS knows its secret. If that fails, it is there, and the error says what is to be done.
func TestAFileThatCannotBeRenamedIsThere(t *testing.T) {
	w := newWorld(t, "")
	s, err := w.Options.pending(w.file(), "")
	if err != nil {
		t.Fatal(err)
	}
	from, to := s.path, strings.TrimSuffix(s.path, seal.Unset)+seal.Ending
	if err := os.MkdirAll(filepath.Join(to, "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := s.commit(); err == nil || s.path != from || !strings.HasPrefix(err.Error(), from+" is valid, but cannot be renamed: ") ||
		!strings.HasSuffix(err.Error(), "; rename it to "+to) {
		t.Errorf("%s: %v", s.path, err)
	}
	if err := os.RemoveAll(to); err != nil {
		t.Fatal(err)
	}
	if err := s.commit(); err != nil || s.path != to || !slices.Equal(w.paths(), []string{filepath.Base(to)}) {
		t.Errorf("%s: %v, %q", s.path, err, w.paths())
	}
	if err := s.drop(); err != nil || len(w.paths()) != 0 {
		t.Errorf("%v, %q", err, w.paths())
	}
}

// Every file but the new one is marked as void, once; one that cannot be marked is named, and the others are marked all the same.
func TestTheNewFileIsNotMarked(t *testing.T) {
	w := newWorld(t, "")
	var all []*sealed
	for _, what := range []string{"1", "2", "3", "4"} {
		s, err := w.Options.write(w.file(), what, seal.Ending)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	all[1].File = all[1].Voided(now, "earlier")
	if err := os.Remove(all[2].path); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(all[2].path, "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	marked, err := w.Options.void(all, all[0].result())
	if !slices.Equal(marked, []string{all[3].path}) || err == nil || !strings.HasPrefix(err.Error(), all[2].path+" is void, but cannot be marked: ") {
		t.Errorf("%q, %v", marked, err)
	}
	for i, want := range []string{"", "", "-", "replaced by " + filepath.Base(all[0].path)} {
		f, err := seal.Read(all[i].path)
		switch {
		case want == "-":
		case err != nil:
			t.Error(err)
		case want == "" != (f.Void == nil) || f.Void != nil && f.Void.Reason != want:
			t.Errorf("file %d: %+v", i+1, f.Void)
		}
	}
}

// A folder that cannot be read is not taken for an empty one.
func TestAFolderThatCannotBeRead(t *testing.T) {
	w := newWorld(t, "")
	w.Folder = filepath.Join(w.Folder, "none")
	if set, unset, err := w.Options.files(seal.Password); set != nil || unset != nil || err == nil || !strings.HasSuffix(err.Error(), "; name another one") {
		t.Errorf("%v, %v, %v", set, unset, err)
	}
}
