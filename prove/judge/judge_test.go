package judge

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestReadLinesWantsOneAnswerForEachCaseInOrder(t *testing.T) {
	id := func(v Verdict) string { return v.ID }
	tests := map[string]struct{ output, err string }{
		"complete":   {`{"id":"a","match":true}` + "\n" + `{"id":"b","match":false,"error":"no"}` + "\n", ""},
		"too few":    {`{"id":"a"}` + "\n", "1 answers to 2 cases"},
		"too many":   {`{"id":"a"}{"id":"b"}{"id":"c"}`, "3 answers to 2 cases"},
		"swapped":    {`{"id":"b"}{"id":"a"}`, `answer 0 is about "b", want "a"`},
		"not JSON":   {"Exception in thread", "answer 0 is unreadable"},
		"cut in two": {`{"id":"a"}{"id":`, "answer 1 is unreadable"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			verdicts, err := readLines([]byte(tt.output), []string{"a", "b"}, id)
			checkError(t, err, tt.err)
			if want := []Verdict{{"a", true, ""}, {"b", false, "no"}}; tt.err == "" && !cmp.Equal(verdicts, want) {
				t.Error(cmp.Diff(want, verdicts))
			}
		})
	}
}

func TestWriteLinesKeepsWhatTemplatesHold(t *testing.T) {
	input, err := writeLines([]Case{{ID: "a", Pattern: map[string]any{"x": []string{"<&>"}}, Event: map[string]any{}}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(input)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"id":"a","pattern":{"x":["<&>"]},"event":{}}` + "\n"; string(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestAccountOf(t *testing.T) {
	for arn, want := range map[string]string{
		"arn:aws:sns:us-east-1:111111111111:topic":      "111111111111",
		"arn:aws:iam::222222222222:role/path/Role":      "222222222222",
		"arn:aws:logs:us-east-1:111111111111:log-group": "111111111111",
		"arn:aws:s3:::bucket":                           "",
		"*":                                             "",
	} {
		if got := accountOf(arn); got != want {
			t.Errorf("accountOf(%s) = %q, want %q", arn, got, want)
		}
	}
}

func TestHashSourcesSeesEveryChange(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "pom.xml"), "pom")
	write(t, filepath.Join(dir, "src", "A.java"), "a")
	seen := map[string]string{}
	check := func(change string) {
		t.Helper()
		hash, err := hashSources(dir)
		if err != nil {
			t.Fatal(err)
		}
		if before, ok := seen[hash]; ok {
			t.Errorf("%s: same hash as %s", change, before)
		}
		seen[hash] = change
	}
	check("first")
	write(t, filepath.Join(dir, "src", "A.java"), "b")
	check("a changed file")
	write(t, filepath.Join(dir, "src", "sub", "B.java"), "b")
	check("a new file")
	write(t, filepath.Join(dir, "pom.xml"), "pom2")
	check("another pom.xml")
}

func TestWithRegion(t *testing.T) {
	muted := `{"Metadata":{"mine":1,"cfn-lint":{"config":{"ignore_checks":["E"]}}},"Resources":{}}`
	got, err := withRegion([]byte(muted), "eu-west-1")
	if err != nil {
		t.Fatal(err)
	}
	want := `{"Metadata":{"cfn-lint":{"config":{"regions":["eu-west-1"]}},"mine":1},"Resources":{}}`
	if compact := strings.NewReplacer(" ", "", "\n", "").Replace(string(got)); compact != want {
		t.Errorf("got %s, want %s", compact, want)
	}
	_, err = withRegion([]byte("Resources: {}"), "eu-west-1")
	checkError(t, err, "not a template in JSON")
	_, err = withRegion([]byte("{}"), "")
	checkError(t, err, "a template needs its Region")
}

func TestParseLint(t *testing.T) {
	output := `[{"Filename":"0000.template.json","Level":"Warning","Message":"m","Rule":{"Id":"W3037"},
		"Location":{"Path":["Resources","P","Properties","Statement",0,"Action"]}},
		{"Filename":"/other.json","Level":"Error","Message":"unreadable","Rule":{"Id":"E0000"},"Location":{"Path":null}}]`
	findings, err := parseLint([]byte(output), map[string]string{"0000.template.json": "cdk.out/Hub.template.json"})
	if err != nil {
		t.Fatal(err)
	}
	want := []Finding{
		{"cdk.out/Hub.template.json", "W3037", "warning", "m", "Resources/P/Properties/Statement/0/Action"},
		{"/other.json", "E0000", "error", "unreadable", ""},
	}
	if diff := cmp.Diff(want, findings); diff != "" {
		t.Error(diff)
	}
	if s := findings[0].String(); s != "cdk.out/Hub.template.json: warning W3037: m (Resources/P/Properties/Statement/0/Action)" {
		t.Error(s)
	}
	_, err = parseLint(nil, nil)
	checkError(t, err, "unreadable")
	_, err = parseLint([]byte(`[{"Filename":null,"Message":"no such file","Rule":{"Id":"E0003"}}]`), nil)
	checkError(t, err, "E0003 no such file")
}

func TestLintNamesWhatIsMissing(t *testing.T) {
	_, err := Lint(t.Context(), filepath.Join(t.TempDir(), "cfn-lint"), nil)
	checkError(t, err, "requirements-judges.txt")
}

func TestSimulateNamesWhatIsMissing(t *testing.T) {
	_, err := Simulate(t.Context(), t.TempDir(), nil)
	checkError(t, err, "npm ci")
}

func TestMissingProgramIsNamed(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for _, program := range []needed{javaProgram, mavenProgram, nodeProgram} {
		_, err := program.find()
		checkError(t, err, program.name+" not found: ")
	}
	_, err := NewRuler(t.Context(), t.TempDir())
	checkError(t, err, "JDK, 17 or newer")
}

const clean = `{"version":"54.0.0","title":"Validation Report","pluginReports":[]}`

func TestReadValidation(t *testing.T) {
	now := time.Now()
	tests := map[string]struct {
		report string
		age    time.Duration
		err    string
	}{
		"clean":       {report: clean},
		"none":        {err: "CDK_VALIDATION=false"},
		"earlier":     {report: clean, age: time.Minute, err: "of an earlier synthesis"},
		"not JSON":    {report: "<", err: "unreadable"},
		"new format":  {report: `{"reports":[]}`, err: "its format has changed"},
		"null report": {report: `{"pluginReports":null}`, err: "its format has changed"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "manifest.json"), "{}")
			if tt.report != "" {
				report := filepath.Join(dir, "validation-report.json")
				write(t, report, tt.report)
				if err := os.Chtimes(report, now, now.Add(-tt.age)); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Chtimes(filepath.Join(dir, "manifest.json"), now, now.Add(-time.Second)); err != nil {
				t.Fatal(err)
			}
			findings, err := ReadValidation(dir)
			checkError(t, err, tt.err)
			if len(findings) > 0 {
				t.Errorf("findings %v, want none", findings)
			}
		})
	}
}

func TestParseValidation(t *testing.T) {
	report := `{"pluginReports":[
		{"pluginName":"CloudFormation Validate","conclusion":"failure","violations":[
			{"ruleName":"F3002","description":"d","severity":"error","violatingConstructs":[
				{"constructPath":"Hub/T","cloudFormationResource":{"templatePath":"Hub.template.json","logicalId":"T","propertyPaths":["Properties.X"]}},
				{"constructPath":"Hub"}]},
			{"ruleName":"X1","description":"e","severity":"custom","customSeverity":"High","violatingConstructs":[]}],
		 "suppressedViolations":[{"ruleName":"W1"}]},
		{"pluginName":"Crashed","conclusion":"failure","violations":[],"metadata":{"error":"out of memory"}}]}`
	findings, err := parseValidation([]byte(report), "cdk.out")
	if err != nil {
		t.Fatal(err)
	}
	want := []Finding{
		{filepath.Join("cdk.out", "Hub.template.json"), "F3002", "error", "d", "Resources/T/Properties/X"},
		{"cdk.out", "F3002", "error", "d", "Hub"},
		{"cdk.out", "X1", "high", "e", ""},
		{"cdk.out", "Crashed", "error", "the validator itself failed: out of memory", ""},
	}
	if diff := cmp.Diff(want, findings); diff != "" {
		t.Error(diff)
	}
}

// checkError wants an error that contains the text, or none where the text is empty.
func checkError(t *testing.T, err error, text string) {
	t.Helper()
	switch {
	case text == "" && err != nil:
		t.Errorf("error %v, want none", err)
	case text != "" && (err == nil || !strings.Contains(err.Error(), text)):
		t.Errorf("error %v, want one with %q", err, text)
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
