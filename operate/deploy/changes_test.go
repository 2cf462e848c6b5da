package deploy

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"example.com/breakglass/internal/stub"
	"example.com/breakglass/plan"
)

func TestCompare(t *testing.T) {
	parse := func(text string) template {
		t.Helper()
		got, err := parseTemplate([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	const base = `{"Resources": {"A": {"Type": "T", "Properties": {"x": 1}}, "B": {"Type": "U"}}, "Outputs": {"O": {"Value": 1}}}`
	for name, c := range map[string]struct {
		want  string
		is    Change
		words string
	}{
		"nothing":    {`{"Outputs": {"O": {"Value": 1}}, "Resources": {"B": {"Type": "U"}, "A": {"Properties": {"x": 1}, "Type": "T"}}}`, Change{}, "no changes"},
		"YAML":       {"Resources:\n  A:\n    Type: T\n    Properties:\n      x: 1\n  B: {Type: U}\nOutputs: {O: {Value: 1}}\n", Change{}, "no changes"},
		"a property": {strings.Replace(base, `"x": 1`, `"x": 2`, 1), Change{Changed: []string{"A (T)"}}, "changes A (T)"},
		"an output":  {strings.Replace(base, `"Value": 1`, `"Value": 2`, 1), Change{Other: true}, "changes outputs or its description"},
		"another one": {
			strings.Replace(base, `"B": {"Type": "U"}`, `"C": {"Type": "V"}`, 1), Change{Added: []string{"C (V)"}, Removed: []string{"B (U)"}},
			"adds C (V); removes B (U)",
		},
	} {
		got := compare(parse(base), parse(c.want))
		if diff := cmp.Diff(c.is, got); diff != "" || got.String() != c.words || got.None() != (c.words == "no changes") {
			t.Errorf("%s: %s\n%s", name, got, diff)
		}
	}
	many := Change{Added: []string{"1", "2", "3", "4", "5", "6", "7"}}
	if got := many.String(); got != "adds 1, 2, 3, 4, 5 and 2 more" {
		t.Error(got)
	}
	for want, c := range map[string]Change{"new": {New: true}, "unknown: why": {Unknown: "why", New: true}} {
		if c.None() || c.String() != want {
			t.Errorf("%+v is %s", c, c)
		}
	}
}

func TestChanges(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"manifest.json": `{"artifacts": {"Hub": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "hub.json"}},
			"Broken": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "none.json"}}, "Tree": {"type": "cdk:tree", "properties": {"file": "tree.json"}}}}`,
		"hub.json":                 `{"Resources": {"A": {"Type": "T"}}}`,
		"assembly-x/manifest.json": `{"artifacts": {"xRole1A": {"type": "aws:cloudformation:stack", "properties": {"stackName": "Role", "templateFile": "role.json"}}}}`,
		"assembly-x/role.json":     `{"Resources": {"R": {"Type": "T"}}}`,
	} {
		path := filepath.Join(folder, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	if got := templates(folder); len(got) != 3 || got["Hub"] != filepath.Join(folder, "hub.json") ||
		got["Role"] != filepath.Join(folder, "assembly-x", "role.json") {
		t.Errorf("%v", got)
	}
	server := stub.New()
	defer server.Close()
	server.Answer("cloudformation:GetTemplate@us-east-1",
		`<GetTemplateResponse><GetTemplateResult><TemplateBody>{"Resources": {"A": {"Type": "T"}}}</TemplateBody></GetTemplateResult></GetTemplateResponse>`)
	server.Fail("cloudformation:GetTemplate@eu-west-1", "ValidationError", "Stack with id Role does not exist")
	steps := 0
	got := Changes(t.Context(), opened(server), folder,
		[]plan.Placement{{Stack: "Hub", Region: "us-east-1"}, {Stack: "Role", Region: "eu-west-1"}, {Stack: "Unmade"}, {Stack: "Broken"}}, func(string) { steps++ })
	if len(got) != 3 || steps != 3 || !got[0].None() || got[0].Stack != "Hub" || got[0].Region != "us-east-1" || !got[1].New || got[2].Unknown == "" {
		t.Errorf("%d steps: %+v", steps, got)
	}
	server.Fail("cloudformation:GetTemplate@us-east-1", "AccessDenied", "User: x is not authorized to perform: cloudformation:GetTemplate on resource: y")
	if got := Changes(t.Context(), opened(server), folder, []plan.Placement{{Stack: "Hub", Region: "us-east-1"}}, func(string) {}); !strings.Contains(got[0].String(), "unknown: reading the template of Hub: the permission cloudformation:GetTemplate is missing") {
		t.Errorf("%s", got[0])
	}
}

// Each kind of change is one, by itself.
func TestNone(t *testing.T) {
	for _, c := range []Change{
		{Added: []string{"a"}}, {Changed: []string{"a"}}, {Removed: []string{"a"}}, {Other: true}, {Added: []string{"a"}, Changed: []string{"b"}},
		{Changed: []string{"a"}, Removed: []string{"b"}},
	} {
		if c.None() {
			t.Errorf("%+v is no change", c)
		}
	}
	if !(Change{Stack: "S", Region: "r"}).None() {
		t.Error("nothing is a change")
	}
	six := []string{"1", "2", "3", "4", "5", "6"}
	if got := (Change{Removed: six[:5], Changed: six}).String(); got != "changes 1, 2, 3, 4, 5 and 1 more; removes 1, 2, 3, 4, 5" {
		t.Error(got)
	}
}

// Only the manifests say which files are templates.
func TestOtherFilesOfAnAssembly(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"other.json":      `{"artifacts": {"Wrong": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "x"}}}}`,
		"a/manifest.json": `broken`, "b/manifest.json": `{"artifacts": {"Right": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "r.json"}}}}`,
		"b/r.json": "{broken",
	} {
		path := filepath.Join(folder, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(map[string]string{"Right": filepath.Join(folder, "b", "r.json")}, templates(folder)); diff != "" {
		t.Error(diff)
	}
	if got := templates(filepath.Join(folder, "none")); len(got) > 0 {
		t.Errorf("%v", got)
	}
	stacks := []plan.Placement{{Stack: "Right", Region: "us-east-1"}}
	if got := Changes(t.Context(), opened(newCloud(t).Server), folder, stacks, func(string) {}); len(got) != 1 || got[0].Unknown == "" {
		t.Errorf("%v", got)
	}
	c := newCloud(t)
	if err := os.WriteFile(filepath.Join(folder, "b", "r.json"), []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	c.Answer("cloudformation:GetTemplate",
		"<GetTemplateResponse><GetTemplateResult><TemplateBody>{broken</TemplateBody></GetTemplateResult></GetTemplateResponse>")
	if got := Changes(t.Context(), opened(c.Server), folder, stacks, func(string) {}); len(got) != 1 ||
		!strings.Contains(got[0].Unknown, "the deployed template cannot be read: ") {
		t.Errorf("%v", got)
	}
	refused := func(context.Context, string, string) (aws.Config, error) {
		return aws.Config{}, errors.New("no way in")
	}
	if got := Changes(t.Context(), refused, folder, stacks, func(string) {}); len(got) != 1 || !strings.Contains(got[0].Unknown, "no way in") {
		t.Errorf("%v", got)
	}
}
