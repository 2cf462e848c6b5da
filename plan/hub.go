package plan

import (
	"fmt"

	"example.com/breakglass/config"
	"example.com/breakglass/names"
)

func placeTrail(p *Plan) {
	if p.Config.Trail == config.TrailCreate {
		p.add(Placement{Kind: Trail, Stack: names.TrailStack, Region: p.Config.Hub.Region, Why: "records CloudTrail's events; without them, no alert is sent"})
	}
}

func placeHub(p *Plan) {
	groups := linkGroups(p.Config)
	p.add(Placement{
		Kind: Hub, Stack: names.HubStack, Region: p.Config.Hub.Region, Detail: LinkGroups(groups[:fitting(groups, MaxTemplate-p.HubSize())]),
		After: []string{names.ComposerStack + p.Config.Hub.Region},
		Why:   "users, alert topic, ledger, and the rules of the hub Region",
	})
}

func placeStandby(p *Plan) {
	if hub := p.Config.Hub; hub.Standby != "" {
		p.add(Placement{
			Kind: Standby, Stack: names.StandbyStack, Region: hub.Standby, After: []string{names.HubStack, names.ComposerStack + hub.Standby},
			Why: "sends alerts while " + hub.Region + " is impaired",
		})
	}
}

func placeLinks(p *Plan) {
	groups := linkGroups(p.Config)
	for i, rest := 1, groups[fitting(groups, MaxTemplate-p.HubSize()):]; len(rest) > 0; i++ {
		n := fitting(rest, linksRoom())
		p.add(Placement{
			Kind: Links, Stack: fmt.Sprint(names.LinksStack, i), Region: p.Config.Hub.Region, Detail: LinkGroups(rest[:n]),
			Why: "switch-role addresses that do not fit into the hub's template",
		})
		rest = rest[n:]
	}
}

func placeForwarders(p *Plan) {
	c := p.Config
	for _, region := range c.Regions {
		to := hubsElsewhere(c, region)
		if len(to) == 0 {
			continue
		}
		why := "a sign-in can be recorded in any enabled Region"
		if region == c.Hub.Region || region == c.Hub.Standby {
			why = "the other hub alerts on this Region as well"
		}
		p.add(Placement{Kind: Forwarder, Stack: names.ForwarderStack + region, Region: region, After: p.hubStacks(), Why: why, To: to})
	}
}

// HubStack returns the stack with the alert topic of a Region.
func (p Plan) HubStack(region string) (Placement, bool) {
	for _, at := range p.Placements {
		if at.Region == region && at.Kind.Info().Topic {
			return at, true
		}
	}
	return Placement{}, false
}

// hubStacks returns the stacks of the hub and, where there is one, of the standby.
func (p *Plan) hubStacks() []string {
	if p.Config.Hub.Standby == "" {
		return []string{names.HubStack}
	}
	return []string{names.HubStack, names.StandbyStack}
}

// hubsElsewhere returns the hub Regions to which a Region forwards its events. A hub's own Region reaches that hub without
// being forwarded, so that no event arrives twice.
func hubsElsewhere(c *config.Config, region string) []string {
	var to []string
	for _, hub := range []string{c.Hub.Region, c.Hub.Standby} {
		if hub != "" && hub != region {
			to = append(to, hub)
		}
	}
	return to
}

// linksInGroup is the number of addresses in an output: a template has at most 200 outputs.
const linksInGroup = 30

// fitting returns how many of the groups fit into a template with room for so many bytes.
func fitting(groups []LinkGroup, room int) int {
	for i, g := range groups {
		if room -= LinkBytes(g); room < 0 {
			return i
		}
	}
	return len(groups)
}

func linkGroups(c *config.Config) []LinkGroup {
	var groups []LinkGroup
	for i, t := range c.Targets {
		if i%linksInGroup == 0 {
			groups = append(groups, LinkGroup{Output: fmt.Sprint(names.LinksOutput, len(groups)+1)})
		}
		g := &groups[len(groups)-1]
		g.Addresses = append(g.Addresses, switchRole(c, t))
	}
	return groups
}

// switchRole returns the address on which the users switch into the role of a target, in the hub Region.
func switchRole(c *config.Config, t config.Target) string {
	return config.PlaceOf(t.Account, c.Hub.Region).SwitchRole(c.Role.Name, t.Name)
}
