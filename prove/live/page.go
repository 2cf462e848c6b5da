package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"

	"example.com/breakglass/internal/file"
)

// given is the answer to a question, and when a live account gave it.
type given struct {
	Answer string `json:"answer"`
	Date   string `json:"date"`
}

// recorded are the answers so far, by the question's ID: those of the last live run that asked it.
//
//go:embed answers.json
var recorded []byte

// notYet is the answer to what nobody has tried.
const notYet = "not yet run"

func readAnswers(text []byte) (map[string]given, error) {
	answers := map[string]given{}
	if err := json.Unmarshal(text, &answers); err != nil {
		return nil, fmt.Errorf("answers.json: %w", err)
	}
	return answers, nil
}

// writeAnswers writes the answers, and the page that shows them.
func writeAnswers(answersFile, page string, answers map[string]given) error {
	text, err := json.MarshalIndent(answers, "", "  ")
	if err != nil {
		return err
	}
	if err := file.Edit(answersFile, append(text, '\n')); err != nil {
		return err
	}
	return file.Edit(page, []byte(pageOf(answers)))
}

// pageOf returns docs/live.md.
func pageOf(answers map[string]given) string {
	var b strings.Builder
	b.WriteString(pageHead)
	for _, q := range questions {
		a, ok := answers[q.id]
		if !ok {
			a = given{Answer: notYet}
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", q.id, cell(q.text), cell(a.Answer), a.Date)
	}
	b.WriteString("\n## Why each matters, and how it is found\n\n| ID | Why it matters | How | Who | On the local AWS |\n|---|---|---|---|---|\n")
	for _, q := range questions {
		local := "asked as well"
		switch {
		case q.by == aPerson:
			local = "skipped: it has no console, and nobody to ask"
		case q.notLocal != "":
			local = "skipped: " + q.notLocal
		}
		by := string(q.by)
		if q.second {
			by += ", with a second account as the target"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", q.id, cell(q.why), cell(q.how), by, cell(local))
	}
	b.WriteString(pageEnd)
	return b.String()
}

// cell returns a text for a cell of a table.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ").Replace(strings.TrimSpace(text))
}

const pageHead = `# Live: what only AWS can answer

*For whoever tries this project on a real AWS account first, and for evaluators who want to know what is still open.*

` + "```sh\nmake live\n```" + `

It takes about an hour and costs less than a dollar. Use a sandbox: a member account without anything in it, with
administrator credentials. A second sandbox as the target answers a few more questions. The command

1. asks for the profile, the number of the account, an email address and a written ` + "`yes`" + `;
2. refuses a management account, an account that is not the one typed, one in which this project is deployed, and one with
   CloudFormation stacks of somebody else in any Region;
3. deploys a hub, a standby, one more Region and one target, and runs ` + "`breakglass check` and `breakglass drill`" + `;
4. answers the questions below. For some it says what to do in the console, and waits. ` + "`skip`" + ` leaves one out;
5. removes everything, also after Ctrl-C, and lists what is left. If that is because credentials have expired, renew them, and it
   tries again; for the deployment, it prints the command that removes it. A trail that it had to create leaves its bucket;
6. writes the answers into this page, without account numbers and addresses: review and commit them.

What the run saved, such as the mail, the messages and the evidence of the drill, is in ` + "`.local/live/`" + `.

## Questions and answers

| ID | Question | Answer | Date |
|---|---|---|---|
`

const pageEnd = `
## What needs more than a sandbox

The pipeline, stack sets of organizational units, an organization's trail, the second path to people (User Notifications and
chat) and the import of ` + "`breakglass adopt`" + ` are not part of this. [Testing](testing.md#what-the-local-aws-cannot-prove) and the
pages about each say what was tried.
`
