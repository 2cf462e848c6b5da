package config

import (
	"example.com/breakglass/access"
	"example.com/breakglass/watch"
)

// EmergencyUsers are the users as the policies name them.
func (c *Config) EmergencyUsers() []access.User {
	users := make([]access.User, len(c.Users))
	for i, u := range c.Users {
		users[i] = access.User{Partition: Partition, Account: c.Hub.Account, Name: u.Name}
	}
	return users
}

// Scope is what the catalogue's patterns have to know of this configuration.
func (c *Config) Scope() watch.Scope {
	s := watch.Scope{Account: c.Hub.Account}
	for _, u := range c.EmergencyUsers() {
		s.Users = append(s.Users, u.Name)
		s.UserARNs = append(s.UserARNs, u.ARN())
	}
	return s
}
