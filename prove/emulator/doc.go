// Package emulator installs, starts and stops the local AWS that `make demo` and `make verify` deploy to: LocalEmu, a
// Python program, without Docker. It is a stand-in: what it does otherwise than AWS is listed in the documentation.
package emulator
