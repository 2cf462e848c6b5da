package config

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The room that an alert leaves for alerts.instructions.
const (
	MaxInstructions      = 500
	MaxInstructionsLines = 10
)

// checkLimits reports what is well-formed but doesn't fit. It is called last, with every default filled in, and also
// where other problems were found: a value that was reported may then be empty. A path is that of a key or list item:
// "users", "targets[3]", "alerts.instructions".
func checkLimits(c *Config, report func(path, what, value, fix string)) {
	checkInstructions(c.Alerts.Instructions, func(what, value, fix string) {
		report("alerts.instructions", what, value, fix)
	})
}

func checkInstructions(text string, report func(what, value, fix string)) {
	if n := utf8.RuneCountInString(text); n > MaxInstructions {
		report(fmt.Sprintf("instructions of %d characters", n), text, fmt.Sprintf("keep them within %d, and link to a runbook for the rest", MaxInstructions))
	}
	if n := strings.Count(text, "\n") + 1; n > MaxInstructionsLines {
		report(fmt.Sprintf("instructions of %d lines", n), "", fmt.Sprintf("keep them within %d, and link to a runbook for the rest", MaxInstructionsLines))
	}
	for _, r := range text {
		switch {
		case r == '<' || r == '>':
			report("instructions that EventBridge would take for a placeholder", string(r), "remove < and >")
		case r == '"' || r == '\\':
			report("instructions with a character that EventBridge doesn't escape", string(r), `use ' instead of ", and no \`)
		case r != '\n' && !unicode.IsPrint(r):
			report("instructions with a character that cannot be printed", string(r), "remove it")
		default:
			continue
		}
		return
	}
}
