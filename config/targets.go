package config

import (
	"slices"
	"time"
)

// ID returns the account number or, for a unit, the unit's ID.
func (t Target) ID() string {
	if t.OrganizationalUnit != "" {
		return t.OrganizationalUnit
	}
	return t.Account
}

// parted moves the units out of the targets.
func (c *Config) parted() {
	for _, t := range c.Targets {
		if t.OrganizationalUnit != "" {
			c.Units = append(c.Units, t)
		}
	}
	c.Targets = slices.DeleteFunc(c.Targets, func(t Target) bool { return t.OrganizationalUnit != "" })
}

// Accounts returns the hub account and the target accounts, each once. The accounts of organizational units are not among them.
func (c *Config) Accounts() []string {
	all := []string{c.Hub.Account}
	for _, t := range c.Targets {
		if !slices.Contains(all, t.Account) {
			all = append(all, t.Account)
		}
	}
	return all
}

// HubRegions returns the Regions of the hub and, where there is one, the standby.
func (c *Config) HubRegions() []string {
	hubs := []string{c.Hub.Region}
	if c.Hub.Standby != "" {
		hubs = append(hubs, c.Hub.Standby)
	}
	return hubs
}

// LongestSession returns the longest session of the role in any account.
func (c *Config) LongestSession() time.Duration {
	longest := c.Role.SessionDuration
	for _, t := range c.Targets {
		longest = max(longest, t.SessionDuration)
	}
	return longest
}

// StackSetAccount returns the account in which the stack sets are created.
func (c *Config) StackSetAccount() string {
	if c.StackSets.ManagementAccount != "" {
		return c.StackSets.ManagementAccount
	}
	return c.Hub.Account
}

// On reports whether the file has a pipeline.
func (p Pipeline) On() bool { return p.Source != (Source{}) }
