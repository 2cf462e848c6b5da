package file

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// mostLinks is the number of symbolic links that Linux follows in one path.
const mostLinks = 40

// follow returns the path at the end of a chain of symbolic links, which need not exist yet, and what is there; nil if nothing
// is. Its error is a reason without the path.
func follow(path string) (real string, at fs.FileInfo, err error) {
	if path == "" {
		return "", nil, errors.New("it has no name")
	}
	// What the system itself opens decides: a link below /proc may lead to a pipe that no path names.
	if opened, err := os.Stat(path); err == nil && !opened.Mode().IsRegular() {
		return path, opened, nil
	}
	for range mostLinks {
		// A link is relative to the real folder that it is in.
		if folder, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
			path = filepath.Join(folder, filepath.Base(path))
		}
		info, err := os.Lstat(path)
		if errors.Is(err, fs.ErrNotExist) {
			return path, nil, nil
		}
		if err != nil {
			return "", nil, errors.New(reason(err))
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			return path, info, nil
		}
		to, err := os.Readlink(path)
		if err != nil {
			return "", nil, errors.New(reason(err))
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(path), to)
		}
		path = to
	}
	return "", nil, errors.New("it is a symbolic link that leads nowhere")
}

// kind returns what something is that is no regular file.
func kind(info fs.FileInfo) string {
	switch mode := info.Mode(); {
	case mode.IsDir():
		return "a folder"
	case mode&fs.ModeSymlink != 0:
		return "a symbolic link"
	case mode&fs.ModeNamedPipe != 0:
		return "a pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&(fs.ModeDevice|fs.ModeCharDevice) != 0:
		return "a device"
	}
	if info.Mode().IsRegular() {
		return "a file"
	}
	return "no regular file"
}

func otherThan(info fs.FileInfo) string {
	if info.IsDir() {
		return "name a file in it"
	}
	return "name a regular file"
}
