package deploy

import (
	"fmt"
	"slices"
	"strings"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/shell"
	"example.com/breakglass/names"
)

// Lines returns what people still have to do, one line each; none when nothing is pending. flags returns the flags with which the
// AWS CLI reaches the hub account in a Region.
func (p Pending) Lines(c *config.Config, flags func(region string) []string) []string {
	var lines []string
	for _, region := range c.HubRegions() {
		topic := c.HubIn(region).Topic(names.Topic)
		var addresses []string
		for _, s := range p.Unconfirmed {
			switch {
			case s.Region != region:
			case s.Protocol == "email":
				addresses = append(addresses, s.Endpoint)
			default:
				lines = append(lines, fmt.Sprintf("  - %s %s has not confirmed its subscription in %s: docs/deploy.md.", s.Protocol, s.Endpoint, region))
			}
		}
		if len(addresses) > 0 {
			lines = append(lines, fmt.Sprintf("  - Confirm within 48 hours, with the token from the email that AWS has sent from %s to %s:", region,
				strings.Join(addresses, ", ")),
				"      aws sns confirm-subscription --authenticate-on-unsubscribe true --token <token> --topic-arn "+shell.Quote(append([]string{topic},
					flags(region)...)...))
		}
		for _, s := range p.Unsubscribed {
			if s.Region == region {
				lines = append(lines, fmt.Sprintf("  - %s %s gets no alert from %s; a subscription that nobody confirms within 48 hours is deleted. Subscribe it again:",
					s.Protocol, s.Endpoint, region),
					"      "+shell.Quote(append([]string{"aws", "sns", "subscribe", "--topic-arn", topic, "--protocol", s.Protocol, "--notification-endpoint", s.Endpoint},
						flags(region)...)...))
			}
		}
	}
	for _, u := range c.Users {
		var lacks []string
		if slices.Contains(p.NoPassword, u.Name) {
			lacks = append(lacks, "a password")
		}
		if slices.Contains(p.NoMFA, u.Name) {
			lacks = append(lacks, "an MFA device")
		}
		if len(lacks) > 0 {
			lines = append(lines, fmt.Sprintf("  - Give %s %s: docs/credentials.md.", u.Name, strings.Join(lacks, " and ")))
		}
	}
	for _, why := range p.Unknown {
		lines = append(lines, "  - Not known whether everybody has confirmed and can sign in: "+why)
	}
	if len(lines) > 0 {
		lines = append([]string{"", "Still to do by people:"}, lines...)
	}
	return lines
}

// Next returns what to do after everything was deployed. again has the flags with which a command of this program reads the same file
// with the same credentials, a space before each.
func Next(c *config.Config, outcomes []Outcome, again string) []string {
	fresh, skipped, pipeline, notifications := false, false, false, false
	later := ""
	for _, o := range outcomes {
		fresh = fresh || o.State == Deployed
		skipped = skipped || o.State == NotEnabled
		pipeline = pipeline || o.Stack == names.PipelineStack && o.State == Deployed
		notifications = notifications || o.Stack == names.NotificationsStack && o.State == Deployed
		if o.State == Later {
			later = o.Fix
		}
	}
	if !fresh {
		return nil
	}
	lines := []string{"", "Next steps:"}
	if pipeline {
		lines = append(lines, fmt.Sprintf("  - The pipeline deploys the rest, from the repository and not from this folder: follow and approve it in the CodePipeline console of %s.", c.Hub.Region),
			"    Then run breakglass deploy"+again+" again: it says who has to confirm a subscription, and which user needs a password or an MFA device.")
	}
	if notifications { // nothing here can ask whether that is done
		lines = append(lines, "  - Activate, with the link in the email from AWS User Notifications: "+strings.Join(c.UserNotifications.Email, ", ")+".")
	}
	if later != "" {
		lines = append(lines, "  - Some stacks are deferred: "+later+".")
	}
	lines = append(lines, "  - Check the deployment: breakglass check"+again, "  - Send a test alert through every Region: breakglass drill"+again)
	if skipped {
		lines = append(lines,
			"  - The skipped Regions are not watched, and their heartbeat alarms will alert: enable the Regions and deploy again, or remove them from the file.")
	}
	return lines
}
