//go:build unix

package deploy

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestProject(t *testing.T) {
	root := t.TempDir()
	project := filepath.Join(root, "project")
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("HOME", root)
	find := func(folder string) string {
		t.Helper()
		dir, err := Project(t.Context(), folder)
		if err != nil {
			return err.Error()
		}
		return dir
	}
	want := func(got, want string) {
		t.Helper()
		if !strings.Contains(got, want) {
			t.Errorf("%s, want %q", got, want)
		}
	}
	write("cdk.json", `{"app": "another"}`)
	write("project/conf/breakglass.yaml", "")
	// A project above is not taken: it could be anybody's.
	t.Chdir(filepath.Join(project, "conf"))
	want(find(""), "is not the project's folder: it has no cdk.json; run the command in the project's folder, or pass --project")
	want(find(".."), "has no cdk.json")
	write("project/cdk.json", `{"app": "true"}`)
	want(find(".."), "the CDK CLI is not installed in "+filepath.Join(project, "node_modules")+"; run npm ci --include=dev")
	write("project/node_modules/.bin/cdk", "#!/bin/sh\n")
	if got := find(".."); got != project {
		t.Errorf("named: %s", got)
	}
	t.Chdir(project)
	if got := find(""); got != project {
		t.Errorf("the working directory: %s", got)
	}
	// The CDK CLI hands what is in this file to the app, as if cdk.json had it.
	for text, says := range map[string]string{
		`{"only": "BreakGlass-Hub", "@aws-cdk/core:permissionsBoundary": {"name": "other"}}`: "cdk.context.json changes what is deployed (@aws-cdk/core:permissionsBoundary, only); this project needs none: remove it",
		"{": "cdk.context.json cannot be read; this project needs none: remove it: ", `{"cli-telemetry": false, "acknowledged-issue-numbers": [1]}`: project, `{}`: project,
	} {
		write("project/cdk.context.json", text)
		want(find(""), says)
	}
	if err := os.Remove("cdk.context.json"); err != nil {
		t.Fatal(err)
	}
	write("project/stacks/hub.go", "")
	write("project/.venv/x", "")
	for _, c := range []struct {
		path string
		mode os.FileMode
		want string
	}{
		{"project", 0o777, "can be written by every user"}, {"project/cdk.json", 0o666, "can be written by every user"},
		{"project/node_modules", 0o777, "can be written by every user"}, {"project/node_modules/.bin/cdk", 0o777, "can be written by every user"},
		{"project/node_modules/.bin", 0o777, "is in " + filepath.Join(project, "node_modules", ".bin") + ", which can be written by every user"},
		{"project/stacks", 0o777, "can be written by every user"}, {"project/stacks/hub.go", 0o666, "stacks/hub.go can be written by every user"},
		{"project/.venv", 0o777, ""},
		{".", 0o777, "is in " + root + ", which can be written by every user"}, {".", 0o777 | os.ModeSticky, ""},
	} {
		path := filepath.Join(root, c.path)
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, c.mode); err != nil {
			t.Fatal(err)
		}
		if got := find(""); c.want == "" && got != project || c.want != "" && !strings.Contains(got, c.want) {
			t.Errorf("%s with mode %v: %s", c.path, c.mode, got)
		}
		if err := os.Chmod(path, info.Mode()); err != nil {
			t.Fatal(err)
		}
	}
	if os.Getuid() != 0 {
		return
	}
	if err := os.Chmod(project, 0o775); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(project, 0, 12345); err != nil {
		t.Fatal(err)
	}
	want(find(""), "can be written by the members of another group (12345)")
}
