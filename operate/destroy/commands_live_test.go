//go:build emulator

// This test starts LocalEmu: go test -tags emulator ./operate/destroy

package destroy

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
	"example.com/breakglass/prove/local/localtest"
)

// TestLiveRemovalCommands makes what IAM deletes only after something else, and runs the commands as they are printed, with the AWS
// CLI.
func TestLiveRemovalCommands(t *testing.T) {
	const root, hub = "../..", "111111111111"
	server := localtest.Start(t, root)
	localtest.As(t, server, hub, "us-east-1")
	bin, err := filepath.Abs(filepath.Join(root, ".venv", "bin"))
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	sh := func(command string) {
		t.Helper()
		if out, err := exec.CommandContext(t.Context(), "sh", "-c", command).CombinedOutput(); err != nil {
			t.Errorf("%s\n%v: %s", command, err, out)
		}
	}
	const document = `'{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sns:ListTopics", "Resource": "*"}]}'`
	const trust = `'{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sts:AssumeRole"}]}'`
	for _, command := range []string{
		"aws iam create-user --user-name BreakglassUser",
		"aws iam create-login-profile --user-name BreakglassUser --password Example-Example-1",
		"aws iam create-access-key --user-name BreakglassUser",
		"aws iam create-group --group-name " + names.Group,
		"aws iam add-user-to-group --user-name BreakglassUser --group-name " + names.Group,
		"aws iam create-policy --policy-name " + names.ForwardPolicy + " --policy-document " + document,
		"aws iam create-policy-version --policy-arn arn:aws:iam::" + hub + ":policy/" + names.ForwardPolicy + " --set-as-default --policy-document " + document,
		"aws iam attach-group-policy --group-name " + names.Group + " --policy-arn arn:aws:iam::" + hub + ":policy/" + names.ForwardPolicy,
		"aws iam create-role --role-name " + names.ForwardRole + " --assume-role-policy-document " + trust,
		"aws iam attach-role-policy --role-name " + names.ForwardRole + " --policy-arn arn:aws:iam::" + hub + ":policy/" + names.ForwardPolicy,
		"aws iam put-role-policy --role-name " + names.ForwardRole + " --policy-name inline --policy-document " + document,
	} {
		sh(command)
	}
	// sh takes the exit status of a line's last command, and the printed lines go on after what was not there.
	for _, r := range remainsOf(t, hub) {
		t.Logf("%s %s: %s", r.Kind, r.Name, r.Remove)
		sh(r.Remove)
	}
	if left := remainsOf(t, hub); len(left) > 0 {
		t.Errorf("left are %+v", left)
	}
}

func remainsOf(t *testing.T, hub string) []Remain {
	t.Helper()
	c, err := config.Parse("breakglass.yaml", []byte("version: 1\nhub: {account: \""+hub+"\"}\nregions: [us-east-1]\nalerts: {email: [a@example.com]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	caller, err := account.Load(t.Context(), "", "us-east-1")
	if err != nil {
		t.Fatal(err)
	}
	left, blind := Search{
		Keys: account.NewKeys(caller, c, nil), Plan: plan.Of(c), Leave: func(string, string) bool { return false }, Profile: func(string) string { return "" },
		Step: func(string) {},
	}.Remains(t.Context())
	if len(blind) > 0 {
		t.Error(blind)
	}
	return left
}
