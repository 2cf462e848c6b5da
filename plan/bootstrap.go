package plan

import (
	"slices"
	"strings"

	"example.com/breakglass/config"
	"example.com/breakglass/place"
)

// executionPolicies lists what CloudFormation needs to deploy a kind of stack outside the hub account, by the names of AWS
// managed policies. In the hub account it deploys nearly everything, and administers.
var executionPolicies = map[Kind][]string{
	Role:           {"IAMFullAccess"},
	TargetObserver: {"AmazonEventBridgeFullAccess", "AmazonSQSFullAccess"},
	StackSet:       {"AWSCloudFormationFullAccess"},
}

// BootstrapCommands returns what has to be run once, each with the credentials of its account, before a pipeline can deploy:
// for exactly the accounts and Regions of the plan, with permissions for exactly what is deployed there. An account has one
// command, with the permissions for all that it has: a second one would take back what the first gave.
func (p Plan) BootstrapCommands() []string {
	hub := p.Config.Hub.Account
	var accounts []string
	regions, policies := map[string][]string{}, map[string][]string{}
	for _, at := range p.Placements {
		if !slices.Contains(accounts, at.Account) {
			accounts = append(accounts, at.Account)
		}
		regions[at.Account] = append(regions[at.Account], at.Region)
		need := executionPolicies[at.Kind]
		if at.Kind == Role && len(at.To) > 0 {
			need = slices.Concat(need, executionPolicies[TargetObserver])
		}
		for _, policy := range need {
			if !slices.Contains(policies[at.Account], policy) {
				policies[at.Account] = append(policies[at.Account], policy)
			}
		}
	}
	policies[hub] = []string{"AdministratorAccess"}
	var commands []string
	for _, account := range accounts {
		trusted := hub
		if account == hub {
			trusted = ""
		}
		commands = append(commands, bootstrap(p.Config.HubPlace().Of(account), regions[account], trusted, policies[account]))
	}
	return commands
}

// bootstrap returns the command for an account in some Regions; trusted may be empty.
func bootstrap(at place.Place, regions []string, trusted string, policies []string) string {
	slices.Sort(regions)
	command := "npx cdk bootstrap"
	for _, region := range slices.Compact(regions) {
		command += " aws://" + at.Account + "/" + region
	}
	if trusted != "" {
		command += " --trust " + trusted
	}
	arns := make([]string, len(policies))
	for i, name := range policies {
		arns[i] = at.AWSPolicy(name)
	}
	return command + " --cloudformation-execution-policies " + strings.Join(arns, ",")
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
