package constructs

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsstepfunctions"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/access"
	"example.com/breakglass/compose"
	"example.com/breakglass/names"
	"example.com/breakglass/place"
)

// NewComposerRoles makes the role of the composers and the one with which the rules start them. IAM is global: one of each serves
// every hub. It returns the former.
func NewComposerRoles(scope constructs.Construct, id string, hubs []place.Place, chat bool) awsiam.CfnRole {
	scope = constructs.NewConstruct(scope, jsii.String(id))
	role := func(id, name, description, policy string, trust, may access.Document) awsiam.CfnRole {
		made := awsiam.NewCfnRole(scope, jsii.String(id), &awsiam.CfnRoleProps{
			RoleName: jsii.String(name), Description: jsii.String(description), AssumeRolePolicyDocument: map[string]any(trust),
		})
		awsiam.NewCfnManagedPolicy(scope, jsii.String(id+"Policy"), &awsiam.CfnManagedPolicyProps{
			ManagedPolicyName: jsii.String(policy), Description: jsii.String(description), PolicyDocument: map[string]any(may), Roles: texts([]string{*made.Ref()}),
		})
		return made
	}
	role("Start", names.ComposerStartRole, "Lets the rules of the break glass hubs start the composers", names.ComposerStartPolicy,
		access.ComposerStartTrust(hubs), access.ComposerStart(hubs))
	return role("Composer", names.ComposerRole, "Lets the break glass composers publish alerts", names.ComposerPolicy,
		access.ComposerTrust(hubs), access.Composer(hubs, chat))
}

// NewComposer makes the state machine that writes a hub's alerts, and its table. role is set where it is in the same stack: Step
// Functions refuses a role that is not there yet.
//
// The table is billed by request and encrypted with a key of DynamoDB: it has event IDs and times only. Standard executions are kept for 90 days, and
// report their failure as an event; an execution log would only repeat what the ledger has.
func NewComposer(scope constructs.Construct, id string, m compose.Machine, role awsiam.CfnRole) {
	scope = constructs.NewConstruct(scope, jsii.String(id))
	awsdynamodb.NewCfnTable(scope, jsii.String("Alerts"), &awsdynamodb.CfnTableProps{
		TableName: jsii.String(m.Table), BillingMode: jsii.String("PAY_PER_REQUEST"),
		AttributeDefinitions: []any{&awsdynamodb.CfnTable_AttributeDefinitionProperty{
			AttributeName: jsii.String(compose.TableKey), AttributeType: jsii.String("S"),
		}},
		KeySchema:               []any{&awsdynamodb.CfnTable_KeySchemaProperty{AttributeName: jsii.String(compose.TableKey), KeyType: jsii.String("HASH")}},
		TimeToLiveSpecification: &awsdynamodb.CfnTable_TimeToLiveSpecificationProperty{AttributeName: jsii.String(compose.TableExpiry), Enabled: jsii.Bool(true)},
		ResourcePolicy:          &awsdynamodb.CfnTable_ResourcePolicyProperty{PolicyDocument: map[string]any(access.AlertsTable(m.Place))},
	})
	machine := awsstepfunctions.NewCfnStateMachine(scope, jsii.String("Machine"), &awsstepfunctions.CfnStateMachineProps{
		StateMachineName: jsii.String(names.Composer), StateMachineType: jsii.String("STANDARD"),
		DefinitionString: jsii.String(m.Text()), RoleArn: jsii.String(m.Place.Role(names.ComposerRole)),
	})
	if role != nil {
		machine.AddResourceDependency(role, nil)
	}
}
