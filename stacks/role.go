package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"

	"example.com/breakglass/access"
	own "example.com/breakglass/constructs"
	"example.com/breakglass/plan"
)

// NewRole makes the role of a target account. It needs nothing of the hub to exist, and so depends on no stack: it can be
// deployed by itself, with that account's own credentials.
func NewRole(app App, p plan.Placement, users []access.User) awscdk.Stack {
	c := app.Config
	stack := newStack(app, p, "Break glass role: the emergency users' way into this account")
	t := p.Target
	own.NewTargetRole(stack, "Role", own.RoleProps{
		Name: c.Role.Name, Account: t.Account, Users: users,
		ManagedPolicies: policyARNs(t.ManagedPolicies), InlinePolicy: t.InlinePolicy,
		PermissionsBoundary: t.PermissionsBoundary, SessionDuration: t.SessionDuration,
	})
	return stack
}
