// Package file reads and writes the files that a person names. Every file is written whole or not at all, and what must not be
// overwritten is refused before the work begins. It imports nothing of this module.
package file

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// private is the mode of every new file: they hold account numbers, names and addresses, which concern their owner only.
const private fs.FileMode = 0o600

// Check reports why a file could not be written, without writing it: commands call it before they ask anybody anything. An empty
// path means that no file was named.
func Check(path string) error {
	if path == "" {
		return nil
	}
	real, _, err := target(path)
	if err != nil {
		return err
	}
	beside, err := temporary(path, real)
	if err != nil {
		return err
	}
	beside.Close()
	return os.Remove(beside.Name())
}

// CheckEach is Check for several files, which must differ from each other and from the file that is read.
func CheckEach(read string, paths ...string) error {
	seen := map[string]string{}
	if real, _, err := follow(read); err == nil {
		seen[real] = read
	}
	for _, path := range paths {
		if path == "" {
			continue
		}
		if err := Check(path); err != nil {
			return err
		}
		real, _, err := follow(path)
		if err != nil {
			return failed(path, err.Error(), "name another file")
		}
		if first, again := seen[real]; again {
			return failed(path, "it is the same file as "+first, "name another file")
		}
		seen[real] = path
	}
	return nil
}

// Write writes a file of which only its owner may read the content, whatever the mode of the file that it replaces.
func Write(path string, content []byte) error {
	return write(path, content, func(fs.FileInfo) fs.FileMode { return private })
}

// A Form is one way to write something: to this path, with what Text returns. An empty path means none.
type Form struct {
	Path string
	Text func() ([]byte, error)
}

// WriteForms writes the same thing in several forms.
func WriteForms(forms ...Form) error {
	for _, one := range forms {
		if one.Path == "" {
			continue
		}
		text, err := one.Text()
		if err == nil {
			err = Write(one.Path, text)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Edit writes a file that its owner keeps: one that exists keeps its mode.
func Edit(path string, content []byte) error {
	return write(path, content, func(old fs.FileInfo) fs.FileMode {
		if old == nil {
			return private
		}
		return old.Mode().Perm()
	})
}

// Rename gives a file that this program wrote another name in its folder. Whoever calls it has looked whether the name is taken.
func Rename(from, to string) error { return os.Rename(from, to) }

// temporaryName is the pattern of the names of files that are being written.
const temporaryName = ".breakglass-*"

// write writes to a temporary file beside the target, which is then renamed: what was there stays until everything is written.
// A symbolic link stays a link, and its target is written.
func write(path string, content []byte, mode func(old fs.FileInfo) fs.FileMode) (err error) {
	real, old, err := target(path)
	if err != nil {
		return err
	}
	beside, err := temporary(path, real)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(beside.Name())
			err = failed(path, reason(err), "nothing was changed: name another file")
		}
	}()
	_, err = beside.Write(content)
	if err == nil {
		err = beside.Chmod(mode(old))
	}
	if err == nil && old != nil {
		err = keepOwner(beside, old)
	}
	if err == nil {
		err = beside.Sync()
	}
	if closing := beside.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(beside.Name(), real)
	}
	return err
}

// target returns the file that a path leads to, and what is there now; nil if nothing is. The error says why it must not be
// written.
func target(path string) (real string, old fs.FileInfo, err error) {
	real, old, err = follow(path)
	switch {
	case strings.HasPrefix(path, "-"):
		return "", nil, failed(path, flagged(path), "name a file, or ./"+path)
	case err != nil:
		return "", nil, failed(path, err.Error(), "name another file")
	case os.IsPathSeparator(path[len(path)-1]):
		return "", nil, failed(path, "it is a folder", "name a file in it")
	case old == nil:
		return real, nil, nil
	case !old.Mode().IsRegular():
		return "", nil, failed(path, "it is "+kind(old), otherThan(old))
	case old.Mode().Perm()&0o222 == 0:
		return "", nil, failed(path, "it is read-only", "make it writable, or name another file")
	}
	// Without the flags that create or truncate, opening changes nothing.
	file, err := os.OpenFile(real, os.O_WRONLY, 0)
	if err != nil {
		return "", nil, failed(path, reason(err), "make it writable, or name another file")
	}
	return real, old, file.Close()
}

// temporary creates the file that will replace the real one.
func temporary(path, real string) (*os.File, error) {
	folder := filepath.Dir(real)
	info, err := os.Stat(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, failed(path, "there is no folder "+folder, "create it, or name another file")
	case err != nil:
		return nil, failed(path, reason(err), "name another file")
	case !info.IsDir():
		return nil, failed(path, folder+" is not a folder", "name another file")
	}
	file, err := os.CreateTemp(folder, temporaryName)
	if err != nil {
		return nil, failed(path, "no file can be created in "+folder+": "+reason(err), "name a file in another folder")
	}
	return file, nil
}

// flagged says why a path that begins with a hyphen is refused: a flag whose file was forgotten takes the next flag for it.
func flagged(path string) string {
	if path == "-" {
		return "standard output is for what the command says"
	}
	return "it looks like a flag"
}

func failed(path, why, fix string) error {
	return fmt.Errorf("cannot write %s: %s; %s", path, why, fix)
}

// reason returns what the system said, without the path and the call that Go puts in front of it.
func reason(err error) string {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err.Error()
	case errors.As(err, &link):
		return link.Err.Error()
	}
	return err.Error()
}
