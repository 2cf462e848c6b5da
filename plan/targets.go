package plan

import (
	"fmt"
	"slices"

	"example.com/breakglass/config"
	"example.com/breakglass/names"
)

// addTargets places the users' ways into the target accounts, with what observes them. A rule that puts events on another
// account's bus is refused while that bus doesn't let it (observed by users of EventBridge), so observers come after the
// stacks with the buses' policies.
func (p *Plan) addTargets() {
	c := p.Config
	var admitting []string
	for _, at := range p.Placements {
		if at.Kind == Observed && at.First {
			admitting = append(admitting, at.Stack)
		}
	}
	for i := range c.Targets {
		t := &c.Targets[i]
		role := Placement{
			Kind: Role, Stack: names.RoleStack + t.Account, Account: t.Account, Region: t.Region, Target: t,
			Why: "the users' way into " + t.Name,
		}
		observed := t.Account != c.Hub.Account
		if observed && slices.Contains(c.Observers.Regions, t.Region) {
			role.To, role.After = c.HubRegions(), admitting
		}
		p.add(role)
		for _, region := range c.Observers.Regions {
			if observed && region != t.Region {
				p.add(Placement{
					Kind: Observer, Stack: names.ObserverStack + region + "-" + t.Account, Account: t.Account, Region: region, Target: t,
					After: append(slices.Clone(admitting), role.Stack), To: c.HubRegions(),
					Why: "observes the role switches of " + t.Name + " there",
				})
			}
		}
	}
	for i := range c.Units {
		u := &c.Units[i]
		at := Placement{
			Kind: StackSet, Stack: names.StackSetStack + u.OrganizationalUnit, Account: c.StackSetAccount(), Region: c.Hub.Region, Target: u,
			Why: "the users' way into every account of " + u.Name,
		}
		if len(c.Observers.Regions) > 0 {
			at.To, at.After = c.HubRegions(), admitting
		}
		p.add(at)
	}
}

// listenersInStack is how many rules with an alarm fit into a template.
const listenersInStack = 8

// addObserved places what the hubs make of what observers see.
func (p *Plan) addObserved(hubs []string) {
	c := p.Config
	listeners := c.Listeners()
	if len(c.Observers.Regions) == 0 || len(listeners) == 0 {
		return
	}
	for i, region := range c.HubRegions() {
		n := 0
		for some := range slices.Chunk(listeners, listenersInStack) {
			n++
			p.add(Placement{
				Kind: Observed, Stack: fmt.Sprint(names.ObservedStack, region, "-", n), Account: c.Hub.Account, Region: region, After: hubs[i : i+1],
				Group: fmt.Sprint(n), Listeners: some, First: n == 1,
				Why: "tells of what happens to the role in the target accounts",
			})
		}
	}
}

// addPipeline places the pipeline, and gives every stack that it deploys its stage.
func (p *Plan) addPipeline() {
	c := p.Config
	if !c.Pipeline.On() {
		return
	}
	waves := map[string]string{}
	for _, w := range c.Pipeline.Waves {
		for _, target := range w.Targets {
			waves[target] = w.Name
		}
	}
	var regions []string
	for i := range p.Placements {
		at := &p.Placements[i]
		if !config.PipelineReaches(at.Region) {
			continue
		}
		at.Stage = config.HubStage
		if at.Target != nil {
			at.Stage = waves[at.Target.ID()]
		}
		if at.Region != c.Hub.Region && !slices.Contains(regions, at.Region) {
			regions = append(regions, at.Region)
		}
	}
	slices.Sort(regions)
	pipeline := Placement{
		Kind: Pipeline, Stack: names.PipelineStack, Account: c.Hub.Account, Region: c.Hub.Region,
		Why: "deploys everything from the repository, wave after wave",
	}
	for _, region := range regions {
		at := Placement{
			Kind: Artifacts, Stack: names.ArtifactsStack + region, Account: c.Hub.Account, Region: region,
			Why: "the pipeline's templates for this Region",
		}
		p.add(at)
		pipeline.After = append(pipeline.After, at.Stack)
	}
	p.add(pipeline)
}

// Stages are the pipeline's, in their order; there are none without a pipeline.
func (p Plan) Stages() []string {
	if !p.Config.Pipeline.On() {
		return nil
	}
	stages := []string{config.HubStage}
	for _, w := range p.Config.Pipeline.Waves {
		stages = append(stages, w.Name)
	}
	return stages
}

// Path is what the CDK CLI calls a stack: those of a stage by it, such as Hub/BreakGlass-Hub.
func (p Placement) Path() string {
	if p.Stage == "" {
		return p.Stack
	}
	return p.Stage + "/" + p.Stack
}

// ByHand are the stacks that no pipeline deploys: all of them, where there is none.
func (p Plan) ByHand() []Placement {
	return slices.DeleteFunc(slices.Clone(p.Placements), func(at Placement) bool { return at.Stage != "" })
}
