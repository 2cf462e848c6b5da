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
// exactly the accounts and Regions of the file, with rights for exactly what is deployed there.
func (c *Config) BootstrapCommands() []string {
	hub := "npx cdk bootstrap"
	for _, region := range c.Regions {
		hub += " aws://" + c.Hub.Account + "/" + region
	}
	commands := []string{hub + " --cloudformation-execution-policies arn:" + Partition + ":iam::aws:policy/AdministratorAccess"}
	policies := []string{"IAMFullAccess"}
	if len(c.Observers.Regions) > 0 {
		policies = append(policies, "AmazonEventBridgeFullAccess", "AmazonSQSFullAccess")
	}
	for i, p := range policies {
		policies[i] = awsManaged + p
	}
	others := slices.DeleteFunc(slices.Clone(c.Targets), func(t Target) bool { return t.Account == c.Hub.Account || t.Account == "" })
	for _, t := range others {
		command := "npx cdk bootstrap"
		for _, region := range c.TargetRegions(t) {
			command += " aws://" + t.Account + "/" + region
		}
		commands = append(commands, command+" --trust "+c.Hub.Account+" --cloudformation-execution-policies "+strings.Join(policies, ","))
	}
	if c.StackSets.ManagementAccount != "" && len(c.Units) > 0 {
		commands = append(commands, "npx cdk bootstrap aws://"+c.StackSets.ManagementAccount+"/"+c.Hub.Region+" --trust "+c.Hub.Account+
			" --cloudformation-execution-policies "+awsManaged+"AWSCloudFormationFullAccess")
	}
	return commands
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
