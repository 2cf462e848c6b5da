package constructs

import (
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
	// CDKVersion of the CDK CLI in package-lock.json, which npm ci installs. The builds that deploy the
	// pipeline itself and that make the differences install this version without that file.
	CDKVersion = "2.1148.1"
	// buildImage has the runtimes below (aws/aws-codebuild-docker-images, April 2026). Without a choice it would take Go 1.20,
	// which can't fetch another one.
	buildImage  = "aws/codebuild/standard:7.0"
	goRuntime   = "1.26"
	nodeRuntime = "22"
)

// buildMinutes is long enough for the tests on a slow day.
const buildMinutes = 60

// assemblyDir is where a build finds the templates that the synth step made.
const assemblyDir = "assembly"

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
		InstallCommands:  jsii.Strings("npm ci"),
		// The source comes without its history, so git names no file to gofmt, which would wait for one to be typed in.
		Commands:               jsii.Strings("make test </dev/null", "npx cdk synth --quiet"),
		PrimaryOutputDirectory: jsii.String("cdk.out"),
	})
}

// buildVariable is the ID of the build with the differences, as in the address of its page.
const buildVariable = "BUILD"

// newDiff makes the step that shows the approver what would change. It is separate from the synth step, since it may read in
// every account: no code of the repository runs here, neither its tests nor the app, only the CDK CLI, in a version that this
// program pins and from a folder without files of the repository, whose cdk.json could name commands and whose .npmrc another
// registry. It compares templates, for which the role that reads is enough; a change set would need the one that deploys.
func newDiff(roles pipelineRoles, source pipelines.CodePipelineSource, synth pipelines.CodeBuildStep, stages []string) pipelines.CodeBuildStep {
	commands := []string{"mkdir diff", `assembly="$PWD/` + assemblyDir + `"; source="$PWD"; cd "$(mktemp -d)"`}
	for _, stage := range stages {
		file := `"$source/diff/` + stage + `.txt"`
		commands = append(commands, fmt.Sprintf(
			`/tmp/cdk/node_modules/.bin/cdk diff --app "$assembly" --method template '%s/*' >%s 2>&1 || { cat %s; exit 1; }; cat %s`, stage, file, file, file))
	}
	commands = append(commands, `cd "$source"`, "export "+buildVariable+`=$(echo "$CODEBUILD_BUILD_ID" | sed s/:/%3A/)`)
	return pipelines.NewCodeBuildStep(jsii.String("Diff"), &pipelines.CodeBuildStepProps{
		ProjectName:            jsii.String(names.DiffBuild),
		Role:                   roles.diff,
		Input:                  source,
		AdditionalInputs:       &map[string]pipelines.IFileSetProducer{assemblyDir: synth},
		PartialBuildSpec:       goAndNode(),
		BuildEnvironment:       environment(awscodebuild.ComputeType_SMALL),
		InstallCommands:        jsii.Strings("(mkdir /tmp/cdk && cd /tmp/cdk && npm install --ignore-scripts --no-audit --no-fund aws-cdk@" + CDKVersion + ")"),
		Commands:               jsii.Strings(commands...),
		PrimaryOutputDirectory: jsii.String("diff"),
	})
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

// newApproval makes the step that waits for a person who has read the changes.
func newApproval(at place.Place, stage string, diff pipelines.CodeBuildStep) pipelines.Step {
	page := buildPage(at, names.DiffBuild, *diff.ExportedVariable(jsii.String(buildVariable)))
	return pipelines.NewManualApprovalStep(jsii.String("Approve"), &pipelines.ManualApprovalStepProps{
		ReviewUrl: jsii.String(page),
		Comment: jsii.String(strings.Join([]string{
			"The changes to " + stage + " are in the log of this build: " + page,
			"and in its artifact, as " + stage + ".txt. Approve only changes that you expect.",
		}, "\n")),
	})
}
