package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
)

// newApp makes an app as the CDK CLI would, with the context of cdk.json and more.
func newApp(t *testing.T, dir string, more map[string]any) awscdk.App {
	t.Helper()
	text, err := os.ReadFile("cdk.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Context map[string]any }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	for key, value := range more {
		file.Context[key] = value
	}
	return awscdk.NewApp(&awscdk.AppProps{Outdir: jsii.String(dir), Context: &file.Context, AnalyticsReporting: jsii.Bool(false)})
}

func TestAnAppHasTheStacksOfItsFile(t *testing.T) {
	dir := t.TempDir()
	app := newApp(t, dir, nil)
	p, err := build(app, "stacks/testdata/small.yaml")
	if err != nil {
		t.Fatal(err)
	}
	app.Synth(nil)
	for _, at := range p.Placements {
		if _, err := os.Stat(filepath.Join(dir, at.Stack+".template.json")); err != nil {
			t.Error(err)
		}
	}
}

func TestAnAppHasTheOneStackThatIsAskedFor(t *testing.T) {
	app := newApp(t, t.TempDir(), map[string]any{"only": "BreakGlass-Role-222222222222"})
	if _, err := build(app, "stacks/testdata/small.yaml"); err != nil {
		t.Fatal(err)
	}
	if n := len(*app.Node().Children()); n != 1 {
		t.Errorf("%d stacks were made", n)
	}
}

func TestABadFileIsRefusedWithoutAStack(t *testing.T) {
	file := filepath.Join(t.TempDir(), "bad.yaml")
	if err := os.WriteFile(file, []byte("version: 1\nhub: {account: 12}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	app := newApp(t, t.TempDir(), nil)
	_, err := build(app, file)
	if err == nil || !strings.Contains(err.Error(), "bad.yaml:2") {
		t.Errorf("the error is %v", err)
	}
	if n := len(*app.Node().Children()); n > 0 {
		t.Errorf("%d stacks were made", n)
	}
}
