package config

import (
	"fmt"
	"slices"
)

// What CodePipeline allows (CodePipeline user guide, quotas; AWS has raised some of them since, and the CDK keeps to these).
const (
	maxPipelineActions = 500
	maxPipelineStages  = 50
	maxStageActions    = 50
)

const (
	// ownActions of a pipeline read the source, make the templates, deploy the pipeline's own change, compare, and prove the
	// alarm at the end; the first three have a stage each.
	ownActions, ownStages = 5, 3
	// hubStacks are those of the hub account but for the forwarders, the addresses and what is heard of the targets, at most:
	// trail, hub, standby, integrity of two hubs, heartbeats of four parts of the world and of the standby, two chat stacks
	// for each hub, notifications, dashboard.
	hubStacks = 16
	// linksOfStack and listenersOfStack are how many targets share a stack of addresses, and alarms one of what is heard, at
	// least and at most.
	linksOfStack, listenersOfStack = 150, 8
)

// PipelineSize is how many actions and stages the pipeline has, on the side of caution: an action for each stack.
func (c *Config) PipelineSize() (actions, stages int) {
	reached := func(regions []string) int {
		return len(slices.DeleteFunc(slices.Clone(regions), func(r string) bool { return !PipelineReaches(r) }))
	}
	hub := hubStacks + reached(c.Regions) + (len(c.Targets)+linksOfStack-1)/linksOfStack +
		len(c.HubRegions())*((len(c.Listeners())+listenersOfStack-1)/listenersOfStack)
	of := map[string]int{}
	for _, t := range c.Targets {
		of[t.ID()] = reached(c.TargetRegions(t))
	}
	for _, u := range c.Units {
		of[u.ID()] = 1
	}
	actions, stages = ownActions, ownStages
	add := func(stacks int, approval bool) {
		if approval {
			stacks++
		}
		actions += stacks
		// The CDK divides a stage that is too large.
		stages += (stacks + maxStageActions) / maxStageActions
	}
	add(hub, c.Pipeline.Approval)
	for _, w := range c.Pipeline.Waves {
		n := 0
		for _, target := range w.Targets {
			n += of[target]
		}
		add(n, w.Approval)
	}
	return actions, stages
}

// checkPipelineSize refuses a pipeline that AWS would refuse. Its policies come after: they fit as long as its actions do,
// which a test of the app shows.
func checkPipelineSize(c *Config, r *reader) {
	if !c.Pipeline.On() || !r.usable("pipeline") {
		return
	}
	const fix = "name organizational units instead of accounts (an action each, however many accounts), observe fewer Regions of the targets, or have fewer waves"
	actions, stages := c.PipelineSize()
	if actions > maxPipelineActions {
		r.report("pipeline", fmt.Sprintf("a pipeline of some %d actions, one for each stack; CodePipeline allows %d", actions, maxPipelineActions), "", fix)
	}
	if stages > maxPipelineStages {
		r.report("pipeline.waves", fmt.Sprintf("a pipeline of some %d stages; CodePipeline allows %d", stages, maxPipelineStages), "", fix)
	}
}
