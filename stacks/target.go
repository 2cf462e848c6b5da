package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"

	"example.com/breakglass/config"
	own "example.com/breakglass/constructs"
	"example.com/breakglass/place"
	"example.com/breakglass/plan"
)

// roleID is the role's ID in its template.
const roleID = "Role"

// inTarget makes the users' role in a target account, with its observers. It is the same in the stack of one account and in a
// template for all accounts of a unit: in that one, at holds what CloudFormation fills in with the account and its Region.
// observed is set for an observed Region.
func inTarget(stack awscdk.Stack, a app, t config.Target, at place.Place, observed bool) made {
	c := a.config
	own.NewTargetRole(stack, roleID, own.RoleProps{
		Name: c.Role.Name, Place: at, Users: plan.UsersOf(c),
		ManagedPolicies: policyARNs(at, t.ManagedPolicies), InlinePolicy: t.InlinePolicy,
		PermissionsBoundary: t.PermissionsBoundary, SessionDuration: t.SessionDuration, RequireSessionName: c.Role.RequireSessionName,
	})
	return inObserved(stack, a, at, true, observed)
}

// inObserved makes what the observers of a target account need: home is set for the stack with the role, which has what exists
// once in an account; observed is set for an observed Region.
func inObserved(stack awscdk.Stack, a app, at place.Place, home, observed bool) made {
	c, one := a.config, made{stack: stack}
	if len(c.Observers.Regions) == 0 || at.Account == c.Hub.Account {
		return one // the hub has its own rules
	}
	if home {
		one.refs.Sender = own.NewObserverRole(stack, "ObserverRole", own.ObserverRoleProps{
			Place: at, Buses: busesOfHubs(c), Sources: plan.TargetSources(c), Boundary: plan.ObserverBoundary(c, at),
		})
	}
	if observed {
		one.letters = own.NewDeadLetters(stack, "DeadLetters", at)
	}
	return one
}
