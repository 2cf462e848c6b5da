package main

import "os"

// keepPrivate keeps what this process holds, which may be secrets, to it.
func keepPrivate() {
	// Set, it has age print what a plugin and age tell each other, the keys of files included.
	_ = os.Unsetenv("AGEDEBUG")
	undumped()
}
