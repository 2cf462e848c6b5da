package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"

	"example.com/breakglass/config"
	"example.com/breakglass/plan"
)

// App is what the stacks of an app share.
type App struct {
	Scope  constructs.Construct
	Config *config.Config
	// AsCaller deploys a stack with the caller's own rights. One serves any number of stacks.
	AsCaller awscdk.IStackSynthesizer
}

// Build makes every stack of the plan, in its order.
func Build(scope constructs.Construct, p plan.Plan) {
	app := App{Scope: scope, Config: p.Config, AsCaller: awscdk.NewLegacyStackSynthesizer()}
	var hub Hub
	stacks := map[string]awscdk.Stack{}
	for _, at := range p.Placements {
		var stack awscdk.Stack
		switch at.Kind {
		case plan.Hub:
			hub = NewHub(app, at)
			stack = hub.Stack
		case plan.Standby:
			stack = NewStandby(app, at, hub)
		case plan.Links:
			stack = NewLinks(app, at)
		case plan.Integrity:
			stack = NewIntegrity(app, at, hub)
		case plan.Heartbeats:
			stack = NewHeartbeats(app, at, hub)
		case plan.Trail:
			stack = NewTrail(app, at)
		case plan.Chat:
			stack = NewChat(app, at, hub)
		case plan.Notifications:
			stack = NewNotifications(app, at)
		case plan.Dashboard:
			stack = NewDashboard(app, at, p.Alarms())
		case plan.Forwarder:
			stack = NewForwarder(app, at, hub)
		case plan.Role:
			stack = NewRole(app, at, hub.Users)
		}
		for _, before := range at.After {
			stack.AddStackDependency(stacks[before], nil)
		}
		stacks[at.Stack] = stack
	}
}
