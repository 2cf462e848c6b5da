package destroy

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/fan"
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
}

// search finds one kind of thing in an account and Region.
type search struct {
	kind string
	find func(ctx context.Context, cfg aws.Config) ([]string, error)
	// remove is the command that removes one of them, with NAME and REGION in it.
	remove string
}

// place is where to search, and for what.
type place struct {
	account, region string
	// global is set for IAM, whose resources are in no Region.
	global   bool
	searches []search
}

func (p place) key() string {
	if p.global {
		return p.account + " IAM"
	}
	return p.account + " " + p.region
}

// places returns the places of a plan: each Region of the hub account, the Regions of each target account, and IAM in each
// account. The accounts of organizational units are left to CloudFormation: the plan does not know them.
func places(p plan.Plan) []place {
	c := p.Config
	var all []place
	seen := map[string]int{}
	add := func(at place) {
		if i, ok := seen[at.key()]; ok {
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
	for _, region := range c.Regions {
		add(place{account: c.Hub.Account, region: region, searches: regional})
	}
	for _, at := range p.Placements {
		add(place{account: at.Account, region: at.Region, searches: []search{stacks}})
	}
	add(place{account: c.Hub.Account, region: c.Hub.Region, searches: once})
	ownRoles := []string{names.ForwardRole, names.HeartbeatRole, names.ChatRole}
	if slices.ContainsFunc(c.Targets, func(t config.Target) bool { return t.Account == c.Hub.Account }) {
		ownRoles = append(ownRoles, c.Role.Name)
	}
	var users []string
	for _, u := range c.Users {
		users = append(users, u.Name)
	}
	add(place{account: c.Hub.Account, region: c.Hub.Region, global: true, searches: identities(c.HubPlace().Policy, users, ownRoles)})
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
	}
	return all
}

// Places returns how many places Remains searches.
func Places(p plan.Plan) int { return len(places(p)) }

// Remains searches every account and Region of the plan for what is left, rather than trust CloudFormation's status. leave
// lists Regions that are not enabled. step is called for each place.
func Remains(ctx context.Context, keys Keys, p plan.Plan, leave func(account, region string) bool, step func(string)) (left []Remain, blind []Blind) {
	of := map[string]place{}
	var order []string
	for _, at := range places(p) {
		if !leave(at.account, at.region) {
			of[at.key()] = at
			order = append(order, at.key())
		}
	}
	for _, r := range fan.Out(ctx, order, fan.Bound, func(ctx context.Context, key string) ([]Remain, error) {
		at := of[key]
		cfg, err := keys.In(ctx, at.account, at.region)
		if err != nil {
			return nil, err
		}
		return at.look(ctx, cfg, p.Config)
	}, func(r fan.Result[[]Remain]) { step(r.Key) }) {
		left = append(left, r.Value...)
		if r.Err != nil {
			at := of[r.Key]
			b := Blind{Account: at.account, Region: at.region, Reason: r.Err.Error()}
			if at.global {
				b.Region = ""
			}
			blind = append(blind, b)
		}
	}
	return left, blind
}

// look finds what it can; the errors of all kinds are joined.
func (p place) look(ctx context.Context, cfg aws.Config, c *config.Config) ([]Remain, error) {
	var left []Remain
	var errs []error
	for _, s := range p.searches {
		found, err := s.find(ctx, cfg)
		if err != nil && !absent(err) {
			errs = append(errs, account.Explain(err, "searching for what is left ("+s.kind+") in "+p.key()))
			continue
		}
		for _, name := range found {
			r := Remain{Kind: s.kind, Name: name, Account: p.account, Region: p.region}
			r.Remove = strings.NewReplacer("NAME", name, "REGION", p.region).Replace(s.remove)
			if p.global {
				r.Region = ""
			}
			r.Kept = c.TerminationProtection && s.kind == logGroupKind && name == names.Ledger
			left = append(left, r)
		}
	}
	return left, errors.Join(errs...)
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
