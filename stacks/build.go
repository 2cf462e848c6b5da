package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/config"
	"example.com/breakglass/plan"
)

// App is what the stacks of an app share.
type App struct {
	Scope  constructs.Construct
	Config *config.Config
	// AsCaller deploys a stack with the caller's own rights. One serves any number of stacks.
	AsCaller awscdk.IStackSynthesizer
	// Inner are the templates of the stack sets.
	Inner innerTemplates
}

// Build makes every stack of the plan, in its order; of a part of a plan, that part.
func Build(scope constructs.Construct, p plan.Plan) {
	app := App{Scope: scope, Config: p.Config, AsCaller: awscdk.NewLegacyStackSynthesizer(), Inner: innerTemplates{}}
	var hub Hub
	stacks, stages := map[string]awscdk.Stack{}, map[string]awscdk.Stage{}
	buckets := map[string]awss3.IBucket{}
	for _, name := range p.Stages() {
		stages[name] = awscdk.NewStage(scope, jsii.String(name), nil)
	}
	placed := map[string]plan.Placement{}
	for _, at := range p.Placements {
		if !p.Makes(at) {
			continue
		}
		var stack awscdk.Stack
		app.Scope, placed[at.Stack] = scope, at
		if at.Stage != "" {
			app.Scope = stages[at.Stage]
		}
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
		case plan.Observed:
			stack = NewObserved(app, at, hub)
		case plan.Role:
			stack = NewRole(app, at)
		case plan.Observer:
			stack = NewObserver(app, at)
		case plan.StackSet:
			stack = NewStackSet(app, at)
		case plan.Artifacts:
			stack, buckets[at.Region] = NewArtifacts(app, at, p)
		case plan.Pipeline:
			stack = NewPipeline(app, at, p, stages, buckets)
		}
		for _, before := range at.After {
			// A pipeline has an order of its own; the CDK lets no stack depend on one of another stage. And a target's stack has
			// to deploy with that account's credentials alone, where those are all that there is.
			reach := placed[before].Account == at.Account || p.Config.Deploy.Access != config.AccessCredentials
			if reach && placed[before].Stage == at.Stage {
				stack.AddStackDependency(stacks[before], nil)
			}
		}
		stacks[at.Stack] = stack
	}
}
