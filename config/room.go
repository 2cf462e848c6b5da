package config

import "strings"

// MaxTemplate is how many bytes a template may have where nothing is bootstrapped, as the CDK CLI sends it
// (CloudFormation quotas, template body).
const MaxTemplate = 51200

// What a hub's template takes, in bytes, measured on synthesized templates and rounded up. A test of the app holds them
// against the templates that they stand for, on the side of caution.
const (
	hubBytes        = 40700
	instructionByte = 12
	linkGroupBytes  = 300
	chatBytes       = 400
)

func userBytes(name string) int           { return 530 + 17*len(name) }
func subscriberBytes(endpoint string) int { return 260 + 2*len(endpoint) }
func policyBytes(policy string) int       { return 60 + len(policy) }

// HubRoom is how many bytes of the hub's template are left for switch-role addresses; negative means that the hub does
// not fit without any. The standby's template holds less of everything.
func (c *Config) HubRoom() int {
	room := MaxTemplate - hubBytes
	for _, u := range c.Users {
		room -= userBytes(u.Name)
	}
	for _, list := range [][]string{c.Alerts.Email, c.Alerts.HTTPS, c.Alerts.SMS, c.Alerts.SQS} {
		for _, endpoint := range list {
			room -= subscriberBytes(endpoint)
		}
	}
	for _, policy := range c.UserAccess.ManagedPolicies {
		room -= policyBytes(policy)
	}
	if c.Chat != (Chat{}) {
		room -= chatBytes
	}
	return room - instructionByte*(len(c.Alerts.Instructions)+10*strings.Count(c.Alerts.Instructions, "\n"))
}

// LinkBytes is what an output with the addresses takes of a template.
func LinkBytes(addresses []string) int {
	n := linkGroupBytes
	for _, a := range addresses {
		n += len(a) + len("\n")
	}
	return n
}
