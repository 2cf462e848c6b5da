package stacks

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/config"
	"example.com/breakglass/plan"
)

// template is a synthesized template as plain data, which tests may share.
type template struct {
	stack    string
	text     []byte
	manifest artifact

	Description string
	Parameters  map[string]any
	Resources   map[string]resource
	Outputs     map[string]struct{ Value any }
}

type resource struct {
	Type           string
	Properties     map[string]any
	DeletionPolicy string
	DependsOn      []string
}

// artifact is a stack's entry in the manifest of the cloud assembly.
type artifact struct {
	Type         string
	Environment  string
	Dependencies []string
	Properties   struct {
		TemplateFile          string
		TerminationProtection bool
		AssumeRoleArn         string
		Tags                  map[string]string
	}
}

// newApp makes an app as the CDK CLI would, with the context of cdk.json.
func newApp(t *testing.T, dir string) awscdk.App {
	t.Helper()
	text, err := os.ReadFile("../cdk.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Context map[string]any }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	return awscdk.NewApp(&awscdk.AppProps{
		Outdir: jsii.String(dir), Context: &file.Context, AnalyticsReporting: jsii.Bool(false),
	})
}

// build fills the app with the stacks of a file, or with the one that the app's context names.
func build(app awscdk.App, file string) (plan.Plan, error) {
	c, err := config.Load(file)
	if err != nil {
		return plan.Plan{}, err
	}
	p := plan.Of(c)
	if only, ok := app.Node().TryGetContext(jsii.String("only")).(string); ok {
		if p, err = p.Only(only); err != nil {
			return plan.Plan{}, err
		}
	}
	Build(app, p)
	return p, nil
}

// synth builds the app of a file and reads back what a deployment would send.
func synth(t *testing.T, file string) map[string]template {
	t.Helper()
	dir := t.TempDir()
	app := newApp(t, dir)
	if _, err := build(app, file); err != nil {
		t.Fatal(err)
	}
	app.Synth(nil)
	return readAssembly(t, dir)
}

// manifest lists the artifacts of a cloud assembly.
func manifest(t *testing.T, dir string) map[string]artifact {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Artifacts map[string]artifact }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	return file.Artifacts
}

func readAssembly(t *testing.T, dir string) map[string]template {
	t.Helper()
	templates := map[string]template{}
	for id, a := range manifest(t, dir) {
		if a.Type == "cdk:asset-manifest" {
			t.Errorf("%s is an asset, which would need a bootstrap bucket", id)
		}
		if a.Type != "aws:cloudformation:stack" {
			continue
		}
		one := template{stack: id, manifest: a}
		var err error
		if one.text, err = os.ReadFile(filepath.Join(dir, a.Properties.TemplateFile)); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(one.text, &one); err != nil {
			t.Fatal(err)
		}
		for _, r := range one.Resources {
			layOut(t, r.Type, r.Properties)
		}
		templates[id] = one
	}
	return templates
}

// layOut makes an object of a rule's pattern, which a template has as a text, in which Fn::Join inserts what is not known before.
func layOut(t *testing.T, kind string, properties map[string]any) {
	t.Helper()
	if kind != "AWS::Events::Rule" {
		return
	}
	text, ok := properties["EventPattern"].(string)
	functions := map[string]any{}
	if !ok {
		join, ok := properties["EventPattern"].(map[string]any)["Fn::Join"].([]any)
		if !ok {
			return
		}
		for i, part := range join[1].([]any) {
			if literal, ok := part.(string); ok {
				text += literal
				continue
			}
			name := fmt.Sprintf("function %d", i)
			functions[name], text = part, text+name
		}
	}
	var pattern any
	if err := json.Unmarshal([]byte(text), &pattern); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	properties["EventPattern"] = inserted(pattern, functions)
}

func inserted(value any, functions map[string]any) any {
	switch v := value.(type) {
	case string:
		if function, ok := functions[v]; ok {
			return function
		}
	case []any:
		for i := range v {
			v[i] = inserted(v[i], functions)
		}
	case map[string]any:
		for key := range v {
			v[key] = inserted(v[key], functions)
		}
	}
	return value
}

// shared are the apps of files, each synthesized once for all tests.
var shared struct {
	sync.Mutex
	apps map[string]map[string]template
}

// sharedApp returns the app of a file below testdata.
func sharedApp(t *testing.T, file string) map[string]template {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if shared.apps == nil {
		shared.apps = map[string]map[string]template{}
	}
	if shared.apps[file] == nil {
		shared.apps[file] = synth(t, file)
	}
	return shared.apps[file]
}

func wholeApp(t *testing.T) map[string]template { return sharedApp(t, "testdata/whole.yaml") }

// ofType lists a template's resources of a type.
func (t template) ofType(kind string) map[string]resource {
	found := map[string]resource{}
	for id, r := range t.Resources {
		if r.Type == kind {
			found[id] = r
		}
	}
	return found
}

func (t template) region() string {
	return t.manifest.Environment[strings.LastIndex(t.manifest.Environment, "/")+1:]
}

// rules returns a template's rules by name.
func (t template) rules() map[string]map[string]any {
	rules := map[string]map[string]any{}
	for _, r := range t.ofType("AWS::Events::Rule") {
		rules[r.Properties["Name"].(string)] = r.Properties
	}
	return rules
}

// writeFile returns the path of a file that it wrote for the test.
func writeFile(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "file.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func compact(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestSynthIsTheSameEachTime(t *testing.T) {
	first, again := wholeApp(t), synth(t, "testdata/whole.yaml")
	if len(first) != len(again) {
		t.Fatalf("%d stacks, then %d", len(first), len(again))
	}
	for stack, a := range first {
		if string(a.text) != string(again[stack].text) {
			t.Errorf("%s is another template the second time", stack)
		}
	}
}
