package main

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"example.com/breakglass/internal/screen"
)

// fitting returns a help function whose text fits the terminal. Examples stay whole, to be copied.
func fitting(help func(*cobra.Command, []string)) func(*cobra.Command, []string) {
	return func(cmd *cobra.Command, args []string) {
		out := cmd.OutOrStdout()
		width := screen.Width(out)
		if width == 0 {
			help(cmd, args)
			return
		}
		var text bytes.Buffer
		cmd.SetOut(&text)
		help(cmd, args)
		cmd.SetOut(out)
		example := false
		for line := range strings.Lines(text.String()) {
			line = strings.TrimRight(line, " \n")
			switch line {
			case "":
				example = false
			case "Examples:":
				example = true
			}
			if example {
				fmt.Fprintln(out, line)
				continue
			}
			for _, part := range hanging(line, width) {
				fmt.Fprintln(out, part)
			}
		}
	}
}

// hanging breaks a line between words. What follows begins below the line's own text, or below its second column if it has one: what a
// flag or a command does.
func hanging(line string, width int) []string {
	indent := len(line) - len(strings.TrimLeft(line, " "))
	if indent > 0 {
		// Columns are three spaces apart.
		if gap := strings.LastIndex(line, "   "); gap > indent && gap+3 <= width/2 {
			indent = gap + 3
		}
	}
	return screen.Hang(line, width, indent)
}
