// Package background assumes a terminal with a dark background. Otherwise package bubbletea asks the terminal when the program
// starts, whatever the command, and waits up to five seconds for one that does not answer. It imports nothing of this module.
//
// It must be initialized before bubbletea, and is: Go initializes packages in the order of their import paths, as soon as
// what they import is initialized (Go specification, Program initialization), and this one imports lipgloss only.
package background

import "github.com/charmbracelet/lipgloss"

var _ = settle()

func settle() bool {
	lipgloss.SetHasDarkBackground(true)
	return true
}
