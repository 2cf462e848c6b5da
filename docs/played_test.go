package docs

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/internal/reviewed"
)

// told are the parts of the played incident that the page tells, by the begin of what the script says of each.
var told = []string{
	"An emergency user signed in", "It says what could not", "Its period only grows", "leftovers looks for", "contain ends what", "Somebody who is still in",
	"An account that cannot be reached", "release undoes", "close goes through", "A person decides", "Cleaned up", "Whoever puts a link", "So is whoever changes",
}

// TestThePlayedIncident: the page tells what the script runs. What the script expects is shown where it is a whole line as the command prints it,
// and no command of the AWS CLI, which another test would run.
func TestThePlayedIncident(t *testing.T) {
	text, err := os.ReadFile("../cmd/breakglass/testdata/incident.txtar")
	if err != nil {
		t.Fatal(err)
	}
	script, _, _ := strings.Cut(string(text), "\n-- ")
	var page strings.Builder
	var parts []string
	for part := range strings.SplitSeq(script, "\n\n") {
		var says []string
		steps := []step{{}} // a part may begin with what the command of the part before prints
		for line := range strings.Lines(part) {
			if m := playedComment.FindStringSubmatch(line); m != nil {
				says = append(says, m[1])
			}
			if m := playedCommand.FindStringSubmatch(line); m != nil {
				steps = append(steps, step{run: "breakglass " + m[1]})
			}
			if m := playedLine.FindStringSubmatch(line); m != nil && !pattern.MatchString(escaped.ReplaceAllString(m[1], "")) && !strings.Contains(m[1], " aws ") {
				last := &steps[len(steps)-1]
				last.prints = append(last.prints, escaped.ReplaceAllString(m[1], "$1"))
			}
		}
		about := strings.Join(says, " ")
		i := slices.IndexFunc(told, func(begin string) bool { return strings.HasPrefix(about, begin) })
		if i < 0 {
			continue
		}
		parts = append(parts, told[i])
		page.WriteString(commandFirst.ReplaceAllString(about, "`$0`") + "\n\n")
		for _, s := range steps {
			if len(s.prints) == 0 {
				continue
			}
			if s.run != "" {
				page.WriteString("```sh\n" + s.run + "\n```\n\n")
			}
			page.WriteString("```text\n" + strings.Join(s.prints, "\n") + "\n```\n\n")
		}
	}
	if !slices.Equal(parts, told) {
		t.Errorf("the script has the parts %q, want %q", parts, told)
	}
	reviewed.Part(t, "respond.md", "played", page.String())
}

// step is a command with what it prints.
type step struct {
	run    string
	prints []string
}

var (
	playedComment = regexp.MustCompile(`^# (.*)\n?$`)
	// playedCommand matches a command that a reader may run, without the flag that makes a test fast; those that are refused show what nobody means.
	playedCommand = regexp.MustCompile(`^(?:exec|exits 1) (?:breakglass )?(incident .*?)(?: --hold 50ms)?\n?$`)
	// playedLine matches what stands for a whole line that a command prints.
	playedLine = regexp.MustCompile(`^stdout '\^(.*)\$'\n?$`)
	// escaped matches a character that stands for itself, pattern one that does not.
	escaped = regexp.MustCompile(`\\([.\[\]()*+?|\\])`)
	pattern = regexp.MustCompile(`[*+?\[\]()|\\.]`)
	// commandFirst matches the name of a command at the begin of a sentence.
	commandFirst = regexp.MustCompile(`^[a-z]+`)
)
