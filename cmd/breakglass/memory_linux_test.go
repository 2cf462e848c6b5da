package main

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"

	"example.com/breakglass/internal/stub"
	"example.com/breakglass/operate/seal"
)

// TestNoChildHoldsASecret: no program that breakglass starts is given a secret, by an argument, the environment, standard input, a file
// or its memory: neither the plugin of a holder's hardware key, which learns the key of a sealed file and not what is in it, nor the
// shell, the command and the AWS CLI, which have the session in the account and nothing by which another one is made.
func TestNoChildHoldsASecret(t *testing.T) {
	if underRace {
		t.Skip("the race detector's own memory is too large to search")
	}
	s := newSearched(t)
	nothing := func(string) bool { return false }
	session := func(what string) bool { return strings.HasPrefix(what, roleSession) }
	everything := func(string) bool { return true }
	for _, what := range []string{"create", "mfa", "key"} {
		s.run("", nothing, "breakglass", "credentials", what, "BreakglassUser")
	}
	with := []string{"-i", "password-plugin.txt", "-i", "mfa-plugin.txt"}
	password, device, key := s.file(seal.Password), s.file(seal.MFA), s.file(seal.Key)
	s.run("", nothing, "breakglass", append([]string{"credentials", "verify", password, device, key}, with...)...)
	s.run("", nothing, "breakglass", append([]string{"credentials", "verify", device, key, "--sts"}, with...)...)
	s.run("", everything, "breakglass", append([]string{"credentials", "open", password, "--stdout"}, with...)...)

	enter := append([]string{"enter", "production", "--key", key, "--mfa", device}, with...)
	line := "breakglass " + strings.Join(enter, " ")
	s.run("", session, "breakglass", append(enter, "--env")...)
	s.run("", session, "breakglass", append(enter, "--console")...)
	s.run("", nothing, "breakglass", append(enter, "--", lingering, "the command")...)
	s.run("", nothing, "breakglass", "enter", "production", "--key", key, "--mfa", device, "-i", "password.txt", "-i", "mfa.txt", "--", lingering, "the command")
	s.run("", nothing, "breakglass", append(enter, "--", "aws", "sts", "get-caller-identity")...)
	s.run("", nothing, "sh", "-c", `session=$(`+line+` --credential-process) && `+lingering+` "a credential_process"`)
	s.run("", nothing, "sh", "-c", `eval "$(`+line+` --env)" && `+lingering+` "a shell with --env"`)
	typed := s.iam.Users["BreakglassUser"].Keys[0]
	code := stub.Code(s.iam.Devices["arn:aws:iam::111111111111:mfa/BreakglassUser"].Seed, time.Now().Unix()/30)
	s.run(typed.ID+"\n"+typed.Secret+"\n"+code+"\nthe rest\n", nothing, "breakglass", "enter", "production", "--key", "-", "--", lingering, "after typing",
		"reads")
	s.subshell(enter)

	time.Sleep(time.Second) // files are named by the second
	s.run("", nothing, "breakglass", "credentials", "rotate", "BreakglassUser")

	for _, name := range []string{
		"plugin-recipient-v1", "plugin-identity-v1", "the-command", "the-AWS-CLI", "a-credential_process", "a-shell-with---env", "after-typing", "the-shell",
	} {
		if s.lingered[name] == 0 {
			t.Errorf("%s was not searched: %v", name, s.lingered)
		}
	}
	if s.inside > 0 && s.held == 0 {
		t.Error("the search does not find what breakglass itself has")
	}
	kinds := map[string]int{}
	for what := range s.secrets {
		kinds[strings.TrimRight(what, " 0123456789")]++
	}
	if kinds["the password"] < 2 || kinds["the seed"] < 2 || kinds["the bytes of the seed"] < 2 || kinds["the access key"] < 2 {
		t.Errorf("the secrets are %v", kinds)
	}
}

// subshell enters at a terminal, and searches the shell there.
func (s *searched) subshell(enter []string) {
	s.Helper()
	cmd := exec.Command("breakglass", enter...)
	cmd.Dir, cmd.Env = filepath.Join(s.folder, "work"), append(s.env, "TERM=dumb")
	var terminal *os.File
	begin(s.T, func() (err error) { terminal, err = pty.Start(cmd); return err })
	defer terminal.Close()
	var shown bytes.Buffer
	read := make(chan struct{})
	go func() { _, _ = io.Copy(&shown, terminal); close(read) }() // until the last program has closed the terminal
	_, err := io.WriteString(terminal, "\n"+lingering+" 'the shell'\nexit\n")
	s.must(err)
	s.waited(cmd, &shown)
	<-read
	s.search(enter, func(string) bool { return false }, spot{"standard output", [][]byte{shown.Bytes()}})
}

// TestTheSearchFindsASecret in whichever way a child is given it, and in each of its forms.
func TestTheSearchFindsASecret(t *testing.T) {
	if underRace {
		t.Skip("the race detector's own memory is too large to search")
	}
	draw := make([]byte, 31)
	_, _ = rand.Read(draw)
	secret := base64.StdEncoding.EncodeToString(draw)
	hidden, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer hidden.Close()
	_, _ = hidden.WriteString(secret)
	_ = os.Remove(hidden.Name())
	ways := map[string]func(*exec.Cmd){
		"an argument":     func(cmd *exec.Cmd) { cmd.Args = append(cmd.Args, "", secret) },
		"the environment": func(cmd *exec.Cmd) { cmd.Env = append(cmd.Env, "NAME="+secret) },
		"an open file":    func(cmd *exec.Cmd) { cmd.ExtraFiles = []*os.File{hidden} },
	}
	for i, form := range forms(secret) {
		ways[fmt.Sprintf("standard input, form %d", i)] = func(cmd *exec.Cmd) {
			cmd.Args, cmd.Stdin = append(cmd.Args, "reads"), strings.NewReader(strings.Repeat("before ", 9000)+string(form)+strings.Repeat(" after", 9000))
		}
	}
	s, look := newSearched(t), searchFor(map[string]string{"a secret": secret})
	for way, give := range ways {
		cmd := exec.Command(lingering, "the child")
		cmd.Env = s.env
		give(cmd)
		begin(t, cmd.Start)
		s.waited(cmd, new(bytes.Buffer))
		if !slices.ContainsFunc(s.places, func(p spot) bool { return strings.Contains(p.name, lingering) && len(look.in(p)) > 0 }) {
			t.Errorf("a secret in %s is not found", way)
		}
		s.places = nil
	}
}
