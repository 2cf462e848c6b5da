package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"

	"example.com/breakglass/plan"
)

// Build makes every stack of the plan, in its order.
func Build(scope constructs.Construct, p plan.Plan) {
	var hub Hub
	hubs := map[string]awscdk.Stack{}
	for _, at := range p.Placements {
		var stack awscdk.Stack
		switch at.Kind {
		case plan.Hub:
			hub = NewHub(scope, p.Config, at)
			stack = hub.Stack
		case plan.Standby:
			stack = NewStandby(scope, p.Config, at)
		case plan.Links:
			NewLinks(scope, p.Config, at)
		case plan.Forwarder:
			stack = NewForwarder(scope, p.Config, at, hub)
		case plan.Role:
			NewRole(scope, p.Config, at, hub.Users)
		}
		for _, before := range at.After {
			stack.AddStackDependency(hubs[before], nil)
		}
		hubs[at.Stack] = stack
	}
}
