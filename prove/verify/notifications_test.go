//go:build verify

package verify

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/names"
	"example.com/breakglass/prove/judge"
	"example.com/breakglass/watch"
)

// notice is an event rule of AWS User Notifications, which takes the events of one source and one detail type and filters
// them by a pattern.
type notice struct {
	source, eventType string
	pattern           json.RawMessage
}

func (s *Stack) notices() []notice {
	var all []notice
	for _, id := range s.OfType("AWS::Notifications::EventRule") {
		p := s.Resources[id].Properties
		all = append(all, notice{p["Source"].(string), p["EventType"].(string), json.RawMessage(p["EventPattern"].(string))})
	}
	return all
}

// noticed reports whether AWS User Notifications has to notify of a sample. It takes AWS's own events only, so no drill;
// it asks for one spelling of the detail type; what is counted elsewhere is left out; and so are the calls of AWS Sign-In, whose
// pair of source and type no document lists for it.
func noticed(t *testing.T, h happening) bool {
	t.Helper()
	entry, ok := watch.ByID(h.Entry)
	e := envelopeOf(t, h)
	call := e.Source == "aws.signin" && e.DetailType == "AWS API Call via CloudTrail"
	return ok && entry.Part == watch.Access && len(entry.Messages) > 0 && !h.drill && !call && h.Name != "a sign-in with the other spelling"
}

// envelope is what AWS User Notifications selects events by.
type envelope struct {
	Source     string `json:"source"`
	DetailType string `json:"detail-type"`
	// Replay is set on an event from an archive. Its patterns do not exclude one: no document says that they may name the field.
	Replay string `json:"replay-name"`
}

func envelopeOf(t *testing.T, h happening) envelope {
	t.Helper()
	var e envelope
	if err := json.Unmarshal(h.event, &e); err != nil {
		t.Fatal(err)
	}
	return e
}

// TestNotifications matches the samples against the patterns of the second notification channel: as many notices as alerts.
func TestNotifications(t *testing.T) {
	whole := wholeApp(t).Assembly
	apps := map[string]*Assembly{"": whole}
	for _, m := range noticeMutants {
		apps[m.name] = whole.Copy()
		m.spoil(noticeOf(t, apps[m.name], m.source))
	}
	type answer struct {
		app, what string
		want      bool
	}
	var cases []judge.Case
	var answers []answer
	for app, assembly := range apps {
		for _, n := range assembly.Stacks[names.NotificationsStack].notices() {
			for _, user := range []string{"", secondUser} {
				for _, h := range assembly.happenings(optInRegion, user) {
					if e := envelopeOf(t, h); e.Source != n.source || e.DetailType != n.eventType || e.Replay != "" {
						continue
					}
					cases = append(cases, judge.Case{ID: app + h.what, Pattern: n.pattern, Event: h.event})
					answers = append(answers, answer{app, h.what, noticed(t, h)})
				}
			}
		}
	}
	problems := map[string][]string{}
	asked := map[string]bool{}
	for i, v := range match(t, cases) {
		a := answers[i]
		switch {
		case v.Error != "":
			problems[a.app] = append(problems[a.app], a.what+" is refused: "+v.Error)
		case v.Match != a.want:
			problems[a.app] = append(problems[a.app], map[bool]string{true: a.what + " notifies", false: a.what + " does not notify"}[v.Match])
		}
		asked[a.app+a.what] = true
	}
	for _, p := range problems[""] {
		t.Error(p)
	}
	for _, h := range whole.happenings(optInRegion, "") {
		if noticed(t, h) && !asked[h.what] {
			t.Errorf("no notice is of the kind of %s", h.what)
		}
	}
	for _, m := range noticeMutants {
		t.Run("mutant/"+m.name, func(t *testing.T) {
			if !slices.ContainsFunc(problems[m.name], func(p string) bool { return strings.HasPrefix(p, m.caught) }) {
				t.Errorf("%q is not reported, only %q", m.caught, problems[m.name])
			}
		})
	}
}

var noticeMutants = []struct {
	name, source string
	spoil        func(properties map[string]any)
	caught       string
}{
	{"failures notify", "aws.signin", replacing(`{"anything-but":["Failure"]}`, `{"exists":true}`), "a wrong password, in " + optInRegion + " notifies"},
	{"one user", "aws.sts", replacing(`,{"equals-ignore-case":"`+secondUser+`"}`, ""), "an assumption by CLI, in " + optInRegion + ", of " + secondUser + " does not notify"},
	{"any account", "aws.signin", replacing(`"account":["111111111111"],`, ""), "a sign-in of the same name in another account, in " + optInRegion + " notifies"},
	{
		"no pattern", "aws.iam", replacing(`"readOnly":[false,{"exists":false}]`, `"readOnly":false`), "a key made for the user, in " + optInRegion + " is refused: ",
	},
}

// replacing changes the text of a pattern.
func replacing(from, to string) func(map[string]any) {
	return func(properties map[string]any) {
		properties["EventPattern"] = strings.ReplaceAll(properties["EventPattern"].(string), from, to)
	}
}

func noticeOf(t *testing.T, app *Assembly, source string) map[string]any {
	t.Helper()
	stack := app.Stacks[names.NotificationsStack]
	for _, id := range stack.OfType("AWS::Notifications::EventRule") {
		if p := stack.Resources[id].Properties; p["Source"] == source {
			return p
		}
	}
	t.Fatalf("no notice of %s", source)
	return nil
}
