package shell_test

import (
	"os/exec"
	"strings"
	"testing"

	"example.com/breakglass/internal/shell"
)

func TestAShellReadsTheWordsBack(t *testing.T) {
	words := []string{"printf", `%s\n`, "plain", "", "two words", "it's", `"$HOME" $(date) \`, "~", "*", "a\tb", "#c", "a=b", "ünï", "it's a 'b'"}
	out, err := exec.Command("sh", "-c", shell.Quote(words...)).Output()
	if err != nil || string(out) != strings.Join(words[2:], "\n")+"\n" {
		t.Errorf("%v: %q", err, out)
	}
	if got, want := shell.Quote("aws", "iam", "get-user", "--user-name", "-b ob", "--region", "us-east-1", "--no-paginate"),
		"aws iam get-user --user-name='-b ob' --region us-east-1 --no-paginate"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := shell.Quote("aws", "sns", "list-topics", "--region", "us-east-1"); strings.Contains(got, "'") {
		t.Errorf("quoted for no reason: %s", got)
	}
}
