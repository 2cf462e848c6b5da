package shell_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/internal/shell"
)

func TestACommandOfTheAWSCLIHasTheRegionAndTheProfileOfItsRun(t *testing.T) {
	for _, c := range []struct{ region, profile, want string }{
		{"eu-west-1", "hub", "aws sns list-topics --region eu-west-1 --profile hub"},
		{"eu-west-1", "", "aws sns list-topics --region eu-west-1"},
		{"", "a hub", "aws sns list-topics --profile 'a hub'"},
		{"", "", "aws sns list-topics"},
	} {
		if got := shell.Quote(shell.AWS(c.region, c.profile, "sns", "list-topics")...); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
	words := []string{"iam", "list-users"}
	if shell.AWS("eu-west-1", "hub", words...); !slices.Equal(words, []string{"iam", "list-users"}) {
		t.Errorf("it changed its caller's words: %v", words)
	}
}

func TestAShellRunsEachOnce(t *testing.T) {
	for _, c := range []struct {
		values []string
		want   string
	}{
		{[]string{"it's"}, "a it's of it's $HOME|plain\n"},
		{[]string{"one", "two words", "$HOME"}, "a one of one $HOME|plain\na two words of two words $HOME|plain\na $HOME of $HOME $HOME|plain\n"},
	} {
		line := shell.Each("user", c.values, []string{"printf", `%s|%s\n`, "a ${user} of ${user} $HOME"}, " plain")
		out, err := exec.Command("sh", "-c", line).Output()
		if err != nil || string(out) != c.want {
			t.Errorf("%s: %v: %q, want %q", line, err, out, c.want)
		}
		if loop := strings.HasPrefix(line, "for user in "); loop != (len(c.values) > 1) {
			t.Errorf("a loop of %d: %s", len(c.values), line)
		}
	}
}
