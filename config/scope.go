package config

import (
	"slices"

	"example.com/breakglass/access"
	"example.com/breakglass/watch"
)

// EmergencyUsers are the users as the policies name them.
func (c *Config) EmergencyUsers() []access.User {
	users := make([]access.User, len(c.Users))
	for i, u := range c.Users {
		users[i] = access.User{Place: c.HubPlace(), Name: u.Name}
	}
	return users
}

// Scope is what the catalogue's patterns have to know of this configuration.
func (c *Config) Scope() watch.Scope {
	s := watch.Scope{Account: c.Hub.Account, Hubs: c.HubRegions(), Known: slices.Clone(c.Regions), Parts: c.parts(), Role: c.Role.Name}
	for _, u := range c.Unwatched {
		s.Known = append(s.Known, u.Region)
	}
	slices.Sort(s.Known)
	for _, u := range c.EmergencyUsers() {
		s.Users = append(s.Users, u.Name)
		s.UserARNs = append(s.UserARNs, u.ARN())
	}
	return s
}

// HubRegions are the Regions of the hub and, where there is one, the standby.
func (c *Config) HubRegions() []string {
	hubs := []string{c.Hub.Region}
	if c.Hub.Standby != "" {
		hubs = append(hubs, c.Hub.Standby)
	}
	return hubs
}

func (c *Config) parts() []watch.Part {
	var on []watch.Part
	for _, part := range []struct {
		part watch.Part
		on   bool
	}{
		{watch.Tampering, c.Monitoring.Tampering},
		{watch.DeliveryFailures, c.Monitoring.DeliveryFailures},
		{watch.NewRegions, c.Monitoring.NewRegions},
		{watch.TargetAccounts, len(c.Observers.Regions) > 0},
	} {
		if part.on {
			on = append(on, part.part)
		}
	}
	return on
}
