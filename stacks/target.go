package stacks

import (
	"github.com/aws/constructs-go/constructs/v10"

	"example.com/breakglass/config"
	own "example.com/breakglass/constructs"
	"example.com/breakglass/place"
)

// What the stacks in a target account are, for those who meet them there.
const (
	roleDescription     = "Break glass role: the emergency users' way into this account"
	observerDescription = "Break glass observer: carries what happens to the role in this account to the hub"
)

// roleID is the role's ID in its template.
const roleID = "Role"

// inTarget makes the users' way into a target account, with its observers. It is the same in the stack of one account and in
// a template for all accounts of a unit: in that one, at holds what CloudFormation fills in with the account and its Region.
// observed tells whether that Region is observed.
func inTarget(scope constructs.Construct, app App, t config.Target, at place.Place, observed bool) {
	c := app.Config
	own.NewTargetRole(scope, roleID, own.RoleProps{
		Name: c.Role.Name, Place: at, Users: c.EmergencyUsers(),
		ManagedPolicies: policyARNs(at, t.ManagedPolicies), InlinePolicy: t.InlinePolicy,
		PermissionsBoundary: t.PermissionsBoundary, SessionDuration: t.SessionDuration,
	})
	inObserved(scope, app, at, true, observed)
}

// inObserved makes the observers of a target account: home is where its role's stack is, which has what there is once in an
// account; observed tells whether the Region is observed.
func inObserved(scope constructs.Construct, app App, at place.Place, home, observed bool) {
	c := app.Config
	if len(c.Observers.Regions) == 0 || at.Account == c.Hub.Account {
		return // the hub sees itself
	}
	var buses []own.Bus
	for _, region := range c.HubRegions() {
		buses = append(buses, own.DefaultBus(c.HubIn(region)))
	}
	role := own.NamedObserverRole(at)
	if home {
		role = own.NewObserverRole(scope, "ObserverRole", buses)
	}
	if observed {
		own.NewObservers(scope, "Observers", own.ObserversProps{
			Place: at, Scope: c.Scope(), Buses: buses, Role: role,
			DeadLetters: own.NewDeadLetters(scope, "DeadLetters", own.DeadLettersProps{Place: at}),
		})
	}
}
