package config

import "slices"

// ID is the account number or, of a unit, the unit's ID.
func (t Target) ID() string {
	if t.OrganizationalUnit != "" {
		return t.OrganizationalUnit
	}
	return t.Account
}

// parted takes the units out of the targets.
func (c *Config) parted() {
	for _, t := range c.Targets {
		if t.OrganizationalUnit != "" {
			c.Units = append(c.Units, t)
		}
	}
	c.Targets = slices.DeleteFunc(c.Targets, func(t Target) bool { return t.OrganizationalUnit != "" })
}

// Observed are the listed accounts that have observers. What happens in the hub account the hub sees by itself.
func (c *Config) Observed() []Target {
	if len(c.Observers.Regions) == 0 {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(c.Targets), func(t Target) bool { return t.Account == c.Hub.Account })
}

// StackSetAccount is the account in which the stack sets are made.
func (c *Config) StackSetAccount() string {
	if c.StackSets.ManagementAccount != "" {
		return c.StackSets.ManagementAccount
	}
	return c.Hub.Account
}

// On tells whether the file has a pipeline.
func (p Pipeline) On() bool { return p.Source != (Source{}) }
