package constructs

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/watch"
)

// ForwardingProps describe how a Region's own events get to other Regions.
type ForwardingProps struct {
	// Region of the rules.
	Region string
	Scope  watch.Scope
	// Prefix of every rule's name.
	Prefix string
	// Buses of the hubs, at most 5, and the role that may put events on them.
	Buses       []Bus
	Role        ForwardingRole
	DeadLetters DeadLetters
}

// NewForwarding makes one rule for each entry that the Region forwards, with every hub's bus as a target.
func NewForwarding(scope constructs.Construct, id string, props ForwardingProps) {
	scope = constructs.NewConstruct(scope, jsii.String(id))
	targets := make([]awsevents.CfnRule_TargetProperty, len(props.Buses))
	for i, bus := range props.Buses {
		targets[i] = ToBus(bus, props.Role, props.DeadLetters)
	}
	for _, e := range props.Scope.Forwarded(props.Region) {
		NewRule(scope, e.ID, RuleProps{
			Name: props.Prefix + e.Rule, Description: e.Description(),
			Pattern: e.Forward(props.Scope, props.Region), Targets: targets,
		})
	}
}
