package config

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"example.com/breakglass/watch"
)

// Listeners is a rule and an alarm in each hub for what the observers of some accounts see.
type Listeners struct {
	// Suffix of their names.
	Suffix string
	// Accounts that they are about; nil means all that no others name, which are those of the units.
	Accounts []string
	// Which names the accounts, for the alarm's text.
	Which string
	// Drilled is set on the first, which takes the drills.
	Drilled bool
}

// DrillsOf is the Region whose drills the rule takes in a hub's; empty where another rule does.
func (l Listeners) DrillsOf(hub string) string {
	if !l.Drilled {
		return ""
	}
	return hub
}

const (
	// mostListeners is how many there are at most: a bus holds 300 rules (EventBridge quotas), and so many alarms cost ten
	// dollars a month.
	mostListeners = 100
	// fewListeners is for hubs in Regions whose buses hold 100 rules (EventBridge quotas): a hub with everything on has some 90
	// others, as a test of the plan counts.
	fewListeners = 5
	// shortestName is what is left of a target's name, at least, where many share an alarm.
	shortestName = 12
	// oneOf begins a list of accounts.
	oneOf = "one of "
)

// fewRules are the Regions whose buses hold 100 rules instead of 300 (EventBridge quotas, rules per event bus).
var fewRules = []string{"af-south-1", "eu-south-1"}

// Listeners divides the observed accounts: each has an alarm of its own while there are few, and an alarm with a list of
// names where there are many.
func (c *Config) Listeners() []Listeners {
	targets := c.Observed()
	each, room := c.perListeners()
	var all []Listeners
	for chunk := range slices.Chunk(targets, each) {
		l := Listeners{Suffix: fmt.Sprintf("-%d", len(all)+1)}
		var named []string
		for _, t := range chunk {
			l.Accounts = append(l.Accounts, t.Account)
			named = append(named, shortened(t, room/len(chunk)-len(", ")))
		}
		l.Which = strings.Join(named, ", ")
		if len(chunk) > 1 {
			l.Which = oneOf + l.Which
		}
		all = append(all, l)
	}
	if len(c.Observers.Regions) > 0 && len(c.Units) > 0 {
		all = append(all, Listeners{Suffix: "-units", Which: "an account of the organizational units"})
	}
	if len(all) > 0 {
		all[0].Drilled = true
	}
	return all
}

// perListeners is how many accounts share an alarm, and how many characters of its text are theirs.
func (c *Config) perListeners() (accounts, room int) {
	most := c.mostListeners()
	longest := slices.MaxFunc(AllRegions(), func(a, b Region) int { return len(a.Code) - len(b.Code) }).Code
	e, _ := watch.ByID(watch.TargetAccess)
	room = watch.MaxAlarmText - utf8.RuneCountInString(e.Counts[0].HeardText(oneOf, longest, c.Alerts.Instructions))
	return max(1, (len(c.Observed())+most-1)/most), room
}

// mostObserved is how many listed targets can have observers: each has to be named.
func (c *Config) mostObserved() int {
	_, room := c.perListeners()
	return c.mostListeners() * (room / (len("222222222222 ") + shortestName + len(", ")))
}

func (c *Config) mostListeners() int {
	if slices.ContainsFunc(c.HubRegions(), func(hub string) bool { return slices.Contains(fewRules, hub) }) {
		return fewListeners
	}
	return mostListeners
}

// shortened is an account's number and name, in so many characters at most. A name that is cut ends in two dots.
func shortened(t Target, room int) string {
	name := t.Name
	if name == t.Account {
		return name
	}
	if most := room - len(t.Account) - 1; len(name) > most {
		name = strings.TrimSpace(name[:max(0, most-2)]) + ".."
	}
	return t.Account + " " + name
}

// HeardFrom are the accounts in the pattern of the listeners' rule.
func (c *Config) HeardFrom(l Listeners) []any {
	if l.Accounts != nil {
		var list []any
		for _, a := range l.Accounts {
			list = append(list, a)
		}
		return list
	}
	var listed []string
	for _, t := range c.Observed() {
		listed = append(listed, t.Account)
	}
	return c.Scope().AllOthers(listed)
}
