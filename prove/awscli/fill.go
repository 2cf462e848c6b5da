package awscli

import (
	"fmt"
	"regexp"
	"strings"
)

// unknown is what a person, or the running program, puts a value in place of: <TopicArn>, …, {userName}, NAME, "$group", a hole.
var unknown = regexp.MustCompile(Hole + `|<[a-zA-Z ]+>|…|\{[a-zA-Z]+(?:[.|][a-zA-Z]+)*\}|^(?:NAME|IDS?|VERSION|ARN|REGIONS?|FLAGS|ACCOUNTS|BUCKET|CODE|NEXT|TOKEN|SECONDS|DAYS|NEWER|THUMBPRINTS|STATUS|DURATION|TYPE|PRINCIPALS|VALUE|EMAIL|MODE|GATEWAY|NUMBER|KEY|LOCATION)$|^"?\$[a-z]+"?$|^\$\(aws `)

// named is a placeholder of an example, with the flag that it is the value of.
var named = regexp.MustCompile(`(?:(--[a-z0-9-]+) )?(<[a-zA-Z ]+>|…)`)

// Fill replaces the placeholders of a command by the values of the table: by their name, as <TopicArn>, or else by the flag that they
// are the value of, as --topic-arn; what stands for flags, by the operation. A placeholder that the table does not know is an error.
func Fill(c Command, table map[string]string) (string, error) {
	if c.Block {
		return fillBlock(c, table)
	}
	words := c.words()
	flag := words[min(2, len(words)-1)] // the operation, which a hole right after it belongs to
	var filled []string
	for i, word := range words {
		switch {
		case i > 0 && i == len(words)-1 && strings.HasSuffix(word, Hole) && word != Hole && strings.Count(word, Hole) == 1 && !strings.HasPrefix(flag, "--"):
			word = strings.TrimSuffix(word, Hole) // flags that the program adds
		case i > 0 && i < 3 && strings.Contains(word, Hole):
			return "", fmt.Errorf("%s: %q is put together of parts: a test that reads the source cannot run it; write each command in full", c.At, c.Text)
		case !unknown.MatchString(word) && !unfinished(word):
			if flag = word; !strings.HasPrefix(word, "--") && i > 3 {
				flag = ""
			}
		case strings.HasPrefix(word, "--"): // flags that the program adds
			word = strings.ReplaceAll(word, Hole, "")
			flag = word
		case strings.HasPrefix(word, "s3://"):
			word = table["s3://"]
		default:
			if flag == "" { // it stands for flags, behind others
				flag = words[min(2, len(words)-1)]
			}
			value, ok := lookUp(table, word, flag)
			if !ok {
				return "", fmt.Errorf("%s: %q: the table of placeholders has neither %q nor %s", c.At, c.Text, word, flag)
			}
			word = value
		}
		filled = append(filled, word)
	}
	if value, ok := table[flag]; ok && flag == filled[len(filled)-1] { // a flag that is named without its value
		filled = append(filled, value)
	}
	return strings.Join(filled, " "), nil
}

// unfinished reports whether a value goes on in a part that only the running program knows.
func unfinished(word string) bool { return strings.Count(word, "'")%2 == 1 }

func fillBlock(c Command, table map[string]string) (string, error) {
	var err error
	text := named.ReplaceAllStringFunc(c.Text, func(found string) string {
		m := named.FindStringSubmatch(found)
		value, ok := lookUp(table, m[2], m[1])
		if !ok {
			err = fmt.Errorf("%s: the table of placeholders has neither %s nor %q", c.At, m[2], m[1])
		}
		return strings.TrimSuffix(found, m[2]) + value
	})
	if err != nil {
		return "", err
	}
	return text, nil
}

// lookUp returns the value of a placeholder by its name or its flag; … has no name.
func lookUp(table map[string]string, name, flag string) (string, bool) {
	if value, ok := table[name]; ok && name != "…" {
		return value, true
	}
	if value, ok := table[flag]; ok {
		return value, true
	}
	value, ok := table[name]
	return value, ok
}

// words returns the words of a command, in their quotation marks.
func (c Command) words() []string {
	var words []string
	for at := 0; ; {
		word, next := wordAt(c.Text, at)
		if word == "" {
			return words
		}
		words, at = append(words, word), next
	}
}

// Mentioned reports whether a command is only named, without what it needs to run: no flag with a value.
func (c Command) Mentioned() bool {
	if c.Block {
		return false
	}
	words := c.words()
	last := len(words) - 1
	for i, word := range words {
		if strings.HasPrefix(word, "--") && i < last || strings.HasPrefix(word, "s3://") {
			return false
		}
	}
	return true
}

// kinds returns a command once for each kind of principal, where its text has a place for them.
func (c Command) kinds() []Command {
	if !strings.Contains(c.Text, "-kind") {
		return []Command{c}
	}
	var all []Command
	for _, kind := range []string{"user", "group", "role"} {
		if kind == "group" && strings.Contains(c.Text, "permissions-boundary") {
			continue // IAM has none for groups
		}
		all = append(all, Command{At: c.At, Text: strings.NewReplacer("-kind", "-"+kind, "kindName", kind+"Name").Replace(c.Text)})
	}
	return all
}
