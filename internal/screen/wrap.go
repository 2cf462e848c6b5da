package screen

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/charmbracelet/lipgloss"
)

// Prose prints text for people whose lines break between words where the terminal ends.
func (s *Screen) Prose(format string, args ...any) {
	if !s.JSON {
		s.print(s.out, Wrap(s.safe(fmt.Sprintf(format, args...)), s.width))
	}
}

// WarnProse is Warn for text whose lines break between words where the terminal ends.
func (s *Screen) WarnProse(format string, args ...any) {
	s.print(s.err, Wrap(s.safeErr(fmt.Sprintf(format, args...)), Width(s.err)))
}

// Note prints a remark for people, as Prose.
func (s *Screen) Note(format string, args ...any) {
	s.Prose("%s %s", s.Paint(Yellow, "note:"), fmt.Sprintf(format, args...))
}

// WarnNote prints a remark about the run on standard error, as WarnProse.
func (s *Screen) WarnNote(format string, args ...any) {
	s.WarnProse("%s %s", s.Paint(Yellow, "note:"), fmt.Sprintf(format, args...))
}

// marker is what a line begins with before its text: space, a sign or a number, a box to tick.
var marker = regexp.MustCompile(`^ *(?:(?:[-✓✗]|[0-9]+\.) +(?:\[ \] +)?)?`)

// Wrap returns a text whose lines are at most width wide; 0 means any width. They break between words, and go on below the text that
// they begin with. A command that goes on says so with a backslash, so that what is copied is one command. A word that is wider than
// all that, such as an address, stays whole.
func Wrap(text string, width int) string {
	var all []string
	for _, line := range strings.Split(text, "\n") {
		all = append(all, hang(line, width, lipgloss.Width(marker.FindString(line)), continued(line))...)
	}
	return strings.Join(all, "\n")
}

// Hang breaks a line between words. What follows begins below its column indent.
func Hang(line string, width, indent int) []string { return hang(line, width, indent, nil) }

func hang(line string, width, indent int, within func(word int) bool) []string {
	if width <= 0 || lipgloss.Width(line) <= width {
		return []string{line}
	}
	const more = " \\"
	words := strings.SplitAfter(line, " ")
	after := func(word int) string {
		if within != nil && word+1 < len(words) && within(word) {
			return more
		}
		return ""
	}
	var lines []string
	at := ""
	for i, word := range words {
		if strings.TrimSpace(at) != "" && lipgloss.Width(at+strings.TrimRight(word, " ")+after(i)) > width {
			lines = append(lines, strings.TrimRight(at, " ")+after(i-1))
			at = strings.Repeat(" ", indent)
		}
		at += word
	}
	return append(lines, strings.TrimRight(at, " "))
}

// begins are the programs that printed commands are of.
var begins = regexp.MustCompile(`^(?:bin/)?breakglass$|^aws$|^age$`)

// continued reports for each word of a line whether a command goes on behind it.
func continued(line string) func(word int) bool {
	words := strings.Split(line, " ")
	on := make([]bool, len(words))
	command := false
	for i, word := range words {
		command = (command || begins.MatchString(word)) && !strings.ContainsAny(word[max(0, len(word)-1):], ".,;:)”")
		// Without its flags, the beginning of a command is none of its own, and a sentence may begin with the name of a program.
		on[i] = command && (strings.HasPrefix(word, "-") || i+1 < len(words) && strings.HasPrefix(words[i+1], "-"))
	}
	return func(word int) bool { return on[word] }
}
