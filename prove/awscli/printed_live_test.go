//go:build emulator

package awscli

import (
	"bytes"
	_ "embed" // the judge
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// onlyLater are commands that ask a person for something, or open a browser: version 2 has them, and no test can run them to the end.
var onlyLater = regexp.MustCompile(`\baws (?:login|logout|sso login)\b`)

// several are commands that make requests of more than one kind: no skeleton shows what they take.
var several = []string{"aws cloudtrail validate-logs"}

// judge judges many commands in one process: started for each of them, the CLI would take minutes.
//
//go:embed printed.py
var judge string

// A question is one command for the judge.
type question struct {
	Text string `json:"text"`
	// More are words for version 1, so that a command which is only named says something.
	More []string `json:"more"`
	// Whole means that it has everything that it needs.
	Whole bool `json:"whole"`

	of   Command
	want *regexp.Regexp
}

// sent matches what version 1 says of a command that was valid: the endpoint refused it, which for a service with XML is only a status, or
// the request was for a host that the CLI made of the endpoint, and that nobody has.
var sent = regexp.MustCompile(regexp.QuoteMeta("("+refused+")") + `|\(400\) when calling|Failed to connect to proxy URL|Could not connect to the endpoint URL: "http://` + hub + `\.`)

// An opinion is what the judge found: what version 1 said, and what version 2 does not know or requires beside it.
type opinion struct{ Said, Lacks string }

// TestLivePrinted takes every command that the code prints, and that the documents only mention. Version 1 runs them against an endpoint
// that refuses everything: what is refused there was valid. Version 2 has an index of what it knows and requires. Of a command without
// flags, the CLI has to know the operation. What version 1 does not know is in the documents, with the first version that does.
func TestLivePrinted(t *testing.T) {
	all := versions(t)
	known := services(t, all)
	printed, err := InSource(root, known)
	if err != nil {
		t.Fatal(err)
	}
	shown, err := InDocuments(root, known)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range shown {
		if !c.Block && (c.Mentioned() || onlyLater.MatchString(c.Text)) {
			printed = append(printed, c)
		}
	}
	p := newPerson(t, all[0], newWire(t, ""))
	// Version 1 sends a request about a queue to the address of the queue.
	questions := asked(t, printed, with(map[string]string{"--queue-url": p.wire.URL + "/" + hub + "/example"}))
	if len(questions) < 170 {
		t.Errorf("only %d commands found: does the expression still find them?", len(questions))
	}
	later := laterCommands(t, all[0], all[1])
	for i, o := range opinions(t, p, all[1], questions) {
		q := questions[i]
		if o.Lacks != "" {
			t.Errorf("%s, version 2: %s\n%s", q.of.At, q.Text, o.Lacks)
		}
		unknown := strings.Contains(o.Said, "nvalid choice")
		switch {
		case isLater(q.Text, later) && !unknown:
			t.Errorf("%s: version 1 knows %s: the documents need not say that only version 2 has it", q.of.At, q.Text)
		case isLater(q.Text, later):
		case unknown || !q.want.MatchString(o.Said):
			t.Errorf("%s, version 1: %s\n%s", q.of.At, q.Text, o.Said[max(0, len(o.Said)-300):])
		}
	}
}

// asked returns a question for each command, with its placeholders filled in; the same text only once.
func asked(t *testing.T, commands []Command, table map[string]string) []question {
	t.Helper()
	var questions []question
	seen := map[string]bool{}
	for _, c := range commands {
		for _, one := range c.kinds() {
			text, err := Fill(one, table)
			if err != nil {
				t.Error(err)
				continue
			}
			if seen[text] {
				continue
			}
			seen[text] = true
			q := question{Text: text, Whole: !one.Mentioned(), of: one, More: []string{}, want: sent}
			switch {
			case onlyLater.MatchString(text) || !q.Whole && (slices.Contains(groups, one.words()[1]) || slices.Contains(several, text)):
				// They ask no service: version 1 complains of the flag, or of what is missing beside it.
				q.More, q.Whole, q.want = []string{"--no-such-flag"}, false, regexp.MustCompile("no-such-flag|arguments are required")
			case !q.Whole:
				q.More, q.want = []string{"--generate-cli-skeleton"}, regexp.MustCompile(`^(\{|$)`)
			}
			questions = append(questions, q)
		}
	}
	return questions
}

func opinions(t *testing.T, p *person, second version, questions []question) []opinion {
	t.Helper()
	task, err := json.Marshal(map[string]any{"index": filepath.Join(filepath.Dir(second.program), "awscli", "data", "ac.index"), "commands": questions})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), filepath.Join(filepath.Dir(p.program), "python"), "-c", judge)
	cmd.Dir, cmd.Env, cmd.Stdin = p.dir, p.env, bytes.NewReader(task)
	var failed bytes.Buffer
	cmd.Stderr = &failed
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, failed.String())
	}
	var answers []opinion
	if err := json.Unmarshal(out, &answers); err != nil || len(answers) != len(questions) {
		t.Fatalf("%d answers to %d questions: %v", len(answers), len(questions), err)
	}
	return answers
}

// laterPart is where the documents list what only later versions have, each with the first one.
var laterPart = regexp.MustCompile("(?s)<!-- begin later -->(.*?)<!-- end later -->")

// laterCommands returns the commands that version 1 lacks, as the documents have them; version 2 here has to be new enough.
func laterCommands(t *testing.T, first, second version) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "docs", "deploy.md"))
	if err != nil {
		t.Fatal(err)
	}
	if claim := "versions " + first.number + " and " + second.number; !strings.Contains(strings.ReplaceAll(string(text), "\n", " "), claim) {
		t.Errorf("docs/deploy.md does not say that the commands are tested with %s", claim)
	}
	part := laterPart.FindSubmatch(text)
	if part == nil {
		t.Fatal("docs/deploy.md has no list of commands that need a later version")
	}
	var found []string
	for _, m := range regexp.MustCompile("`(aws [a-z -]+)` \\| ([0-9.]+)").FindAllStringSubmatch(string(part[1]), -1) {
		found = append(found, m[1])
		if newer(m[2], second.number) {
			t.Errorf("%s needs version %s, and these tests have %s", m[1], m[2], second.number)
		}
	}
	return found
}

func isLater(text string, later []string) bool {
	return slices.ContainsFunc(later, func(one string) bool { return text == one || strings.HasPrefix(text, one+" ") })
}
