package plan

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"example.com/breakglass/access"
	"example.com/breakglass/config"
	"example.com/breakglass/watch"
)

// TargetAlarm is a rule and an alarm in each hub for the events that the observers of some target accounts forward.
type TargetAlarm struct {
	// Suffix of their names.
	Suffix string
	// Accounts whose events they match; nil means all accounts that no other one lists, which are those of the units.
	Accounts []string
	// Which names the accounts, for the alarm's text.
	Which string
	// Drilled is set on the first, whose rule also matches drills.
	Drilled bool
}

const (
	// mostTargetAlarms is the most alarms for listed accounts in a hub, a limit of cost: 100 alarms cost ten dollars a month.
	mostTargetAlarms = 100
	// shortestName is the least number of characters left of a target's name where many share an alarm.
	shortestName = 12
	// oneOf begins a list of accounts.
	oneOf = "one of "
)

// observedTargets returns the listed accounts with observers. The hub account has none: the hub's own rules see it.
func observedTargets(c *config.Config) []config.Target {
	if len(c.Observers.Regions) == 0 {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(c.Targets), func(t config.Target) bool { return t.Account == c.Hub.Account })
}

// targetAlarms divides the observed accounts: each has an alarm of its own while there are few, and an alarm with a list of
// names where there are many.
func targetAlarms(c *config.Config) []TargetAlarm {
	if len(c.Observers.Regions) == 0 {
		return nil
	}
	targets := observedTargets(c)
	each, room := perTargetAlarm(c)
	var all []TargetAlarm
	for chunk := range slices.Chunk(targets, each) {
		a := TargetAlarm{Suffix: fmt.Sprintf("-%d", len(all)+1)}
		var named []string
		for _, t := range chunk {
			a.Accounts = append(a.Accounts, t.Account)
			named = append(named, shortened(t, room/len(chunk)-len(", ")))
		}
		a.Which = strings.Join(named, ", ")
		if len(chunk) > 1 {
			a.Which = oneOf + a.Which
		}
		all = append(all, a)
	}
	if len(c.Units) > 0 {
		all = append(all, TargetAlarm{Suffix: "-units", Which: "an account of the organizational units"})
	}
	if len(all) > 0 {
		all[0].Drilled = true
	}
	return all
}

// perTargetAlarm returns how many accounts share an alarm, and how many characters of its text are theirs.
func perTargetAlarm(c *config.Config) (accounts, room int) {
	most := targetAlarmsFit(c)
	e, _ := watch.ByID(watch.TargetAccess)
	room = watch.MaxAlarmText - utf8.RuneCountInString(e.Counts[0].TextInHub(oneOf, longestRegion(), c.Alerts.Instructions))
	return max(1, (len(observedTargets(c))+most-1)/most), room
}

// mostObserved returns how many listed targets can have observers: each has to be named.
func mostObserved(c *config.Config) int {
	_, room := perTargetAlarm(c)
	return targetAlarmsFit(c) * (room / (len("222222222222 ") + shortestName + len(", ")))
}

// targetAlarmsFit returns how many alarms for listed accounts each hub can have: each takes a rule on the hub's bus, next to the
// rules that the plan has without them, the one for deployments and the one for the units. At least one is placed, so that a bus
// without room is refused with the numbers of its rules.
func targetAlarmsFit(c *config.Config) int {
	others := *c
	others.Observers, others.Targets, others.Units = config.Observers{}, nil, nil
	p := Plan{Config: &others}
	p.place()
	rules, most := p.rulesOn(), mostTargetAlarms
	for _, hub := range c.HubRegions() {
		most = min(most, rulesOnBus(hub)-sum(rules[c.HubIn(hub)])-1-min(1, len(c.Units))-activityRules(c))
	}
	return max(1, most)
}

// activityRules returns how many rules a hub has for what the role's sessions do.
func activityRules(c *config.Config) int {
	if c.Observers.Activity {
		return 1
	}
	return 0
}

// shortened returns an account's number and name in at most so many characters. A shortened name ends in two dots.
func shortened(t config.Target, room int) string {
	name := t.Name
	if name == t.Account {
		return name
	}
	if most := room - len(t.Account) - 1; len(name) > most {
		name = strings.TrimSpace(name[:max(0, most-2)]) + ".."
	}
	return t.Account + " " + name
}

// pattern returns the pattern of the alarm's rule in a hub's Region.
func (a TargetAlarm) pattern(c *config.Config, scope watch.Scope, hub string) watch.Fields {
	drillsOf := ""
	if a.Drilled {
		drillsOf = hub
	}
	e, _ := watch.ByID(watch.TargetAccess)
	return e.PatternInHub(scope, a.from(c, scope), drillsOf)
}

// from returns the accounts in the pattern of the alarm's rule.
func (a TargetAlarm) from(c *config.Config, scope watch.Scope) []any {
	var listed []string
	for _, t := range observedTargets(c) {
		listed = append(listed, t.Account)
	}
	if a.Accounts == nil {
		return scope.AllOthers(listed)
	}
	from := make([]any, len(a.Accounts))
	for i, account := range a.Accounts {
		from[i] = account
	}
	return from
}

// TargetSources returns the sources of the events that the target accounts' observers carry to the hubs: with observers.activity,
// every AWS service.
func TargetSources(c *config.Config) []string {
	if c.Observers.Activity {
		return []string{watch.AnyAWS}
	}
	return watch.TargetSources()
}

// BusPolicy returns the policy by which the hub's bus in a Region admits events from the target accounts.
func BusPolicy(c *config.Config, region string) access.Document {
	var accounts []string
	for _, t := range observedTargets(c) {
		accounts = append(accounts, t.Account)
	}
	props := access.BusPolicyProps{
		Hub: c.HubIn(region), Organization: c.Observers.Organization, Accounts: accounts, Sources: TargetSources(c),
	}
	if c.Observers.Activity {
		props.DetailTypes = watch.TargetDetailTypes()
	}
	return access.HubBus(props)
}
