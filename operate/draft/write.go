package draft

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Write puts a text into a file, whole or not at all: it is written into a file beside it, which then takes its place. A
// new file gets mode 0644; one that is there keeps its own, and stays where a symbolic link has it.
func Write(path string, text []byte) error {
	if err := write(path, text); err != nil {
		return fmt.Errorf("cannot write %s: %w; nothing was changed: see that the folder is there and may be written to", path, err)
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
		return errors.New("it is not a file")
	case err == nil:
		mode = info.Mode().Perm()
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	beside, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer os.Remove(beside.Name()) // does nothing once it has taken its place
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
