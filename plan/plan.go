// Package plan turns a configuration into the ordered list of what is deployed where. Topology is decided here and
// nowhere else: the app builds this list, the CLI prints it.
package plan

import (
	"fmt"
	"net/url"
	"strings"

	"example.com/breakglass/config"
	"example.com/breakglass/names"
)

// Kind is the kind of a stack.
type Kind string

// The kinds, in the order in which they are deployed.
const (
	Trail         Kind = "trail"
	Hub           Kind = "hub"
	Standby       Kind = "standby"
	Links         Kind = "links"
	Integrity     Kind = "integrity"
	Heartbeats    Kind = "heartbeats"
	Chat          Kind = "chat"
	Notifications Kind = "notifications"
	Dashboard     Kind = "dashboard"
	Observed      Kind = "observed"
	Forwarder     Kind = "forwarder"
	Role          Kind = "role"
	Observer      Kind = "observer"
	StackSet      Kind = "stackset"
	Artifacts     Kind = "artifacts"
	Pipeline      Kind = "pipeline"
)

// Placement is one stack: what kind, where, after which others, and why it is there.
type Placement struct {
	Kind    Kind     `json:"kind"`
	Stack   string   `json:"stack"`
	Account string   `json:"account"`
	Region  string   `json:"region"`
	After   []string `json:"after,omitempty"`
	Why     string   `json:"why"`

	// To are the Regions of the hubs that a forwarder, or the observers in a role's stack or in one of their own, carry to.
	To []string `json:"to,omitempty"`
	// Stage of the pipeline that deploys the stack; empty where there is none, or where it is deployed by hand.
	Stage string `json:"stage,omitempty"`
	// Beats are the Regions whose heartbeats a stack of alarms waits for.
	Beats []string `json:"beats,omitempty"`
	// Group is what a stack is called among several of its kind.
	Group string `json:"-"`
	// Target is set for a role, its observers and a stack set.
	Target *config.Target `json:"-"`
	// Listeners are the rules and alarms of a stack on what observers see.
	Listeners []config.Listeners `json:"-"`
	// First is set on the first of several such stacks, which has what there is once in a hub.
	First bool `json:"-"`
	// Links is set where a stack puts out switch-role addresses.
	Links []LinkGroup `json:"-"`
}

// LinkGroup is one output with switch-role addresses.
type LinkGroup struct {
	// Output is the output's name, SwitchRoleUrls1 and so on.
	Output string
	// Addresses of the console's switch-role page, filled in.
	Addresses []string
}

// Plan is everything that a file stands for.
type Plan struct {
	Config     *config.Config
	Placements []Placement
	// Notes are what the reader should know before deploying; none of them is an error.
	Notes []string

	only map[string]bool // see Only
}

// New places the stacks of a checked configuration.
func New(c *config.Config) Plan {
	p := Plan{Config: c}
	if c.Trail == config.TrailCreate {
		p.add(Placement{
			Kind: Trail, Stack: names.TrailStack, Account: c.Hub.Account, Region: c.Hub.Region,
			Why: "CloudTrail's records, without which nothing is seen",
		})
	}
	groups := linkGroups(c)
	inHub := fitting(groups, c.HubRoom())
	p.add(Placement{
		Kind: Hub, Stack: names.HubStack, Account: c.Hub.Account, Region: c.Hub.Region, Links: groups[:inHub],
		Why: "users, alert topic, ledger, and the rules of its own Region",
	})
	hubs := []string{names.HubStack}
	if c.Hub.Standby != "" {
		p.add(Placement{
			Kind: Standby, Stack: names.StandbyStack, Account: c.Hub.Account, Region: c.Hub.Standby, After: hubs,
			Why: "alerts people while " + c.Hub.Region + " is impaired",
		})
		hubs = []string{names.HubStack, names.StandbyStack}
	}
	for i, rest := 1, groups[inHub:]; len(rest) > 0; i++ {
		n := fitting(rest, linksRoom)
		p.add(Placement{
			Kind: Links, Stack: fmt.Sprint(names.LinksStack, i), Account: c.Hub.Account, Region: c.Hub.Region, Links: rest[:n],
			Why: "switch-role addresses that do not fit into the hub's template",
		})
		rest = rest[n:]
	}
	p.addMonitoring(hubs)
	p.addObserved(hubs)
	for _, region := range c.Regions {
		to := hubsElsewhere(c, region)
		if len(to) == 0 {
			continue
		}
		why := "a sign-in can land in any enabled Region"
		if region == c.Hub.Region || region == c.Hub.Standby {
			why = "the other hub alerts on this Region too"
		}
		p.add(Placement{
			Kind: Forwarder, Stack: names.ForwarderStack + region, Account: c.Hub.Account, Region: region, After: hubs, Why: why, To: to,
		})
	}
	p.addTargets()
	p.addPipeline()
	p.Notes = notes(c)
	return p
}

// hubsElsewhere are the Regions whose hub has to hear of a Region from afar. A hub's own Region reaches that hub without
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

func (p *Plan) add(placement Placement) { p.Placements = append(p.Placements, placement) }

// linksInGroup is how many addresses an output carries: a template has at most 200 outputs.
const linksInGroup = 30

// fitting is how many of the groups fit into a template that has room for so many bytes.
func fitting(groups []LinkGroup, room int) int {
	for i, g := range groups {
		if room -= config.LinkBytes(g.Addresses); room < 0 {
			return i
		}
	}
	return len(groups)
}

// linksRoom is what a stack of addresses has left for them; the rest is its description.
const linksRoom = config.MaxTemplate - 1000

func linkGroups(c *config.Config) []LinkGroup {
	var groups []LinkGroup
	for i, t := range c.Targets {
		if i%linksInGroup == 0 {
			groups = append(groups, LinkGroup{Output: fmt.Sprint(names.LinksOutput, len(groups)+1)})
		}
		g := &groups[len(groups)-1]
		g.Addresses = append(g.Addresses, SwitchRoleAddress(t.Account, c.Role.Name, t.Name))
	}
	return groups
}

// SwitchRoleAddress is the page of the console on which a signed-in user switches into the role, with the form filled in.
func SwitchRoleAddress(account, role, displayName string) string {
	return "https://signin.aws.amazon.com/switchrole?account=" + account + "&roleName=" + url.QueryEscape(role) +
		"&displayName=" + strings.ReplaceAll(url.QueryEscape(displayName), "+", "%20")
}
