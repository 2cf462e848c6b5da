package stacks

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"example.com/breakglass/access"
	"example.com/breakglass/config"
	own "example.com/breakglass/constructs"
	"example.com/breakglass/names"
	"example.com/breakglass/place"
	"example.com/breakglass/plan"
)

// newHub makes the hub stack: users, alert topic, ledger and the rules of the hub Region.
func newHub(a app, at plan.Placement, _ before) made {
	c := a.config
	stack := newStack(a, at)
	own.NewUsers(stack, "Users", own.UsersProps{
		Users: plan.UsersOf(c), Role: c.Role.Name, ManagedPolicies: policyARNs(at.Place(), c.UserAccess.ManagedPolicies),
	})
	own.NewForwardingRole(stack, "ForwardingRole", busesOfHubs(c))
	if c.Monitoring.Heartbeats {
		own.NewHeartbeatRole(stack, "Heartbeat", at.Place(), a.plan.CanaryOf())
	}
	hub := withTopic(stack, a, at)

	var users []string
	for _, u := range plan.UsersOf(c) {
		users = append(users, u.Name)
	}
	output(stack, names.UserNamesOutput, strings.Join(users, ", "), "The emergency users. An administrator creates a password and an MFA device for each")
	outputLinks(stack, at.Links())
	return hub
}

// newStandby makes the second alert Region: topic, key, ledger and rules of its own.
func newStandby(a app, at plan.Placement, _ before) made {
	stack := newStack(a, at)
	return withTopic(stack, a, at)
}

// busesOfHubs returns the ARNs of the buses that events are put on.
func busesOfHubs(c *config.Config) []string {
	var buses []string
	for _, region := range c.HubRegions() {
		buses = append(buses, c.HubIn(region).Bus())
	}
	return buses
}

func outputLinks(stack awscdk.Stack, groups []plan.LinkGroup) {
	for _, g := range groups {
		output(stack, g.Output, strings.Join(g.Addresses, "\n"), plan.LinksDescription)
	}
}

func policyARNs(at place.Place, policies []string) []string {
	arns := make([]string, len(policies))
	for i, policy := range policies {
		arns[i] = access.PolicyARN(at, policy)
	}
	return arns
}
