//go:build verify

package verify

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/breakglass/internal/cdkcli"
	"example.com/breakglass/prove/judge"
)

// pipelineAlarms are the findings of cfn-lint in the pipeline's own stack that stay, each with its reason.
var pipelineAlarms = map[string]string{
	"E3703": "the CDK writes the ARNs of bootstrapped roles as Fn::Join, with the partition left open",
}

// TestPipelineTemplates lints the app with a pipeline, its stages' templates included, and one template with something broken. Then it
// asks what the pipeline's roles may do.
func TestPipelineTemplates(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	if err := cdkcli.Install(ctx, root(t), report); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	err := cdkcli.Run(ctx, cdkcli.Options{
		Root: root(t), Args: []string{"synth", "--strict", "--quiet", "-c", "config=stacks/testdata/pipeline.yaml"}, Output: dir, Env: withoutAWS(os.Environ()),
	})
	if err != nil {
		t.Fatal(err)
	}
	templates := nested(t, dir)
	if len(templates) < 20 {
		t.Fatalf("%d templates", len(templates))
	}
	mutant := spoilt(t, filepath.Join(dir, "BreakGlass-Pipeline.template.json"))
	findings, err := judge.Lint(ctx, lintProgram(t), append(templates, judge.Template{Path: mutant, Region: hubRegion}))
	if err != nil {
		t.Fatal(err)
	}
	findings, _ = truly(findings)
	used, caught := map[string]bool{}, false
	for _, f := range findings {
		switch {
		case f.Template == mutant:
			caught = caught || f.Rule == "E3002" || f.Rule == "E3003"
		case strings.HasSuffix(f.Template, "BreakGlass-Pipeline.template.json") && pipelineAlarms[f.Rule] != "":
			used[f.Rule] = true
		default:
			t.Error(f)
		}
	}
	if !caught {
		t.Error("cfn-lint does not notice a project without its environment")
	}
	for rule, reason := range pipelineAlarms {
		if !used[rule] {
			t.Errorf("nothing causes %s any more: take it off the list (%s)", rule, reason)
		}
	}
	pipelineAccess(t, filepath.Join(dir, "BreakGlass-Pipeline.template.json"))
}

// nested returns the templates of an assembly, and of those within it.
func nested(t *testing.T, dir string) []judge.Template {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct {
		Artifacts map[string]struct {
			Type, Environment string
			Properties        struct{ TemplateFile, DirectoryName string }
		}
	}
	if err := json.Unmarshal(text, &manifest); err != nil {
		t.Fatal(err)
	}
	var all []judge.Template
	for _, a := range manifest.Artifacts {
		switch a.Type {
		case "cdk:cloud-assembly":
			all = append(all, nested(t, filepath.Join(dir, a.Properties.DirectoryName))...)
		case "aws:cloudformation:stack":
			all = append(all, judge.Template{
				Path: filepath.Join(dir, a.Properties.TemplateFile), Region: a.Environment[strings.LastIndex(a.Environment, "/")+1:],
			})
		}
	}
	slices.SortFunc(all, func(a, b judge.Template) int { return strings.Compare(a.Path, b.Path) })
	return all
}

// spoilt returns the pipeline's template with a project that has lost its environment.
func spoilt(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var template map[string]any
	if err := json.Unmarshal(text, &template); err != nil {
		t.Fatal(err)
	}
	done := false
	for _, r := range template["Resources"].(map[string]any) {
		if one := r.(map[string]any); one["Type"] == "AWS::CodeBuild::Project" && !done {
			delete(properties(one), "Environment")
			done = true
		}
	}
	if text, err = json.Marshal(template); err != nil || !done {
		t.Fatalf("nothing to break: %v", err)
	}
	mutant := filepath.Join(t.TempDir(), "mutant.json")
	if err := os.WriteFile(mutant, text, 0o644); err != nil {
		t.Fatal(err)
	}
	return mutant
}
