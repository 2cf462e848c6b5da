// Package shell writes commands that can be pasted into a POSIX shell. It imports nothing of this module.
package shell

import (
	"regexp"
	"strings"
)

var plain = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]+$`)

// Quote returns words as one command line, each quoted where the shell would change it.
func Quote(words ...string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		if quoted[i] = word; !plain.MatchString(word) {
			quoted[i] = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		}
	}
	text := ""
	for i, word := range quoted {
		switch {
		case i == 0:
		case strings.HasPrefix(words[i-1], "--") && strings.HasPrefix(words[i], "-") && !strings.HasPrefix(words[i], "--"):
			text += "=" // the AWS CLI takes a value that begins with - for a flag
		default:
			text += " "
		}
		text += word
	}
	return text
}
