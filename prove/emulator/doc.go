// Package emulator installs, starts and stops the local AWS that `make demo` and `make verify` deploy to: LocalEmu, a Python
// program, without Docker. docs/testing.md lists how it differs from AWS. Like all proof it may import everything; it needs
// internal/child only.
package emulator
