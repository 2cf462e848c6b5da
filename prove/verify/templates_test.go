//go:build verify

package verify

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/config"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
	"example.com/breakglass/prove/emulator"
	"example.com/breakglass/prove/judge"
	"example.com/breakglass/stacks"
)

// falseAlarms are findings of cfn-lint that stay, each with its reason. One that no template causes any more fails.
var falseAlarms = []falseAlarm{
	{
		stacks: names.ComposerStack, rule: "E3601", path: "/DefinitionString/States/",
		message: regexp.MustCompile(`(?s)^["']\{%.*%\}["'] is not of type '(object|number)'`),
		reason:  "it knows JSONata as the language of a whole state machine only, and not of a state",
	},
}

type falseAlarm struct {
	stacks, rule, path, reason string
	message                    *regexp.Regexp
}

// truly returns the findings without false alarms, and counts those by their places in the list.
func truly(findings []judge.Finding) (rest []judge.Finding, alarms map[int]int) {
	alarms = map[int]int{}
	for _, f := range findings {
		i := slices.IndexFunc(falseAlarms, func(a falseAlarm) bool {
			return strings.Contains(squeezed(filepath.Base(f.Template)), squeezed(a.stacks)) && f.Rule == a.rule && strings.Contains(f.Path, a.path) &&
				a.message.MatchString(f.Message)
		})
		if alarms[i]++; i < 0 {
			rest = append(rest, f)
		}
	}
	return rest, alarms
}

// squeezed returns a name as a stage of the pipeline has it in the name of a template: without hyphens.
func squeezed(name string) string { return strings.ReplaceAll(name, "-", "") }

// TestTemplates lints every template of both apps, each for its own Region, and those with something broken, in one go.
func TestTemplates(t *testing.T) {
	dir := t.TempDir()
	var templates []judge.Template
	write := func(group string, stack *Stack, text []byte) string {
		path := filepath.Join(dir, group, stack.Name+".json")
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
		templates = append(templates, judge.Template{Path: path, Region: stack.Region})
		return path
	}
	whole := wholeApp(t).Assembly
	for group, app := range map[string]*Assembly{"whole": whole, "small": smallApp(t).Assembly} {
		for _, stack := range app.Stacks {
			write(group, stack, stack.Text)
		}
	}
	mutants := map[string]string{}
	for _, m := range templateMutants {
		stack := whole.Stacks[m.stack]
		mutants[m.name] = write("mutant "+m.name, stack, broken(t, stack, m.kind, m.spoil))
	}

	began := time.Now()
	findings, err := judge.Lint(t.Context(), lintProgram(t), templates)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d templates in %v", len(templates), time.Since(began).Round(100*time.Millisecond))

	findings, alarms := truly(findings)
	for _, f := range findings {
		name, err := filepath.Rel(dir, f.Template)
		if err != nil {
			t.Fatal(err)
		}
		group, _ := filepath.Split(name)
		if strings.HasPrefix(group, "mutant ") {
			continue
		}
		f.Template = name
		t.Error(f)
	}
	for i, a := range falseAlarms {
		if alarms[i] == 0 {
			t.Errorf("nothing causes %s in %s any more: take it off the list (%s)", a.rule, a.stacks, a.reason)
		}
	}
	for _, m := range templateMutants {
		t.Run("mutant/"+m.name, func(t *testing.T) {
			var rules []string
			for _, f := range findings {
				if f.Template == mutants[m.name] {
					rules = append(rules, f.Rule)
				}
			}
			if !slices.Contains(rules, m.caught) {
				t.Errorf("cfn-lint reports %q, want %s", rules, m.caught)
			}
		})
	}
}

// lintProgram returns cfn-lint, which comes with the local AWS.
func lintProgram(t *testing.T) string {
	t.Helper()
	if err := emulator.Install(t.Context(), root(t), report); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(root(t), ".venv", "bin", "cfn-lint")
}

// templateMutants break one resource of a type each, and name the rule of cfn-lint that has to find it.
var templateMutants = []struct {
	name, stack, kind string
	spoil             func(resource map[string]any)
	caught            string
}{
	{"an unknown property", names.HubStack, "AWS::SNS::Topic", func(r map[string]any) { properties(r)["TopicNmae"] = "x" }, "E3002"},
	{"an unknown state", names.ForwarderStack + "eu-west-1", "AWS::Events::Rule", func(r map[string]any) { properties(r)["State"] = "ON" }, "E3030"},
	{
		"a missing property", names.RoleStack + "222222222222", "AWS::IAM::Role", func(r map[string]any) { delete(properties(r), "AssumeRolePolicyDocument") },
		"E3003",
	},
	{
		"an unknown resource", names.StandbyStack, "AWS::KMS::Alias", func(r map[string]any) { properties(r)["TargetKeyId"] = map[string]any{"Ref": "Nope"} },
		"E1020",
	},
	{"an unknown type", names.StandbyStack, "AWS::Logs::LogGroup", func(r map[string]any) { r["Type"] = "AWS::Logs::LogGruop" }, "E3006"},
	{
		"a schedule without a window", names.ForwarderStack + "eu-west-1", "AWS::Scheduler::Schedule",
		func(r map[string]any) { delete(properties(r), "FlexibleTimeWindow") }, "E3003",
	},
	{
		"an unknown statistic", names.HeartbeatsStack + "americas", "AWS::CloudWatch::Alarm", func(r map[string]any) { properties(r)["Statistic"] = "Total" },
		"E3030",
	},
	{
		"a group without a rule", names.HeartbeatsStack + "americas", "AWS::CloudWatch::CompositeAlarm",
		func(r map[string]any) { delete(properties(r), "AlarmRule") }, "E3003",
	},
	{"a bucket's unknown storage", names.TrailStack, "AWS::S3::Bucket", func(r map[string]any) {
		rule := list(properties(r)["LifecycleConfiguration"].(map[string]any)["Rules"])[0].(map[string]any)
		list(rule["Transitions"])[0].(map[string]any)["StorageClass"] = "COLD"
	}, "E3030"},
	{"a trail without its logging state", names.TrailStack, "AWS::CloudTrail::Trail", func(r map[string]any) { delete(properties(r), "IsLogging") }, "E3003"},
	{
		"a number as a page", names.DashboardStack, "AWS::CloudWatch::Dashboard", func(r map[string]any) { properties(r)["DashboardBody"] = map[string]any{"x": 1} },
		"E3012",
	},
	{"a query without a text", names.DashboardStack, "AWS::Logs::QueryDefinition", func(r map[string]any) { delete(properties(r), "QueryString") }, "E3003"},
	{"a notice without a source", names.NotificationsStack, "AWS::Notifications::EventRule", func(r map[string]any) { delete(properties(r), "Source") }, "E3003"},
	{
		"a channel of no workspace", names.ChatStack + hubRegion, "AWS::Chatbot::SlackChannelConfiguration",
		func(r map[string]any) { properties(r)["SlackWorkspaceId"] = "somewhere" }, "E3031",
	},
	{
		"a rule too long for its name", names.IntegrityStack + standbyRegion, "AWS::Events::Rule",
		func(r map[string]any) { properties(r)["Name"] = strings.Repeat("x", 65) }, "E3033",
	},
	{"a state of an unknown type", names.ComposerStack + hubRegion, "AWS::StepFunctions::StateMachine", func(r map[string]any) {
		properties(r)["DefinitionString"] = strings.Replace(properties(r)["DefinitionString"].(string), `"Type":"Succeed"`, `"Type":"Success"`, 1)
	}, "E3601"},
	{"an unknown action: a warning", names.ForwarderStack + "eu-south-2", "AWS::SQS::QueuePolicy", func(r map[string]any) {
		document := properties(r)["PolicyDocument"].(map[string]any)
		list(document["Statement"])[0].(map[string]any)["Action"] = "sqs:SendMesage"
	}, "W3037"},
}

func properties(resource map[string]any) map[string]any {
	return resource["Properties"].(map[string]any)
}

// broken returns the stack's template with its first resource of a type spoilt.
func broken(t *testing.T, stack *Stack, kind string, spoil func(map[string]any)) []byte {
	t.Helper()
	var template map[string]any
	if err := json.Unmarshal(stack.Text, &template); err != nil {
		t.Fatal(err)
	}
	ids := stack.OfType(kind)
	if len(ids) == 0 {
		t.Fatalf("%s has no %s", stack.Name, kind)
	}
	spoil(template["Resources"].(map[string]any)[ids[0]].(map[string]any))
	text, err := json.Marshal(template)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestTemplatesPassTheCDKsValidator reads what it found while the CLI synthesized; cdk synth --strict would have failed
// on a finding, too.
func TestTemplatesPassTheCDKsValidator(t *testing.T) {
	for file, app := range map[string]synthesized{"stacks/testdata/whole.yaml": wholeApp(t), "stacks/testdata/small.yaml": smallApp(t)} {
		for _, f := range app.findings {
			t.Errorf("%s: %s", file, f)
		}
		if len(app.Stacks) == 0 {
			t.Errorf("%s has no stacks", file)
		}
	}
}

// TestTemplatesMutantOfTheValidator: the CDK's validator takes part in a synthesis, so its mutant is the app itself with
// a resource more. Without the context of cdk.json its findings are warnings, which don't end the synthesis. The CDK reads
// its environment before any test runs, so CDK_VALIDATION=false can't be undone here: it fails.
func TestTemplatesMutantOfTheValidator(t *testing.T) {
	c, err := config.Load(filepath.Join(root(t), "stacks/testdata", "small.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	app := awscdk.NewApp(&awscdk.AppProps{Outdir: jsii.String(dir), AnalyticsReporting: jsii.Bool(false)})
	stacks.Build(app, plan.Of(c))
	hub := app.Node().FindChild(jsii.String(names.HubStack))
	awscdk.NewCfnResource(awscdk.Stack_Of(hub), jsii.String("Mutant"), &awscdk.CfnResourceProps{
		Type: jsii.String("AWS::SNS::Topic"), Properties: &map[string]any{"TopicNmae": "x"},
	})
	app.Synth(nil)
	findings, err := judge.ReadValidation(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(findings) != 1 || !strings.Contains(fmt.Sprint(findings[0]), "Mutant") {
		t.Errorf("the validator reports %v, want one finding about Mutant", findings)
	}
}
