package file

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// CheckNewFolder reports why WriteFolder would fail, without writing.
func CheckNewFolder(path string) error {
	_, err := os.Lstat(path)
	switch {
	case path == "":
		return failed(path, "it has no name", "name a folder")
	case strings.HasPrefix(path, "-"):
		return failed(path, flagged(path), "name a folder, or ./"+path)
	case err == nil:
		return failed(path, "it exists", "name a folder that does not")
	case !errors.Is(err, fs.ErrNotExist):
		return failed(path, reason(err), "name another folder")
	}
	beside, err := temporary(path, filepath.Clean(path))
	if err != nil {
		return err
	}
	beside.Close()
	return os.Remove(beside.Name())
}

// WriteFolder makes a new folder with files, whole or not at all. The files are given by name, which may have folders in it, each
// followed by a slash. Only the owner may read them.
func WriteFolder(path string, files map[string][]byte) (err error) {
	if err := CheckNewFolder(path); err != nil {
		return err
	}
	beside, err := os.MkdirTemp(filepath.Dir(filepath.Clean(path)), temporaryName)
	if err != nil {
		return failed(path, reason(err), "name another folder")
	}
	defer func() {
		if err != nil {
			_ = os.RemoveAll(beside)
			err = failed(path, reason(err), "nothing was written: name another folder")
		}
	}()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if !filepath.IsLocal(filepath.FromSlash(name)) {
			return fmt.Errorf("%q leads out of it", name)
		}
		to := filepath.Join(beside, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			return err
		}
		if err := create(to, files[name]); err != nil {
			return err
		}
	}
	return os.Rename(beside, filepath.Clean(path))
}

// create writes a file that must not exist yet.
func create(path string, content []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, private)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err == nil {
		err = file.Sync()
	}
	if closing := file.Close(); err == nil {
		err = closing
	}
	return err
}
