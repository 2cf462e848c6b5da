//go:build verify

package verify

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"example.com/breakglass/names"
	"example.com/breakglass/watch"
)

// The local AWS breaks a JSON template that has a line end in it, and delivers nothing. So what a chat channel gets is put
// together here, from the templates and the samples.

// TestChat fills in the text of every rule that notifies a chat channel, for each sample that reaches the rule: Amazon Q
// Developer posts what is in its own form, and drops anything else without a word.
func TestChat(t *testing.T) {
	whole := wholeApp(t).Assembly
	for _, p := range unpostable(whole) {
		t.Error(p)
	}
	for _, m := range chatMutants {
		t.Run("mutant/"+m.name, func(t *testing.T) {
			mutant := whole.Copy()
			target := mutant.ruleProperties(t, names.ChatStack+hubRegion, "chat-breakglass-user-sign-in")["Targets"].([]any)[0].(map[string]any)
			transformer := target["InputTransformer"].(map[string]any)
			m.spoil(transformer)
			problems := unpostable(mutant)
			if !slices.ContainsFunc(problems, func(p string) bool { return strings.Contains(p, m.caught) }) {
				t.Errorf("%q is not reported, only %q", m.caught, problems)
			}
		})
	}
}

// unpostable returns the texts that a channel would not get.
func unpostable(app *Assembly) []string {
	var problems []string
	for _, stack := range app.Stacks {
		if !strings.HasPrefix(stack.Name, names.ChatStack) {
			continue
		}
		probes := app.probes(stack, []string{hubRegion, standbyRegion}, "")
		for _, id := range stack.OfType("AWS::Events::Rule") {
			rule := stack.Resources[id].Properties
			transformer := list(rule["Targets"])[0].(map[string]any)["InputTransformer"].(map[string]any)
			for _, p := range probes {
				if !slices.Contains(p.want, rule["Name"].(string)) {
					continue
				}
				if err := postable(fill(transformer, p.event)); err != nil {
					problems = append(problems, fmt.Sprintf("%s: %s, for %s: %v", stack.Name, rule["Name"], p.what, err))
				}
			}
		}
	}
	return problems
}

var placeholder = regexp.MustCompile(`<([A-Za-z]+)>`)

// fill returns what EventBridge makes of an event: it puts values in as they are, and nothing where a path leads nowhere.
func fill(transformer map[string]any, event json.RawMessage) string {
	var in any
	if err := json.Unmarshal(event, &in); err != nil {
		panic(err) // it was JSON before
	}
	paths, _ := transformer["InputPathsMap"].(map[string]any)
	return placeholder.ReplaceAllStringFunc(transformer["InputTemplate"].(string), func(name string) string {
		path, ok := paths[strings.Trim(name, "<>")].(string)
		if !ok {
			return name
		}
		value := in
		for _, key := range strings.Split(strings.TrimPrefix(path, "$."), ".") {
			inner, _ := value.(map[string]any)
			value = inner[key]
		}
		if value == nil {
			return ""
		}
		return fmt.Sprint(value)
	})
}

// postable compares a message with the form of a custom notification and its limits (Amazon Q Developer in chat
// applications, administrator guide, custom notifications).
func postable(text string) error {
	var message struct {
		Version, Source string
		Content         struct {
			TextType, Title, Description string
			NextSteps                    []string
		}
	}
	if err := json.Unmarshal([]byte(text), &message); err != nil {
		return fmt.Errorf("it is no JSON: %w", err)
	}
	c := message.Content
	switch left := placeholder.FindString(text); {
	case message.Version != "1.0" || message.Source != "custom" || c.TextType != "client-markdown":
		return fmt.Errorf("it is not in the form of a custom notification: %s", text)
	case left != "":
		return fmt.Errorf("%s is left in it", left)
	case c.Description == "" || len(c.NextSteps) == 0:
		return fmt.Errorf("too short: %s", text)
	case utf8.RuneCountInString(c.Title) > watch.MaxChatTitle || utf8.RuneCountInString(c.Description) > watch.MaxChatDescription:
		return fmt.Errorf("it is too long: %s", text)
	}
	for _, step := range c.NextSteps {
		if utf8.RuneCountInString(step) > watch.MaxChatStep {
			return fmt.Errorf("a step is too long: %s", step)
		}
	}
	return nil
}

var chatMutants = []struct {
	name   string
	spoil  func(transformer map[string]any)
	caught string
}{
	{"a text for people", func(tr map[string]any) { tr["InputTemplate"] = `"<kind>: BREAK GLASS SIGN-IN by <user>"` }, "it is no JSON"},
	{"quotation marks in quotation marks", func(tr map[string]any) {
		tr["InputPathsMap"].(map[string]any)["user"] = "$.detail.userAgent"
		tr["InputTemplate"] = strings.Replace(tr["InputTemplate"].(string), "<user>", `"<user>"`, 1)
	}, "it is no JSON"},
	{"a field that nobody fills in", func(tr map[string]any) { delete(tr["InputPathsMap"].(map[string]any), "user") }, "<user> is left in it"},
	{"another version", func(tr map[string]any) {
		tr["InputTemplate"] = strings.Replace(tr["InputTemplate"].(string), `"1.0"`, `"1"`, 1)
	}, "not in the form"},
	{"a long title", func(tr map[string]any) {
		tr["InputTemplate"] = strings.Replace(tr["InputTemplate"].(string), "<kind>", strings.Repeat("x", watch.MaxChatTitle), 1)
	}, "it is too long"},
}
