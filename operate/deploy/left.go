package deploy

import (
	"fmt"

	"example.com/breakglass/config"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
)

// Left returns the stacks that are not attempted: the caller cannot access their account, or their Region is not enabled.
func Left(stacks []plan.Placement, refused []Refusal, disabled []Disabled) map[string]Outcome {
	left := map[string]Outcome{}
	for _, at := range stacks {
		for _, off := range disabled {
			if off.Account == at.Account && off.Region == at.Region {
				left[at.Stack] = Outcome{State: NotEnabled, Reason: at.Region + " is not enabled", Fix: EnableRegion(off)}
			}
		}
		for _, r := range refused {
			if r.Account == at.Account && (r.Region == "" || r.Region == at.Region) {
				left[at.Stack] = Outcome{State: Refused, Reason: r.Reason, Fix: "fix the access, " + again}
			}
		}
	}
	return left
}

// EnableRegion returns what to do about a Region that is not enabled.
func EnableRegion(off Disabled) string {
	where := "in that account"
	if off.Caller {
		where = "in your own account, through which the stack is deployed"
	}
	return fmt.Sprintf("enable it %s (aws account enable-region --region-name %s) or remove it from the file", where, off.Region)
}

// Next returns what to do after everything was deployed.
func Next(c *config.Config, outcomes []Outcome) []string {
	fresh, hub, skipped, pipeline := false, false, false, false
	later := ""
	for _, o := range outcomes {
		fresh = fresh || o.State == Deployed
		hub = hub || o.Stack == names.HubStack && o.State == Deployed
		skipped = skipped || o.State == NotEnabled
		pipeline = pipeline || o.Stack == names.PipelineStack && o.State == Deployed
		if o.State == Later {
			later = o.Fix
		}
	}
	if !fresh {
		return nil
	}
	lines := []string{"", "Next steps:"}
	if pipeline {
		hub = true // it is the pipeline's first stage
		lines = append(lines, fmt.Sprintf("  - The pipeline deploys the rest, from the repository and not from this folder: follow and approve it in the CodePipeline console of %s.", c.Hub.Region))
	}
	if later != "" {
		lines = append(lines, "  - Some stacks are deferred: "+later+".")
	}
	if hub && len(c.Alerts.Email) > 0 {
		lines = append(lines, "  - Within 48 hours, confirm each new email address with the token from its email:")
		for _, region := range c.HubRegions() {
			lines = append(lines, fmt.Sprintf("      aws sns confirm-subscription --authenticate-on-unsubscribe true --topic-arn %s --token <token> --region %s",
				c.HubIn(region).Topic(names.Topic), region))
		}
	}
	if hub {
		lines = append(lines, `  - Give each new user a password and an MFA device: docs/credentials.md.`)
	}
	lines = append(lines, "  - Check the deployment: breakglass check", "  - Send a test alert through every Region: breakglass drill")
	if skipped {
		lines = append(lines, "  - The skipped Regions are not watched, and their heartbeat alarms will alert: enable the Regions and deploy again, or remove them from the file.")
	}
	return lines
}
