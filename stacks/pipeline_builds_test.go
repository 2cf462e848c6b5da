package stacks

import (
	"encoding/json"
	"os"
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
