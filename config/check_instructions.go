package config

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// The room that an alert leaves for alerts.instructions, whatever else it says.
const (
	MaxInstructions      = 500
	maxInstructionsLines = 10
)

func checkInstructions(c *Config, r *reader) {
	text := c.Alerts.Instructions
	report := func(what, value, fix string) { r.report("alerts.instructions", what, value, fix) }
	if n := utf8.RuneCountInString(text); n > MaxInstructions {
		report(fmt.Sprintf("%d characters; at most %d fit into an alert", n, MaxInstructions), text, "Shorten the text, and link to a runbook for the rest.")
	}
	if n := strings.Count(text, "\n") + 1; n > maxInstructionsLines {
		report(fmt.Sprintf("%d lines; at most %d fit into an alert", n, maxInstructionsLines), "", "Shorten the text, and link to a runbook for the rest.")
	}
	for _, one := range text {
		switch {
		case one == '<' || one == '>':
			report("a character that EventBridge takes for a placeholder", string(one), "Remove < and >.")
		case one == '"' || one == '\\':
			report("a character that EventBridge does not escape", string(one), `Use ' instead of ", and no \.`)
		default:
			continue
		}
		return
	}
	r.prose("alerts.instructions", text)
}
