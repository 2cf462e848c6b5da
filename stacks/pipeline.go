package stacks

import (
	"maps"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"

	"example.com/breakglass/access"
	"example.com/breakglass/config"
	own "example.com/breakglass/constructs"
	"example.com/breakglass/names"
	"example.com/breakglass/place"
	"example.com/breakglass/plan"
)

// newPipeline makes the stack of the pipeline. It comes last: its stages are full by then, and the buckets of the other Regions
// are there.
func newPipeline(a app, at plan.Placement, all before) made {
	stack := newStack(a, at)
	c := a.config
	buckets := map[string]awss3.IBucket{}
	for _, one := range a.plan.Placements {
		if bucket := all[one.Stack].bucket; bucket != nil {
			buckets[one.Region] = bucket
		}
	}
	// Of the pipeline's own Region; the synthesized templates lie there, so it has a key whoever reads them.
	buckets[at.Region] = own.NewArtifacts(stack, "Artifacts", own.ArtifactsProps{Artifacts: artifactsIn(a.plan, at.Region), Key: true})

	rights := access.Pipeline{
		Place:        at.Place(),
		Projects:     []string{names.SynthBuild, names.DiffBuild, names.ReadinessBuild},
		Environments: environments(a.plan),
	}
	for _, region := range slices.Sorted(maps.Keys(buckets)) {
		rights.Artifacts = append(rights.Artifacts, artifactsIn(a.plan, region))
	}
	props := own.PipelineProps{
		Place: at.Place(), Rights: rights, Buckets: buckets, LookInto: lookInto(c),
		Update: own.PipelineUpdate{Name: config.UpdateStage, Approval: c.Pipeline.Approval},
		Source: own.PipelineSource{
			Connection: c.Pipeline.Source.CodeConnections.Connection, Repository: c.Pipeline.Source.CodeConnections.Repository,
			CodeCommit: c.Pipeline.Source.CodeCommit.Repository,
			Branch:     c.Pipeline.Source.CodeConnections.Branch + c.Pipeline.Source.CodeCommit.Branch,
			Bucket:     c.Pipeline.Source.S3.Bucket, Key: c.Pipeline.Source.S3.Key,
		},
	}
	// The buckets first, since the pipeline may be about to use them.
	for _, name := range at.After {
		props.Update.Stacks = append(props.Update.Stacks, all[name].stack)
	}
	props.Update.Stacks = append(props.Update.Stacks, stack)
	approval := map[string]bool{} // the hub's stage has that of the update before it
	for _, w := range c.Pipeline.Waves {
		approval[w.Name] = w.Approval
	}
	for _, name := range a.plan.Stages() {
		props.Stages = append(props.Stages, own.PipelineStage{Name: name, Stage: a.stages[name], Approval: approval[name]})
	}
	own.NewPipeline(stack, "Pipeline", props)
	return made{stack: stack}
}

// environments returns the accounts and Regions that the pipeline deploys into, its own stacks' too, sorted.
func environments(all plan.Plan) []place.Place {
	in := map[place.Place]bool{}
	for _, at := range all.Placements {
		if at.Stage != "" || at.OfPipeline() {
			in[at.Place()] = true
		}
	}
	return slices.SortedFunc(maps.Keys(in), func(a, b place.Place) int {
		return slices.Compare([]string{a.Account, a.Region}, []string{b.Account, b.Region})
	})
}

// lookInto returns the accounts other than the hub's that the readiness check reads, each with the Region of the role that it
// reads with. It reads the hub account with the build's own permissions.
func lookInto(c *config.Config) []place.Place {
	var into []place.Place
	for _, t := range c.Targets {
		if t.Account != c.Hub.Account {
			into = append(into, config.PlaceOf(t.Account, t.Region))
		}
	}
	if management := c.StackSetAccount(); len(c.Units) > 0 && management != c.Hub.Account &&
		!slices.ContainsFunc(into, func(e place.Place) bool { return e.Account == management }) {
		into = append(into, c.HubPlace().Of(management))
	}
	return into
}
