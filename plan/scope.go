package plan

import (
	"slices"

	"example.com/breakglass/access"
	"example.com/breakglass/config"
	"example.com/breakglass/watch"
)

// UsersOf returns the emergency users as policies name them.
func UsersOf(c *config.Config) []access.User {
	users := make([]access.User, len(c.Users))
	for i, u := range c.Users {
		users[i] = access.User{Place: c.HubPlace(), Name: u.Name}
	}
	return users
}

// ScopeOf returns what the catalogue's patterns need to know of a configuration.
func ScopeOf(c *config.Config) watch.Scope {
	s := watch.Scope{Account: c.Hub.Account, Hubs: c.HubRegions(), Known: slices.Clone(c.Regions), Parts: partsOf(c), Role: c.Role.Name, Pipeline: c.Pipeline.On(), Canary: c.Monitoring.Canary,
		Bootstrap: c.Deploy.Access == config.AccessBootstrap,
	}
	for _, u := range c.Unwatched {
		s.Known = append(s.Known, u.Region)
	}
	slices.Sort(s.Known)
	for _, u := range UsersOf(c) {
		s.Users = append(s.Users, u.Name)
		s.UserARNs = append(s.UserARNs, u.ARN())
	}
	return s
}

// partsOf lists the parts of the catalogue that the file switches on.
func partsOf(c *config.Config) []watch.Part {
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
