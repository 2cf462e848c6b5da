package cdkcli

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// fakeCLI makes a project whose CDK CLI is a shell script.
func fakeCLI(t *testing.T, script string) string {
	t.Helper()
	root := t.TempDir()
	write(t, filepath.Join(root, "node_modules", ".bin", "cdk"), "#!/bin/sh\n"+script)
	return root
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
}

func TestRunPassesArgumentsAndEnvironment(t *testing.T) {
	root := fakeCLI(t, `echo "$*"; echo "color=$FORCE_COLOR key=$AWS_ACCESS_KEY_ID telemetry=$CDK_DISABLE_CLI_TELEMETRY"`)
	var log strings.Builder
	err := Run(t.Context(), Options{
		Root: root, Args: DeployAll("-c", "config=other.yaml"), Output: "out", Log: &log,
		Env: []string{"FORCE_COLOR=1", "AWS_ACCESS_KEY_ID=111111111111"},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"deploy --concurrency 48 --require-approval never --progress events --all -c config=other.yaml --no-notices --output out\n",
		"color= key=111111111111 telemetry=true",
	} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("%q is not in\n%s", want, log.String())
		}
	}
}

// What the CLI and Go leave in the folder for temporary files is gone when they have ended, and when they were stopped.
func TestNoTemporaryFileIsLeft(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	for _, script := range []string{"echo x > $TMPDIR/left", "echo x > $TMPDIR/left; echo begun; sleep 60"} {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		log := writerFunc(func(text []byte) (int, error) { cancel(); return len(text), nil })
		if err := Run(ctx, Options{Root: fakeCLI(t, script), Args: DeployAll(), Log: log}); (err != nil) != (ctx.Err() != nil) {
			t.Errorf("%s: %v", script, err)
		}
		if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
			t.Errorf("%s: %v, %v", script, left, err)
		}
	}
}

type writerFunc func([]byte) (int, error)

func (w writerFunc) Write(text []byte) (int, error) { return w(text) }

// The CLI reads its options from CDK_ variables and from a file in the home folder, too. None of them arrives.
func TestTheEnvironmentDoesNotChangeWhatTheCLIDoes(t *testing.T) {
	home := t.TempDir()
	write(t, filepath.Join(home, ".cdk.json"), `{"plugin": ["other"], "roleArn": "arn:aws:iam::111111111111:role/other"}`)
	write(t, filepath.Join(home, ".aws", "config"), "the profiles")
	root := fakeCLI(t, `env; cat "$HOME/.aws/config"; test -e "$HOME/.cdk.json" && echo "user settings found"; echo "home is $HOME"`)
	env := append(os.Environ(), "HOME="+home, "CDK_EXECUTE=false", "CDK_METHOD=prepare-change-set", "CDK_PROFILE=other", "CDK_APP=other",
		"JSII_RUNTIME=other", "NODE_OPTIONS=--require other", "AWS_PROFILE=mine", "CDK_VALIDATION=false",
		"NODE_TLS_REJECT_UNAUTHORIZED=0", "NODE_DEBUG=http", "GOOS=plan9", "GOAMD64=v4", "GOARCH=mips", "GOFLAGS=-tags=other", "GO111MODULE=off", "GOWORK=/other",
		"CGO_ENABLED=1", "AMAZON_ACCESS_KEY_ID=other", "AMAZON_SECRET_ACCESS_KEY=other",
		"NODE_EXTRA_CA_CERTS=ca.pem", "GOPROXY=https://example.com")
	var log strings.Builder
	if err := Run(t.Context(), Options{Root: root, Args: []string{"deploy"}, Env: env, Log: &log}); err != nil {
		t.Fatal(err)
	}
	for _, unwanted := range []string{
		"CDK_EXECUTE", "CDK_METHOD", "CDK_PROFILE", "CDK_APP", "JSII_RUNTIME", "NODE_OPTIONS", "NODE_TLS_REJECT_UNAUTHORIZED", "NODE_DEBUG", "plan9", "mips",
		"-tags=other", "GO111MODULE=off", "/other", "AMAZON_", "user settings found",
	} {
		if strings.Contains(log.String(), unwanted) {
			t.Errorf("%s reaches the CLI", unwanted)
		}
	}
	for _, wanted := range []string{
		"the profiles", "AWS_PROFILE=mine", "CDK_VALIDATION=false", "NODE_EXTRA_CA_CERTS=ca.pem", "GOPROXY=https://example.com", "GOWORK=off", "GO111MODULE=on", "CGO_ENABLED=0", "GOAMD64=v1", "GOOS=" + runtime.GOOS,
		"GOARCH=" + runtime.GOARCH, "GOFLAGS=-mod=readonly", "CDK_DISABLE_CLI_TELEMETRY=true",
	} {
		if !strings.Contains(log.String(), wanted) {
			t.Errorf("%q is not in\n%s", wanted, &log)
		}
	}
	_, shown, _ := strings.Cut(log.String(), "home is ")
	if _, err := os.Stat(strings.TrimSpace(shown)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder %s is left behind: %v", strings.TrimSpace(shown), err)
	}
	if text, err := os.ReadFile(filepath.Join(home, ".aws", "config")); err != nil || string(text) != "the profiles" {
		t.Errorf("the real home folder has changed: %q, %v", text, err)
	}
}

func TestWithoutCredentials(t *testing.T) {
	t.Setenv("AWS_SESSION_TOKEN", "example")
	for _, entry := range WithoutCredentials(nil) {
		if name, value, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "AWS_") && value != os.DevNull && name != "AWS_EC2_METADATA_DISABLED" {
			t.Errorf("%s is left", entry)
		}
	}
}

func TestErrorEndsWithWhatTheCLIPrinted(t *testing.T) {
	root := fakeCLI(t, `echo "Hub: deploying... [1/1]"
echo "Hub | 1/3 | 19:56:15 | CREATE_FAILED | AWS::SNS::Topic | Topic Not allowed"
echo "❌  Hub failed to deploy" >&2; exit 1`)
	var kinds []Kind
	err := Run(t.Context(), Options{Root: root, Args: []string{"deploy"}, OnEvent: func(e Event) { kinds = append(kinds, e.Kind) }})
	var failed *Error
	if !errors.As(err, &failed) || !strings.HasPrefix(err.Error(), "cdk deploy failed (exit status 1)\n") ||
		!strings.Contains(failed.Output, "AWS::SNS::Topic | Topic Not allowed") {
		t.Errorf("error %v", err)
	}
	if !slices.Equal(kinds, []Kind{Started}) {
		t.Errorf("events %v", kinds)
	}
}

func TestErrorShowsTheOutputWhenTheAppFails(t *testing.T) {
	root := fakeCLI(t, `echo "breakglass.yaml:3: unknown key" >&2; echo "go run .: Subprocess exited with error 1" >&2; exit 1`)
	err := Run(t.Context(), Options{Root: root, Args: []string{"synth"}})
	if err == nil || !strings.Contains(err.Error(), "breakglass.yaml:3: unknown key") {
		t.Errorf("error %v", err)
	}
}

func TestRunEndsWithTheContext(t *testing.T) {
	root := fakeCLI(t, "sleep 300 & wait")
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := Run(ctx, Options{Root: root, Args: []string{"deploy"}}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want that of the context", err)
	}
}

func TestRunWithoutInstallation(t *testing.T) {
	err := Run(t.Context(), Options{Root: t.TempDir(), Args: []string{"deploy"}})
	if err == nil || !strings.Contains(err.Error(), "not installed") {
		t.Errorf("error %v", err)
	}
}

func TestInstall(t *testing.T) {
	bin := t.TempDir()
	write(t, filepath.Join(bin, "node"), "#!/bin/sh\necho v22.1.0\n")
	write(t, filepath.Join(bin, "npm"), `#!/bin/sh
case "$*" in "ci --include=dev --ignore-scripts "*) ;; *) echo "the lock file may be changed, or anybody's scripts run: $*"; exit 1;; esac
rm -rf node_modules; mkdir -p node_modules/.bin
[ -f broken ] && { echo "npm error 404"; exit 1; }
[ -f empty ] || echo > node_modules/.bin/cdk
`)
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	root := t.TempDir()
	lock := filepath.Join(root, "package-lock.json")
	install := func() (lines []string, err error) {
		err = Install(t.Context(), root, func(line string) { lines = append(lines, line) })
		return lines, err
	}

	write(t, lock, "1")
	if lines, err := install(); err != nil || len(lines) != 1 {
		t.Errorf("the first time: %q, %v", lines, err)
	}
	if lines, err := install(); err != nil || len(lines) != 0 {
		t.Errorf("again: %q, %v", lines, err)
	}
	write(t, lock, "2")
	write(t, filepath.Join(root, "broken"), "")
	if _, err := install(); err == nil || !strings.Contains(err.Error(), "npm error 404") {
		t.Errorf("npm fails: %v", err)
	}
	os.Remove(filepath.Join(root, "broken"))
	// npm's own settings may keep it from installing anything: dry-run, prefix.
	write(t, filepath.Join(root, "empty"), "")
	if _, err := install(); err == nil || !strings.Contains(err.Error(), "npm ci ended well, and yet there is no ") {
		t.Errorf("nothing was installed: %v", err)
	}
	os.Remove(filepath.Join(root, "empty"))
	if lines, err := install(); err != nil || len(lines) != 1 {
		t.Errorf("after a changed lock file and a failure: %q, %v", lines, err)
	}
}

func TestInstallNamesWhatIsMissing(t *testing.T) {
	bin := t.TempDir()
	t.Setenv("PATH", bin)
	install := func() string {
		err := Install(t.Context(), t.TempDir(), func(string) {})
		if err == nil {
			t.Fatal("no error")
		}
		return err.Error()
	}
	if got := install(); !strings.HasPrefix(got, "node was not found: the CDK needs Node 22 or 24") {
		t.Error(got)
	}
	write(t, filepath.Join(bin, "node"), "#!/bin/sh\necho v18.3.0\n")
	if got := install(); !strings.HasPrefix(got, "npm was not found") {
		t.Error(got)
	}
	write(t, filepath.Join(bin, "npm"), "#!/bin/sh\n")
	if got := install(); !strings.HasPrefix(got, "node is v18.3.0: the CDK needs") {
		t.Error(got)
	}
}
