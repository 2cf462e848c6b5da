package config

import "slices"

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

// HubRegions returns the Regions of the hub and, where there is one, the standby.
func (c *Config) HubRegions() []string {
	hubs := []string{c.Hub.Region}
	if c.Hub.Standby != "" {
		hubs = append(hubs, c.Hub.Standby)
	}
	return hubs
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
