package awscli

import (
	"regexp"
	"slices"
	"strings"
)

// Hole stands in a command for what only the running program knows.
const Hole = "\x00"

// A Command is one that a person copies, or a whole example of several lines.
type Command struct {
	// At is the file and line.
	At string
	// Text is what a shell gets.
	Text string
	// Block means that the text is a whole example of the documents: a person pastes it as it is.
	Block bool
}

// global are services whose requests do not depend on the Region.
var global = []string{"iam", "organizations", "account", "sts", "s3"}

// begin is where a command begins: the word aws by itself, and a word after it.
var begin = regexp.MustCompile(`(?:^|[^\w:./@*-])(aws ([a-z][a-z0-9-]+)(?: ([a-z][a-z0-9-]+))?)`)

// single are the commands that stand without the name of an operation; groups have commands of the CLI's own below them. The other words
// after aws are a service.
var (
	single = []string{"login", "logout"}
	groups = []string{"configure", "s3", "sso"}
)

// inProse returns the commands that a text for people has in it. A command begins with aws, a service and an operation, and goes on with
// flags that have at most one value each; whatever follows is the sentence again.
func inProse(text string, services []string) []string {
	var found []string
	for from := 0; ; {
		m := begin.FindStringSubmatchIndex(text[from:])
		if m == nil {
			return found
		}
		start, end := from+m[2], from+m[3]
		service, operation := text[from+m[4]:from+m[5]], ""
		if m[6] >= 0 {
			operation = text[from+m[6] : from+m[7]]
		}
		from = end
		switch {
		case slices.Contains(single, service):
			end = start + len("aws ") + len(service)
		case operation == "" || !slices.Contains(services, service) && !slices.Contains(groups, service):
			continue
		}
		if operation == "wait" {
			_, end = wordAt(text, end)
		}
		from = end // a value may have a command in it
		found = append(found, text[start:flagsEnd(text, end)])
	}
}

// flagsEnd returns where the flags of a command end that begin at from.
func flagsEnd(text string, from int) int {
	end := from
	for {
		word, next := wordAt(text, end)
		switch {
		case word == Hole || word == "FLAGS" || strings.HasPrefix(word, "$") && !strings.HasPrefix(word, "$("): // stands for flags
			end = next - (len(word) - len(strings.TrimRight(word, ".,;:)")))
			if end < next {
				return end
			}
			continue
		case strings.HasPrefix(word, "--") && len(word) > 2:
			end = next
			if closes(word) {
				return end - len(word) + len(strings.TrimRight(word, ".,;:)"))
			}
		case strings.HasPrefix(word, "s3://"):
			end = next
			continue
		default:
			return end
		}
		value, next := wordAt(text, end)
		if value == "" || strings.HasPrefix(value, "--") || slices.Contains([]string{"|", ">", "&&", "(", "#"}, value[:1]) || value == "&&" {
			continue
		}
		bare := strings.TrimRight(value, ".,;:)")
		if strings.HasSuffix(value, "}") || strings.Count(bare, "(") > strings.Count(bare, ")") {
			bare = value
		}
		end = next - (len(value) - len(bare))
		if bare != value {
			return end
		}
	}
}

func closes(word string) bool { return strings.TrimRight(word, ".,;:)") != word }

// wordAt returns the word of a shell's line at a place, quotation marks and substitutions included, and where it ends.
func wordAt(text string, at int) (string, int) {
	for at < len(text) && (text[at] == ' ' || text[at] == '\n') {
		at++
	}
	start, depth := at, 0
	var quote byte
	for ; at < len(text); at++ {
		c := text[at]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case c == '<' && strings.IndexByte(text[at:], '>') > 0: // a placeholder, which may have a space in it
			at += strings.IndexByte(text[at:], '>')
		case depth > 0:
		case c == ' ' || c == '\n' || c == '`':
			return text[start:at], at
		}
	}
	return text[start:at], at
}
