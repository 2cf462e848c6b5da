package draft

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Write writes a text to a file, whole or not at all: to a temporary file beside it, which is then renamed. A new file gets mode
// 0644; one that exists keeps its mode, and a symbolic link to it stays.
func Write(path string, text []byte) error {
	if err := write(path, text); err != nil {
		return fmt.Errorf("cannot write %s: %w; nothing was changed: check that the folder exists and is writable", path, err)
	}
	return nil
}

func write(path string, text []byte) error {
	mode := fs.FileMode(0o644)
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	info, err := os.Stat(path)
	switch {
	case err == nil && !info.Mode().IsRegular():
		return errors.New("not a regular file")
	case err == nil:
		mode = info.Mode().Perm()
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	beside, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer os.Remove(beside.Name()) // does nothing after the rename
	_, err = beside.Write(text)
	if err == nil {
		err = beside.Chmod(mode)
	}
	if err == nil {
		err = beside.Sync()
	}
	if closing := beside.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(beside.Name(), path)
	}
	return err
}
