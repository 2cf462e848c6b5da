package deploy

import (
	"slices"
	"strings"
)

// Cause is why several stacks are not deployed, or several accounts cannot be accessed.
type Cause struct {
	// State of the stacks; empty for accounts.
	State State
	// Reason names the stack, account or Region if it is the same for all, and otherwise STACK, ACCOUNT or REGION.
	Reason string
	// Fixes are what to do, each once.
	Fixes []string
	// Of names the stacks, or the accounts with their Regions.
	Of []string
}

// cause is a Cause with the words of the first failure, and the account and the Region that all have; empty where they differ.
type cause struct {
	Cause
	first, account, region string
}

// causes groups failures.
type causes struct {
	keys []string
	by   map[string]*cause
}

func (c *causes) add(state State, reason, fix, name, account, region string) {
	general := strings.NewReplacer(pairs(account, "ACCOUNT", region, "REGION", name, "STACK")...).Replace(reason)
	key := string(state) + "\n" + general
	if c.by == nil {
		c.by = map[string]*cause{}
	}
	one := c.by[key]
	if one == nil {
		one = &cause{Cause: Cause{State: state, Reason: general}, first: reason, account: account, region: region}
		c.by[key] = one
		c.keys = append(c.keys, key)
	}
	if one.account != account {
		one.account = ""
	}
	if one.region != region {
		one.region = ""
	}
	one.Of = append(one.Of, name)
	if fix != "" && !slices.Contains(one.Fixes, fix) {
		one.Fixes = append(one.Fixes, fix)
	}
}

// pairs leaves out what a failure does not have.
func pairs(oldnew ...string) []string {
	var kept []string
	for i := 0; i < len(oldnew); i += 2 {
		if oldnew[i] != "" {
			kept = append(kept, oldnew[i], oldnew[i+1])
		}
	}
	return kept
}

func (c *causes) list() []Cause {
	var all []Cause
	for _, key := range c.keys {
		one := c.by[key]
		if len(one.Of) == 1 {
			one.Reason = one.first
		}
		for placeholder, value := range map[string]string{"ACCOUNT": one.account, "REGION": one.region} {
			if value != "" {
				one.Reason = strings.ReplaceAll(one.Reason, placeholder, value)
			}
		}
		all = append(all, one.Cause)
	}
	return all
}

// Causes groups the stacks about which something has to be done.
func Causes(outcomes []Outcome) []Cause {
	var grouped causes
	for _, o := range outcomes {
		if o.State.Wrong() && o.Reason != "" {
			grouped.add(o.State, o.Reason, o.Fix, o.Stack, o.Account, o.Region)
		}
	}
	return grouped.list()
}

// RefusedFor groups the accounts that cannot be accessed.
func RefusedFor(refused []Refusal) []Cause {
	var grouped causes
	for _, r := range refused {
		grouped.add("", r.Reason, "", strings.TrimSpace(r.Account+" "+r.Region), r.Account, r.Region)
	}
	return grouped.list()
}
