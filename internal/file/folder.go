package file

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// Folder creates a folder for files of this package, unless it exists.
func Folder(path string) error {
	if strings.HasPrefix(path, "-") {
		return failed(path, flagged(path), "name a folder, or ./"+path)
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return fmt.Errorf("cannot create the folder %s: %s; name another one", path, reason(err))
	}
	return nil
}

// CheckFolder reports why Folder, or a file in the folder, would fail.
func CheckFolder(path string) error {
	if strings.HasPrefix(path, "-") {
		return failed(path, flagged(path), "name a folder, or ./"+path)
	}
	above := path
	for {
		info, err := os.Stat(above)
		missing := errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
		switch {
		case err == nil && !info.IsDir():
			return fmt.Errorf("cannot write into %s: %s is %s; name another folder", path, above, kind(info))
		case err == nil:
			beside, err := os.CreateTemp(above, temporaryName)
			if err != nil {
				return fmt.Errorf("cannot write into %s: nothing can be created in %s: %s; name another folder", path, above, reason(err))
			}
			beside.Close()
			return os.Remove(beside.Name())
		case !missing || filepath.Dir(above) == above:
			return fmt.Errorf("cannot write into %s: %s; name another folder", path, reason(err))
		}
		above = filepath.Dir(above)
	}
}
