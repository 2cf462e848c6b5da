//go:build emulator

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"example.com/breakglass/operate/enter"
	"example.com/breakglass/operate/seal"
	"example.com/breakglass/prove/local"
	"example.com/breakglass/prove/local/localtest"
	"example.com/breakglass/watch"
)

const liveHub, liveTarget, liveUser, liveRegion = "111111111111", "222222222222", "BreakglassUser", "us-east-1"

// awsCLI runs the commands that it reads, one a line, with the AWS CLI: one process for all of them.
const awsCLI = `
import shlex, sys
from awscli.clidriver import create_clidriver
failed = 0
for line in sys.stdin:
    words = shlex.split(line)
    assert words[0] == "aws", line
    print("$", line.strip(), flush=True)
    code = create_clidriver().main(words[1:])
    if code:
        print("exit", code, "of", line, flush=True)
        failed = 1
sys.exit(failed)
`

// liveWorld is an app on the local AWS, and a folder in which a person works.
type liveWorld struct {
	*testing.T
	run  *local.Run
	file string
	// python has the AWS CLI.
	python     string
	identities map[seal.Kind]age.Identity
}

func newLiveWorld(t *testing.T) *liveWorld {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	server := localtest.Start(t, root)
	t.Chdir(t.TempDir())
	w := &liveWorld{
		T: t, file: filepath.Join(t.TempDir(), "breakglass.yaml"), python: filepath.Join(root, ".venv", "bin", "python"), identities: map[seal.Kind]age.Identity{},
	}
	passwords, devices := w.identity("password.txt"), w.identity("mfa.txt")
	w.identities[seal.Password], w.identities[seal.Key], w.identities[seal.MFA] = passwords, passwords, devices
	w.write(w.file, fmt.Appendf(nil, `version: 1
hub: {account: %q, region: us-east-1}
regions: [us-east-1]
alerts: {email: [security-team@example.com]}
users: [{name: %s, accessKey: sealed}]
credentials: {passwordHolders: [%s], mfaHolders: [%s]}
targets: [{account: %q, name: production, managedPolicies: [AdministratorAccess]}]
deploy: {access: organization}
terminationProtection: false
`, liveHub, liveUser, passwords.Recipient(), devices.Recipient(), liveTarget))
	if w.run, err = local.New(root, w.file, server, nil); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := w.run.Deploy(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Logf("deployed in %v", time.Since(began).Round(time.Second))
	localtest.As(t, server, local.ManagementAccount, liveRegion)
	return w
}

// identity makes a holder, and writes its identity to a file.
func (w *liveWorld) identity(name string) *age.X25519Identity {
	w.Helper()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		w.Fatal(err)
	}
	w.write(name, fmt.Appendf(nil, "%s\n", identity))
	return identity
}

func (w *liveWorld) write(name string, content []byte) {
	w.Helper()
	if err := os.WriteFile(name, content, 0o600); err != nil {
		w.Fatal(err)
	}
}

// exits runs a command and returns what it prints. It has to print all of the texts.
func (w *liveWorld) exits(code int, command string, want ...string) string {
	w.Helper()
	var out, errs bytes.Buffer
	began := time.Now()
	got := run(w.Context(), append(strings.Fields(command), "--config", w.file), strings.NewReader(""), &out, &errs)
	w.Logf("breakglass %s: exit %d after %v\n%s%s", command, got, time.Since(began).Round(100*time.Millisecond), &out, &errs)
	if got != code {
		w.Errorf("breakglass %s: exit %d, want %d", command, got, code)
	}
	for _, text := range want {
		if !strings.Contains(out.String()+errs.String(), text) {
			w.Errorf("breakglass %s does not say %q", command, text)
		}
	}
	return out.String()
}

// aws runs commands of the AWS CLI with the keys of a session, or of an account.
func (w *liveWorld) aws(keys aws.Credentials, commands []string) {
	w.Helper()
	cli := exec.CommandContext(w.Context(), w.python, "-c", awsCLI)
	cli.Env = append(w.run.Server.Env(liveTarget, liveRegion), "AWS_ACCESS_KEY_ID="+keys.AccessKeyID, "AWS_SECRET_ACCESS_KEY="+keys.SecretAccessKey, "AWS_PAGER=")
	if keys.SessionToken != "" {
		cli.Env = append(cli.Env, "AWS_SESSION_TOKEN="+keys.SessionToken)
	}
	cli.Stdin = strings.NewReader(strings.Join(commands, "\n") + "\n")
	out, err := cli.CombinedOutput()
	w.Logf("%s", out)
	if err != nil {
		w.Errorf("the AWS CLI: %v", err)
	}
}

// enters returns a session in the role of production, as the user gets one with the key and a code.
func (w *liveWorld) enters() (key string, session aws.Credentials) {
	w.Helper()
	file, err := seal.Read(w.sealed(seal.Key))
	if err != nil {
		w.Fatal(err)
	}
	keys, err := enter.OpenKey(file, w.identities[seal.Key])
	if err != nil {
		w.Fatal(err)
	}
	cfg := w.run.AWS(liveRegion)
	cfg.Credentials = credentials.NewStaticCredentialsProvider(keys.ID, keys.Secret, "")
	out, err := sts.NewFromConfig(cfg).AssumeRole(w.Context(), &sts.AssumeRoleInput{
		RoleArn: aws.String("arn:aws:iam::" + liveTarget + ":role/BreakGlassRole"), RoleSessionName: aws.String(liveUser),
		SerialNumber: aws.String("arn:aws:iam::" + liveHub + ":mfa/" + liveUser), TokenCode: aws.String("123456"),
	})
	if err != nil {
		w.Fatal(err)
	}
	c := out.Credentials
	return keys.ID, aws.Credentials{
		AccessKeyID: aws.ToString(c.AccessKeyId), SecretAccessKey: aws.ToString(c.SecretAccessKey), SessionToken: aws.ToString(c.SessionToken),
	}
}

// assumed returns the record of that, as the hub account has it.
func (w *liveWorld) assumed(key string, session aws.Credentials, id string, at time.Time) watch.Fields {
	w.Helper()
	event := w.record("an assumption with a key and a code", id, at)
	detail := event["detail"].(watch.Fields)
	detail["userIdentity"].(watch.Fields)["accessKeyId"] = key
	detail["requestParameters"].(watch.Fields)["roleSessionName"] = liveUser
	detail["responseElements"].(watch.Fields)["credentials"].(watch.Fields)["accessKeyId"] = session.AccessKeyID
	return event
}

// inLedger waits until an event with a text is in the ledger.
func (w *liveWorld) inLedger(id string) {
	w.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(200 * time.Millisecond) {
		all, err := w.run.Ledger(w.Context(), liveRegion)
		if err != nil {
			w.Fatal(err)
		}
		if slices.ContainsFunc(all, func(e string) bool { return strings.Contains(e, id) }) {
			return
		}
		if time.Now().After(end) {
			w.Fatalf("the ledger lacks %s", id)
		}
	}
}

func ofAccount(number string) aws.Credentials {
	return aws.Credentials{AccessKeyID: number, SecretAccessKey: "local"}
}
