package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"example.com/breakglass/internal/file"
	"example.com/breakglass/internal/stub"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"breakglass": main, "age-plugin-" + probe: probePlugin, lingering: lingers})
}

var began = regexp.MustCompile(`"began": ?"[^"]*"`)

// TestScripts runs the scripts of testdata, which read as documentation of the commands. Each has an AWS of its own that
// refuses everything but what the script has it answer: "aws FILE" reads answers (see internal/stub), and "asked ACTION", or @REGION,
// checks that something was asked for; "exits CODE ARGUMENT…" runs breakglass and checks its exit code; "cloudformation FOLDER"
// has stacks that are files; "alarm HUB…" makes it an alarm that works, of which answers may break a part; "figures FILE" sets
// variables to the numbers of a file that change with each new alert; "sealed" writes an access key and the seed of an MFA device,
// each sealed to its holder; "logs FOLDER" has the hubs' log groups that are files; "trail FOLDER" has
// CloudTrail's event history of several accounts; "iam USER…" is an IAM with users, "holders NAME…" makes the
// holders of their credentials, "fido USER NAME" enrols a FIDO key, "unseen" checks that no secret shows anywhere, and "exits-sh CODE COMMAND" is exits for a shell;
// "people" has IAM of several accounts, in which somebody undoes the first denial; "plain FILE" checks that a terminal obeys nothing in it;
// "quiet [FILE]" checks that standard error has the remark that requests do not go to AWS, and nothing more than the file;
// "taken FILE" has another command write the file; "dated FILE" says that what the file is evidence of began now.
func TestScripts(t *testing.T) {
	type key struct{}
	type iamKey struct{}
	home := t.TempDir()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		Setup: func(env *testscript.Env) error {
			server := stub.New()
			env.Defer(server.Close)
			env.Values[key{}], env.Values[iamKey{}] = server, new(*stub.IAM)
			env.Setenv("HOME", home)
			env.Setenv("AWS_ENDPOINT_URL", server.URL)
			env.Setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
			env.Setenv("AWS_SECRET_ACCESS_KEY", "example")
			env.Setenv("AWS_CONFIG_FILE", os.DevNull)
			env.Setenv("AWS_SHARED_CREDENTIALS_FILE", os.DevNull)
			env.Setenv("AWS_EC2_METADATA_DISABLED", "true")
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"aws": func(ts *testscript.TestScript, _ bool, args []string) {
				ts.Check(ts.Value(key{}).(*stub.Server).Script(ts.ReadFile(args[0])))
			},
			"cloudformation": func(ts *testscript.TestScript, _ bool, args []string) {
				cloudFormation(ts.Value(key{}).(*stub.Server), ts.MkAbs(args[0]))
			},
			"figures": figures,
			"holders": holders,
			"iam": func(ts *testscript.TestScript, _ bool, args []string) {
				*ts.Value(iamKey{}).(**stub.IAM) = ts.Value(key{}).(*stub.Server).NewIAM(args...)
			},
			"fido": func(ts *testscript.TestScript, _ bool, args []string) {
				serial := "arn:aws:iam::111111111111:u2f/user/" + args[0] + "/" + args[1]
				(*ts.Value(iamKey{}).(**stub.IAM)).Enrol(args[0], serial, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
			},
			"unseen": func(ts *testscript.TestScript, _ bool, _ []string) { unseen(ts, *ts.Value(iamKey{}).(**stub.IAM)) },
			"logs": func(ts *testscript.TestScript, _ bool, args []string) {
				ts.Check(logs(ts.Value(key{}).(*stub.Server), ts.MkAbs("breakglass.yaml"), ts.MkAbs(args[0])))
			},
			"sealed": func(ts *testscript.TestScript, _ bool, _ []string) { sealedFiles(ts) },
			"trail": func(ts *testscript.TestScript, _ bool, args []string) {
				ts.Check(trail(ts.Value(key{}).(*stub.Server), ts.MkAbs(args[0])))
			},
			"people": func(ts *testscript.TestScript, _ bool, _ []string) {
				people(ts.Value(key{}).(*stub.Server))
			},
			"taken": func(ts *testscript.TestScript, _ bool, args []string) {
				log, err := file.Append(ts.MkAbs(args[0]))
				ts.Check(err)
				ts.Defer(func() { _ = log.Close() })
				ts.Check(log.Alone())
			},
			"dated": func(ts *testscript.TestScript, _ bool, args []string) {
				now := `"began": "` + time.Now().UTC().Format(time.RFC3339Nano) + `"`
				ts.Check(os.WriteFile(ts.MkAbs(args[0]), began.ReplaceAll([]byte(ts.ReadFile(args[0])), []byte(now)), 0o600))
			},
			"plain": plain,
			"quiet": quiet,
			"alarm": func(ts *testscript.TestScript, _ bool, args []string) {
				ts.Value(key{}).(*stub.Server).Alarm(args...)
			},
			"exits": func(ts *testscript.TestScript, _ bool, args []string) {
				err := ts.Exec("breakglass", args[1:]...)
				var exit *exec.ExitError
				if !errors.As(err, &exit) || fmt.Sprint(exit.ExitCode()) != args[0] {
					ts.Fatalf("breakglass %q: %v, want exit code %s", args[1:], err, args[0])
				}
			},
			"exits-sh": func(ts *testscript.TestScript, _ bool, args []string) {
				err := ts.Exec("sh", "-c", args[1])
				var exit *exec.ExitError
				if !errors.As(err, &exit) || fmt.Sprint(exit.ExitCode()) != args[0] {
					ts.Fatalf("%s: %v, want exit code %s", args[1], err, args[0])
				}
			},
			"asked": func(ts *testscript.TestScript, neg bool, args []string) {
				found := false
				for _, call := range ts.Value(key{}).(*stub.Server).Calls() {
					action, region, _ := strings.Cut(call, "@")
					found = found || call == args[0] || action == args[0] || "@"+region == args[0]
				}
				if found == neg {
					ts.Fatalf("asked for %s: %v; the calls are %q", args[0], found, ts.Value(key{}).(*stub.Server).Calls())
				}
			},
		},
	})
}
