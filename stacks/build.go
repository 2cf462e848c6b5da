package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/config"
	own "example.com/breakglass/constructs"
	"example.com/breakglass/plan"
)

// app is what the stacks of an app share.
type app struct {
	scope  constructs.Construct
	plan   plan.Plan
	config *config.Config
	// stages of the pipeline, by name.
	stages map[string]awscdk.Stage
	// asCaller deploys a stack with the caller's own rights. One serves any number of stacks.
	asCaller awscdk.IStackSynthesizer
	// inner are the templates of the stack sets.
	inner innerTemplates
}

// made is a stack with what its rules and alarms and other stacks refer to.
type made struct {
	stack   awscdk.Stack
	refs    plan.Refs
	letters own.DeadLetters
	// topic is the alert topic, in a stack that has one.
	topic *own.Topic
	// bucket is the pipeline's, in a stack that has one.
	bucket awss3.IBucket
}

// before holds the stacks that have been made, by name.
type before map[string]made

// builders make the stack of a placement, which may refer to those before it.
var builders = map[plan.Kind]func(app, plan.Placement, before) made{
	plan.Trail:          newTrail,
	plan.Composer:       newComposer,
	plan.Hub:            newHub,
	plan.Standby:        newStandby,
	plan.Links:          newLinks,
	plan.Integrity:      newIntegrity,
	plan.Heartbeats:     newHeartbeats,
	plan.Chat:           newChat,
	plan.Notifications:  newNotifications,
	plan.Dashboard:      newDashboard,
	plan.HubObserved:    newHubObserved,
	plan.Forwarder:      newForwarder,
	plan.Role:           newRole,
	plan.TargetObserver: newTargetObserver,
	plan.StackSet:       newStackSet,
	plan.Artifacts:      newArtifacts,
	plan.Pipeline:       newPipeline,
}

// Build makes every stack of the plan, in its order; of a part of a plan, that part.
func Build(scope constructs.Construct, p plan.Plan) {
	a := app{
		scope: scope, plan: p, config: p.Config, stages: map[string]awscdk.Stage{},
		asCaller: awscdk.NewLegacyStackSynthesizer(), inner: innerTemplates{},
	}
	for _, name := range p.Stages() {
		a.stages[name] = awscdk.NewStage(scope, jsii.String(name), nil)
	}
	all := before{}
	for _, at := range p.Placements {
		if !p.Makes(at) {
			continue
		}
		one := builders[at.Kind](a, at, all)
		rules := own.NewRules(one.stack, p.Rules(at, one.refs), one.letters)
		if one.topic != nil {
			one.topic.CloseAfter(rules)
		}
		own.NewAlarms(one.stack, p.AlarmsOf(at, one.refs))
		for _, name := range p.Dependencies(at) {
			one.stack.AddStackDependency(all[name].stack, nil)
		}
		all[at.Stack] = one
	}
}

// key returns the ID of the key of the alert topic in a Region, or nothing where it has no topic.
func (b before) key(p plan.Plan, region string) string {
	hub, _ := p.HubStack(region)
	return b[hub.Stack].refs.Key
}
