package config

import (
	"slices"
	"strings"
)

// withoutCodePipeline are the commercial Regions in which AWS has no CodePipeline (endpoints of the AWS SDKs, 2026-11). A
// pipeline elsewhere can't deploy into them.
var withoutCodePipeline = []string{"ap-east-2", "ap-southeast-6", "ap-southeast-7", "ca-west-1", "mx-central-1"}

// PipelineReaches tells whether a pipeline can deploy into a Region.
func PipelineReaches(region string) bool { return !slices.Contains(withoutCodePipeline, region) }

// BootstrapCommands are what has to be run once, each with its account's own credentials, before a pipeline can deploy: for
// exactly the accounts and Regions of the file, with rights for exactly what is deployed there. An account has one
// command, with the rights for all that it has: a second one would take back what the first gave.
func (c *Config) BootstrapCommands() []string {
	// Besides its own stacks, the hub account has the pipeline's artifacts in every Region that it deploys into.
	hub := slices.Clone(c.Regions)
	for _, t := range c.Targets {
		for _, region := range c.TargetRegions(t) {
			if PipelineReaches(region) {
				hub = append(hub, region)
			}
		}
	}
	commands := []string{bootstrap(c.Hub.Account, hub, "", []string{"AdministratorAccess"})}
	policies := []string{"IAMFullAccess"}
	if len(c.Observers.Regions) > 0 {
		policies = append(policies, "AmazonEventBridgeFullAccess", "AmazonSQSFullAccess")
	}
	stackSets := c.StackSets.ManagementAccount
	if len(c.Units) == 0 || stackSets == c.Hub.Account {
		stackSets = ""
	}
	for _, t := range c.Targets {
		switch t.Account {
		case "", c.Hub.Account:
		case stackSets:
			commands = append(commands, bootstrap(t.Account, append(c.TargetRegions(t), c.Hub.Region), c.Hub.Account, append(slices.Clone(policies), stackSetsPolicy)))
			stackSets = ""
		default:
			commands = append(commands, bootstrap(t.Account, c.TargetRegions(t), c.Hub.Account, policies))
		}
	}
	if stackSets != "" {
		commands = append(commands, bootstrap(stackSets, []string{c.Hub.Region}, c.Hub.Account, []string{stackSetsPolicy}))
	}
	return commands
}

// stackSetsPolicy is what CloudFormation needs in the management account to make stack sets.
const stackSetsPolicy = "AWSCloudFormationFullAccess"

// bootstrap is the command for an account in some Regions; trusted may be empty.
func bootstrap(account string, regions []string, trusted string, policies []string) string {
	regions = slices.Clone(regions)
	slices.Sort(regions)
	command := "npx cdk bootstrap"
	for _, region := range slices.Compact(regions) {
		command += " aws://" + account + "/" + region
	}
	if trusted != "" {
		command += " --trust " + trusted
	}
	arns := make([]string, len(policies))
	for i, p := range policies {
		arns[i] = awsManaged + p
	}
	return command + " --cloudformation-execution-policies " + strings.Join(arns, ",")
}

// TargetRegions are those in which a target account has stacks: that of its role, and those that are observed.
func (c *Config) TargetRegions(t Target) []string {
	regions := []string{t.Region}
	if t.Account != c.Hub.Account {
		regions = append(regions, c.Observers.Regions...)
	}
	slices.Sort(regions)
	return slices.Compact(regions)
}
