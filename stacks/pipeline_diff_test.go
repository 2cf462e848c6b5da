package stacks

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	own "example.com/breakglass/constructs"
)

// TestTheDifferencesTakeNothingOfTheRepository: neither its scripts nor its lock file, .npmrc or cdk.json, since the build may read
// everywhere, and nobody has approved them yet.
func TestTheDifferencesTakeNothingOfTheRepository(t *testing.T) {
	app := thePipeline(t)
	for _, a := range app.actions(t) {
		if a.Name == "Diff" && compact(t, a.InputArtifacts) != `[{"Name":"Synth_Output"}]` {
			t.Errorf("the build has %s", compact(t, a.InputArtifacts))
		}
	}
	spec := app.buildSpecs(t)["BreakGlass-Pipeline-Diff"]
	for _, never := range []string{"make", "go run", "npx", "synth"} {
		if strings.Contains(spec.text, never) {
			t.Errorf("the build that may read everywhere runs %q", never)
		}
	}
	commands := strings.Join(spec.commands(), "\n")
	if away, first := strings.Index(commands, "mktemp -d"), strings.Index(commands, "cdk diff"); away < 0 || away > first {
		t.Error("the CDK CLI runs in a folder that the repository's code wrote, whose cdk.json names commands")
	}
	// The lock file of the build is the repository's, as it was when the pipeline was deployed.
	bin, dir := t.TempDir(), filepath.Join(t.TempDir(), "cdk")
	program(t, bin, "npm", `echo "$PWD $*"`)
	if out, err := shell(t.TempDir(), bin, dir, spec.Phases["install"].Commands); err != nil || !strings.Contains(out, dir+" ci --ignore-scripts") {
		t.Fatalf("%v: %s", err, out)
	}
	var manifest struct{ Dependencies map[string]string }
	var lock struct {
		Packages map[string]struct {
			Version, Integrity string
			Dependencies       map[string]string
		}
	}
	readJSON(t, filepath.Join(dir, "package.json"), &manifest)
	readJSON(t, filepath.Join(dir, "package-lock.json"), &lock)
	cli := lock.Packages["node_modules/aws-cdk"]
	if len(lock.Packages) != 2 || manifest.Dependencies["aws-cdk"] != own.CDKVersion || lock.Packages[""].Dependencies["aws-cdk"] != own.CDKVersion ||
		cli.Version != own.CDKVersion || cli.Integrity != own.CDKIntegrity {
		t.Errorf("the build installs %+v of %+v", manifest, lock)
	}
}

// program puts a shell script in a folder of programs.
func program(t *testing.T, dir, name, script string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
}

// shell runs the commands of a phase as CodeBuild does, one after the other in one shell, up to the first that fails; with programs
// that come before those of the machine, and with a folder in place of the build's own for the CDK CLI.
func shell(dir, programs, cdk string, commands []string) (string, error) {
	cmd := exec.Command("sh", "-c", strings.ReplaceAll(strings.Join(commands, " || exit 1\n"), "/tmp/cdk", cdk))
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "PATH="+programs+string(os.PathListSeparator)+os.Getenv("PATH"),
		"CODEBUILD_BUILD_ID=BreakGlass-Pipeline-Diff:1234")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// TestTheDifferencesShowThePipelinesOwnChange, and that of every stage, each in a file. What the build can't compare ends the run,
// except for a wave when the pipeline is about to change: the run begins again then, with what the build may read in the new file.
func TestTheDifferencesShowThePipelinesOwnChange(t *testing.T) {
	app := thePipeline(t)
	commands := app.buildSpecs(t)["BreakGlass-Pipeline-Diff"].Phases["build"].Commands
	const changed, policies = "[~] AWS::CodePipeline::Pipeline Pipeline/Pipeline PipelineB4A40917", "[~] AWS::IAM::ManagedPolicy Pipeline/DiffRole/Policy1 X"
	for _, c := range []struct {
		name string
		// fails is the stacks that can't be compared, own the differences of the pipeline's.
		fails, own string
		ok         bool
		not        string // not compared
	}{
		{"everything can be compared", "", policies, true, ""},
		{"the pipeline's own can't", "BreakGlass-Pipeline*", changed, false, ""},
		{"the hub's can't", "Hub/*", changed, false, ""},
		{"a wave's can't", "Pilot/*", policies, false, "Pilot"},
		{"a wave's can't, and somebody writes the pipeline's name", "Pilot/*", policies + "\n [~] Description: [.] AWS::CodePipeline::Pipeline x", false, "Pilot"},
		{"a wave's can't, before the pipeline changes", "Pilot/*", changed, true, "Pilot"},
		{"the last wave's can't, before the pipeline changes", "Everyone/*", "Stack X\n" + changed, true, "Everyone"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cdk, dir := t.TempDir(), t.TempDir()
			bin := filepath.Join(cdk, "node_modules", ".bin")
			if err := os.MkdirAll(bin, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.CopyFS(dir, pipelineFiles); err != nil {
				t.Fatal(err)
			}
			program(t, bin, "cdk", fmt.Sprintf(`for stacks; do :; done
test "$1 $4 $5 $6" = "diff %[1]s --method template" || exit 3
test "$PWD" != %[1]s || exit 4
test "$stacks" != '%[2]s' || { echo "cannot read $stacks"; exit 1; }
echo "differences of $stacks"
test "$stacks" != 'BreakGlass-Pipeline*' || echo '%[3]s'`, dir, c.fails, c.own))
			out, err := shell(dir, bin, cdk, append(slices.Clone(commands), `echo "handed on: $BUILD"`))
			if (err == nil) != c.ok {
				t.Fatalf("%v: %s", err, out)
			}
			if !c.ok {
				if !strings.Contains(out, "cannot read "+c.fails) {
					t.Errorf("the log does not say what is wrong: %s", out)
				}
				return
			}
			if !strings.Contains(out, "handed on: BreakGlass-Pipeline-Diff%3A1234") {
				t.Errorf("the variable is not handed on: %s", out)
			}
			for _, stage := range append([]string{"UpdatePipeline"}, app.plan.Stages()...) {
				stacks := stage + "/*"
				if stage == "UpdatePipeline" {
					stacks = "BreakGlass-Pipeline*"
				}
				want := "differences of " + stacks
				if stage == c.not {
					want = "cannot read " + stacks
				}
				text, err := os.ReadFile(filepath.Join(dir, "diff", stage+".txt"))
				if err != nil || !strings.Contains(string(text), want) || !strings.Contains(out, string(text)) {
					t.Errorf("%s.txt has %q, want %q, here and in the log: %v", stage, text, want, err)
				}
				if strings.Contains(string(text), own.NotCompared) != (stage == c.not) {
					t.Errorf("%s.txt: %s", stage, text)
				}
			}
		})
	}
}

// TestTheDifferencesAreOfWhatIsDeployed: the manifests come from code that nobody has read yet. With another template in one, the build
// would show something harmless, and the pipeline would deploy the file that it always deploys.
func TestTheDifferencesAreOfWhatIsDeployed(t *testing.T) {
	app := thePipeline(t)
	commands := app.buildSpecs(t)["BreakGlass-Pipeline-Diff"].Phases["build"].Commands
	var hub, composer string // the IDs of two stacks of the stage
	for path := range pipelineFiles {
		if id, ok := strings.CutSuffix(strings.TrimPrefix(path, "assembly-Hub/"), ".template.json"); ok && strings.HasPrefix(id, "HubBreakGlassHub") {
			hub = id
		} else if ok && strings.HasPrefix(id, "HubBreakGlassComposer") {
			composer = id
		}
	}
	stack := func(artifacts map[string]any) map[string]any { return artifacts[hub].(map[string]any) }
	properties := func(artifacts map[string]any) map[string]any { return stack(artifacts)["properties"].(map[string]any) }
	for _, c := range []struct {
		name, says string
		// in is the folder whose manifest changes; files are written into it, too.
		in    string
		spoil func(artifacts map[string]any)
		files map[string]string
	}{
		{
			"another template", hub + ": it would be compared with another template", "assembly-Hub",
			func(a map[string]any) { properties(a)["templateFile"] = composer + ".template.json" }, nil,
		},
		{
			"a template elsewhere", hub + ": it would be compared with another template", "assembly-Hub",
			func(a map[string]any) { properties(a)["templateFile"] = "../x/" + hub + ".template.json" }, nil,
		},
		{
			"a stack that is not shown", hub + ": it is shown as another stack", "assembly-Hub",
			func(a map[string]any) { stack(a)["displayName"] = "Elsewhere/BreakGlass-Hub" }, nil,
		},
		{
			"a deployed stack of another name", hub + ": it is shown as another stack", "assembly-Hub",
			func(a map[string]any) { properties(a)["stackName"] = "BreakGlass-Copy" }, nil,
		},
		{"a stack that is left out", hub + ".template.json: it would not be compared", "assembly-Hub", func(a map[string]any) { delete(a, hub) }, nil},
		{
			"a stack that is none", hub + ".template.json: it would not be compared", "assembly-Hub",
			func(a map[string]any) { stack(a)["type"] = "cdk:tree" }, nil,
		},
		{
			"a stage in another folder", "assembly-Hub: it is another stage", ".",
			func(a map[string]any) {
				a["assembly-Hub"].(map[string]any)["properties"].(map[string]any)["directoryName"] = "assembly-Pilot"
			}, nil,
		},
		{"a stage that is left out", "assembly-Pilot: it would not be compared", ".", func(a map[string]any) { delete(a, "assembly-Pilot") }, nil},
		{
			"the pipeline's own", "BreakGlass-Pipeline: it would be compared with another template", ".",
			func(a map[string]any) {
				a["BreakGlass-Pipeline"].(map[string]any)["properties"].(map[string]any)["templateFile"] = "BreakGlass-Pipeline-Artifacts-us-east-2.template.json"
			}, nil,
		},
		{
			"a template that has resources twice", hub + ".template.json: it can be read in two ways", "assembly-Hub", nil,
			map[string]string{hub + ".template.json": `{"Resources":{"Evil":{}},"Resources":{}}`},
		},
		{
			"a stack policy", hub + ".template.json.config.json: it has more than tags", "assembly-Hub", nil,
			map[string]string{hub + ".template.json.config.json": `{"Tags":{"team":"security"},"StackPolicy":{"Statement":[]}}`},
		},
		{"only tags", "", "assembly-Hub", nil, map[string]string{hub + ".template.json.config.json": `{"Tags":{"team":"security"}}`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			cdk, dir := t.TempDir(), t.TempDir()
			bin := filepath.Join(cdk, "node_modules", ".bin")
			if err := errors.Join(os.MkdirAll(bin, 0o755), os.CopyFS(dir, pipelineFiles)); err != nil {
				t.Fatal(err)
			}
			program(t, bin, "cdk", `echo "compares"`)
			if c.spoil != nil {
				artifacts := artifactsOf(t, dir, c.in)
				c.spoil(artifacts)
				text := compact(t, map[string]any{"version": "55.0.0", "artifacts": artifacts})
				if err := os.WriteFile(filepath.Join(dir, c.in, "manifest.json"), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			for name, text := range c.files {
				if err := os.WriteFile(filepath.Join(dir, c.in, name), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			out, err := shell(dir, bin, cdk, commands)
			if refused := err != nil && !strings.Contains(out, "compares"); refused != (c.says != "") || !strings.Contains(out, c.says) {
				t.Errorf("%v, %q, want %q", err, out, c.says)
			}
		})
	}
}

// artifactsOf returns the artifacts of an assembly, or of one within it.
func artifactsOf(t *testing.T, dir, in string) map[string]any {
	t.Helper()
	var file struct{ Artifacts map[string]any }
	readJSON(t, filepath.Join(dir, in, "manifest.json"), &file)
	return file.Artifacts
}
