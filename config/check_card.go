package config

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxCardLine is the number of characters that fit into two lines of a card.
const maxCardLine = 120

// maxCardLines is the number of items of a list that leave a card room for the rest. Whom to call is decided before the night.
const maxCardLines = 8

func checkCard(c *Config, r *reader) {
	r.cardLines("card.callFirst", c.Card.CallFirst)
	r.cardLines("card.passwordKeptBy", c.Card.PasswordKeptBy)
	r.cardLines("card.mfaKeptBy", c.Card.MFAKeptBy)
	r.cardLines("card.programKeptAt", c.Card.ProgramKeptAt)
	for i, one := range c.Card.MFAKeptBy {
		for j, other := range c.Card.PasswordKeptBy {
			if at := item("card.mfaKeptBy", i); r.usable(at) && one != "" && strings.EqualFold(one, other) {
				r.report(at, fmt.Sprintf("keeps the password too, in line %d", lineOf(r.lines, item("card.passwordKeptBy", j))), one,
					"Let two people keep password and MFA device: whoever has both can sign in alone.")
			}
		}
	}
}

// cardLines checks texts that are printed on a card, one on a line.
func (r *reader) cardLines(path string, lines []string) {
	once := uniq{}
	if n := len(lines); n > maxCardLines && r.usable(path) {
		r.report(path, fmt.Sprintf("%d items; at most %d fit on a card", n, maxCardLines), "", "Keep the first ones to try.")
	}
	for i, line := range lines {
		at := item(path, i)
		switch n := utf8.RuneCountInString(line); {
		case !r.usable(at):
		case strings.Trim(line, " \n") == "":
			r.report(at, "empty", emptyText, "Write a name or a place, or remove the item.")
		case strings.Contains(line, "\n"):
			r.report(at, "more than one line", line, "Write one item for each line.")
		case n > maxCardLine:
			r.report(at, fmt.Sprintf("%d characters; at most %d fit on a card", n, maxCardLine), line, "Shorten the text.")
		default:
			r.prose(at, line)
			r.once(once, at, line, strings.ToLower(line))
		}
	}
}
