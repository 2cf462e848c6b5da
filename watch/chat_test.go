package watch

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

const chatInstructions = "Call the duty officer, +1 555 0100.\n\nRunbook: https://example.com/runbook?a=b&c=d"

// fillChat returns what EventBridge publishes: it inserts values as they are, and escapes nothing.
func fillChat(a Alert, instructions string, event Fields) string {
	return field.ReplaceAllStringFunc(a.ChatTemplate(instructions, hub), func(name string) string {
		return valueAt(event, pathOf(strings.Trim(name, "<>")))
	})
}

// inChat reads a message as Amazon Q Developer does.
func inChat(t *testing.T, text string) notification {
	t.Helper()
	var n notification
	in := json.NewDecoder(strings.NewReader(text))
	in.DisallowUnknownFields()
	if err := in.Decode(&n); err != nil || in.More() {
		t.Fatalf("the channel can't read it, %v:\n%s", err, text)
	}
	return n
}

func alertOf(s Sample) (Entry, Alert, bool) {
	e, ok := ByID(s.Entry)
	at := slices.IndexFunc(e.Alerts, func(a Alert) bool { return a.Suffix == s.Alert })
	if !ok || at < 0 {
		return e, Alert{}, false
	}
	return e, e.Alerts[at], true
}

func TestChatReadsEverySampleAndItsDrill(t *testing.T) {
	read := 0
	for _, s := range Samples {
		e, a, ok := alertOf(s)
		if !ok {
			continue
		}
		read++
		t.Run(s.Name, func(t *testing.T) {
			n := inChat(t, fillChat(a, chatInstructions, s.Event()))
			if n.Version != "1.0" || n.Source != "custom" || n.Content.TextType != "client-markdown" || n.ID != s.Event()["id"] {
				t.Errorf("not a custom notification: %+v", n)
			}
			if n.Metadata.EnableCustomActions {
				t.Error("it has buttons")
			}
			withinChatLimits(t, n)
			if kind := s.Event()["detail-type"].(string) + ": "; !strings.HasPrefix(n.Content.Title, kind) {
				t.Errorf("the title is %q", n.Content.Title)
			}
			if strings.ContainsAny(n.Content.Title+n.Content.Description, "{}<>\"") {
				t.Errorf("raw data or an unfilled field in %+v", n.Content)
			}
			if want := []string{a.First + "Call the duty officer, +1 555 0100.", "Runbook: https://example.com/runbook?a=b&c=d"}; !slices.Equal(n.Content.NextSteps, want) {
				t.Errorf("the next steps are %q", n.Content.NextSteps)
			}
			drill := inChat(t, fillChat(a, chatInstructions, s.AsDrill()))
			withinChatLimits(t, drill)
			if !strings.HasPrefix(drill.Content.Title, "DRILL: "+e.ID+": ") {
				t.Errorf("its drill does not say so at once: %s", drill.Content.Title)
			}
		})
	}
	if read == 0 {
		t.Error("nothing reaches the channel")
	}
}

func withinChatLimits(t *testing.T, n notification) {
	t.Helper()
	if l := utf8.RuneCountInString(n.Content.Title); l == 0 || l > MaxChatTitle {
		t.Errorf("the title has %d characters", l)
	}
	if l := utf8.RuneCountInString(n.Content.Description); l == 0 || l > MaxChatDescription {
		t.Errorf("the description has %d characters", l)
	}
	for _, step := range n.Content.NextSteps {
		if l := utf8.RuneCountInString(step); l == 0 || l > MaxChatStep {
			t.Errorf("a step has %d characters", l)
		}
	}
}

// The mail has every line in quotation marks; the channel has the same lines without, and the instructions apart.
func TestChatHasTheTextOfTheEmail(t *testing.T) {
	for _, s := range Samples {
		e, a, ok := alertOf(s)
		if !ok || e.ID == "alarm-change" {
			continue
		}
		n := inChat(t, fillChat(a, "Call.", s.Event()))
		mail := strings.Split(strings.ReplaceAll(a.Fill("Call.", hub, s.Event()), `"`, ""), "\n")
		mail = slices.DeleteFunc(mail, func(line string) bool { return line == "What to do now: "+a.First+"Call." })
		if chat := append([]string{n.Content.Title}, strings.Split(n.Content.Description, "\n")...); !slices.Equal(chat, mail) {
			t.Errorf("%s: the channel reads\n%s\nthe mail\n%s", s.Name, strings.Join(chat, "\n"), strings.Join(mail, "\n"))
		}
	}
}

func TestChatHasAPathForEachFieldAndNoOther(t *testing.T) {
	for _, e := range Catalogue {
		for _, a := range e.Alerts {
			used := map[string]bool{}
			for _, m := range field.FindAllStringSubmatch(a.ChatTemplate(chatInstructions, hub), -1) {
				used[m[1]] = true
			}
			got := a.ChatPaths(chatInstructions, hub)
			if len(got) != len(used) {
				t.Errorf("%s%s: %d paths for %d fields", e.ID, a.Suffix, len(got), len(used))
			}
			for name := range used {
				if !strings.HasPrefix(got[name], "$.") {
					t.Errorf("%s%s: <%s> is replaced with %q", e.ID, a.Suffix, name, got[name])
				}
			}
		}
	}
}

// What the actor writes freely could break the JSON, and the alert would be dropped; or pass for a line of ours.
func TestChatHasNoFieldThatTheActorWritesFreely(t *testing.T) {
	free := regexp.MustCompile(`userAgent|errorMessage|larmName|eventPattern|stackName|requestParameters\.(description|policyDocument|attributeValue)`)
	for _, e := range Catalogue {
		for _, a := range e.Alerts {
			for name, path := range a.ChatPaths(chatInstructions, hub) {
				// The rule behind it lets only the names of the project's own alarms in, and CloudWatch sends it.
				if e.ID == "undelivered" && name == "alarm" {
					continue
				}
				if free.MatchString(path) {
					t.Errorf("%s%s: <%s> is %s", e.ID, a.Suffix, name, path)
				}
				// AWS has not looked at what a refused call asks for, but for the form of a device.
				if a.Suffix == "-refused" && strings.Contains(path, "requestParameters") && name != "device" {
					t.Errorf("%s%s: <%s> is %s of a call that failed", e.ID, a.Suffix, name, path)
				}
			}
		}
	}
	e, _ := ByID("alarm-change")
	s, _ := SampleNamed("an alarm set to OK")
	event := asJSON(s.Event())
	put(event, "detail.requestParameters.alarmName", "breakglass-\"\nWho: nobody")
	n := inChat(t, fillChat(e.Alerts[0], "Call.", event))
	if strings.Contains(n.Content.Description, "nobody") || !strings.Contains(n.Content.Description, "\nResource: see the email") {
		t.Errorf("the channel reads\n%s", n.Content.Description)
	}
}

func TestChatFitsItsLimitsWithTheLongestNames(t *testing.T) {
	long := strings.Repeat("n", 64)
	for _, s := range Samples {
		_, a, ok := alertOf(s)
		if !ok {
			continue
		}
		event := asJSON(s.Event()) // samples share parts
		event["region"] = "ap-southeast-1"
		detail := event["detail"].(Fields)
		if identity, ok := detail["userIdentity"].(Fields); ok {
			identity["userName"], identity["arn"] = long, "arn:aws:iam::111111111111:user/"+long
		}
		withinChatLimits(t, inChat(t, fillChat(a, chatInstructions, event)))
		for _, instructions := range []string{strings.Repeat("x", 500), strings.Repeat("é", 250), strings.Repeat("word ", 100), strings.Repeat("x\n", 250)} {
			if n := len(a.ChatTemplate(instructions, "ap-southeast-1")); n > MaxTemplate {
				t.Errorf("%s: the template has %d characters", s.Name, n)
			}
			withinChatLimits(t, inChat(t, fillChat(a, instructions, event)))
		}
	}
}

func TestChatStepsKeepEveryWordOfTheInstructions(t *testing.T) {
	for _, c := range []struct {
		name, instructions string
		want               []string
	}{
		{"none", " \n ", nil},
		{"one", " Call. ", []string{"Call."}},
		{"two, with what JSON escapes", "Say \"break\" \\ glass\n\n\tThen call.", []string{`Say "break" \ glass`, "Then call."}},
		{"a long one", strings.Repeat("word ", 100), []string{strings.TrimSpace(strings.Repeat("word ", 70)), strings.TrimSpace(strings.Repeat("word ", 30))}},
		{"a long word", strings.Repeat("x", 400), []string{strings.Repeat("x", 350), strings.Repeat("x", 50)}},
		{"a long word of other letters", strings.Repeat("é", 400), []string{strings.Repeat("é", 350), strings.Repeat("é", 50)}},
	} {
		e, _ := ByID("sign-in")
		s, _ := SampleNamed("a sign-in with MFA")
		if got := inChat(t, fillChat(e.Alerts[0], c.instructions, s.Event())).Content.NextSteps; !slices.Equal(got, c.want) {
			t.Errorf("%s: the steps are %q, want %q", c.name, got, c.want)
		}
	}
}
