package constructs

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/access"
	"example.com/breakglass/names"
	"example.com/breakglass/place"
)

// NewDeadMansSwitch makes the API destination that posts to a monitor outside AWS, with the role that may use it, and returns its ARN.
//
// A connection needs some authorization (EventBridge user guide, API destinations), and the monitors take none but the address itself:
// a header that says nothing, and no secret.
func NewDeadMansSwitch(scope constructs.Construct, id string, at place.Place, url string) string {
	scope = constructs.NewConstruct(scope, jsii.String(id))
	connection := awsevents.NewCfnConnection(scope, jsii.String("Connection"), &awsevents.CfnConnectionProps{
		Name: jsii.String(names.DeadMansSwitch), Description: jsii.String("Heartbeat monitor of the break glass hub"),
		AuthorizationType: jsii.String("API_KEY"),
		AuthParameters: &awsevents.CfnConnection_AuthParametersProperty{
			ApiKeyAuthParameters: &awsevents.CfnConnection_ApiKeyAuthParametersProperty{ApiKeyName: jsii.String("X-Break-Glass"), ApiKeyValue: jsii.String("alive")},
		},
	})
	destination := awsevents.NewCfnApiDestination(scope, jsii.String("Destination"), &awsevents.CfnApiDestinationProps{
		Name: jsii.String(names.DeadMansSwitch), Description: jsii.String("Heartbeat monitor of the break glass hub"), ConnectionArn: connection.AttrArn(),
		HttpMethod: jsii.String("POST"), InvocationEndpoint: jsii.String(url), InvocationRateLimitPerSecond: jsii.Number(1),
	})
	awsiam.NewCfnRole(scope, jsii.String("Role"), &awsiam.CfnRoleProps{
		RoleName: jsii.String(names.DeadMansSwitchRole), Description: jsii.String("Lets EventBridge post the heartbeat of the break glass hub to its monitor"),
		AssumeRolePolicyDocument: map[string]any(access.DeadMansSwitchTrust(at)),
		Policies: &[]any{&awsiam.CfnRole_PolicyProperty{
			PolicyName: jsii.String(names.DeadMansSwitchPolicy), PolicyDocument: map[string]any(access.DeadMansSwitch(at)),
		}},
	})
	return *destination.AttrArn()
}
