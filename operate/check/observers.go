package check

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"example.com/breakglass/access"
	"example.com/breakglass/config"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
)

// inTarget is what was found in a Region of a target account, and which of its stacks are there.
type inTarget struct {
	results []*result
	there   []string
}

// targetRegion asks a Region of a target account for its stacks and, where it is observed, for what observes it.
func (r *run) targetRegion(ctx context.Context, target config.Target, region string) inTarget {
	cfg, err := r.Keys.In(ctx, target.Account, region)
	if err != nil {
		failed := of("stacks")
		failed.unanswered(region+" in "+target.Account, "the stacks", err)
		return inTarget{results: []*result{failed}}
	}
	mine := slices.DeleteFunc(slices.Clone(r.plan.Placements), func(at plan.Placement) bool {
		return at.Target == nil || at.Account != target.Account || at.Region != region
	})
	api := cloudformation.NewFromConfig(cfg)
	found, there := r.stacks(ctx, api, region, mine)
	out := inTarget{results: []*result{found}, there: sorted(there)}
	observes := slices.DeleteFunc(mine, func(at plan.Placement) bool {
		_, is := there[at.Stack]
		return !is || len(at.To) == 0
	})
	if len(observes) > 0 {
		queues, arns := r.queuesOf(ctx, sqs.NewFromConfig(cfg), target.Account, region, nil)
		out.results = append(out.results, queues, r.rules(ctx, eventbridge.NewFromConfig(cfg), deployedIn{region: region, placements: observes, queues: arns}))
	}
	for _, one := range out.results {
		one.in(target.Account)
	}
	out.results = append(out.results, r.storedRoles(ctx, api, target.Account, region))
	return out
}

// formerObservers looks for the observers of an earlier file, where this one observes nothing of a target account.
func (r *run) formerObservers(ctx context.Context, target config.Target) *result {
	out, planned := of("stacks"), r.plan.TargetRegions(target.Account)
	regions := slices.DeleteFunc(union(slices.Clone(r.config.Regions), r.enabled), func(region string) bool { return slices.Contains(planned, region) })
	out.add(each(regions, placesAtOnce, func(region string) *result {
		found, name := of("stacks"), names.ObserverStack+region+"-"+target.Account
		cfg, err := r.Keys.In(ctx, target.Account, region)
		var there map[string]types.Stack
		if err == nil {
			there, err = listStacks(ctx, cloudformation.NewFromConfig(cfg), name)
		}
		switch {
		case err != nil: // nothing of this deployment is meant to be there
			what, fix := unreachable(err, target.Account)
			found.note(region+" in "+target.Account, "not searched for observers that breakglass.yaml no longer has: "+strings.TrimPrefix(what, ": "), fix)
		case len(there) > 0:
			found.former(region+" in "+target.Account, name)
		}
		return found
	})...)
	return out
}

// in adds the account of the findings' Regions.
func (r *result) in(account string) {
	for i, f := range r.found {
		if len(f.Where) > 0 {
			r.found[i].Where = []string{f.Where[0] + " in " + account}
		}
	}
}

// observerRole checks the role that carries the records of a target account's observers to the hubs.
func (s *scene) observerRole(ctx context.Context, api forwardingAPI, account string) *result {
	r := of("forwarding")
	var buses []string
	for _, hub := range s.config.HubRegions() {
		buses = append(buses, s.in(hub).Bus())
	}
	by := maker{place: s.config.HubPlace().Of(account), where: account, stack: names.RoleStack + account}
	r.add(s.carrier(ctx, api, by, carrier{
		role: names.ObserverRole, policy: names.ObserverPolicy, trust: access.ObserverTrust(by.place),
		rights: access.ForwardFromTarget(buses, plan.TargetSources(s.config)), inline: true,
		boundary: plan.ObserverBoundary(s.config, by.place),
	}))
	if r.well() {
		r.fine(account, "the observers' role matches breakglass.yaml")
	}
	return r
}
