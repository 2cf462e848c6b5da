package constructs

import (
	"encoding/json"
	"os"
	"path/filepath"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodepipeline"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodepipelineactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/access"
	"example.com/breakglass/place"
)

// PipelineUpdate is the stage in which the pipeline deploys its own stacks.
type PipelineUpdate struct {
	Name string
	// Stacks of the pipeline, each after those it needs: its own is the last.
	Stacks []awscdk.Stack
	// Approval by a person of this stage and the one after it.
	Approval bool
}

// add lets the stage deploy the pipeline's stacks, once the steps before have passed: each from its template, by CloudFormation, and
// the last one behind the others. No build takes part, so no build needs a role that may deploy. CDK Pipelines has no such step: it deploys stages
// of the app, and the stack with the pipeline can't be in a stage of its own.
func (u PipelineUpdate) add(scope constructs.Construct, hub place.Place, pipeline awscodepipeline.Pipeline, steps int) {
	scope = constructs.NewConstruct(scope, jsii.String(u.Name))
	templates := outputOf(pipeline.Stage(jsii.String("Build")))
	stage := pipeline.Stage(jsii.String(u.Name))
	for i, stack := range u.Stacks {
		order := steps + 1
		if i > 0 && i == len(u.Stacks)-1 {
			order++
		}
		at := hub.In(*stack.Region())
		one := constructs.NewConstruct(scope, stack.StackName())
		role := func(kind string) awsiam.IRole {
			return awsiam.Role_FromRoleArn(one, jsii.String(kind), jsii.String(access.BootstrapRole(at, kind)), &awsiam.FromRoleArnOptions{Mutable: jsii.Bool(false)})
		}
		props := &awscodepipelineactions.CloudFormationCreateUpdateStackActionProps{
			ActionName: jsii.String(*stack.StackName() + ".Deploy"), RunOrder: jsii.Number(order),
			StackName: stack.StackName(), TemplatePath: templates.AtPath(stack.TemplateFile()),
			Role: role(access.DeployRole), DeploymentRole: role(access.ExecutionRole), AdminPermissions: jsii.Bool(true),
			CfnCapabilities: &[]awscdk.CfnCapabilities{awscdk.CfnCapabilities_NAMED_IAM},
		}
		if at != hub {
			props.Region = stack.Region()
		}
		if tags := stack.Tags().TagValues(); len(*tags) > 0 {
			props.TemplateConfiguration = templates.AtPath(jsii.String(writeTags(stack, *tags)))
		}
		stage.AddAction(awscodepipelineactions.NewCloudFormationCreateUpdateStackAction(props))
	}
}

// outputOf returns what the only action of a stage makes.
func outputOf(stage awscodepipeline.IStage) awscodepipeline.Artifact {
	return (*(*(*stage.Actions())[0].ActionProperties()).Outputs)[0]
}

// writeTags puts the tags of a stack beside its template, and returns the name of the file: CodePipeline takes them from nowhere else
// (CloudFormation user guide, template configuration file). For the stacks of a stage, CDK Pipelines does so.
func writeTags(stack awscdk.Stack, tags map[string]*string) string {
	name := *stack.TemplateFile() + ".config.json"
	text, err := json.Marshal(map[string]any{"Tags": tags})
	if err == nil {
		err = os.WriteFile(filepath.Join(*awscdk.Stage_Of(stack).Outdir(), name), text, 0o644)
	}
	if err != nil {
		panic("cannot write the tags of " + *stack.StackName() + ": " + err.Error())
	}
	return name
}
