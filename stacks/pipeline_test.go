package stacks

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/breakglass/config"
)

func TestPipelineTemplatesAreTheReviewedOnes(t *testing.T) {
	app := thePipeline(t)
	golden(t, "pipeline", app.stacks["BreakGlass-Pipeline"])
	golden(t, "artifacts", app.stacks["BreakGlass-Pipeline-Artifacts-eu-west-1"])
	golden(t, "artifacts-own-account", app.stacks["BreakGlass-Pipeline-Artifacts-us-east-2"])
}

// TestPipelineGoesStageAfterStage shows the whole order, approvals and checks included. Stacks with the same number are
// deployed at the same time.
func TestPipelineGoesStageAfterStage(t *testing.T) {
	var got []string
	for _, a := range thePipeline(t).actions(t) {
		got = append(got, a.String())
	}
	want := []string{
		"Source 1 Source",
		"Build 1 Synth",
		"UpdatePipeline 1 Diff", "UpdatePipeline 2 Approve",
		"UpdatePipeline 3 BreakGlass-Pipeline-Artifacts-ap-southeast-2.Deploy", "UpdatePipeline 3 BreakGlass-Pipeline-Artifacts-eu-north-1.Deploy",
		"UpdatePipeline 3 BreakGlass-Pipeline-Artifacts-eu-west-1.Deploy", "UpdatePipeline 3 BreakGlass-Pipeline-Artifacts-us-east-2.Deploy",
		"UpdatePipeline 4 BreakGlass-Pipeline.Deploy",
		"Hub 1 BreakGlass-Composer-us-east-1.Deploy",
	}
	if len(got) < len(want) {
		t.Fatalf("%d actions", len(got))
	}
	if diff := cmp.Diff(want, got[:len(want)]); diff != "" {
		t.Errorf("the beginning (-want +got):\n%s", diff)
	}
	end := []string{
		"Pilot 1 BreakGlass-Role-333333333333.Deploy", "Pilot 2 BreakGlass-Observer-us-east-1-333333333333.Deploy",
		"Everyone 1 Approve", "Everyone 2 BreakGlass-Role-222222222222.Deploy", "Everyone 3 BreakGlass-Observer-eu-west-1-222222222222.Deploy",
		"Everyone 4 Readiness",
	}
	if diff := cmp.Diff(end, got[max(0, len(got)-len(end)):]); diff != "" {
		t.Errorf("the end (-want +got):\n%s", diff)
	}
	for _, a := range got {
		if strings.Contains(a, "Assets") || strings.Contains(a, "Prepare") {
			t.Errorf("%s: nothing is published, and nothing prepared", a)
		}
	}
}

// TestEveryStackHasItsAction, in its own account and Region, from its own template, with the roles of the bootstrap there, and after
// the stacks that the plan names. Those that CodePipeline does not reach have none.
func TestEveryStackHasItsAction(t *testing.T) {
	app := thePipeline(t)
	deploys := map[string]action{}
	for _, a := range app.actions(t) {
		if a.ActionTypeId.Provider == "CloudFormation" {
			name := a.Configuration["StackName"].(string)
			if _, twice := deploys[name]; twice {
				t.Errorf("%s is deployed twice", name)
			}
			deploys[name] = a
		}
	}
	byHand := 0
	hub := app.plan.Config.Hub.Region
	for _, at := range app.plan.Placements {
		a, ok := deploys[at.Stack]
		if app.stageOf[at.Stack] != at.Stage {
			t.Errorf("%s is in the stage %q, the plan says %q", at.Stack, app.stageOf[at.Stack], at.Stage)
		}
		stage := at.Stage
		if at.OfPipeline() {
			stage = config.UpdateStage
		}
		if stage == "" {
			byHand++
			if ok {
				t.Errorf("%s has an action", at.Stack)
			}
			continue
		}
		if !ok {
			t.Errorf("%s has no action", at.Stack)
			continue
		}
		delete(deploys, at.Stack)
		if a.Stage != stage {
			t.Errorf("%s is deployed in %s", at.Stack, a.Stage)
		}
		if from := "Synth_Output::" + app.fileOf[at.Stack]; a.Configuration["TemplatePath"] != from {
			t.Errorf("%s is deployed from %s, want %s", at.Stack, a.Configuration["TemplatePath"], from)
		}
		if a.Region != at.Region && (a.Region != "" || at.Region != hub) {
			t.Errorf("%s is deployed into %s, want %s", at.Stack, a.Region, at.Region)
		}
		for kind, role := range map[string]any{"deploy": a.RoleArn, "cfn-exec": a.Configuration["RoleArn"]} {
			if want := ":iam::" + at.Account + ":role/cdk-hnb659fds-" + kind + "-role-" + at.Account + "-" + at.Region; !strings.Contains(compact(t, role), want+`"`) {
				t.Errorf("%s is deployed with %s, want %s", at.Stack, compact(t, role), want)
			}
		}
		if a.Configuration["ActionMode"] != "CREATE_UPDATE" {
			t.Errorf("%s: %v", at.Stack, a.Configuration["ActionMode"])
		}
		for _, before := range at.After {
			for _, b := range app.actions(t) {
				if b.Configuration["StackName"] == before && b.Stage == a.Stage && b.RunOrder >= a.RunOrder {
					t.Errorf("%s comes before %s", at.Stack, before)
				}
			}
		}
	}
	for name := range deploys {
		t.Errorf("%s is not in the plan", name)
	}
	if byHand != 1 { // the forwarder in ap-east-2
		t.Errorf("%d stacks are left to the hand", byHand)
	}
}

func TestARegionWithoutCodePipelineIsLeftOut(t *testing.T) {
	app := thePipeline(t)
	if _, ok := app.stacks["BreakGlass-Forwarder-ap-east-2"]; !ok {
		t.Error("the forwarder in ap-east-2 is not there to be deployed by hand")
	}
	if text := string(app.stacks["BreakGlass-Pipeline"].text); strings.Contains(text, "ap-east-2") {
		t.Error("the pipeline knows of ap-east-2")
	}
	if _, ok := app.stacks["BreakGlass-Pipeline-Artifacts-ap-east-2"]; ok {
		t.Error("there is a bucket in ap-east-2")
	}
	if !slices.ContainsFunc(app.plan.Notes, func(n string) bool { return strings.Contains(n, "no CodePipeline in ap-east-2") }) {
		t.Errorf("no note says so: %q", app.plan.Notes)
	}
}

// TestApprovalsSayWhatToRead: the address of the build with the differences, by a variable that this build sets, and the file of each
// stage that the approval is for.
func TestApprovalsSayWhatToRead(t *testing.T) {
	app := thePipeline(t)
	files := map[string]string{"UpdatePipeline": "UpdatePipeline.txt and Hub.txt", "Everyone": "Everyone.txt"}
	n := 0
	for _, a := range app.actions(t) {
		if a.ActionTypeId.Category != "Approval" {
			continue
		}
		n++
		page := "https://us-east-1.console.aws.amazon.com/codesuite/codebuild/111111111111/projects/BreakGlass-Pipeline-Diff/build/#{UpdatePipeline@Diff.BUILD}/log?region=us-east-1"
		if a.Configuration["ExternalEntityLink"] != page {
			t.Errorf("%s: the link is %v", a, a.Configuration["ExternalEntityLink"])
		}
		if text := a.Configuration["CustomData"].(string); !strings.Contains(text, page) || !strings.Contains(text, "as "+files[a.Stage]+".") || len(text) > 1000 {
			t.Errorf("%s: the text is %q", a, text)
		}
	}
	if n != 2 {
		t.Errorf("%d approvals, the file asks for 2", n)
	}
	if spec := app.buildSpecs(t)["BreakGlass-Pipeline-Diff"]; !slices.Contains(spec.Env.Exported, "BUILD") {
		t.Error("the variable is not handed on")
	}
}

// TestThePipelineDeploysItselfWithTheTagsOfTheFile, as it does every other stack: they lie beside the template.
func TestThePipelineDeploysItselfWithTheTagsOfTheFile(t *testing.T) {
	app := synthStaged(t, writeFile(t, `version: 1
hub: {account: "111111111111", standby: eu-west-1}
regions: [us-east-1, eu-west-1]
alerts: {email: [security-team@example.com]}
deploy: {access: bootstrap}
tags: {owner: security}
pipeline: {source: {codeCommit: {repository: breakglass, branch: main}}}
`))
	n := 0
	for _, a := range app.actions(t) {
		if a.ActionTypeId.Provider != "CloudFormation" {
			continue
		}
		n++
		file, ok := strings.CutPrefix(fmt.Sprint(a.Configuration["TemplateConfiguration"]), "Synth_Output::")
		text, err := os.ReadFile(filepath.Join(app.dir, file))
		if !ok || err != nil || strings.Join(strings.Fields(string(text)), "") != `{"Tags":{"owner":"security"}}` {
			t.Errorf("%s has the tags %s in %q: %v", a, text, file, err)
		}
	}
	if n != len(app.plan.Placements) {
		t.Errorf("%d of %d stacks are deployed", n, len(app.plan.Placements))
	}
	for _, a := range thePipeline(t).actions(t) {
		if a.Configuration["TemplateConfiguration"] != nil {
			t.Errorf("%s has tags, and the file has none", a)
		}
	}
}

// TestAPipelineWithoutTargetsProvesTheHub: the proof is at the end of the only stage.
func TestAPipelineWithoutTargetsProvesTheHub(t *testing.T) {
	app := synthStaged(t, writeFile(t, `version: 1
hub: {account: "111111111111"}
regions: [us-east-1]
alerts: {email: [security-team@example.com]}
deploy: {access: bootstrap}
pipeline: {approval: false, source: {codeCommit: {repository: breakglass, branch: main}}}
`))
	all := app.actions(t)
	if last := all[len(all)-1]; last.Stage != config.HubStage || last.Name != "Readiness" {
		t.Errorf("the last action is %s", last)
	}
	for _, a := range all {
		if a.ActionTypeId.Category == "Approval" {
			t.Errorf("%s, and the file asks for none", a)
		}
	}
}

// TestAWaveOfManyIsDivided: a stage holds 50 actions, so the CDK makes several; the approval comes before all of them, the proof
// behind.
func TestAWaveOfManyIsDivided(t *testing.T) {
	text := `version: 1
hub: {account: "111111111111"}
regions: [us-east-1]
alerts: {email: [security-team@example.com]}
deploy: {access: bootstrap}
pipeline: {source: {s3: {bucket: breakglass-source, key: breakglass.zip}}}
targets:
`
	for i := range 60 {
		text += fmt.Sprintf("  - {account: \"%012d\"}\n", 200000000000+i)
	}
	app := synthStaged(t, writeFile(t, text))
	count := map[string]int{}
	all := app.actions(t)
	for i, a := range all {
		count[a.Stage]++
		if a.ActionTypeId.Category == "Approval" && a.Stage != config.UpdateStage && (a.Stage != "Targets.1" || count[a.Stage] != 1) {
			t.Errorf("the approval is the %dth action: %s", i, a)
		}
	}
	if count["Targets.1"] != 50 || count["Targets.2"] != 12 || all[len(all)-1].Name != "Readiness" {
		t.Errorf("%v, the last is %s", count, all[len(all)-1])
	}
	if actions, stages := app.plan.PipelineSize(); actions != len(all) || stages < len(count) {
		t.Errorf("estimated %d actions and %d stages, there are %d and %d", actions, stages, len(all), len(count))
	}
}
