package stacks

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"example.com/breakglass/access"
	own "example.com/breakglass/constructs"
	"example.com/breakglass/names"
	"example.com/breakglass/place"
	"example.com/breakglass/plan"
)

// Hub is what the other stacks take from the hub stack.
type Hub struct {
	// Stack comes before the stacks that forward to it.
	Stack awscdk.Stack
	// Users are trusted by the roles.
	Users []access.User
	// Buses are those of the hub and, where there is one, of the standby, by Region.
	Buses map[string]own.Bus
	// ForwardingRole may put events on Buses.
	ForwardingRole own.ForwardingRole
	// Topics are those of the hub and, where there is one, of the standby, by Region.
	Topics map[string]own.Topic
}

// NewHub makes the hub stack: users, alert topic, ledger and the rules of the hub Region.
func NewHub(app App, p plan.Placement) Hub {
	c := app.Config
	stack := newStack(app, p, "Break glass hub: emergency users, alert topic, ledger and the rules of the hub Region")
	hub := Hub{Stack: stack, Users: c.EmergencyUsers(), Buses: map[string]own.Bus{}, Topics: map[string]own.Topic{}}
	var buses []own.Bus
	for _, region := range c.HubRegions() {
		bus := own.DefaultBus(p.Place().In(region))
		hub.Buses[region] = bus
		buses = append(buses, bus)
	}
	own.NewUsers(stack, "Users", own.UsersProps{
		Users: hub.Users, Role: c.Role.Name, ManagedPolicies: policyARNs(p.Place(), c.UserAccess.ManagedPolicies),
	})
	hub.ForwardingRole = own.NewForwardingRole(stack, "ForwardingRole", p.Place(), buses)
	if c.Monitoring.Heartbeats {
		own.NewHeartbeatRole(stack, "Heartbeat", p.Place())
	}
	hub.Topics[p.Region] = newAlerting(stack, c, p)

	var users []string
	for _, u := range hub.Users {
		users = append(users, u.Name)
	}
	output(stack, names.UserNamesOutput, strings.Join(users, ", "), "The emergency users; an administrator gives each a password and an MFA device")
	outputLinks(stack, p.Links)
	return hub
}

func outputLinks(stack awscdk.Stack, groups []plan.LinkGroup) {
	for _, g := range groups {
		output(stack, g.Output, strings.Join(g.Addresses, "\n"), "Console pages that switch into the role of a target account")
	}
}

func policyARNs(at place.Place, policies []string) []string {
	arns := make([]string, len(policies))
	for i, policy := range policies {
		arns[i] = access.PolicyARN(at, policy)
	}
	return arns
}
