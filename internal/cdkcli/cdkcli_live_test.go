//go:build emulator

// This test installs the CDK CLI and LocalEmu into the project and runs them: go test -tags emulator ./internal/cdkcli

package cdkcli

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"example.com/breakglass/prove/emulator"
)

const root = "../.."

const manifest = `{"version": "36.0.0", "artifacts": {
  "Good": {"type": "aws:cloudformation:stack", "environment": "aws://111111111111/us-east-1", "properties": {"templateFile": "good.json"}},
  "Bad": {"type": "aws:cloudformation:stack", "environment": "aws://111111111111/eu-west-1", "properties": {"templateFile": "bad.json"}}
}}`

func TestLifeOfTwoStacks(t *testing.T) {
	progress := func(line string) { t.Log(line) }
	if err := errors.Join(Install(t.Context(), root, progress), emulator.Install(t.Context(), root, progress)); err != nil {
		t.Fatal(err)
	}
	server, err := emulator.Start(t.Context(), emulator.Options{Root: root})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Stop()
	app := t.TempDir()
	write(t, filepath.Join(app, "manifest.json"), manifest)
	write(t, filepath.Join(app, "good.json"), `{"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}`)
	write(t, filepath.Join(app, "bad.json"), `{"Resources": {"Policy": {"Type": "AWS::Events::EventBusPolicy", "Properties": {
	  "StatementId": "all", "Action": "events:PutEvents", "Principal": "*"}}}}`) // no EventBusName: refused by the emulator
	env := server.Env("111111111111", "us-east-1")

	var seen map[string]Kind
	cdk := func(args ...string) error {
		began := time.Now()
		seen = map[string]Kind{}
		err := Run(t.Context(), Options{Root: root, Args: args, Env: env, Output: t.TempDir(), Log: t.Output(), OnEvent: func(e Event) {
			seen[e.Stack] = e.Kind
			t.Log(e)
		}})
		t.Logf("%s took %v", args[0], time.Since(began).Round(100*time.Millisecond))
		return err
	}
	var failed *Error
	if err := cdk(DeployAll("--app", app)...); !errors.As(err, &failed) || seen["Good"] != Done || seen["Bad"] != Started {
		t.Errorf("deploy: %v, events %v", err, seen)
	}
	write(t, filepath.Join(app, "bad.json"), `{"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}`)
	if err := cdk(DeployAll("--app", app)...); err != nil || seen["Good"] != Unchanged || seen["Bad"] != Done {
		t.Errorf("deploy again: %v, events %v", err, seen)
	}
	if err := cdk(DestroyAll("--app", app)...); err != nil || seen["Good"] != Done || seen["Bad"] != Done {
		t.Errorf("destroy: %v, events %v", err, seen)
	}
}
