package plan

import (
	"example.com/breakglass/access"
	"example.com/breakglass/config"
)

// Attaches returns the ARNs of the managed policies that a stack attaches, and which must exist before it is deployed: those of the
// users' group, or of a target account's role with its permissions boundary.
func (p Plan) Attaches(at Placement) []string {
	in := config.PlaceOf(at.Account, at.Region)
	var all []string
	named := func(policies []string) {
		for _, policy := range policies {
			all = append(all, access.PolicyARN(in, policy))
		}
	}
	switch {
	case at.Kind == Role && at.Target != nil:
		if boundary := at.Target.PermissionsBoundary; boundary != "" {
			all = append(all, access.BoundaryARN(in, boundary))
		}
		named(at.Target.ManagedPolicies)
	case at.Kind.Info().Users:
		named(p.Config.UserAccess.ManagedPolicies)
	}
	return all
}
