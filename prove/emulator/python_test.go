package emulator

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// fakePython writes a program that answers as a Python of some version does.
func fakePython(t *testing.T, path, script string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestFindPythonTriesEachByRunningIt(t *testing.T) {
	dir := t.TempDir()
	shim := fakePython(t, filepath.Join(dir, "shim"), `echo "pyenv: python3.13: command not found" >&2; exit 127`)
	old := fakePython(t, filepath.Join(dir, "old"), "echo 3.12.1; echo usable")
	next := fakePython(t, filepath.Join(dir, "next"), "echo 3.130.0; echo usable")
	bare := fakePython(t, filepath.Join(dir, "bare"), `echo 3.13.2; echo "No module named ensurepip" >&2; exit 1`)
	right := fakePython(t, filepath.Join(dir, "right"), "echo 3.13.0; echo usable")

	got, err := findPython(t.Context(), []string{shim, old, next, bare, right})
	if err != nil || got != right {
		t.Errorf("found %q, %v; want %q", got, err, right)
	}

	_, err = findPython(t.Context(), []string{shim, old, bare})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		"needs Python 3.13", "brew install python@3.13", "pyenv install 3.13", "uv python install 3.13",
		old + " is 3.12.1", bare + " is 3.13.2 without the venv module",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error lacks %q:\n%v", want, err)
		}
	}
	if strings.Contains(err.Error(), shim) {
		t.Errorf("the error names a program that is no Python:\n%v", err)
	}
}

func TestCandidates(t *testing.T) {
	first, second, home := t.TempDir(), t.TempDir(), t.TempDir()
	t.Setenv("PATH", first) // no pyenv here
	want := []string{
		fakePython(t, filepath.Join(second, "python3.13"), ""),
		fakePython(t, filepath.Join(first, "python3"), ""),
		fakePython(t, filepath.Join(second, "python3"), ""),
		fakePython(t, filepath.Join(home, ".pyenv/versions/3.13.0/bin/python3"), ""),
		fakePython(t, filepath.Join(home, ".local/share/uv/python/cpython-3.13.1-linux/bin/python3"), ""),
	}
	fakePython(t, filepath.Join(home, ".pyenv/versions/3.12.1/bin/python3"), "")

	got := candidates(t.Context(), first+":"+second+":"+first, home)
	if len(got) < len(want) || !slices.Equal(got[:len(want)], want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
