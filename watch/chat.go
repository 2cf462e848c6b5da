package watch

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits of a custom notification of Amazon Q Developer in chat applications, in characters (administrator guide, custom
// notifications): its title, its description and each of its next steps.
const (
	MaxChatTitle       = 250
	MaxChatDescription = 8000
	MaxChatStep        = 350
)

// notification is the only form of custom message that Amazon Q Developer posts. It silently drops one that it cannot parse,
// so the values filled in must not break the JSON: EventBridge escapes nothing.
type notification struct {
	Version  string               `json:"version"`
	Source   string               `json:"source"`
	ID       string               `json:"id"`
	Content  notificationContent  `json:"content"`
	Metadata notificationMetadata `json:"metadata"`
}

type notificationContent struct {
	TextType    string   `json:"textType"`
	Title       string   `json:"title"`
	Description string   `json:"description"`
	NextSteps   []string `json:"nextSteps,omitempty"`
}

// notificationMetadata has no thread ID: an alert in the thread of an earlier one could go unseen.
type notificationMetadata struct {
	// EnableCustomActions is false: nobody can attach buttons to an alert.
	EnableCustomActions bool `json:"enableCustomActions"`
}

// ChatTemplate returns the alert for a chat channel, as the InputTemplate of a rule's target. It has the text of Lines: the
// first line is the title, which marks a drill, and the instructions are the next steps.
func (a Alert) ChatTemplate(instructions, hubRegion string) string {
	lines := a.Lines(instructions, hubRegion)
	end := 1 + len(a.Facts)
	for i, fact := range lines[:end] {
		if freelyWritten.MatchString(fact) {
			label, _, _ := strings.Cut(fact, ":")
			lines[i] = label + ": see the email or CloudTrail (not shown: the caller may choose this text freely)"
		}
	}
	described := slices.Concat(lines[1:end], lines[end+len(whatToDo(a.First+instructions)):])
	var text bytes.Buffer
	out := json.NewEncoder(&text)
	out.SetEscapeHTML(false) // EventBridge would not find the fields
	if err := out.Encode(notification{
		Version: "1.0", Source: "custom", ID: "<id>",
		Content: notificationContent{
			TextType: "client-markdown", Title: lines[0],
			Description: strings.Join(described, "\n"), NextSteps: steps(a.First + instructions),
		},
	}); err != nil {
		panic(err) // it has strings only
	}
	return strings.TrimSpace(text.String())
}

// freelyWritten matches the fields in which AWS accepts a quotation mark from the caller: the names of alarms (CloudWatch
// API, PutMetricAlarm). With a quotation mark in such a name, a caller could keep the alert out of the channel.
var freelyWritten = regexp.MustCompile("<(oneAlarm|alarms|muted)>")

// ChatPaths returns the InputPathsMap for ChatTemplate.
func (a Alert) ChatPaths(instructions, hubRegion string) map[string]string {
	return pathsIn(a.ChatTemplate(instructions, hubRegion))
}

// steps returns the lines of the instructions. A line that is too long for one step continues in the next.
func steps(instructions string) []string {
	var all []string
	for _, line := range strings.Split(instructions, "\n") {
		var step []rune
		for _, word := range strings.Fields(line) {
			if len(step) > 0 && len(step)+1+utf8.RuneCountInString(word) > MaxChatStep {
				all, step = append(all, string(step)), nil
			}
			if len(step) > 0 {
				step = append(step, ' ')
			}
			for step = append(step, []rune(word)...); len(step) > MaxChatStep; step = step[MaxChatStep:] {
				all = append(all, string(step[:MaxChatStep]))
			}
		}
		if len(step) > 0 {
			all = append(all, string(step))
		}
	}
	return all
}
