package constructs

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/access"
	"example.com/breakglass/access/rights"
	"example.com/breakglass/names"
)

// pipelineRoles are the roles of the pipeline and of its builds. The CDK may not add anything to them: it would grant the same,
// but with wildcards, and the document in package access would no longer be the whole truth.
type pipelineRoles struct {
	pipeline, synth, diff, readiness awsiam.IRole
}

func newPipelineRoles(scope constructs.Construct, props PipelineProps) pipelineRoles {
	r := props.Rights
	build := func(id, project, what string, makes bool, more ...access.Document) awsiam.IRole {
		return newPipelineRole(scope, id, what, r.BuildTrust(project), r.Building(project, makes), more)
	}
	return pipelineRoles{
		pipeline: newPipelineRole(scope, "Pipeline", "The break glass pipeline", r.PipelineTrust(), r.PipelineRole(props.Source.statement(r)), r.Deploying()),
		synth:    build("Synth", names.SynthBuild, "Tests a change and makes its templates", true),
		diff:     build("Diff", names.DiffBuild, "Compares the templates with what is deployed", true, r.Comparing()...),
		readiness: build("Readiness", names.ReadinessBuild, "Runs the readiness check and a drill", false,
			append(r.LookingInto(props.LookInto), r.Proving(rights.Readiness()))...),
	}
}

// newPipelineRole makes a role: what it may do in the pipeline's account as a policy of its own, the rest in managed policies,
// since hundreds of roles to assume don't fit into one.
func newPipelineRole(scope constructs.Construct, id, description string, trust, own access.Document, more []access.Document) awsiam.IRole {
	scope = constructs.NewConstruct(scope, jsii.String(id+"Role"))
	var managed []any
	for i, document := range more {
		policy := awsiam.NewCfnManagedPolicy(scope, jsii.String(fmt.Sprint("Policy", i+1)), &awsiam.CfnManagedPolicyProps{
			Description: jsii.String(description), PolicyDocument: map[string]any(document),
		})
		managed = append(managed, policy.Ref())
	}
	props := &awsiam.CfnRoleProps{
		Description:              jsii.String(description),
		AssumeRolePolicyDocument: map[string]any(trust),
		Policies:                 []any{&awsiam.CfnRole_PolicyProperty{PolicyName: jsii.String("own"), PolicyDocument: map[string]any(own)}},
	}
	if len(managed) > 0 {
		props.ManagedPolicyArns = &managed
	}
	role := awsiam.NewCfnRole(scope, jsii.String("Role"), props)
	return awsiam.Role_FromRoleArn(scope, jsii.String("KnownRole"), role.AttrArn(), &awsiam.FromRoleArnOptions{Mutable: jsii.Bool(false)})
}
