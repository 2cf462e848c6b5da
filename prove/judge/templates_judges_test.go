//go:build judges

package judge

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"
)

// lintProgram returns the project's own cfn-lint, or the one that CFN_LINT names.
func lintProgram() string {
	if bin := os.Getenv("CFN_LINT"); bin != "" {
		return bin
	}
	return filepath.Join(root, ".venv", "bin", "cfn-lint")
}

func TestLint(t *testing.T) {
	const (
		goodTopic = `{"Type":"AWS::SNS::Topic","Properties":{"TopicName":"alerts"}}`
		badTopic  = `{"Type":"AWS::SNS::Topic","Properties":{"Nonsense":1}}`
		muted     = `{"Type":"AWS::SNS::Topic","Properties":{"Nonsense":1},"Metadata":{"cfn-lint":{"config":{"ignore_checks":["E3002"]}}}}`
		badRule   = `{"Type":"AWS::Events::Rule","Properties":{"EventPattern":{"source":["x"]},"State":"ON"}}`
		badRef    = `{"Type":"AWS::SNS::Topic","Properties":{"KmsMasterKeyId":{"Ref":"Nope"}}}`
		badAction = `{"Type":"AWS::IAM::ManagedPolicy","Properties":{"PolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRoles","Resource":"*"}]}}}`
	)
	tests := []struct{ name, region, resource, rule, level string }{
		{"good", "us-east-1", goodTopic, "", ""},
		{"good elsewhere", "mx-central-1", goodTopic, "", ""},
		{"unknown property", "us-east-1", badTopic, "E3002", "error"},
		{"unknown property, muted by the template", "us-east-1", muted, "E3002", "error"},
		{"unknown value", "eu-west-1", badRule, "E3030", "error"},
		{"unknown resource", "eu-west-1", badRef, "E1020", "error"},
		{"unknown action: a warning", "eu-west-1", badAction, "W3037", "warning"},
	}
	dir := t.TempDir()
	var templates []Template
	for i, tt := range tests {
		path := filepath.Join(dir, fmt.Sprintf("%d.json", i))
		write(t, path, `{"Resources":{"It":`+tt.resource+`}}`)
		templates = append(templates, Template{path, tt.region})
	}
	findings, err := Lint(t.Context(), lintProgram(), templates)
	if err != nil {
		t.Fatal(err)
	}
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			own := slices.DeleteFunc(slices.Clone(findings), func(f Finding) bool { return f.Template != templates[i].Path })
			if tt.rule == "" && len(own) > 0 {
				t.Fatalf("%v, want nothing", own)
			}
			if tt.rule != "" && (len(own) != 1 || own[0].Rule != tt.rule || own[0].Level != tt.level || !strings.HasPrefix(own[0].Path, "Resources/It/")) {
				t.Fatalf("%v, want one %s", own, tt.rule)
			}
		})
	}
}

func TestLintKnowsRegions(t *testing.T) {
	path := filepath.Join(t.TempDir(), "it.json")
	// A service that exists in some Regions only.
	write(t, path, `{"Resources":{"It":{"Type":"AWS::AppRunner::AutoScalingConfiguration"}}}`)
	findings, err := Lint(t.Context(), lintProgram(), []Template{{path, "us-east-1"}, {path, "ap-east-2"}})
	if err != nil {
		t.Fatal(err)
	}
	if len(findings) != 1 || findings[0].Rule != "E3006" || !strings.Contains(findings[0].Message, "ap-east-2") {
		t.Errorf("%v, want one E3006 about ap-east-2", findings)
	}
	_, err = Lint(t.Context(), lintProgram(), []Template{{path, "nowhere-1"}})
	checkError(t, err, "nowhere-1")
}

// The CDK's validator takes part in every synthesis, so its mutants are an app.
func TestReadValidationOfAnApp(t *testing.T) {
	t.Setenv("CDK_VALIDATION", "")
	tests := map[string]struct {
		property string
		value    any
		want     []string
	}{
		"good":             {"TopicName", "alerts", nil},
		"unknown property": {"Nonsense", 1, []string{"F3002"}},
		"unknown resource": {"KmsMasterKeyId", map[string]any{"Ref": "Nope"}, []string{"F1020"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			app := awscdk.NewApp(&awscdk.AppProps{Outdir: &dir})
			stack := awscdk.NewStack(app, jsii.String("Hub"), nil)
			topic := awssns.NewCfnTopic(stack, jsii.String("Topic"), nil)
			topic.AddPropertyOverride(&tt.property, tt.value)
			app.Synth(nil)

			findings, err := ReadValidation(dir)
			if err != nil {
				t.Fatal(err)
			}
			var rules []string
			for _, f := range findings {
				rules = append(rules, f.Rule)
				if want := "Resources/Topic/Properties/" + tt.property; f.Path != want || f.Template != filepath.Join(dir, "Hub.template.json") {
					t.Errorf("%v, want it at %s", f, want)
				}
			}
			if !slices.Equal(rules, tt.want) {
				t.Errorf("%v, want %v", findings, tt.want)
			}
		})
	}
}
