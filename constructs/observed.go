package constructs

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/access"
	"example.com/breakglass/names"
)

// NewBusPolicy lets other accounts put events on the default bus of a hub's Region.
func NewBusPolicy(scope constructs.Construct, id string, policy access.Document) {
	awsevents.NewCfnEventBusPolicy(scope, jsii.String(id), &awsevents.CfnEventBusPolicyProps{
		EventBusName: jsii.String("default"),
		StatementId:  jsii.String(names.HubBusStatement),
		Statement:    policy.Only(),
	})
}
