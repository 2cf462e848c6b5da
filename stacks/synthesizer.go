package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/cloudassemblyschema"
	"github.com/aws/jsii-runtime-go"
	"github.com/aws/jsii-runtime-go/runtime"

	"example.com/breakglass/config"
	"example.com/breakglass/place"
)

// newSynthesizer gives the CDK the access that deploy.access names. No stack has an asset, so nothing needs a bucket.
func newSynthesizer(a app, at place.Place) awscdk.IStackSynthesizer {
	switch a.config.Deploy.Access {
	case config.AccessOrganization:
		return newOrganizationSynthesizer(at.Role(a.config.Deploy.AccessRole))
	case config.AccessBootstrap:
		// The CDK's own, without the parameter with the bootstrap's version: CloudFormation would read it from SSM with the rights
		// of the execution role, which has none there. The CDK CLI checks the version anyway.
		return awscdk.NewDefaultStackSynthesizer(&awscdk.DefaultStackSynthesizerProps{GenerateBootstrapVersionRule: jsii.Bool(false)})
	default:
		return a.asCaller
	}
}

// organizationSynthesizer deploys a stack through one existing role, such as the one that AWS Organizations creates in every
// account. The CDK has no such synthesizer: BootstraplessSynthesizer also requires an execution role.
type organizationSynthesizer struct {
	awscdk.StackSynthesizer
	role string
}

func newOrganizationSynthesizer(role string) awscdk.IStackSynthesizer {
	s := &organizationSynthesizer{role: role}
	awscdk.NewStackSynthesizer_Override(s)
	return s
}

// Synthesize writes the stack's template, and sets the role that deploys it and that reads it for cdk diff. The CDK calls it.
func (s *organizationSynthesizer) Synthesize(session awscdk.ISynthesisSession) {
	// s.SynthesizeTemplate would ask Node for six fields of a result that is not needed: half a second in 500 stacks.
	runtime.InvokeVoid(s, "synthesizeTemplate", []any{session})
	s.EmitArtifact(session, &awscdk.SynthesizeStackArtifactOptions{
		AssumeRoleArn: jsii.String(s.role),
		LookupRole:    &cloudassemblyschema.BootstrapRole{Arn: jsii.String(s.role)},
	})
}
