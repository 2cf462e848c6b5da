//go:build emulator

package awscli

import (
	"os/exec"
	"strings"
	"testing"

	"example.com/breakglass/prove/emulator"
)

// spoiled are commands that show a secret which nobody can read: this documentation had them. The version that spoils each has the fault.
var spoiled = []struct{ name, script, by string }{
	{"the answer follows the password", `
aws secretsmanager get-random-password --region us-east-1 --password-length 32 --exclude-punctuation --query RandomPassword --output text |
  tr -d '\n' | tee /dev/tty | aws iam create-login-profile --user-name BreakglassUser --password file:///dev/stdin
`, "1"},
	{"the pager writes over the password", `
aws secretsmanager get-random-password --region us-east-1 --password-length 32 --exclude-punctuation --query RandomPassword --output text |
  tr -d '\n' | tee /dev/tty | aws iam create-login-profile --user-name BreakglassUser --password file:///dev/stdin
`, "2"},
	{"the answer follows the seed", `
aws iam create-virtual-mfa-device --virtual-mfa-device-name BreakglassUser --bootstrap-method Base32StringSeed --outfile /dev/tty
`, "1"},
}

// illegible fails unless the test of the documents finds these faults in each version that has them.
func illegible(t *testing.T, p *person, server *emulator.Server) {
	t.Helper()
	if _, err := exec.LookPath("less"); err != nil {
		t.Fatal("less is not there, which version 2 of the AWS CLI pages with: Debian, Ubuntu: sudo apt install less")
	}
	for _, s := range spoiled {
		if !strings.HasPrefix(p.number, s.by) {
			continue
		}
		_, o := p.paste(t, server, Command{At: s.name, Text: s.script, Block: true})
		if len(hidden(o)) == 0 {
			t.Errorf("%s, %v: not found; a person sees\n%s", s.name, p, o.shown)
		}
	}
}

// taken fails unless the documents' way to set a password says so when it did not: what is on the screen then is nobody's password.
func taken(t *testing.T, p *person, server *emulator.Server, c Command) {
	t.Helper()
	prepare(t, server, "aws iam delete-login-profile") // so that there is a password
	text, err := Fill(c, placeholders)
	if err != nil {
		t.Fatal(err)
	}
	if o := p.run(t, text); !strings.Contains(o.shown, "NOT set") {
		t.Errorf("%s, %v: the user has a password already, and a person sees\n%s", c.At, p, o.shown)
	}
}
