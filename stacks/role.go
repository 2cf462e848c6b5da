package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"

	"example.com/breakglass/access"
	"example.com/breakglass/config"
	own "example.com/breakglass/constructs"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
)

// NewRole makes the role of a target account. It needs nothing of the hub to exist, and so depends on no stack: it can be
// deployed by itself, with that account's own credentials.
func NewRole(scope constructs.Construct, c *config.Config, p plan.Placement, users []access.User) awscdk.Stack {
	stack := newStack(scope, c, p, "Break glass role: the emergency users' way into this account")
	t := p.Target
	arn := own.NewTargetRole(stack, "Role", own.RoleProps{
		Name: c.Role.Name, Account: t.Account, Users: users,
		ManagedPolicies: policyARNs(t.ManagedPolicies), InlinePolicy: t.InlinePolicy,
		PermissionsBoundary: t.PermissionsBoundary, SessionDuration: t.SessionDuration,
	})
	output(stack, names.RoleArnOutput, arn, "The role in "+t.Name)
	return stack
}
