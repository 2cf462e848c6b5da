package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"filippo.io/age"
	"filippo.io/age/plugin"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/rogpeppe/go-internal/testscript"

	"example.com/breakglass/internal/stub"
)

// holders makes an identity for each name, in NAME.txt, and appends "credentials" to breakglass.yaml with the recipients of "password…"
// and "mfa…". Names that end in -plugin are of the plugin probe.
func holders(ts *testscript.TestScript, _ bool, names []string) {
	lists := map[string][]string{}
	for _, name := range names {
		identity, err := age.GenerateX25519Identity()
		ts.Check(err)
		recipient, text := identity.Recipient().String(), identity.String()
		if strings.HasSuffix(name, "-plugin") {
			recipient, text = plugin.EncodeRecipient(probe, []byte(recipient)), plugin.EncodeIdentity(probe, []byte(text))
		}
		ts.Check(os.WriteFile(ts.MkAbs(name+".txt"), []byte(text+"\n"), 0o600))
		list := "passwordHolders"
		if strings.HasPrefix(name, "mfa") {
			list = "mfaHolders"
		}
		lists[list] = append(lists[list], recipient)
	}
	text := ts.ReadFile("breakglass.yaml") + "credentials:\n"
	for list, recipients := range lists {
		text += "  " + list + ": [" + strings.Join(recipients, ", ") + "]\n"
	}
	ts.Check(os.WriteFile(ts.MkAbs("breakglass.yaml"), []byte(text), 0o600))
}

// probe is a plugin of age, which writes down everything that it is given: arguments, environment and input.
const probe = "probe"

func probePlugin() {
	seen, err := os.OpenFile(os.Getenv("PROBE"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Fprintln(seen, os.Args, os.Environ())
	p, err := plugin.New(probe)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	p.HandleRecipient(func(data []byte) (age.Recipient, error) { return age.ParseX25519Recipient(string(data)) })
	p.HandleIdentity(func(data []byte) (age.Identity, error) { return age.ParseX25519Identity(string(data)) })
	given := new(bytes.Buffer)
	in := io.TeeReader(os.Stdin, io.MultiWriter(seen, given))
	p.SetIO(in, os.Stdout, os.Stderr)
	p.RegisterFlags(nil)
	flag.Parse()
	signal.Ignore(os.Interrupt, syscall.SIGPIPE) // age sends the first, and closes the pipes, when it has read the answer
	code := p.Main()
	if os.Getenv(searcher) != "" {
		_, _ = io.Copy(io.Discard, in) // whatever age has to say after the answer
		linger("plugin " + strings.TrimPrefix(os.Args[1], "--age-plugin="))
	}
	runtime.KeepAlive(given)
	os.Exit(code)
}

// STS accepts a code once: a repetition would be refused, although the first attempt may have been accepted.
func TestACodeIsSentOnce(t *testing.T) {
	server := stub.New()
	defer server.Close()
	server.Fail("sts:GetSessionToken", "InternalFailure", "The answer is lost.")
	t.Setenv("AWS_ENDPOINT_URL_STS", server.URL)
	_, err := sessionsOf("us-east-1", "AKIAEXAMPLE", "example").GetSessionToken(t.Context(), &sts.GetSessionTokenInput{})
	if calls := server.Calls(); err == nil || len(calls) != 1 {
		t.Errorf("%v, %v", calls, err)
	}
}

// unseen checks that no secret of the fake IAM is in what the last command printed, nor in any file of the script.
func unseen(ts *testscript.TestScript, f *stub.IAM) {
	secrets := f.Secrets()
	texts := map[string][]byte{"stdout": []byte(ts.ReadFile("stdout")), "stderr": []byte(ts.ReadFile("stderr"))}
	ts.Check(filepath.WalkDir(ts.MkAbs("."), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		texts[path], err = os.ReadFile(path)
		return err
	}))
	have := 0
	for _, secret := range secrets {
		if secret == "" {
			continue
		}
		have++
		for name, text := range texts {
			if bytes.Contains(text, []byte(secret)) {
				ts.Fatalf("a secret is seen in %s", name)
			}
		}
	}
	if have == 0 {
		ts.Fatalf("IAM has no secret to look for")
	}
}
