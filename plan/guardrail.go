package plan

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"example.com/breakglass/access"
	"example.com/breakglass/config"
)

// Guardrail is the organization's policies that keep administrators of the accounts from changing what alerts.
type Guardrail struct {
	// Service is the service control policy, Resource the resource control policy.
	Service, Resource access.Document
	// Notes lists what to know before attaching them.
	Notes []string
}

// The roles of the CDK's bootstrap and of stack sets that deploy. Both end in what is not known beforehand.
const (
	bootstrapExecution = "cdk-hnb659fds-cfn-exec-role-*"
	bootstrapDeploy    = "cdk-hnb659fds-deploy-role-*"
	stackSetExecution  = "stacksets-exec-*"
)

// deployerForm matches the name of a role, with its path, or its ARN, in one account or in every one (*).
var deployerForm = regexp.MustCompile(`^(arn:aws:iam::([0-9]{12}|\*):role/)?([A-Za-z0-9_+=,.@-]+/)*[A-Za-z0-9_+=,.@-]{1,64}$`)

// checkDeployer reports a text that names no role that the policies could exempt, and what to write.
func checkDeployer(name string) error {
	fix := "write the name of a role, or its path and name, or its ARN, without * in the name"
	switch {
	case deployerForm.MatchString(name):
		return nil
	case strings.Contains(name, ":assumed-role/"):
		fix = "this is a session; write the role's ARN, which aws iam get-role shows with its path"
	case strings.Contains(name, ":user/"):
		fix = "this is a user, whose access keys the policies do not protect; let it assume a role, and name that one"
	case strings.Contains(name, ":root"):
		fix = "the root user would exempt nobody else; name a role"
	}
	return fmt.Errorf("invalid role %q: %s", name, fix)
}

// Guardrail returns the policies. deployers has the names, paths and names, or ARNs of roles that deploy besides those that the file
// names; a policy that nobody may pass would end every deployment. A name stands for that role in every account.
func (p Plan) Guardrail(deployers []string) (Guardrail, error) {
	c := p.Config
	for _, name := range deployers {
		if err := checkDeployer(name); err != nil {
			return Guardrail{}, err
		}
	}
	var g Guardrail
	all := slices.Clone(deployers)
	switch c.Deploy.Access {
	case config.AccessOrganization:
		all = append(all, c.Deploy.AccessRole)
	case config.AccessBootstrap:
		all = append(all, bootstrapExecution, bootstrapDeploy)
		g.Notes = append(g.Notes, "deploy.access is bootstrap: whoever may assume or pass the roles of the CDK's bootstrap in an account passes these policies there, and an account's own administrator may; "+
			"targets by organizationalUnit are deployed without them")
	}
	if len(c.Units) > 0 {
		all = append(all, stackSetExecution)
	}
	if len(all) == 0 || len(deployers) == 0 && c.Deploy.Access == config.AccessCredentials {
		return Guardrail{},
			fmt.Errorf("deploy.access is credentials, so the file does not say who deploys, and nobody could any more: name each role with --deployer")
	}
	slices.Sort(all)
	scope := access.GuardrailScope{
		Hub: c.HubPlace(), Users: UsersOf(c), Role: c.Role.Name, Deployers: slices.Compact(all), Policies: p.customerPolicies(),
		StackSets: len(c.Units) > 0,
	}
	g.Service, g.Resource = access.Guardrail(scope), access.GuardrailOfRole(scope)
	if len(scope.Policies) > 0 && g.Service.Size() > access.MaxOrganizationPolicy {
		g.Notes = append(g.Notes, fmt.Sprintf("no room for the customer managed policies of the file (%d names): an administrator of an account can change these, and so what the users or their role may do; "+
			"give them the same name in every account, or name fewer roles with --deployer", len(scope.Policies)))
		scope.Policies = nil
		g.Service = access.Guardrail(scope)
	}
	for _, one := range []struct {
		kind   string
		policy access.Document
		fix    string
	}{
		{"service", g.Service, "name fewer roles with --deployer"},
		{"resource", g.Resource, "list fewer users, or give them shorter names"},
	} {
		if size := one.policy.Size(); size > access.MaxOrganizationPolicy {
			return Guardrail{}, fmt.Errorf("the %s control policy would have %d characters, and AWS Organizations allows %d: %s", one.kind, size,
				access.MaxOrganizationPolicy, one.fix)
		}
	}
	g.Notes = append(g.Notes, "no policy of the organization binds its management account",
		"the policies exempt whoever acts as "+strings.Join(scope.Deployers, ", ")+"; create these roles before you attach the policies, which deny creating them")
	return g, nil
}

// customerPolicies returns the names, with their paths, of the customer managed policies and boundaries that the users or their role
// have in some account.
func (p Plan) customerPolicies() []string {
	c := p.Config
	all := policyARNs(c.HubPlace(), c.UserAccess.ManagedPolicies)
	for _, t := range slices.Concat(c.Targets, c.Units) {
		all = append(all, policyARNs(c.HubPlace(), t.ManagedPolicies)...)
		if t.PermissionsBoundary != "" {
			all = append(all, access.BoundaryARN(c.HubPlace(), t.PermissionsBoundary))
		}
	}
	var names []string
	for _, arn := range all {
		if owner, name, _ := strings.Cut(arn, ":policy/"); !strings.HasSuffix(owner, "::aws") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
