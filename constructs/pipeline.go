package constructs

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodebuild"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodecommit"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodepipeline"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/access"
	"example.com/breakglass/names"
	"example.com/breakglass/place"
)

// buildLogDays is how long the builds' logs are kept, the differences that somebody approved among them.
const buildLogDays = 400

// IDs of projects, which the CDK would name after the stages that they are in. With another one, after a wave got another name,
// CloudFormation would create a second project of the same name before it deletes the first, and fail.
const (
	// diffProject is that of version 0.2.0, when the differences were made in the stage of the hub.
	diffProject      = "PipelineHubDiff5A4F0570"
	readinessProject = "PipelineProof"
)

// PipelineSource is where the project is kept: a repository behind a connection, one of CodeCommit's, or a zip file.
type PipelineSource struct {
	Connection, CodeCommit, Bucket string
	// Repository behind the connection, as OWNER/NAME.
	Repository string
	// Branch of a repository.
	Branch string
	// Key of the zip file.
	Key string
}

// PipelineStage is some stacks that are deployed together, after those of the stage before.
type PipelineStage struct {
	Name  string
	Stage awscdk.Stage
	// Approval by a person before it begins.
	Approval bool
}

// PipelineProps describe the pipeline.
type PipelineProps struct {
	Place  place.Place
	Source PipelineSource
	Update PipelineUpdate
	// Stages in their order, the hub's first.
	Stages []PipelineStage
	// Buckets by Region, the pipeline's own included.
	Buckets map[string]awss3.IBucket
	Rights  access.Pipeline
	// LookInto are the other accounts that the readiness check reads in.
	LookInto []place.Place
}

// NewPipeline makes the pipeline: source, tests and templates, the differences, its own update, then stage by stage, and the proof
// that alerts arrive.
func NewPipeline(scope constructs.Construct, id string, props PipelineProps) {
	scope = constructs.NewConstruct(scope, jsii.String(id))
	roles := newPipelineRoles(scope, props)
	for _, project := range props.Rights.Projects {
		awslogs.NewCfnLogGroup(scope, jsii.String(project+"-Log"), &awslogs.CfnLogGroupProps{
			LogGroupName: jsii.String(access.BuildLog(project)), RetentionInDays: jsii.Number(buildLogDays),
		})
	}
	source := props.Source.step(scope)
	synth := newSynth(roles, source)
	pipeline := pipelines.NewCodePipeline(scope, jsii.String("Pipeline"), &pipelines.CodePipelineProps{
		PipelineName: jsii.String(names.PipelineStack),
		PipelineType: awscodepipeline.PipelineType_V2,
		Synth:        synth,
		Role:         roles.pipeline,
		// The CDK's own would be a build that may deploy anything, before any approval: see PipelineUpdate.
		SelfMutation: jsii.Bool(false),
		// Otherwise every approval would get a role of its own.
		UsePipelineRoleForActions:     jsii.Bool(true),
		CrossRegionReplicationBuckets: &props.Buckets,
		CliVersion:                    jsii.String(CDKVersion),
		// A change set and its execution would be two actions a stack, and a pipeline has room for 500. Whoever approves
		// reads the differences of all stacks before any is made.
		UseChangeSets: jsii.Bool(false),
		CodeBuildDefaults: &pipelines.CodeBuildOptions{
			Timeout: awscdk.Duration_Minutes(jsii.Number(buildMinutes)),
		},
	})
	var stages []string
	for _, s := range props.Stages {
		stages = append(stages, s.Name)
	}
	readiness := newReadiness(roles, source)
	diff := newDiff(roles, synth, props.Update.Name, stages)
	review := []pipelines.Step{diff}
	if props.Update.Approval {
		review = append(review, newApproval(props.Place, diff, props.Update.Name, stages[0]))
	}
	pipeline.AddWave(jsii.String(props.Update.Name), &pipelines.WaveOptions{Pre: &review})
	for i, s := range props.Stages {
		options := &pipelines.AddStageOpts{}
		if s.Approval {
			options.Pre = &[]pipelines.Step{newApproval(props.Place, diff, s.Name)}
		}
		if i == len(props.Stages)-1 {
			options.Post = &[]pipelines.Step{readiness}
		}
		pipeline.AddStage(s.Stage, options)
	}
	pipeline.BuildPipeline()
	props.Update.add(scope, props.Place, pipeline.Pipeline(), len(review))
	for id, step := range map[string]pipelines.CodeBuildStep{diffProject: diff, readinessProject: readiness} {
		step.Project().Node().DefaultChild().(awscodebuild.CfnProject).OverrideLogicalId(jsii.String(id))
	}
}

// step reads the source. Each kind starts the pipeline in its own standard way: a connection and CodeCommit report a push; S3
// is polled about once a minute, since events would need a trail of data events.
func (s PipelineSource) step(scope constructs.Construct) pipelines.CodePipelineSource {
	switch {
	case s.Connection != "":
		return pipelines.CodePipelineSource_Connection(jsii.String(s.Repository), jsii.String(s.Branch), &pipelines.ConnectionSourceOptions{
			ConnectionArn: jsii.String(s.Connection), ActionName: jsii.String("Source"),
		})
	case s.CodeCommit != "":
		repository := awscodecommit.Repository_FromRepositoryName(scope, jsii.String("Repository"), jsii.String(s.CodeCommit))
		return pipelines.CodePipelineSource_CodeCommit(repository, jsii.String(s.Branch), &pipelines.CodeCommitSourceOptions{ActionName: jsii.String("Source")})
	default:
		bucket := awss3.Bucket_FromBucketName(scope, jsii.String("SourceBucket"), jsii.String(s.Bucket))
		return pipelines.CodePipelineSource_S3(bucket, jsii.String(s.Key), &pipelines.S3SourceOptions{ActionName: jsii.String("Source")})
	}
}

// statement returns the permission that the pipeline needs to read the source.
func (s PipelineSource) statement(r access.Pipeline) access.Statement {
	switch {
	case s.Connection != "":
		return access.ConnectionSource(s.Connection)
	case s.CodeCommit != "":
		return r.CodeCommitSource(s.CodeCommit)
	default:
		return r.S3Source(s.Bucket, s.Key)
	}
}
