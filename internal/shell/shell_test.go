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
	if got := shell.Quote("aws", "sns", "list-topics", "--region", "us-east-1"); strings.Contains(got, "'") {
		t.Errorf("quoted for no reason: %s", got)
	}
}
