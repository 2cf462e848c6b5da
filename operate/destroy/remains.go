package destroy

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/smithy-go"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/fan"
	"example.com/breakglass/internal/shell"
	"example.com/breakglass/internal/whole"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
)

// Remain is something of the deployment that is still there.
type Remain struct {
	Kind    string `json:"kind"`
	Name    string `json:"name"`
	Account string `json:"account"`
	Region  string `json:"region,omitempty"`
	// Kept on purpose, so that removing the alerting does not remove the record of events.
	Kept bool `json:"kept"`
	// Remove is the command that removes it.
	Remove string `json:"remove"`
}

// Blind is a place that could not be searched.
type Blind struct {
	Account string `json:"account"`
	Region  string `json:"region,omitempty"`
	Reason  string `json:"reason"`

	// earlier is set where only an earlier file can have left something.
	earlier bool
}

// search finds one kind of thing in an account and Region.
type search struct {
	kind string
	find func(ctx context.Context, cfg aws.Config) ([]string, error)
	// remove is the command that removes one of them, with NAME and FLAGS in it.
	remove string
}

// place is where to search, and for what.
type place struct {
	account, region string
	// global is set for IAM, whose resources are in no Region.
	global bool
	// earlier is set where the file has nothing, and an earlier one may have had observers.
	earlier  bool
	searches []search
}

func (p place) key() string {
	if p.global {
		return p.account + " IAM"
	}
	return p.account + " " + p.region
}

// Search looks for what is left of a deployment.
type Search struct {
	Keys Keys
	Plan plan.Plan
	// Regions of the hub account to search besides those of the file: an earlier file may have had stacks there.
	Regions []string
	// Leave reports whether a Region is not enabled.
	Leave func(account, region string) bool
	// Profile returns the profile of the AWS CLI for the commands that remove something in an account; empty for none.
	Profile func(account string) string
	// Step is called for each place.
	Step func(string)
}

// places returns the places to search: each Region of the hub account and, for stacks, of each target account, and IAM in each
// account. The accounts of organizational units are left to CloudFormation: the plan does not know them.
func (s Search) places() []place {
	p := s.Plan
	c := p.Config
	var all []place
	seen := map[string]int{}
	add := func(at place) {
		if i, ok := seen[at.key()]; ok {
			if at.earlier {
				return
			}
			for _, s := range at.searches {
				if !slices.ContainsFunc(all[i].searches, func(other search) bool { return other.kind == s.kind }) {
					all[i].searches = append(all[i].searches, s)
				}
			}
			return
		}
		seen[at.key()] = len(all)
		all = append(all, at)
	}
	for _, region := range slices.Concat(c.Regions, s.Regions) {
		add(place{account: c.Hub.Account, region: region, searches: regional})
	}
	for _, at := range p.Placements {
		add(place{account: at.Account, region: at.Region, searches: []search{stacks}})
	}
	add(place{account: c.Hub.Account, region: c.Hub.Region, searches: once})
	ownRoles := names.Roles()
	if slices.ContainsFunc(c.Targets, func(t config.Target) bool { return t.Account == c.Hub.Account }) {
		ownRoles = append(ownRoles, c.Role.Name)
	}
	var users []string
	for _, u := range c.Users {
		users = append(users, u.Name)
	}
	add(place{account: c.Hub.Account, region: c.Hub.Region, global: true, searches: identities(c.HubPlace().Policy, users, ownRoles)})
	for _, region := range c.HubRegions() {
		add(place{account: c.Hub.Account, region: region, searches: monitored}) // also where the file has none any more
	}
	if len(c.Observers.Regions) > 0 {
		for _, region := range c.HubRegions() {
			add(place{account: c.Hub.Account, region: region, searches: []search{statement}})
		}
	}
	for _, t := range c.Targets {
		if t.Account == c.Hub.Account {
			continue
		}
		identities := []search{roles(c.Role.Name)}
		if len(c.Observers.Regions) > 0 {
			identities = []search{roles(c.Role.Name, names.ObserverRole)}
		}
		add(place{account: t.Account, region: t.Region, global: true, searches: identities})
		for _, region := range c.Observers.Regions {
			add(place{account: t.Account, region: region, searches: observed()})
		}
		for _, region := range slices.Concat(c.Regions, s.Regions) {
			add(place{account: t.Account, region: region, searches: []search{stacksOf(t.Account)}, earlier: true})
		}
	}
	return all
}

// Places returns how many places Remains searches.
func (s Search) Places() int {
	return len(slices.DeleteFunc(s.places(), func(at place) bool { return s.Leave(at.account, at.region) }))
}

// Remains searches every account and Region for what is left, rather than trust CloudFormation's status. Of a stack that is left,
// it returns the stack only, and not what belongs to it.
func (s Search) Remains(ctx context.Context) (left []Remain, blind []Blind) {
	of := map[string]place{}
	var order []string
	for _, at := range s.places() {
		if !s.Leave(at.account, at.region) {
			of[at.key()] = at
			order = append(order, at.key())
		}
	}
	for _, r := range fan.Out(ctx, order, fan.Bound, func(ctx context.Context, key string) ([]Remain, error) {
		at := of[key]
		cfg, err := s.Keys.In(ctx, at.account, at.region)
		if err != nil {
			return nil, err
		}
		return s.look(ctx, cfg, at)
	}, func(r fan.Result[[]Remain]) { s.Step(r.Key) }) {
		left = append(left, r.Value...)
		if r.Err != nil {
			at := of[r.Key]
			b := Blind{Account: at.account, Region: at.region, Reason: r.Err.Error(), earlier: at.earlier}
			if at.global {
				b.Region = ""
			}
			blind = append(blind, b)
		}
	}
	owned := s.owned(ctx, left)
	return slices.DeleteFunc(left, func(r Remain) bool { return r.Kind != stacks.kind && owned[r.Account+" "+r.Region][r.Name] }), blind
}

// owned returns the physical IDs of what belongs to the stacks that are left, by account and Region, and for IAM by account.
func (s Search) owned(ctx context.Context, left []Remain) map[string]map[string]bool {
	of := map[string]Remain{}
	var keys []string
	for _, r := range left {
		if r.Kind == stacks.kind {
			key := r.Account + " " + r.Region + " " + r.Name
			of[key] = r
			keys = append(keys, key)
		}
	}
	owned := map[string]map[string]bool{}
	for _, r := range fan.Out(ctx, keys, fan.Bound, func(ctx context.Context, key string) (ids []string, err error) {
		stack := of[key]
		cfg, err := s.Keys.In(ctx, stack.Account, stack.Region)
		if err != nil {
			return nil, err
		}
		pages := cloudformation.NewListStackResourcesPaginator(cloudformation.NewFromConfig(cfg),
			&cloudformation.ListStackResourcesInput{StackName: aws.String(stack.Name)})
		stackResourceSummaries := func(page *cloudformation.ListStackResourcesOutput) []types.StackResourceSummary {
			return page.StackResourceSummaries
		}
		for resource, err := range whole.Each(ctx, pages, stackResourceSummaries) {
			if err != nil {
				return nil, err
			}
			if resource.ResourceStatus != types.ResourceStatusDeleteComplete && resource.ResourceStatus != types.ResourceStatusDeleteSkipped {
				ids = append(ids, aws.ToString(resource.PhysicalResourceId))
			}
		}
		return ids, nil
	}, nil) { // without an answer, the list is longer, with no other effect
		stack := of[r.Key]
		for _, place := range []string{stack.Account + " " + stack.Region, stack.Account + " "} {
			if owned[place] == nil {
				owned[place] = map[string]bool{}
			}
			for _, id := range r.Value {
				owned[place][id] = true
				if _, name, ok := strings.Cut(id, ":policy/"); ok { // IAM's policies are searched for by their names
					owned[place][name] = true
				}
			}
		}
	}
	return owned
}

// look finds what it can; the errors of all kinds are joined.
func (s Search) look(ctx context.Context, cfg aws.Config, p place) ([]Remain, error) {
	var left []Remain
	var errs []error
	for _, one := range p.searches {
		found, err := one.find(ctx, cfg)
		if err != nil && !absent(err) {
			errs = append(errs, account.Explain(err, "searching for what is left ("+one.kind+") in "+p.key()))
		}
		for _, name := range found {
			r := Remain{Kind: one.kind, Name: name, Account: p.account, Region: p.region}
			if p.global {
				r.Region = ""
			}
			r.Remove = strings.NewReplacer("NAME", shell.Quote(name), " FLAGS", flags(r.Region, s.Profile(p.account))).Replace(one.remove)
			r.Kept = s.Plan.Config.TerminationProtection && one.kind == logGroupKind && name == names.Ledger
			left = append(left, r)
		}
	}
	return left, errors.Join(errs...)
}

// flags returns the flags of the AWS CLI for a Region and a profile, with a space before them; either may be empty.
func flags(region, profile string) string {
	if words := shell.AWS(region, profile)[1:]; len(words) > 0 {
		return " " + shell.Quote(words...)
	}
	return ""
}

// absent reports whether AWS answered that what was asked for by name does not exist.
func absent(err error) bool {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return false
	}
	code, message := api.ErrorCode(), api.ErrorMessage()
	return strings.Contains(code, "NotFound") || strings.Contains(code, "NoSuchEntity") ||
		strings.Contains(message, "does not exist") || strings.Contains(message, "not found")
}
