package plan

import (
	"cmp"
	"slices"
	"sort"

	"example.com/breakglass/access"
	"example.com/breakglass/compose"
	"example.com/breakglass/config"
	"example.com/breakglass/names"
	"example.com/breakglass/place"
)

// placeComposers places the composer of each hub. The first has the roles of both.
func placeComposers(p *Plan) {
	hub := p.Config.Hub
	for _, region := range p.Config.HubRegions() {
		var after []string
		if region != hub.Region {
			after = []string{names.ComposerStack + hub.Region}
		}
		p.add(Placement{
			Kind: Composer, Stack: names.ComposerStack + region, Region: region, After: after,
			Why: "writes the alerts that people read and sends them to the topic",
		})
	}
}

// WithComposers returns some stacks of the plan, in its order, with the composers that their rules start: rules without them send no
// alert.
func (p Plan) WithComposers(some []Placement) []Placement {
	wanted := map[string]bool{}
	for _, at := range some {
		wanted[at.Stack] = true
		starts := func(r Rule) bool { _, ok := r.Target(ComposerTarget); return ok }
		if slices.ContainsFunc(p.Rules(at, Refs{}), starts) {
			// The roles of every composer are with that of the hub.
			wanted[names.ComposerStack+p.Config.Hub.Region], wanted[names.ComposerStack+at.Region] = true, true
		}
	}
	return slices.DeleteFunc(slices.Clone(p.Placements), func(at Placement) bool { return !wanted[at.Stack] })
}

// ComposerOf returns the composer of a hub Region. Its alerts name as many accounts as its template has room for.
func (p Plan) ComposerOf(region string) compose.Machine {
	return p.composerNaming(region, p.named)
}

func (p Plan) composerNaming(region string, accounts []compose.Account) compose.Machine {
	c := p.Config
	hub, scope := c.HubIn(region), ScopeOf(c)
	m := compose.Machine{
		Texts: compose.Texts{
			Scope: scope, Entries: scope.Composed(), Region: region, Accounts: accounts,
			Instructions: c.Alerts.Instructions, Default: c.Alerts.Instructions == config.DefaultInstructions,
		},
		Place: hub, Topic: hub.Topic(names.Topic), Table: names.AlertsTable, Ledger: names.Ledger,
	}
	if c.Chat.On() {
		m.ChatTopic = hub.Topic(names.ChatTopic)
	}
	return m
}

// accountNames returns the accounts that the file gives a name.
func accountNames(c *config.Config) []compose.Account {
	var named []compose.Account
	for _, t := range c.Targets {
		if t.Account != "" && t.Name != t.Account {
			named = append(named, compose.Account{Number: t.Account, Name: t.Name})
		}
	}
	slices.SortFunc(named, func(a, b compose.Account) int { return cmp.Compare(a.Number, b.Number) })
	return named
}

// namedInAlerts returns the accounts whose names the composers have room for, in the order of their numbers. Both hubs name the same.
func (p Plan) namedInAlerts() []compose.Account {
	all := accountNames(p.Config)
	if len(all) == 0 {
		return nil
	}
	fits := func(n int) bool { return p.composerSize(all[:n]) <= MaxTemplate }
	if fits(len(all)) {
		return all
	}
	return all[:max(0, sort.Search(len(all), func(n int) bool { return !fits(n) })-1)]
}

// composerFrame is the number of bytes of a composer's template besides what composerSize counts. TestTheComposerNamesWhatItHasRoomFor
// in package stacks compares the sum with templates.
const composerFrame = 1500

// composerSize returns how many bytes the larger of the composers' templates has, at most: that with the roles.
func (p Plan) composerSize(accounts []compose.Account) int {
	c, r := p.Config, resources{}
	var hubs []place.Place
	text := ""
	for _, region := range c.HubRegions() {
		hubs = append(hubs, c.HubIn(region))
		if other := p.composerNaming(region, accounts).Text(); len(other) > len(text) {
			text = other
		}
	}
	r.add("Composer/Machine", "AWS::StepFunctions::StateMachine", map[string]any{"DefinitionString": text})
	for name, document := range map[string]access.Document{
		"trust": access.ComposerTrust(hubs), "start": access.ComposerStartTrust(hubs), "may": access.Composer(hubs, c.Chat.On()),
		"starts": access.ComposerStart(hubs),
		"table":  access.AlertsTable(hubs[0]),
	} {
		r.add(name, "AWS::IAM::ManagedPolicy", map[string]any{"PolicyDocument": map[string]any(document)})
	}
	return composerFrame + sent(map[string]any{"Resources": map[string]any(r)})
}
