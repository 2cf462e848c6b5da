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

// buildSpec returns the commands of a project.
func (s staged) buildSpec(t *testing.T, project string) string {
	t.Helper()
	for _, r := range s.stacks["BreakGlass-Pipeline"].ofType("AWS::CodeBuild::Project") {
		if r.Properties["Name"] == project {
			return r.Properties["Source"].(map[string]any)["BuildSpec"].(string)
		}
	}
	t.Fatalf("no project %s", project)
	return ""
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
	if cli := lock.Packages["node_modules/aws-cdk"]; cli.Version != own.CDKVersion || cli.Integrity == "" {
		t.Errorf("package-lock.json has the CDK CLI %s, the pipeline takes %s", cli.Version, own.CDKVersion)
	}

	app := thePipeline(t)
	projects := app.stacks["BreakGlass-Pipeline"].ofType("AWS::CodeBuild::Project")
	if len(projects) != 4 {
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
	for project, commands := range map[string][]string{
		"BreakGlass-Pipeline-Synth":      {"npm ci", "make test", "npx cdk synth --quiet"},
		"BreakGlass-Pipeline-selfupdate": {"npm install -g aws-cdk@" + own.CDKVersion, "cdk -a . deploy BreakGlass-Pipeline"},
		"BreakGlass-Pipeline-Readiness":  {"make cli", "bin/breakglass check --output text", "bin/breakglass drill --no-queue --output text", "exit 1"},
	} {
		spec, at := app.buildSpec(t, project), 0
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
		{"{s3: {bucket: breakglass-source, key: breakglass.zip}}", "S3", "s3:GetBucketVersioning", `["arn:aws:s3:::breakglass-source","arn:aws:s3:::breakglass-source/breakglass.zip"]`},
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
