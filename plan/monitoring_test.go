package plan

import (
	"slices"
	"testing"

	"example.com/breakglass/config"
)

const everything = `version: 1
hub: {account: "111111111111", region: eu-west-1, standby: eu-central-1}
regions: all
alerts: {email: [security-team@example.com]}
trail: create
userNotifications: {email: [oncall@example.com]}
chat: {slack: {workspace: T0123ABCDEF, channel: C0123ABCDEF}}
`

func TestEachPartOfTheMonitoringHasItsStackAndItsKey(t *testing.T) {
	count(t, of(t, everything), map[Kind]int{
		Trail: 1, Composer: 2, Hub: 1, Standby: 1, Integrity: 2, Heartbeats: 4, Chat: 2, Notifications: 1, Dashboard: 1, Forwarder: len(config.AllRegions()),
	})
	for off, kind := range map[string]Kind{
		"heartbeats: false": Heartbeats, "dashboard: false": Dashboard,
		"tampering: false, deliveryFailures: false, newRegions: false": Integrity,
	} {
		p := of(t, everything+"monitoring: {"+off+"}\n")
		if at := ofKind(p, kind); len(at) > 0 {
			t.Errorf("with %s there is %s", off, at[0].Stack)
		}
		for _, a := range p.Alarms() {
			if kind == Heartbeats && (a.Kind == SilenceAlarm || a.Kind == GroupAlarm) || kind == Integrity && a.Kind == DeadLettersAlarm {
				t.Errorf("with %s there is the alarm %s", off, a.Name)
			}
		}
	}
	p := of(t, everything+"monitoring: {tampering: false, newRegions: false}\n")
	if n := len(ofKind(p, Integrity)); n != 2 {
		t.Errorf("for delivery failures alone there are %d stacks", n)
	}
}

func TestTheHubWaitsForTheBeatsOfEveryRegionOnceAndTheStandbyForTheHub(t *testing.T) {
	var waited []string
	for _, at := range ofKind(of(t, everything), Heartbeats) {
		if at.Stack == "BreakGlass-Heartbeats-standby" {
			if at.Region != "eu-central-1" || !slices.Equal(at.Beats, []string{"eu-west-1"}) || !slices.Equal(at.After, []string{"BreakGlass-Standby"}) {
				t.Errorf("the standby's stack is %+v", at)
			}
			continue
		}
		if at.Region != "eu-west-1" || !slices.Equal(at.After, []string{"BreakGlass-Hub"}) {
			t.Errorf("%s is in %s after %q", at.Stack, at.Region, at.After)
		}
		waited = append(waited, at.Beats...)
	}
	slices.Sort(waited)
	var all []string
	for _, r := range config.AllRegions() {
		all = append(all, r.Code)
	}
	slices.Sort(all)
	if !slices.Equal(waited, all) {
		t.Errorf("the hub waits for %q", waited)
	}
}

// A Region that is added to the file must not move another one's alarm into another stack: its name would be taken there.
func TestAddingARegionMovesNoAlarm(t *testing.T) {
	where := func(regions string) map[string]string {
		stacks := map[string]string{}
		p := of(t, "version: 1\nhub: {account: \"111111111111\"}\nregions: "+regions+"\nalerts: {email: [a@example.com]}\n")
		for _, at := range ofKind(p, Heartbeats) {
			for _, region := range at.Beats {
				stacks[region] = at.Stack
			}
		}
		return stacks
	}
	all := where("all")
	for region, stack := range where("always-on") {
		if all[region] != stack {
			t.Errorf("%s moves from %s to %s", region, stack, all[region])
		}
	}
}

func TestNoAlarmNameStandsTwiceInARegion(t *testing.T) {
	seen := map[string]bool{}
	for _, a := range of(t, everything).Alarms() {
		if key := a.Region + " " + a.Name; seen[key] {
			t.Errorf("%s is there twice", key)
		} else {
			seen[key] = true
		}
	}
}

func TestTheSecondWayToPeopleDependsOnNothing(t *testing.T) {
	at := in(of(t, everything), "BreakGlass-Notifications")
	if at == nil || at.Region != "us-east-1" || len(at.After) > 0 {
		t.Errorf("it is %+v", at)
	}
}
