package plan

import (
	"fmt"
	"slices"

	"example.com/breakglass/access"
	"example.com/breakglass/config"
	"example.com/breakglass/names"
	"example.com/breakglass/place"
)

// Execution returns what CloudFormation may do in a target account that trusts the hub account to deploy there (deploy.access:
// bootstrap); false for the hub account, where it makes nearly everything, and administers.
func (p Plan) Execution(account string) (access.Document, bool) {
	c := p.Config
	i := slices.IndexFunc(c.Targets, func(t config.Target) bool { return t.Account == account })
	if i < 0 || account == c.Hub.Account {
		return nil, false
	}
	t, at := c.Targets[i], c.HubPlace().Of(account)
	scope := access.ExecutionScope{
		Target: at, Role: c.Role.Name, ManagedPolicies: policyARNs(at, t.ManagedPolicies), Inline: len(t.InlinePolicy) > 0,
	}
	if t.PermissionsBoundary != "" {
		scope.Boundary = access.BoundaryARN(at, t.PermissionsBoundary)
	}
	if len(c.Observers.Regions) > 0 {
		scope.Buses, scope.Sources = p.buses(), TargetSources(c)
	}
	return access.Execution(scope), true
}

// Confined returns the target accounts that have such a policy.
func (p Plan) Confined() []string {
	var accounts []string
	for _, t := range p.Config.Targets {
		if t.Account != p.Config.Hub.Account {
			accounts = append(accounts, t.Account)
		}
	}
	return accounts
}

// ObserverBoundary returns the ARN of the permissions boundary of the observers' role in a target account: where the hub account is
// trusted to deploy there, what CloudFormation may do itself. Elsewhere it is empty.
func ObserverBoundary(c *config.Config, at place.Place) string {
	if c.Deploy.Access != config.AccessBootstrap || !slices.ContainsFunc(c.Targets, func(t config.Target) bool { return t.Account == at.Account }) {
		return ""
	}
	return at.Policy(names.ExecutionPolicy)
}

// executionFile returns the name of the file that the bootstrap commands write an account's policy to.
func executionFile(account string) string { return names.ExecutionPolicy + "-" + account + ".json" }

// BootstrapCommands returns what has to be run once, each with the credentials of its account, before the roles of the CDK's
// bootstrap can deploy: for exactly the accounts and Regions of the plan, with permissions for exactly what is deployed there. An
// account has one command, which can be repeated: a second one for other Regions would take back what the first gave. file is the flag
// of this CLI that names the configuration, with a space before it; empty for the default. profile returns the flag that names an
// account's profile, likewise; nil means none for all.
func (p Plan) BootstrapCommands(file string, profile func(account string) string) []string {
	var accounts []string
	for _, at := range p.Placements {
		if !slices.Contains(accounts, at.Account) {
			accounts = append(accounts, at.Account)
		}
	}
	var commands []string
	for _, account := range accounts {
		own := ""
		if profile != nil {
			own = profile(account)
		}
		commands = append(commands, p.BootstrapCommand(account, file, own))
	}
	return commands
}

// BootstrapCommand returns that command for an account; a target account gets its policy first. file is as above; as is the flag of
// the AWS CLI and of the CDK CLI that names a profile, with a space before it, or empty.
func (p Plan) BootstrapCommand(account, file, as string) string {
	at, bootstrap := p.Config.HubPlace().Of(account), "npx cdk bootstrap"
	var regions []string
	for _, placed := range p.Placements {
		if placed.Account == account {
			regions = append(regions, placed.Region)
		}
	}
	slices.Sort(regions)
	for _, region := range slices.Compact(regions) {
		bootstrap += " aws://" + account + "/" + region
	}
	if _, confined := p.Execution(account); !confined {
		return bootstrap + " --cloudformation-execution-policies " + at.AWSPolicy("AdministratorAccess") + as
	}
	return p.ExecutionCommand(account, file, as) + " && " +
		bootstrap + " --trust " + p.Config.Hub.Account + " --cloudformation-execution-policies " + at.Policy(names.ExecutionPolicy) + as
}

// ExecutionCommand returns the command that gives a target account its policy, whether it has one or not.
func (p Plan) ExecutionCommand(account, file, as string) string {
	json := executionFile(account)
	return "breakglass execution-policy " + account + file + " > " + json + " && " +
		"{ aws iam create-policy --policy-name " + names.ExecutionPolicy + " --policy-document file://" + json + as +
		" || aws iam create-policy-version --set-as-default --policy-arn " + p.Config.HubPlace().Of(account).Policy(names.ExecutionPolicy) +
		" --policy-document file://" + json + as + "; }"
}

// notConfined refuses what CloudFormation could only make with permissions that nothing confines, in an account that trusts the hub
// account to deploy there.
func (p Plan) notConfined() (found config.Problems) {
	c := p.Config
	if c.Deploy.Access != config.AccessBootstrap {
		return nil
	}
	for _, t := range c.Targets {
		document, confined := p.Execution(t.Account)
		if !confined {
			continue
		}
		if len(t.InlinePolicy) > 0 && t.PermissionsBoundary == "" {
			found = append(found, c.Problem("targets", "an inline policy without a permissions boundary, with deploy.access: bootstrap: whoever can deploy from the hub account could write any policy there",
				t.Account, "Set permissionsBoundary, use managedPolicies, or have the account in an organizational unit."))
		}
		if n := document.Size(); n > access.MaxManagedPolicy {
			found = append(found, c.Problem("targets", fmt.Sprintf("what CloudFormation may do in the account has %d characters, and IAM allows %d in a policy", n,
				access.MaxManagedPolicy), t.Account,
				"Use fewer managed policies, or give them shorter names."))
		}
	}
	if account := c.StackSetAccount(); len(c.Units) > 0 && account != c.Hub.Account {
		found = append(found, c.Problem("stackSets.managementAccount", "not supported with deploy.access: bootstrap: a stack set deploys whatever its template has, so whoever can deploy from the hub account would be administrator of every account of the units",
			account, "Make the hub account a delegated administrator of StackSets and remove managementAccount, or set deploy.access to organization or credentials."))
	}
	return found
}

// TargetRegions returns the Regions in which a target account has stacks: that of its role, and those that are observed.
func (p Plan) TargetRegions(account string) []string {
	var regions []string
	for _, at := range p.Placements {
		if at.Target != nil && at.Target.Account == account {
			regions = append(regions, at.Region)
		}
	}
	slices.Sort(regions)
	return slices.Compact(regions)
}

// beyondThePipeline returns the Regions of stacks that a pipeline can't deploy into.
func (p Plan) beyondThePipeline() []string {
	var regions []string
	for _, at := range p.Placements {
		if !config.PipelineReaches(at.Region) {
			regions = append(regions, at.Region)
		}
	}
	slices.Sort(regions)
	return slices.Compact(regions)
}
