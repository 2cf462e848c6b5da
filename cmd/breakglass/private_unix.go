//go:build unix && !linux

package main

import "syscall"

// undumped keeps the memory of this process out of core dumps, and that of the programs that it starts, which may allow theirs again.
func undumped() {
	var size syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_CORE, &size) == nil {
		size.Cur = 0
		_ = syscall.Setrlimit(syscall.RLIMIT_CORE, &size)
	}
}
