package stacks

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	own "example.com/breakglass/constructs"
)

// buildSpec is what a build runs.
type buildSpec struct {
	text   string
	Phases map[string]struct{ Commands []string }
	Env    struct {
		Exported []string `json:"exported-variables"`
	}
}

// buildSpecs returns what each project of the pipeline runs, by name.
func (s staged) buildSpecs(t *testing.T) map[string]buildSpec {
	t.Helper()
	all := map[string]buildSpec{}
	for _, r := range s.stacks["BreakGlass-Pipeline"].ofType("AWS::CodeBuild::Project") {
		spec := buildSpec{text: r.Properties["Source"].(map[string]any)["BuildSpec"].(string)}
		if err := json.Unmarshal([]byte(spec.text), &spec); err != nil {
			t.Fatal(err)
		}
		all[r.Properties["Name"].(string)] = spec
	}
	return all
}

// commands returns the commands of every phase.
func (b buildSpec) commands() []string {
	return slices.Concat(b.Phases["install"].Commands, b.Phases["pre_build"].Commands, b.Phases["build"].Commands, b.Phases["post_build"].Commands)
}

// TestBuildsRunWhatIsPinned compares the versions with go.mod and package-lock.json, and shows what each build runs.
func TestBuildsRunWhatIsPinned(t *testing.T) {
	module, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if m := regexp.MustCompile(`(?m)^go (\S+)$`).FindSubmatch(module); m == nil || string(m[1]) != own.GoVersion {
		t.Errorf("go.mod says %s, the builds take Go %s", m, own.GoVersion)
	}
	text, err := os.ReadFile("../package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	var lock struct {
		Packages map[string]struct{ Version, Integrity string }
	}
	if err := json.Unmarshal(text, &lock); err != nil {
		t.Fatal(err)
	}
	if cli := lock.Packages["node_modules/aws-cdk"]; cli.Version != own.CDKVersion || cli.Integrity != own.CDKIntegrity {
		t.Errorf("package-lock.json has the CDK CLI %s, %s, the pipeline takes %s, %s", cli.Version, cli.Integrity, own.CDKVersion, own.CDKIntegrity)
	}

	app := thePipeline(t)
	projects := app.stacks["BreakGlass-Pipeline"].ofType("AWS::CodeBuild::Project")
	if len(projects) != 3 {
		t.Errorf("%d projects", len(projects))
	}
	for id, r := range projects {
		e := r.Properties["Environment"].(map[string]any)
		if e["Image"] != "aws/codebuild/standard:7.0" || e["PrivilegedMode"] != false {
			t.Errorf("%s: %v", id, e)
		}
		if r.Properties["EncryptionKey"] == nil || r.Properties["TimeoutInMinutes"] != 60.0 {
			t.Errorf("%s has no key, or no limit", id)
		}
		spec := r.Properties["Source"].(map[string]any)["BuildSpec"].(string)
		for _, runtime := range []string{`"golang": "` + own.GoVersion[:strings.LastIndex(own.GoVersion, ".")] + `"`, `"nodejs": "22"`} {
			if !strings.Contains(spec, runtime) {
				t.Errorf("%s runs without %s", id, runtime)
			}
		}
		if runsGo := strings.Contains(spec, "make "); runsGo && !strings.Contains(compact(t, e), `"GOTOOLCHAIN","Type":"PLAINTEXT","Value":"go`+own.GoVersion+`"`) {
			t.Errorf("%s compiles with whichever Go there is: %s", id, compact(t, e))
		}
	}
	specs := app.buildSpecs(t)
	for project, commands := range map[string][]string{
		"BreakGlass-Pipeline-Synth": {"npm ci", "make test", "npx --no-install cdk synth --quiet"},
		"BreakGlass-Pipeline-Diff":  {"npm ci", "cdk diff"},
		"BreakGlass-Pipeline-Proof": {"make cli", "bin/breakglass check --output text", "bin/breakglass drill --no-queue --output text", "exit 1"},
	} {
		spec, at := strings.Join(specs[project].commands(), "\n"), 0
		for _, command := range commands {
			i := strings.Index(spec[at:], command)
			if i < 0 {
				t.Fatalf("%s does not run %q in its turn: %s", project, command, spec)
			}
			at += i
		}
	}
}

// otherSource returns the file of the pipeline with another source.
func otherSource(t *testing.T, source string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/pipeline.yaml")
	if err != nil {
		t.Fatal(err)
	}
	before, rest, _ := strings.Cut(string(text), "  source:\n")
	_, after, _ := strings.Cut(rest, "  waves:\n")
	return writeFile(t, before+"  source: "+source+"\n  waves:\n"+after)
}

func TestPipelineReadsEachKindOfSource(t *testing.T) {
	for _, c := range []struct{ source, provider, right, resource string }{
		{"{codeCommit: {repository: breakglass, branch: main}}", "CodeCommit", "codecommit:GetBranch", `"arn:aws:codecommit:us-east-1:111111111111:breakglass"`},
		{
			"{s3: {bucket: breakglass-source, key: breakglass.zip}}", "S3", "s3:GetBucketVersioning",
			`["arn:aws:s3:::breakglass-source","arn:aws:s3:::breakglass-source/breakglass.zip"]`,
		},
	} {
		t.Run(c.provider, func(t *testing.T) {
			app := synthStaged(t, otherSource(t, c.source))
			if first := app.actions(t)[0]; first.Stage != "Source" || first.ActionTypeId.Provider != c.provider {
				t.Errorf("the first action is %s of %s", first, first.ActionTypeId.Provider)
			}
			found := false
			for _, s := range app.stacks["BreakGlass-Pipeline"].statements(t) {
				if s.Sid == "Source" {
					found = slices.Contains(s.actions, c.right) && compact(t, s.Resource) == c.resource
				}
			}
			if !found {
				t.Errorf("the pipeline may not read its source")
			}
		})
	}
}

// fetches are the programs that bring packages of npm onto a machine, up to the end of the command.
var fetches = regexp.MustCompile(`\b(?:npm|npx|yarn|pnpm|corepack|bunx?)\b[^&|;)]*`)

// fetching returns what is wrong with how a command takes packages of npm: not from a lock file, which has a hash of each, or with
// their scripts, which are anybody's code; npx fetches what is not installed unless it is told not to.
func fetching(command string) (wrong []string) {
	for _, call := range fetches.FindAllString(command, -1) {
		words := strings.Fields(call)
		fromLock := words[0] == "npm" && len(words) > 1 && words[1] == "ci" && slices.Contains(words, "--ignore-scripts")
		installed := words[0] == "npx" && len(words) > 1 && words[1] == "--no-install"
		if !fromLock && !installed {
			wrong = append(wrong, strings.TrimSpace(call))
		}
	}
	return wrong
}

// TestBuildsTakePackagesFromALockFile, all of them, whoever wrote the build: CDK Pipelines has builds of its own, with npm install.
func TestBuildsTakePackagesFromALockFile(t *testing.T) {
	for _, c := range []struct{ command, wrong string }{
		{"npm ci --ignore-scripts --no-audit", ""},
		{"npx --no-install cdk synth", ""},
		{"(cd /tmp && npm ci --ignore-scripts)", ""},
		{"npm ci", "npm ci"},
		{"npm install -g aws-cdk@2", "npm install -g aws-cdk@2"},
		{"npm ci --ignore-scripts && npm i cdk-assets", "npm i cdk-assets"},
		{"npx cdk synth", "npx cdk synth"},
		{"yarn add aws-cdk", "yarn add aws-cdk"},
	} {
		if got := strings.Join(fetching(c.command), ", "); got != c.wrong {
			t.Errorf("%s: %q is wrong, want %q", c.command, got, c.wrong)
		}
	}
	locked := 0
	for project, spec := range thePipeline(t).buildSpecs(t) {
		for _, command := range spec.commands() {
			for _, wrong := range fetching(command) {
				t.Errorf("%s takes packages without a lock file, or runs their scripts: %s", project, wrong)
			}
			locked += strings.Count(command, "npm ci")
		}
	}
	if locked != 2 {
		t.Errorf("%d builds take packages from a lock file, want the two that run the CDK CLI", locked)
	}
}

// TestProjectsKeepTheirIDs, whatever waves there are, and that of the differences since version 0.2.0: with another one, CloudFormation
// would create a second project of the same name before it deletes the first, and could not update the pipeline.
func TestProjectsKeepTheirIDs(t *testing.T) {
	few := synthStaged(t, writeFile(t, `version: 1
hub: {account: "111111111111"}
regions: [us-east-1]
alerts: {email: [security-team@example.com]}
deploy: {access: bootstrap}
pipeline: {source: {codeCommit: {repository: breakglass, branch: main}}}
`))
	for _, app := range []staged{thePipeline(t), few} {
		for id, name := range map[string]string{
			"PipelineBuildSynthCdkBuildProject04AFB32A": "BreakGlass-Pipeline-Synth", "PipelineHubDiff5A4F0570": "BreakGlass-Pipeline-Diff",
			"PipelineProof": "BreakGlass-Pipeline-Proof",
		} {
			if p := app.stacks["BreakGlass-Pipeline"].Resources[id]; p.Properties["Name"] != name {
				t.Errorf("%s has another ID than %s, which has %v", name, id, p.Properties["Name"])
			}
		}
	}
}

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

func readJSON(t *testing.T, file string, into any) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
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
