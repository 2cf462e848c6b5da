//go:build emulator

package awscli

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

// version is a version of the AWS CLI.
type version struct {
	number  string // 1.44.49
	program string
}

func (v version) String() string { return "version " + v.number[:1] }

// versions installs both, and returns them.
func versions(t *testing.T) []version {
	t.Helper()
	absolute, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	if err := Install(t.Context(), absolute, func(line string) { t.Log(line) }); err != nil {
		t.Fatal(err)
	}
	second, err := Version2(t.Context(), absolute)
	if err != nil {
		t.Fatal(err)
	}
	var all []version
	for i, program := range []string{Version1(absolute), second} {
		out, err := exec.CommandContext(t.Context(), program, "--version").CombinedOutput()
		m := regexp.MustCompile(`^aws-cli/(\S+)`).FindSubmatch(out)
		if err != nil || m == nil || m[1][0] != "12"[i] {
			t.Fatalf("%s is no version %d: %v, %s", program, i+1, err, out)
		}
		all = append(all, version{number: string(m[1]), program: program})
	}
	return all
}

// services returns what may follow aws, as version 1 lists it and version 2 has it.
func services(t *testing.T, all []version) []string {
	t.Helper()
	out, _ := exec.CommandContext(t.Context(), all[0].program, "no-such-service").CombinedOutput() // it fails, with the list
	_, list, ok := strings.Cut(string(out), "valid choices are:")
	if !ok {
		t.Fatalf("version 1 lists no services:\n%s", out)
	}
	found := regexp.MustCompile(`[a-z][a-z0-9-]+`).FindAllString(list, -1)
	models, err := filepath.Glob(filepath.Join(filepath.Dir(all[1].program), "awscli", "botocore", "data", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, model := range models {
		found = append(found, filepath.Base(model))
	}
	for _, one := range []string{"iam", "configservice", "stepfunctions", "notifications"} {
		if !slices.Contains(found, one) {
			t.Fatalf("%s is no service of %d", one, len(found))
		}
	}
	return found
}

// person is somebody at a terminal with one version of the CLI, and profiles of a Region that nothing is in: the command has to say which one it means.
type person struct {
	version
	wire *wire
	dir  string
	env  []string
}

// elsewhere is the Region of the profiles.
const elsewhere = "af-south-1"

// wrapper runs the CLI, and notes what it was asked and how it ended. Version 1 has addresses of its own for SQS, which go before the
// environment's.
const wrapper = `#!/bin/sh
asked=$(printf '%%s' "$*" | tr '\n' ' ')
[ "$1" = sqs ] && set -- --endpoint-url "$AWS_ENDPOINT_URL" "$@"
"%s" "$@"
status=$?
printf '%%s %%s\n' "$status" "$asked" >> "%s"
exit $status
`

// standIn takes the place of breakglass, of go run ./cmd/breakglass and of the CDK CLI, which other tests run: it reads what it gets, runs the command that follows --, and prints a
// policy.
const standIn = `#!/bin/sh
[ -t 0 ] || cat > /dev/null
for word; do
	shift
	[ "$word" = -- ] && exec "$@"
done
echo '%s'
`

func newPerson(t *testing.T, v version, w *wire) *person {
	t.Helper()
	p := &person{version: v, wire: w, dir: t.TempDir()}
	put := func(name, text string, mode os.FileMode) {
		t.Helper()
		path := filepath.Join(p.dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
	}
	put("bin/aws", fmt.Sprintf(wrapper, v.program, p.log()), 0o700)
	for _, program := range []string{"breakglass", "npx", "go"} {
		put("bin/"+program, fmt.Sprintf(standIn, policy), 0o700)
	}
	for name, text := range files {
		put(name, text, 0o600)
	}
	p.profiles(hub)
	p.env = []string{
		"PATH=" + filepath.Join(p.dir, "bin") + ":/usr/local/bin:/usr/bin:/bin", "HOME=" + p.dir, "LANG=C.UTF-8",
		"AWS_ENDPOINT_URL=" + w.URL, "AWS_EC2_METADATA_DISABLED=true", "NO_PROXY=127.0.0.1", "HTTPS_PROXY=http://127.0.0.1:9",
	}
	return p
}

func (p *person) log() string { return filepath.Join(p.dir, "calls.log") }

// profiles writes the profiles, each with the credentials of its account; the default one has those of an account.
func (p *person) profiles(account string) {
	var text strings.Builder
	for _, of := range [][2]string{
		{"default", account}, {"profile hub", hub}, {"profile breakglass", hub}, {"profile production", target}, {"profile management", management},
	} {
		fmt.Fprintf(&text, "[%s]\naws_access_key_id = %s\naws_secret_access_key = local\nregion = %s\n", of[0], of[1], elsewhere)
	}
	if err := os.MkdirAll(filepath.Join(p.dir, ".aws"), 0o700); err != nil {
		panic(err)
	}
	if err := os.WriteFile(filepath.Join(p.dir, ".aws", "config"), []byte(text.String()), 0o600); err != nil {
		panic(err)
	}
}

// outcome is what a script did: what a person sees of it, how each call of the CLI ended, and what went over the wire.
type outcome struct {
	shown  string
	called []string // the exit status and the arguments
	calls  []call
}

func (p *person) run(t *testing.T, script string) outcome {
	t.Helper()
	if err := os.Remove(p.log()); err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	p.wire.take()
	o := outcome{shown: screen(t, p.dir, p.env, script)}
	log, err := os.ReadFile(p.log())
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	o.called, o.calls = strings.Split(strings.TrimSuffix(string(log), "\n"), "\n"), p.wire.take()
	if len(log) == 0 {
		o.called = nil
	}
	return o
}
