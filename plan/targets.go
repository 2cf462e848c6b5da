package plan

import (
	"fmt"
	"slices"

	"example.com/breakglass/names"
)

// placeTargets places the users' ways into the target accounts, with what observes them. A rule that puts events on another
// account's bus is refused while that bus doesn't let it (observed by users of EventBridge), so observers come after the
// stacks with the buses' policies.
func placeTargets(p *Plan) {
	c, admitting := p.Config, p.admitting()
	for i := range c.Targets {
		t := &c.Targets[i]
		role := Placement{
			Kind: Role, Stack: names.RoleStack + t.Account, Account: t.Account, Region: t.Region, Target: t,
			Why: "the users' way into " + t.Name,
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
					Why: "observes the role switches of " + t.Name + " there",
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
			Why: "the users' way into every account of " + u.Name,
		}
		if len(c.Observers.Regions) > 0 {
			at.To, at.After = c.HubRegions(), admitting
		}
		p.add(at)
	}
}

// targetAlarmsInStack is how many rules with an alarm fit into a template.
const targetAlarmsInStack = 8

// placeObserved places what the hubs make of what observers see.
func placeObserved(p *Plan) {
	c := p.Config
	alarms := targetAlarms(c)
	if len(c.Observers.Regions) == 0 || len(alarms) == 0 {
		return
	}
	for i, region := range c.HubRegions() {
		n := 0
		for some := range slices.Chunk(alarms, targetAlarmsInStack) {
			n++
			p.add(Placement{
				Kind: HubObserved, Stack: fmt.Sprint(names.ObservedStack, region, "-", n), Region: region, After: p.hubStacks()[i : i+1],
				Group: fmt.Sprint(n), Detail: TargetAlarms{Alarms: some, First: n == 1},
				Why: "tells of what happens to the role in the target accounts",
			})
		}
	}
}

// admitting returns the stacks that let the observers' events in, one a hub.
func (p *Plan) admitting() []string {
	var stacks []string
	for _, at := range p.Placements {
		if at.TargetAlarms().First {
			stacks = append(stacks, at.Stack)
		}
	}
	return stacks
}
