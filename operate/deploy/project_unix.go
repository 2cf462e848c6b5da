//go:build unix

package deploy

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// unsafe returns how other users can change a file or folder; it is empty if they cannot, or if there is none. A folder above counts
// if others could put another one in its place.
func unsafe(path string) string {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "" // it is missing, which is reported elsewhere
	}
	for at := real; ; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		if err != nil {
			return ""
		}
		if why := writtenBy(info, at == real); why != "" {
			if at != real {
				why = fmt.Sprintf("is in %s, which %s", at, why)
			}
			return why
		}
		if at == filepath.Dir(at) {
			return ""
		}
	}
}

func writtenBy(info os.FileInfo, itself bool) string {
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return ""
	}
	const all, group = 0o002, 0o020
	sticky := info.Mode()&os.ModeSticky != 0 // as /tmp is: others cannot replace what is in it
	switch me := os.Getuid(); {
	case me != 0 && int(owner.Uid) != me && owner.Uid != 0:
		return fmt.Sprintf("belongs to another user (%d)", owner.Uid)
	case sticky && !itself:
	case info.Mode().Perm()&all != 0:
		return "can be written by every user"
	case info.Mode().Perm()&group != 0 && int(owner.Gid) != os.Getgid() && owner.Gid != 0:
		return fmt.Sprintf("can be written by the members of another group (%d)", owner.Gid)
	}
	return ""
}
