package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"

	"example.com/breakglass/operate/drill"
)

// commandQuestions are answered by the commands of the CLI.
var commandQuestions = []question{
	{
		id: "deploy", text: "Does CloudFormation deploy every stack as it is?", by: machine,
		why:    "The templates have passed cfn-lint and a local AWS only.",
		how:    "`breakglass deploy`: hub, standby, one more Region, one target",
		answer: func(_ context.Context, t *trial) (string, error) { return deployAnswer(t.deployed) },
	},
	{
		id: "check", text: "What does the readiness check find right after the deployment?", by: machine,
		why:    "It must not report what is in order, nor miss what people still have to do.",
		how:    "`breakglass check`; the page of evidence is saved",
		answer: func(_ context.Context, t *trial) (string, error) { return checkAnswer(t.checked) },
	},
	{
		id: "drill", text: "Does a drill from every Region reach every ledger and, from a hub's Region, people? How fast?", by: machine,
		why:    "It is the path of every alert, with everything but CloudTrail.",
		how:    "`breakglass drill`; the evidence is saved",
		answer: func(_ context.Context, t *trial) (string, error) { return t.drillAnswer("drill.json") },
	},
	{
		id: "recorded-drill", text: "Do records of real calls reach people from every Region?", by: machine, notLocal: fromAlert,
		why:    "No drill proves that CloudTrail puts records on the buses.",
		how:    "`breakglass drill --recorded`, which makes two harmless calls in each Region; the evidence is saved",
		answer: recordedDrill,
	},
	{
		id: "text-patterns", text: "Does EventBridge take the rules' patterns, which the templates carry as text, as what they are?", by: machine,
		why:    "CloudFormation's schema has a text or an object; everybody writes an object, and a text that stays one would match nothing.",
		how:    "reads the rules of the hub back; the drill has to have matched",
		answer: textPatterns,
	},
	{
		id: "sign-in-policy", text: "What does AWS Sign-In say about the policies of the account's console sign-in?", by: machine,
		notLocal: "it has no policies of AWS Sign-In",
		why:      "Such a policy can lock the emergency users out; `check` looks at it with an API of June 2026.",
		how:      "the finding of `breakglass check`",
		answer: func(_ context.Context, t *trial) (string, error) {
			for line := range strings.Lines(t.checked.text) {
				if strings.Contains(line, "Sign-In") || strings.Contains(line, "restrict where users sign in") {
					return strings.TrimSpace(line), nil
				}
			}
			return "", errors.New("check says nothing about AWS Sign-In")
		},
	},
}

// lineWith returns the last line of a text that has a word.
func lineWith(text, word string) (found string) {
	for line := range strings.Lines(text) {
		if strings.Contains(line, word) {
			found = strings.TrimSpace(line)
		}
	}
	return found
}

// deployAnswer returns how many stacks are deployed or, where some are not, why.
func deployAnswer(r ran) (string, error) {
	switch r.code {
	case 0:
		return fmt.Sprintf("yes: %s", lineWith(r.text, "deployed")), nil
	case 1:
		var causes []string
		for line := range strings.Lines(r.text) {
			if _, reason, ok := strings.Cut(line, "reason:"); ok {
				causes = append(causes, strings.TrimSpace(reason))
			}
		}
		return "NO: " + strings.Join(causes, "; "), nil
	}
	return "", fmt.Errorf("breakglass deploy ended with code %d", r.code)
}

// checkAnswer returns the problems and warnings, and the count of all findings.
func checkAnswer(r ran) (string, error) {
	if r.code > 1 {
		return "", fmt.Errorf("breakglass check ended with code %d", r.code)
	}
	var found []string
	for line := range strings.Lines(r.text) {
		line = strings.TrimSpace(line)
		if kind, what, ok := strings.Cut(line, "  "); ok && (kind == "problem" || kind == "warning") {
			what, _, _ = strings.Cut(strings.TrimSpace(what), " → ")
			found = append(found, kind+": "+what)
		}
	}
	return strings.Join(append(found, lineWith(r.text, "problem")), "; "), nil
}

// drillAnswer reads the evidence of a drill.
func (t *trial) drillAnswer(name string) (string, error) {
	text, err := t.read(name)
	if err != nil {
		return "", err
	}
	var e drill.Evidence
	if err := json.Unmarshal(text, &e); err != nil {
		return "", err
	}
	var parts []string
	for _, r := range e.Results {
		for _, at := range r.Receipts {
			part := fmt.Sprintf("%s in %s to the %s of %s in at most %.1f s", r.Alert, r.Region, at.Where, at.Hub, float64(at.Millis)/1000)
			if !at.Arrived {
				part = fmt.Sprintf("%s in %s NOT to the %s of %s", r.Alert, r.Region, at.Where, at.Hub)
			}
			parts = append(parts, part)
		}
	}
	answer := "yes: "
	if !e.OK {
		answer = "NO: "
	}
	return answer + strings.Join(parts, "; "), nil
}

func recordedDrill(ctx context.Context, t *trial) (string, error) {
	const evidence = "recorded.json"
	r, err := t.breakglass(ctx, "drill", "--recorded", "--yes", "--evidence", filepath.Join(t.folder, evidence))
	if err != nil {
		return "", err
	}
	if r.code > 1 {
		return "", fmt.Errorf("breakglass drill --recorded ended with code %d", r.code)
	}
	return t.drillAnswer(evidence)
}

func textPatterns(ctx context.Context, t *trial) (string, error) {
	cfg, err := t.at(ctx, t.hub, hubRegion)
	if err != nil {
		return "", err
	}
	rules, err := rulesOf(ctx, eventbridge.NewFromConfig(cfg), "capture-breakglass")
	if err != nil {
		return "", err
	}
	var odd []string
	for _, rule := range rules {
		var pattern map[string]any
		if json.Unmarshal([]byte(aws.ToString(rule.EventPattern)), &pattern) != nil || len(pattern) == 0 {
			odd = append(odd, aws.ToString(rule.Name))
		}
	}
	slices.Sort(odd)
	switch {
	case len(rules) == 0:
		return "", errors.New("the hub has no rules")
	case len(odd) > 0:
		return "NO: no object is the pattern of " + strings.Join(odd, ", "), nil
	case t.drilled.code != 0:
		return "they are objects, but the drill failed", nil
	}
	return fmt.Sprintf("yes: each of the %d patterns is an object, and the drill has matched", len(rules)), nil
}
