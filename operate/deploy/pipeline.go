package deploy

import (
	"context"
	"slices"

	"example.com/breakglass/internal/fan"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
)

// ForLater returns the stacks that depend on some that a pipeline deploys, and has not deployed yet. Where AWS does not answer
// whether it has, they are tried.
func ForLater(ctx context.Context, open Stacks, whole plan.Plan, stacks []plan.Placement) map[string]Outcome {
	if len(whole.Stages()) == 0 {
		return nil
	}
	in, first := map[string]bool{}, map[string]plan.Placement{}
	for _, at := range stacks {
		in[at.Stack] = true
	}
	var asked []string
	for _, at := range stacks {
		if at.Stage != "" {
			continue // the pipeline's own order is no matter past it
		}
		for _, other := range before(whole, at) {
			if !in[other.Stack] && other.Stage != "" && first[other.Stack].Stack == "" {
				first[other.Stack] = other
				asked = append(asked, other.Stack)
			}
		}
	}
	missing := map[string]bool{}
	for _, r := range fan.Out(ctx, asked, fan.Bound, func(ctx context.Context, stack string) (bool, error) {
		ctx, cancel := context.WithTimeout(ctx, glance)
		defer cancel()
		return absent(ctx, open, first[stack])
	}, nil) {
		missing[r.Key] = r.Value && r.Err == nil
	}
	later := map[string]Outcome{}
	for _, at := range stacks {
		for _, other := range at.After {
			if missing[other] {
				later[at.Stack] = Outcome{
					State: Later, Reason: "it depends on " + other + ", which the pipeline has not deployed yet",
					Fix: "run breakglass deploy again when stage " + first[other].Stage + " of " + names.PipelineStack + " has succeeded",
				}
			}
		}
	}
	return later
}

// before returns the stacks that one comes after.
func before(whole plan.Plan, at plan.Placement) []plan.Placement {
	return slices.DeleteFunc(slices.Clone(whole.Placements), func(other plan.Placement) bool { return !slices.Contains(at.After, other.Stack) })
}

// absent reports whether a stack does not exist, or its creation never finished.
func absent(ctx context.Context, open Stacks, at plan.Placement) (bool, error) {
	_, s, err := look(ctx, open, at.Account, at.Region, at.Stack)
	if noSuchStack(err) {
		return true, nil
	}
	return err == nil && (s == nil || creationFailed(s.StackStatus)), err
}
