package stacks

import (
	"slices"

	"example.com/breakglass/access"
	own "example.com/breakglass/constructs"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
)

// newArtifacts makes the stack with what the pipeline keeps in a Region other than its own.
func newArtifacts(a app, at plan.Placement, _ before) made {
	stack := newStack(a, at)
	artifacts := artifactsIn(a.plan, at.Region)
	bucket := own.NewArtifacts(stack, "Artifacts", own.ArtifactsProps{
		Artifacts: artifacts, Key: len(artifacts.Readers) > 0, Elsewhere: true,
	})
	return made{stack: stack, bucket: bucket}
}

// artifactsIn describes the pipeline's bucket in a Region, with the accounts that read there.
func artifactsIn(all plan.Plan, region string) access.Artifacts {
	hub := all.Config.Hub.Account
	a := access.Artifacts{
		Place:  all.Config.HubIn(region),
		Bucket: names.PipelineBucket + hub + "-" + region, KeyAlias: names.PipelineKeyAlias,
	}
	for _, at := range all.Placements {
		if at.Stage != "" && at.Region == region && at.Account != hub {
			a.Readers = append(a.Readers, at.Account)
		}
	}
	slices.Sort(a.Readers)
	a.Readers = slices.Compact(a.Readers)
	return a
}
