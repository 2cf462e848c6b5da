//go:build judges

package compose

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestThePreviewIsWhatJSONataSays holds the preview against the reference implementation of JSONata, which is what Step
// Functions documents: for every sample, and for every hostile value in each of them.
func TestThePreviewIsWhatJSONataSays(t *testing.T) {
	type question struct {
		Entry string         `json:"entry"`
		ID    any            `json:"id"`
		Event map[string]any `json:"event"`
		name  string
	}
	var questions []question
	for _, s := range sent(t) {
		event := asJSON(t, s.Event())
		questions = append(questions, question{s.Entry, event["id"], event, s.Name})
	}
	for _, h := range hostileEvents(t) {
		questions = append(questions, question{h.entry, h.event["id"], h.event, h.name})
	}
	in, err := json.Marshal(map[string]any{"expression": sampleTexts().Message(""), "inputs": questions})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", "testdata/reference.js")
	cmd.Stdin = bytes.NewReader(in)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("the reference implementation needs npm ci: %v", err)
	}
	var answers []struct {
		Error string
		Value struct{ Subject, Message string }
	}
	if err := json.Unmarshal(out, &answers); err != nil || len(answers) != len(questions) {
		t.Fatalf("%d answers to %d questions: %v", len(answers), len(questions), err)
	}
	p, raw := samplePreview(t), 0
	for i, q := range questions {
		want := answers[i]
		got, err := p.Message(q.Entry, q.Event)
		if (err != nil) != (want.Error != "") {
			t.Errorf("%s: the preview fails with %v, JSONata with %q", q.name, err, want.Error)
			continue
		}
		if err != nil {
			raw++
			continue
		}
		if want.Value.Subject != got.Subject {
			t.Errorf("%s: the subject is %q, of JSONata %q", q.name, got.Subject, want.Value.Subject)
		}
		var readers map[string]string
		if err := json.Unmarshal([]byte(want.Value.Message), &readers); err != nil {
			t.Fatal(err)
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
