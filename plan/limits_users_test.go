package plan

import (
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"testing"

	"example.com/breakglass/config"
)

// crowd is a file with so many users with names of a length, and so many recipients and characters of instructions.
func crowd(users, letters, recipients, instructions int) string {
	var b strings.Builder
	b.WriteString("version: 1\nhub: {account: \"111111111111\"}\nalerts:\n  instructions: " + strings.Repeat("x", instructions) + "\n  email:\n")
	for i := range recipients {
		fmt.Fprintf(&b, "    - %s%03d@example.com\n", strings.Repeat("a", 1+i%40), i)
	}
	b.WriteString("users:\n")
	for i := range users {
		fmt.Fprintf(&b, "  - name: %s%02d\n", strings.Repeat("u", letters-2), i)
	}
	return b.String()
}

// TestTheFixForTooManyUsersIsEnough: whichever limit is exceeded, a file that follows one of the advices is accepted, and with one
// more it is not.
func TestTheFixForTooManyUsersIsEnough(t *testing.T) {
	users, recipients, instructions := regexp.MustCompile(`[Kk]eep the first ([0-9]+)`), regexp.MustCompile(`[Kk]eep ([0-9]+) of the [0-9]+ recipients`), regexp.MustCompile(`[Ww]rite at most ([0-9]+) characters`)
	advised := func(fix string, form *regexp.Regexp) int {
		if m := form.FindStringSubmatch(fix); m != nil {
			n, _ := strconv.Atoi(m[1])
			return n
		}
		return 0
	}
	refused := func(users, letters, recipients, instructions int) string {
		if _, err := New(parsed(t, crowd(users, letters, recipients, instructions))); err != nil {
			return err.Error()
		}
		return ""
	}
	seen := map[string]bool{}
	brief := mostAccepted(t, func(n int) string { return crowd(5, 3, n, 100) })
	for _, c := range []struct{ users, letters, recipients, instructions int }{
		{40, 62, 1, 160}, {31, 23, 1, 160}, {19, 23, 1, 160}, {31, 23, 1, 500}, {99, 3, 1, 160}, {2, 64, 90, 160}, {9, 20, 80, 400}, {5, 3, brief, 500}, {1, 3, 200, 160}, {30, 3, 60, 500},
	} {
		what := refused(c.users, c.letters, c.recipients, c.instructions)
		t.Logf("%v: %s", c, what)
		if n := strings.Count(what, "\n") + 1; what == "" || n > 2 {
			t.Errorf("%v: %d problems", c, n)
		}
		if strings.Contains(what, "\n") {
			continue // one for each problem
		}
		if n := advised(what, users); n > 0 {
			seen["users"] = true
			if again := refused(n, c.letters, c.recipients, c.instructions); again != "" {
				t.Errorf("%v: with %d users: %s", c, n, again)
			}
			if refused(n+1, c.letters, c.recipients, c.instructions) == "" {
				t.Errorf("%v: %d users fit as well", c, n+1)
			}
		}
		if n := advised(what, recipients); n > 0 {
			seen["recipients"] = true
			if again := refused(c.users, c.letters, n, c.instructions); again != "" {
				t.Errorf("%v: with %d recipients: %s", c, n, again)
			}
		}
		if n := advised(what, instructions); n > 0 {
			seen["instructions"] = true
			if again := refused(c.users, c.letters, c.recipients, n); again != "" {
				t.Errorf("%v: with %d characters: %s", c, n, again)
			}
		}
	}
	if len(seen) != 3 {
		t.Errorf("only advice on %v was tried", seen)
	}
}

// mostAccepted returns the largest number with which the plan accepts a file.
func mostAccepted(t *testing.T, file func(n int) string) int {
	t.Helper()
	return sort.Search(1000, func(n int) bool {
		_, err := New(parsed(t, file(n+1)))
		return err != nil
	})
}

// TestAnyRecipientsOfTheAdvisedNumberFit, also the longest ones.
func TestAnyRecipientsOfTheAdvisedNumberFit(t *testing.T) {
	a := longestOf(config.Alerts{Email: []string{"a", "bbb"}, SMS: []string{"cc"}, SQS: []string{"dddd"}}, 3)
	if got := fmt.Sprint(a.Email, a.HTTPS, a.SMS, a.SQS); got != "[bbb] [] [cc] [dddd]" {
		t.Error(got)
	}
}
