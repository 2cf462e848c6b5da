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
	if testing.Short() {
		t.Skip("nothing runs side by side here")
	}
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
		{40, 62, 1, 160}, {31, 23, 1, 160}, {19, 23, 1, 160}, {31, 23, 1, 500}, {99, 3, 1, 160}, {2, 64, 90, 160}, {9, 20, 80, 400}, {5, 3, brief, 500},
		{1, 3, 200, 160}, {30, 3, 60, 500},
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
			if strings.Contains(what, " are too many: ") && !strings.Contains(what, fmt.Sprintf(" are too many: with %d of them, ", n+1)) {
				t.Errorf("%v: it keeps %d: %s", c, n, what)
			}
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

// Where no single change is enough, the fix says what each part takes.
func TestTheFixForAHubThatIsTooLargeInEveryWay(t *testing.T) {
	_, err := New(parsed(t, crowd(99, 3, 200, 50)))
	if err == nil {
		t.Fatal("it fits")
	}
	m := regexp.MustCompile(`hub: the hub's template has about [0-9]+ bytes, and CloudFormation allows 51200. Have fewer users and fewer recipients in alerts, and shorten alerts.instructions: ` +
		`a user takes about ([0-9]+) bytes, a recipient ([0-9]+), a character of the instructions ([0-9]+)\.`).FindStringSubmatch(err.Error())
	if m == nil || !strings.Contains(err.Error(), "users: 99 users are too many: with 23 of them, the event pattern of ") {
		t.Fatal(err)
	}
	size := func(users, recipients, instructions int) int {
		return Of(parsed(t, crowd(users, 3, recipients, instructions))).HubSize()
	}
	all := size(99, 200, 50)
	for i, of := range []struct {
		what        string
		less, about int
	}{{"a user", size(98, 200, 50), 0}, {"a recipient", size(99, 199, 50), 100}, {"a character", size(99, 200, 49), 0}} {
		// The recipient with the shortest address is the one that counts.
		if got, _ := strconv.Atoi(m[i+1]); got <= 0 || got > all-of.less || got < all-of.less-of.about {
			t.Errorf("%s takes %d bytes, and it says %d", of.what, all-of.less, got)
		}
	}
}

// TestTheLongestNamesFit: IAM allows 64 characters for the name of a user and of a role, whatever else the file asks for.
func TestTheLongestNamesFit(t *testing.T) {
	for _, c := range []struct {
		users int
		rest  string
	}{{3, ""}, {1, `
trail: create
deploy: {access: bootstrap}
pipeline: {source: {codeConnections: {repository: example/breakglass, branch: main, connection: "arn:aws:codeconnections:ap-southeast-1:111111111111:connection/11111111-2222-3333-4444-555555555555"}}}
`}} {
		file := `version: 1
hub: {account: "111111111111", region: ap-southeast-1, standby: ap-northeast-1}
alerts: {email: [a@example.com]}
users:` + strings.Repeat("\n  - name: NAME", c.users) + `
role: {name: ` + strings.Repeat("R", 64) + `}
monitoring: {canary: true, deadMansSwitch: {url: "https://example.com/ping/breakglass"}}
` + c.rest
		for i := range c.users {
			file = strings.Replace(file, "NAME", fmt.Sprint(strings.Repeat("u", 63), i), 1)
		}
		if problem := Of(parsed(t, file)).namesTooMany(); problem != "" {
			t.Error(problem)
		}
	}
}
