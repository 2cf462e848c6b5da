//go:build judges

package compose

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	jsonata "github.com/blues/jsonata-go"
	"github.com/google/go-cmp/cmp"

	"example.com/breakglass/watch"
)

// TestThePreviewIsWhatJSONataSays holds the preview against the reference implementation of JSONata, which is what Step
// Functions documents: for every sample, and for every hostile value in each of them; and where no account of a record has a name in
// the file, which is how most files begin.
func TestThePreviewIsWhatJSONataSays(t *testing.T) {
	for name, accounts := range map[string][]Account{
		"accounts with names": sampleTexts().Accounts, "other accounts with names": {{"999999999999", "elsewhere"}}, "no account with a name": nil,
	} {
		t.Run(name, func(t *testing.T) {
			texts := sampleTexts()
			texts.Accounts = accounts
			likeJSONata(t, texts, len(accounts) == 2)
		})
	}
}

// likeJSONata compares the preview of some texts with the reference, for the samples, and for hostile ones.
func likeJSONata(t *testing.T, texts Texts, hostile bool) {
	t.Helper()
	type question struct {
		Entry string         `json:"entry"`
		ID    any            `json:"id"`
		Event map[string]any `json:"event"`
		Queue bool           `json:"queue,omitempty"`
		name  string
	}
	var questions []question
	for _, s := range sent(t) {
		event := asJSON(t, s.Event())
		questions = append(questions, question{s.Entry, event["id"], event, false, s.Name})
		if s.Entry == watch.TopicChange {
			questions = append(questions, question{s.Entry, event["id"], event, true, s.Name + ", of a drill's queue"})
		}
		if s.Entry == "sign-in" {
			questions = append(questions, question{s.Entry, event["id"], asJSON(t, withWord(s)), false, s.Name + ", a drill with a code word"})
		}
	}
	for _, a := range actors() {
		for _, sample := range []string{"a rule switched off", "a key made for the user"} {
			entry, event := by(t, sample, a)
			questions = append(questions, question{entry, event["id"], event, false, sample + ", by " + a.name})
		}
	}
	for _, h := range hostileEvents(t) {
		if !hostile {
			break
		}
		questions = append(questions, question{h.entry, h.event["id"], h.event, h.entry == watch.TopicChange, h.name})
	}
	var answers []struct {
		Error string
		Value struct {
			Mail, Chat struct{ Subject, Message string }
		}
	}
	reference(t, map[string]any{"expression": texts.Messages("", "chat"), "inputs": questions}, &answers)
	if len(answers) != len(questions) {
		t.Fatalf("%d answers to %d questions", len(answers), len(questions))
	}
	p, err := NewPreview(texts)
	if err != nil {
		t.Fatal(err)
	}
	raw := 0
	for i, q := range questions {
		want := answers[i]
		got, err := p.of(map[string]any{"id": q.ID, "entry": q.Entry, "event": q.Event, "queue": q.Queue})
		if (err != nil) != (want.Error != "") {
			t.Errorf("%s: the preview fails with %v, JSONata with %q", q.name, err, want.Error)
			continue
		}
		if err != nil {
			raw++
			continue
		}
		if want.Value.Mail.Subject != got.Subject {
			t.Errorf("%s: the subject is %q, of JSONata %q", q.name, got.Subject, want.Value.Mail.Subject)
		}
		var readers map[string]string
		if err := json.Unmarshal([]byte(want.Value.Mail.Message), &readers); err != nil {
			t.Fatal(err)
		}
		var chat struct {
			Content struct{ Title, Description string }
		}
		if err := json.Unmarshal([]byte(want.Value.Chat.Message), &chat); err != nil || chat.Content.Title != got.Subject || chat.Content.Description == "" ||
			len(chat.Content.Description) > maxChatDescription {
			t.Errorf("%s: the chat channel gets %q (%v)", q.name, want.Value.Chat.Message, err)
		}
		if diff := cmp.Diff(asJSON(t, json.RawMessage(want.Value.Chat.Message)), asJSON(t, json.RawMessage(got.Chat))); diff != "" {
			t.Errorf("%s, chat (-JSONata +preview):\n%s", q.name, diff)
		}
		for protocol, text := range readers {
			var a, b any = got.Readers[protocol], text
			if protocol == "https" || protocol == "sqs" { // the order of members differs
				a, b = asJSON(t, json.RawMessage(got.Readers[protocol])), asJSON(t, json.RawMessage(text))
			}
			if diff := cmp.Diff(b, a); diff != "" {
				t.Errorf("%s, %s (-JSONata +preview):\n%s", q.name, protocol, diff)
			}
		}
	}
	t.Logf("%d events, %d of them sent as they are", len(questions), raw)
}

// TestTheLimitIsWhatJSONataSays holds the expressions of the limit, as the simulation of floods evaluates them, against the reference
// implementation, at one moment.
func TestTheLimitIsWhatJSONataSays(t *testing.T) {
	const moment = 1795678901234
	at := strings.NewReplacer("$millis()", strconv.Itoa(moment))
	states := sampleMachine("").Definition()["States"].(object)
	drill := signIn(t, "a drill")
	drill["source"] = watch.DrillSource
	var asked []any
	for _, event := range []map[string]any{signIn(t, "an alert"), drill} {
		for _, idle := range []int{moment - 1, moment, moment + 1, moment + 12_000, moment + 17_940, moment + 60_000} {
			asked = append(asked, map[string]any{"states": map[string]any{
				"input":   map[string]any{"entry": "sign-in", "id": event["id"], "event": event},
				"result":  map[string]any{"Attributes": map[string]any{"idle": map[string]any{"N": strconv.Itoa(idle)}}},
				"context": map[string]any{"Execution": map[string]any{"Id": "execution"}},
			}})
		}
	}
	expressions := map[string]any{"the wait": states["Next"].(object)["Assign"].(object)["wait"]}
	for _, name := range []string{"Once", "Known", "First", "Next", "Full"} {
		expressions[name] = states[name].(object)["Arguments"]
	}
	for name, text := range expressions {
		expression := at.Replace(strings.TrimSuffix(strings.TrimPrefix(text.(string), "{%"), "%}"))
		compiled, err := jsonata.Compile(expression)
		if err != nil {
			t.Fatal(err)
		}
		var answers []struct {
			Error string
			Value any
		}
		reference(t, map[string]any{"expression": expression, "inputs": asked}, &answers)
		for i, q := range asked {
			if err := compiled.RegisterVars(asJSON(t, q)); err != nil {
				t.Fatal(err)
			}
			value, err := compiled.Eval(map[string]any{})
			if err != nil || answers[i].Error != "" {
				t.Fatalf("%s: %v, JSONata says %q", name, err, answers[i].Error)
			}
			if value, err = plain(value); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(answers[i].Value, value); diff != "" {
				t.Errorf("%s (-JSONata +here):\n%s", name, diff)
			}
		}
	}
}

// reference asks the reference implementation of JSONata.
func reference(t *testing.T, question map[string]any, answers any) {
	t.Helper()
	in, err := json.Marshal(question)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", "testdata/reference.js")
	cmd.Stdin = bytes.NewReader(in)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("the reference implementation needs npm ci: %v", err)
	}
	if err := json.Unmarshal(out, answers); err != nil {
		t.Fatal(err)
	}
}
