package file

import (
	"fmt"
	"io"
	"io/fs"
	"os"
)

// NotRegular is the error for something to read that is no regular file: a pipe would block the reader or, like a device, never
// end, and could be read only once.
type NotRegular struct {
	Path string
	// Is says what it is, such as "a pipe".
	Is string
	// Folder reports whether it is a folder.
	Folder bool
}

// Error names the path and what is there.
func (e *NotRegular) Error() string { return fmt.Sprintf("%s: is %s", e.Path, e.Is) }

// Read returns the content of a regular file: at most one byte more than most, so that the caller sees which file is larger. It
// returns at once where a pipe has no writer or a device no end.
func Read(path string, most int64) ([]byte, error) { return read(path, most, os.Stat, 0) }

// ReadPlain is Read for a file that must not be a symbolic link: in a folder of others, it may lead to what is not theirs.
func ReadPlain(path string, most int64) ([]byte, error) { return read(path, most, os.Lstat, noLink) }

func read(path string, most int64, look func(string) (fs.FileInfo, error), flags int) ([]byte, error) {
	// A device may act on being opened, so it is refused before.
	info, err := look(path)
	if err == nil && !info.Mode().IsRegular() {
		return nil, notRegular(path, info)
	}
	file, err := os.OpenFile(path, os.O_RDONLY|noWait|flags, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if info, err = file.Stat(); err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, notRegular(path, info)
	}
	return io.ReadAll(io.LimitReader(file, most+1))
}

func notRegular(path string, info fs.FileInfo) error {
	return &NotRegular{Path: path, Is: kind(info), Folder: info.IsDir()}
}
