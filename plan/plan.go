// Package plan turns a configuration into the one description of everything that is deployed: an ordered list of stacks, with
// their rules and alarms. Topology and limits are decided here and nowhere else: the app builds the plan, the CLI prints it,
// and the readiness check compares AWS with it. It may import access, compose, config, names, place
// and watch, and not the CDK.
package plan

import (
	"slices"

	"example.com/breakglass/compose"
	"example.com/breakglass/config"
)

// Placement is one stack: what kind, where, after which others, and why it is there.
type Placement struct {
	Kind    Kind     `json:"kind"`
	Stack   string   `json:"stack"`
	Account string   `json:"account"`
	Region  string   `json:"region"`
	After   []string `json:"after,omitempty"`
	Why     string   `json:"why"`

	// To lists the hub Regions to which the stack's forwarder or observers forward events; empty without them.
	To []string `json:"to,omitempty"`
	// Stage of the pipeline that deploys the stack; empty where there is none, or where it is deployed by hand.
	Stage string `json:"stage,omitempty"`
	// Beats lists the Regions whose heartbeats the stack's alarms wait for.
	Beats []string `json:"beats,omitempty"`
	// Alive lists the hub Regions whose alerting the stack's alarms prove each hour.
	Alive []string `json:"alive,omitempty"`
	// DeadMansSwitch is set where the stack posts the hub's heartbeat to a monitor outside AWS.
	DeadMansSwitch bool `json:"switch,omitempty"`
	// Group distinguishes the stack from others of its kind.
	Group string `json:"-"`
	// Target is set for a role, its observers and a stack set.
	Target *config.Target `json:"-"`
	// Detail holds what only stacks of this kind have; nil for most kinds.
	Detail Detail `json:"-"`
}

// Detail holds what only the stacks of one kind have.
type Detail interface{ detail() }

// TargetAlarms is the detail of a hub's stack with rules and alarms for the events that observers forward.
type TargetAlarms struct {
	Alarms []TargetAlarm
	// First is set on the first of several in a hub, which holds what a hub has once.
	First bool
}

// LinkGroups is the detail of a stack with switch-role addresses among its outputs.
type LinkGroups []LinkGroup

func (TargetAlarms) detail() {}
func (LinkGroups) detail()   {}

// TargetAlarms returns the stack's rules and alarms for the events that observers forward; none for another kind of stack.
func (p Placement) TargetAlarms() TargetAlarms {
	alarms, _ := p.Detail.(TargetAlarms)
	return alarms
}

// Links returns the switch-role addresses among the stack's outputs; none for another kind of stack.
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

// Plan holds everything that is deployed for a configuration.
type Plan struct {
	Config     *config.Config
	Placements []Placement
	// Notes lists what to know before deploying; none of them is an error.
	Notes []string

	only    map[string]bool   // see Only
	hubSize int               // see HubSize
	named   []compose.Account // see ComposerOf
}

// Of places the stacks of a configuration that New accepts.
func Of(c *config.Config) Plan {
	p := Plan{Config: c}
	p.hubSize, p.named = p.measureHub(), p.namedInAlerts()
	p.place()
	p.Notes = p.NotesFor(nil)
	return p
}

// place places the stacks, kind by kind.
func (p *Plan) place() {
	for _, kind := range Kinds() {
		if kind.place != nil {
			kind.place(p)
		}
	}
}

// Dependencies returns the stacks that CloudFormation deploys before the stack in the same run, out of those that it comes after.
// A pipeline orders its stages itself, and the CDK lets no stack depend on one of another stage. With the caller's credentials, a
// stack in a target account is deployed alone.
func (p Plan) Dependencies(at Placement) []string {
	var stacks []string
	for _, one := range p.Placements {
		reached := one.Account == at.Account || p.Config.Deploy.Access != config.AccessCredentials
		if reached && one.Stage == at.Stage && slices.Contains(at.After, one.Stack) {
			stacks = append(stacks, one.Stack)
		}
	}
	return stacks
}

// add places a stack of the hub account, unless the placement says which account it is in.
func (p *Plan) add(at Placement) {
	if at.Account == "" {
		at.Account = p.Config.Hub.Account
	}
	p.Placements = append(p.Placements, at)
}
