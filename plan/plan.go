// Package plan turns a configuration into the ordered list of what is deployed where. Topology is decided here and
// nowhere else: the app builds this list, the CLI prints it.
package plan

import "example.com/breakglass/config"

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
	// Detail is what only stacks of this kind have; nil for most kinds.
	Detail Detail `json:"-"`
}

// Detail is what only the stacks of a kind have.
type Detail interface{ detail() }

// TargetAlarms is the detail of a hub's stack with rules and alarms on what observers carry there.
type TargetAlarms struct {
	Alarms []TargetAlarm
	// First is set on the first of several in a hub, which has what there is once in it.
	First bool
}

// LinkGroups are the detail of a stack that puts out switch-role addresses.
type LinkGroups []LinkGroup

func (TargetAlarms) detail() {}
func (LinkGroups) detail()   {}

// TargetAlarms returns the stack's rules and alarms on what observers carry to its hub; a stack of another kind has none.
func (p Placement) TargetAlarms() TargetAlarms {
	alarms, _ := p.Detail.(TargetAlarms)
	return alarms
}

// Links returns the switch-role addresses that the stack puts out; a stack of another kind has none.
func (p Placement) Links() []LinkGroup {
	links, _ := p.Detail.(LinkGroups)
	return links
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

	only    map[string]bool // see Only
	hubSize int             // see HubSize
}

// Of places the stacks of a configuration that New accepts.
func Of(c *config.Config) Plan {
	p := Plan{Config: c}
	p.hubSize = p.measureHub()
	for _, kind := range kinds {
		if kind.place != nil {
			kind.place(&p)
		}
	}
	p.Notes = p.notes()
	return p
}

// add places a stack of the hub account, unless the placement says which account it is in.
func (p *Plan) add(at Placement) {
	if at.Account == "" {
		at.Account = p.Config.Hub.Account
	}
	p.Placements = append(p.Placements, at)
}
