// Package emulator installs, starts and stops the local AWS that `make demo` and `make verify` deploy to: LocalEmu, a
// Python program, without Docker. docs/testing.md lists how it differs from AWS. The package may import child and nothing
// else of this module.
package emulator
