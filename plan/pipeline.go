package plan

import (
	"slices"

	"example.com/breakglass/config"
	"example.com/breakglass/names"
)

// placeArtifacts assigns its stage to every stack that the pipeline deploys, and places the buckets for the templates of each
// Region.
func placeArtifacts(p *Plan) {
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
		if at.Region != c.Hub.Region {
			regions = append(regions, at.Region)
		}
	}
	slices.Sort(regions)
	for _, region := range slices.Compact(regions) {
		p.add(Placement{Kind: Artifacts, Stack: names.ArtifactsStack + region, Region: region, Why: "stores the pipeline's templates for this Region"})
	}
}

func placePipeline(p *Plan) {
	if !p.Config.Pipeline.On() {
		return
	}
	pipeline := Placement{
		Kind: Pipeline, Stack: names.PipelineStack, Region: p.Config.Hub.Region, Why: "deploys everything from the repository, wave by wave",
	}
	for _, at := range p.Placements {
		if at.Kind == Artifacts {
			pipeline.After = append(pipeline.After, at.Stack)
		}
	}
	p.add(pipeline)
}

// OfPipeline reports whether the stack is the pipeline's own. It deploys such a stack, too, before its stages.
func (p Placement) OfPipeline() bool { return p.Kind == Artifacts || p.Kind == Pipeline }

// Stages returns the stages of the pipeline, in order; none without a pipeline.
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

// Path returns the name by which the CDK CLI selects the stack; one in a stage starts with it, such as Hub/BreakGlass-Hub.
func (p Placement) Path() string {
	if p.Stage == "" {
		return p.Stack
	}
	return p.Stage + "/" + p.Stack
}

// ByHand returns the stacks that no pipeline deploys; without a pipeline, all of them.
func (p Plan) ByHand() []Placement {
	return slices.DeleteFunc(slices.Clone(p.Placements), func(at Placement) bool { return at.Stage != "" })
}
