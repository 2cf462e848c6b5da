package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/internal/reviewed"
)

const page = "../../docs/live.md"

// TestThePageIsThatOfTheRows: docs/live.md has the rows of the table, and the answers that were recorded.
func TestThePageIsThatOfTheRows(t *testing.T) {
	answers, err := readAnswers(recorded)
	if err != nil {
		t.Fatal(err)
	}
	reviewed.File(t, page, pageOf(answers))
}

// TestRecordedAnswersAreDatedAndAnonymous: an answer belongs to a question, has a date, and names no account and nobody.
func TestRecordedAnswersAreDatedAndAnonymous(t *testing.T) {
	answers, err := readAnswers(recorded)
	if err != nil {
		t.Fatal(err)
	}
	known := ids(func(question) bool { return true })
	for id, a := range answers {
		if !slices.Contains(known, id) || !regexp.MustCompile(`^\d{4}-\d\d-\d\d$`).MatchString(a.Date) || a.Answer == "" {
			t.Errorf("%s: %+v", id, a)
		}
		for _, number := range regexp.MustCompile(`\d{12}`).FindAllString(a.Answer, -1) {
			if number != "111111111111" && number != "222222222222" {
				t.Errorf("%s names account %s", id, number)
			}
		}
	}
}

func TestThePageShowsAnAnswerOnceThereIsOne(t *testing.T) {
	id := questions[0].id
	text := pageOf(map[string]given{id: {Answer: "yes | or\nno", Date: "2027-01-01"}})
	if want := "| `" + id + "` | " + questions[0].text + ` | yes \| or no | 2027-01-01 |`; !strings.Contains(text, want) {
		t.Errorf("the page lacks %q", want)
	}
	if got := strings.Count(text, notYet); got != len(questions)-1 {
		t.Errorf("%d questions are %s, want %d", got, notYet, len(questions)-1)
	}
}

func TestEveryRowIsComplete(t *testing.T) {
	var seen []string
	for _, q := range questions {
		if q.id == "" || !strings.HasSuffix(q.text, "?") || q.why == "" || q.how == "" || q.by == "" || q.answer == nil {
			t.Errorf("row %q lacks something", q.id)
		}
		if slices.Contains(seen, q.id) {
			t.Errorf("two rows are called %s", q.id)
		}
		if q.mail && q.by != aPerson {
			t.Errorf("%s: only a person reads mails", q.id)
		}
		seen = append(seen, q.id)
	}
}

func TestNothingThatIsPublishedNamesTheAccounts(t *testing.T) {
	tr := &trial{asked: asked{hub: "333333333333", target: "444444444444", mail: "me@home.example", monitor: "https://monitor.example/secret"}}
	got := tr.redacted("333333333333 444444444444 me@home.example https://monitor.example/secret")
	if want := "111111111111 222222222222 security-team@example.com https://example.com/monitor"; got != want {
		t.Errorf("got %q", got)
	}
}
