package plan

import (
	"fmt"
	"slices"

	"example.com/breakglass/names"
)

// What the roles in a target account say of themselves: that of the users, and that of the observers.
const (
	RoleDescription         = "Emergency access: only the break glass users, with MFA, can assume it"
	ObserverRoleDescription = "Lets EventBridge forward events on the break glass role in this account to the hub"
)

// placeTargets places the roles in the target accounts, with their observers. EventBridge rejects a rule that puts events on
// another account's bus while the bus policy does not permit it (reported by users of EventBridge), so observers come after
// the stacks with the bus policies.
func placeTargets(p *Plan) {
	c, admitting := p.Config, p.admitting()
	for i := range c.Targets {
		t := &c.Targets[i]
		role := Placement{
			Kind: Role, Stack: names.RoleStack + t.Account, Account: t.Account, Region: t.Region, Target: t,
			Why: "the users' access to " + t.Name,
		}
		observed := t.Account != c.Hub.Account
		if observed && slices.Contains(c.Observers.Regions, t.Region) {
			role.To, role.After = c.HubRegions(), admitting
		}
		p.add(role)
		for _, region := range c.Observers.Regions {
			if observed && region != t.Region {
				p.add(Placement{
					Kind: TargetObserver, Stack: names.ObserverStack + region + "-" + t.Account, Account: t.Account, Region: region, Target: t,
					After: append(slices.Clone(admitting), role.Stack), To: c.HubRegions(),
					Why: "reports switches into the role of " + t.Name + " in this Region",
				})
			}
		}
	}
}

func placeStackSets(p *Plan) {
	c, admitting := p.Config, p.admitting()
	for i := range c.Units {
		u := &c.Units[i]
		at := Placement{
			Kind: StackSet, Stack: names.StackSetStack + u.OrganizationalUnit, Account: c.StackSetAccount(), Region: c.Hub.Region, Target: u,
			Why: "the users' access to every account of " + u.Name,
		}
		if len(c.Observers.Regions) > 0 {
			at.To, at.After = c.HubRegions(), admitting
		}
		p.add(at)
	}
}

// targetAlarmsInStack is the number of rules with an alarm in a stack. The largest ones fit into a template, which
// TestTheObserversFitWhateverTheFile in package stacks measures. It is a fixed number, not computed from the room in a template: a longer instruction or another account must not move
// a rule from one stack to another, which CloudFormation refuses, since the rule's name is taken while the first stack has it.
const targetAlarmsInStack = 8

// placeHubObserved places the hubs' rules and alarms for the events that observers forward.
func placeHubObserved(p *Plan) {
	c := p.Config
	alarms := targetAlarms(c)
	for i, region := range c.HubRegions() {
		n := 0
		for some := range slices.Chunk(alarms, targetAlarmsInStack) {
			n++
			p.add(Placement{
				Kind: HubObserved, Stack: fmt.Sprint(names.HubObservedStack, region, "-", n), Region: region, After: p.hubStacks()[i : i+1],
				Group: fmt.Sprint(n), Detail: TargetAlarms{Alarms: some, First: n == 1},
				Why: "alerts on what happens to the role in the target accounts",
			})
		}
	}
}

// admitting returns the stacks whose bus policy admits the observers' events, one per hub.
func (p *Plan) admitting() []string {
	var stacks []string
	for _, at := range p.Placements {
		if at.TargetAlarms().First {
			stacks = append(stacks, at.Stack)
		}
	}
	return stacks
}
