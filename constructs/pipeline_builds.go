package constructs

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscodebuild"
	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/names"
	"example.com/breakglass/place"
)

// Versions of the builds. Tests compare them with go.mod and package-lock.json.
const (
	// GoVersion is that of go.mod: whichever Go the image has fetches exactly this one, and checks it (go.dev/doc/toolchain).
	GoVersion = "1.26.0"
	// CDKVersion and CDKIntegrity are those of the CDK CLI in package-lock.json, from which npm ci installs it. The build that makes
	// the differences must not read that file of a change that nobody has read yet, so it has a lock file of its own.
	CDKVersion   = "2.1148.1"
	CDKIntegrity = "sha512-K3d02L17IwmAuiBWNuX1DzYhKUs9GrKYI7bZnGJfJ1bKz9ymXFxfudBOL3rUb8JAusDNSULiQU2fsJH7kyY2XA=="
	// buildImage has the runtimes below (aws/aws-codebuild-docker-images, April 2026). Without a choice it would take Go 1.20,
	// which can't fetch another one.
	buildImage  = "aws/codebuild/standard:7.0"
	goRuntime   = "1.26"
	nodeRuntime = "22"
)

// buildMinutes is long enough for the tests on a slow day.
const buildMinutes = 60

// goAndNode choose the runtimes.
func goAndNode() awscodebuild.BuildSpec {
	spec := map[string]any{
		"phases": map[string]any{"install": map[string]any{"runtime-versions": map[string]any{"golang": goRuntime, "nodejs": nodeRuntime}}},
	}
	return awscodebuild.BuildSpec_FromObject(&spec)
}

// environment of a build. None is privileged: nothing here needs Docker.
func environment(size awscodebuild.ComputeType) *awscodebuild.BuildEnvironment {
	return &awscodebuild.BuildEnvironment{
		BuildImage:  awscodebuild.LinuxBuildImage_FromCodeBuildImageId(jsii.String(buildImage)),
		ComputeType: size, Privileged: jsii.Bool(false),
	}
}

// newSynth makes the step that tests the change and synthesizes the templates. It runs whatever code the repository contains,
// so its role may only write logs and store artifacts. Compiling the CDK's module takes more memory than the smallest machine
// has.
func newSynth(roles pipelineRoles, source pipelines.CodePipelineSource) pipelines.CodeBuildStep {
	return pipelines.NewCodeBuildStep(jsii.String("Synth"), &pipelines.CodeBuildStepProps{
		ProjectName:      jsii.String(names.SynthBuild),
		Role:             roles.synth,
		Input:            source,
		PartialBuildSpec: goAndNode(),
		BuildEnvironment: environment(awscodebuild.ComputeType_MEDIUM),
		Env:              &map[string]*string{"GOTOOLCHAIN": jsii.String("go" + GoVersion)},
		InstallCommands:  jsii.Strings(npmCI),
		// The source comes without its history, so git names no file to gofmt, which would wait for one to be typed in.
		Commands:               jsii.Strings("make test </dev/null", "npx --no-install cdk synth --quiet"),
		PrimaryOutputDirectory: jsii.String("cdk.out"),
	})
}

// assemblyCheck ends with an error unless what the CDK CLI compares is what the pipeline deploys. The CLI finds the stacks, their names
// and their templates in the manifests, which code wrote that nobody has read yet; the pipeline deploys the files that a stack of that
// name always has. Nor may a template be JSON that two readers understand differently, or have parameters and a stack policy beside it.
//
//go:embed assembly.js
var assemblyCheck string

// buildVariable is the ID of the build with the differences, as in the address of its page.
const buildVariable = "BUILD"

// newDiff makes the step that shows the approver what would change. It is separate from the synth step, since it may read in
// every account: no code of the repository runs here, neither its tests nor the app, only the CDK CLI, in a version that this
// program pins and from a folder without files of the repository, whose cdk.json could name commands and whose .npmrc another
// registry. The manifests of the templates come from that code, so they are checked first. It compares templates, for which the role
// that reads is enough; a change set would need the one that deploys.
//
// It runs as the deployed pipeline has it, on what the new file says. So it may not read an account that the file has just got: then
// the pipeline changes, too, is updated first, and begins again. Of anything else that it can't compare, it says so and fails.
func newDiff(roles pipelineRoles, synth pipelines.CodeBuildStep, update string, stages []string) pipelines.CodeBuildStep {
	commands := []string{"node -e '" + strings.Join(strings.Fields(assemblyCheck), " ") + `' "$PWD"`, `mkdir diff && out="$PWD/diff" && assembly="$PWD" && cd "$(mktemp -d)"`}
	compare := func(stage, stacks, otherwise string) {
		file := `"$out/` + stage + `.txt"`
		commands = append(commands, fmt.Sprintf(
			`/tmp/cdk/node_modules/.bin/cdk diff --no-color --app "$assembly" --method template '%s' >%s 2>&1 || { %s; }; cat %s`, stacks, file,
			fmt.Sprintf(otherwise, file), file))
	}
	const fail = `cat %s; exit 1`
	compare(update, names.PipelineStack+"*", fail)
	for i, stage := range stages {
		otherwise := fail
		if i > 0 { // the hub's account it may always read
			otherwise = `echo '` + NotCompared + `' >>%[1]s; ` + pipelineChanges(`"$out/`+update+`.txt"`) + ` || { cat %[1]s; exit 1; }`
		}
		compare(stage, stage+"/*", otherwise)
	}
	commands = append(commands, `cd "$assembly"`, "export "+buildVariable+`=$(echo "$CODEBUILD_BUILD_ID" | sed s/:/%3A/)`)
	return pipelines.NewCodeBuildStep(jsii.String("Diff"), &pipelines.CodeBuildStepProps{
		ProjectName:            jsii.String(names.DiffBuild),
		Role:                   roles.diff,
		Input:                  synth,
		PartialBuildSpec:       goAndNode(),
		BuildEnvironment:       environment(awscodebuild.ComputeType_SMALL),
		InstallCommands:        jsii.Strings(installCDK()),
		Commands:               jsii.Strings(commands...),
		PrimaryOutputDirectory: jsii.String("diff"),
	})
}

// NotCompared ends the file of a stage that could not be compared.
const NotCompared = "NOT COMPARED. Where the pipeline itself changes, the run begins again after it has been updated, and compares this stage then."

// pipelineChanges is the command that succeeds where the differences of the pipeline's own stacks, in a file, have the pipeline among
// them, which CodePipeline then starts again.
func pipelineChanges(file string) string {
	return `grep -q '^\[.\] AWS::CodePipeline::Pipeline ' ` + file
}

// npmCI installs exactly what a lock file has, with its hashes, and runs no code of it.
const npmCI = "npm ci --ignore-scripts --no-audit --no-fund"

// installCDK is the command that installs the CDK CLI in /tmp/cdk. It is one package: its dependencies are bundled.
func installCDK() string {
	manifest := map[string]any{"dependencies": map[string]string{"aws-cdk": CDKVersion}}
	lock := map[string]any{"lockfileVersion": 3, "packages": map[string]any{
		"":                     manifest,
		"node_modules/aws-cdk": map[string]any{"version": CDKVersion, "integrity": CDKIntegrity, "bin": map[string]string{"cdk": "bin/cdk"}},
	}}
	command := "(mkdir /tmp/cdk && cd /tmp/cdk"
	for _, file := range []struct {
		name    string
		content any
	}{{"package.json", manifest}, {"package-lock.json", lock}} {
		text, err := json.Marshal(file.content)
		if err != nil {
			panic(err) // maps of strings can always be written
		}
		command += " && echo '" + string(text) + "' >" + file.name
	}
	return command + " && " + npmCI + ")"
}

// newReadiness makes the last step: do alerts arrive, and is everything ready for an emergency? The drill does not change the
// topic, so that no build may subscribe to the alerts or unsubscribe anybody; its email still reaches people.
func newReadiness(roles pipelineRoles, source pipelines.CodePipelineSource) pipelines.CodeBuildStep {
	return pipelines.NewCodeBuildStep(jsii.String("Readiness"), &pipelines.CodeBuildStepProps{
		ProjectName:      jsii.String(names.ReadinessBuild),
		Role:             roles.readiness,
		Input:            source,
		PartialBuildSpec: goAndNode(),
		BuildEnvironment: environment(awscodebuild.ComputeType_SMALL),
		Env:              &map[string]*string{"GOTOOLCHAIN": jsii.String("go" + GoVersion)},
		InstallCommands:  jsii.Strings("make cli"),
		Commands: jsii.Strings(
			// Both run, whatever the first one finds: whoever fixes one should know of the other.
			"bin/breakglass check --output text || failed=check",
			`bin/breakglass drill --no-queue --output text || failed="$failed drill"`,
			`test -z "$failed" || { echo "failed: $failed"; exit 1; }`,
		),
	})
}

// buildPage returns the address of a build's page in the console.
func buildPage(at place.Place, project, build string) string {
	return "https://" + at.Region + ".console.aws.amazon.com/codesuite/codebuild/" + at.Account + "/projects/" + project +
		"/build/" + build + "/log?region=" + at.Region
}

// newApproval makes the step that waits for a person who has read the changes of some stages.
func newApproval(at place.Place, diff pipelines.CodeBuildStep, stages ...string) pipelines.Step {
	page := buildPage(at, names.DiffBuild, *diff.ExportedVariable(jsii.String(buildVariable)))
	return pipelines.NewManualApprovalStep(jsii.String("Approve"), &pipelines.ManualApprovalStepProps{
		ReviewUrl: jsii.String(page),
		Comment: jsii.String(strings.Join([]string{
			"The changes to " + strings.Join(stages, " and ") + " are in the log of this build: " + page,
			"and in its artifact, as " + strings.Join(stages, ".txt and ") + ".txt. Approve only changes that you expect.",
		}, "\n")),
	})
}
