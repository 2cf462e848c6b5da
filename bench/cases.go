package main

import (
	"fmt"
	"os"
	"strings"

	"example.com/breakglass/config"
	"example.com/breakglass/plan"
)

// benchCase is one size of deployment.
type benchCase struct {
	Name    string        `json:"name"`
	Targets int           `json:"targets"`
	Access  config.Access `json:"access"`
	// Headline cases have 500 stacks, and a limit.
	Headline bool `json:"headline"`

	regions string
}

const headlineStacks = 500

// cases vary the targets, then the Regions, then reach the headline, which is in both access modes.
func cases() []benchCase {
	sizes := []struct {
		targets int
		regions string
	}{{10, "always-on"}, {100, "always-on"}, {10, "all"}}
	var all []benchCase
	for _, s := range sizes {
		access := config.AccessCredentials
		all = append(all, benchCase{
			Name: fmt.Sprintf("%d targets, %s, %s", s.targets, s.regions, access), Targets: s.targets, Access: access, regions: s.regions,
		})
	}
	for _, access := range modes {
		all = append(all, benchCase{
			Name: fmt.Sprintf("%d stacks, %s", headlineStacks, access), Access: access, Headline: true, regions: "all",
		})
	}
	return all
}

// write puts the case's configuration into the file and returns its plan.
func (k *benchCase) write(file string) (plan.Plan, error) {
	if !k.Headline {
		return k.plan(file, k.Targets)
	}
	// Targets and their switch-role addresses both make stacks: take away what is too many until it fits.
	k.Targets = headlineStacks
	for {
		p, err := k.plan(file, k.Targets)
		if err != nil || len(p.Placements) <= headlineStacks {
			return p, err
		}
		k.Targets -= len(p.Placements) - headlineStacks
	}
}

func (k *benchCase) plan(file string, targets int) (plan.Plan, error) {
	if err := os.WriteFile(file, []byte(k.yaml(targets)), 0o600); err != nil {
		return plan.Plan{}, err
	}
	c, err := config.Load(file)
	if err != nil {
		return plan.Plan{}, err
	}
	return plan.New(c), nil
}

func (k *benchCase) yaml(targets int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `version: 1
hub: {account: "111111111111", standby: us-west-2}
regions: %s
alerts: {email: [security-team@example.com]}
users: [{name: breakglass-ana}, {name: breakglass-ben}]
deploy: {access: %s}
tags: {owner: security}
targets:
`, k.regions, k.Access)
	for i := range targets {
		fmt.Fprintf(&b, "  - {account: \"%012d\", name: account-%03d}\n", 200000000000+i, i)
	}
	return b.String()
}
