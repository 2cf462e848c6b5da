//go:build unix

package file

import (
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// noWait opens a pipe without a writer at once.
const noWait = syscall.O_NONBLOCK

// noLink refuses to open a symbolic link.
const noLink = syscall.O_NOFOLLOW

// lock takes a file for this process alone, until it closes the file or ends.
func lock(file *os.File) error {
	return syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}

// keepOwner gives a file the owner of the one that it replaces. Only root can: to anybody else, another's file stays as it is.
func keepOwner(file *os.File, old fs.FileInfo) error {
	is, ok := old.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if now, ok := info.Sys().(*syscall.Stat_t); ok && now.Uid == is.Uid && now.Gid == is.Gid {
		return nil
	}
	if err := file.Chown(int(is.Uid), int(is.Gid)); err != nil && int(is.Uid) != os.Geteuid() {
		return fmt.Errorf("it belongs to another user, number %d", is.Uid)
	}
	return nil
}
