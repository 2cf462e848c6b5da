package constructs

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/access"
	"example.com/breakglass/names"
	"example.com/breakglass/place"
	"example.com/breakglass/watch"
)

// NewObserverRole makes the role with which the observers of a target account put events on the hubs' buses. IAM is global:
// one serves all Regions of the account. As with the hub's own forwarding role, its trust has no source condition.
func NewObserverRole(scope constructs.Construct, id string, buses []Bus) ForwardingRole {
	role := awsiam.NewCfnRole(scope, jsii.String(id), &awsiam.CfnRoleProps{
		RoleName:                 jsii.String(names.ObserverRole),
		Description:              jsii.String("Lets EventBridge carry what happens to the break glass role here to the hub"),
		AssumeRolePolicyDocument: map[string]any(access.TrustEventBridge()),
		Policies: &[]any{&awsiam.CfnRole_PolicyProperty{
			PolicyName: jsii.String(names.ObserverPolicy), PolicyDocument: map[string]any(access.Observe(busARNs(buses))),
		}},
	})
	return ForwardingRole{arn: *role.AttrArn()}
}

// NamedObserverRole is the role that another stack of the account has made.
func NamedObserverRole(at place.Place) ForwardingRole {
	return ForwardingRole{arn: at.Role(names.ObserverRole)}
}

// ObserversProps describe the observers of a target account in one Region.
type ObserversProps struct {
	// Place may hold what CloudFormation fills in, for a template that serves many accounts.
	Place place.Place
	Scope watch.Scope
	// Buses of the hubs, at most 5, and the role that may put events on them.
	Buses       []Bus
	Role        ForwardingRole
	DeadLetters DeadLetters
}

// NewObservers makes a rule for each entry that happens in target accounts, with every hub's bus as a target: an event that
// arrived on a bus of another account is not carried on to a third.
func NewObservers(scope constructs.Construct, id string, props ObserversProps) {
	scope = constructs.NewConstruct(scope, jsii.String(id))
	targets := make([]awsevents.CfnRule_TargetProperty, len(props.Buses))
	for i, bus := range props.Buses {
		targets[i] = ToBus(bus, props.Role, props.DeadLetters)
	}
	for _, e := range watch.Observed {
		NewRule(scope, e.ID, RuleProps{
			Name: names.Observe + e.Rule, Description: e.Description(),
			Pattern: e.Observe(props.Scope, props.Place.Account, props.Place.Region), Targets: targets,
		})
	}
}

func busARNs(buses []Bus) []string {
	arns := make([]string, len(buses))
	for i, bus := range buses {
		arns[i] = bus.ARN
	}
	return arns
}
