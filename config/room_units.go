package config

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"example.com/breakglass/access"
	"example.com/breakglass/watch"
)

// What the template of a unit's stack takes, in bytes, measured on synthesized templates and rounded up. It carries the
// templates for the accounts as texts, in which each quotation mark takes two bytes, and whatever is escaped in a policy
// even more. A test of the app holds the sum against the templates.
const (
	unitBytes     = 200
	stackSetBytes = 900
	tagBytes      = 50
	// Of the role, each of its managed policies, and the role that the observers act as.
	carriedRole, carriedPolicy, carriedSender = 700, 6, 850
	// Of the observers of a Region: the queue, each rule, and a hub that a rule carries to.
	carriedQueue, carriedRule, carriedTarget = 1250, 600, 300
)

// unitSize is what takes the room in the template of a unit's stack.
type unitSize struct{ all, inline, policies, users, tags, observers int }

// UnitSize is how many bytes the template of a unit's stack has, at most.
func (c *Config) UnitSize(u Target) int { return c.unitSize(u).all }

func (c *Config) unitSize(u Target) unitSize {
	var s unitSize
	s.users = asText(access.Trust(c.EmergencyUsers()))
	if u.InlinePolicy != nil {
		s.inline = asText(u.InlinePolicy)
	}
	for _, policy := range append(u.ManagedPolicies, u.PermissionsBoundary) {
		s.policies += len(awsManaged) + len(policy) + carriedPolicy
	}
	sets := 1
	if n := len(c.Observers.Regions); n > 0 {
		here := slices.Contains(c.Observers.Regions, c.StackSets.Region)
		s.observers = carriedSender
		if here {
			s.observers += c.observerSize()
		}
		if !here || n > 1 {
			sets, s.observers = 2, s.observers+c.observerSize()
		}
	}
	for key, value := range c.Tags {
		s.tags += sets * (tagBytes + len(key) + len(value))
	}
	s.all = unitBytes + sets*(stackSetBytes+len(u.OrganizationalUnit)+len(u.Name)) + carriedRole + len(c.Role.Name)*2 +
		s.users + s.inline + s.policies + s.tags + s.observers
	return s
}

// observerSize is what the observers of a Region take in a text.
func (c *Config) observerSize() int {
	n := carriedQueue
	for _, e := range c.Scope().Of(watch.TargetAccounts) {
		n += carriedRule + carriedTarget*len(c.HubRegions()) + asText(e.Observe(c.Scope(), c.Hub.Account, "ap-southeast-1"))
	}
	return n
}

// asText is how many bytes a value takes in its JSON form, in a text of a template.
func asText(value any) int {
	var inner, outer strings.Builder
	for _, step := range []struct {
		to    *strings.Builder
		value func() any
	}{{&inner, func() any { return value }}, {&outer, func() any { return strings.TrimSuffix(inner.String(), "\n") }}} {
		encoder := json.NewEncoder(step.to)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(step.value()); err != nil {
			return 0 // what is no JSON was reported where it was read
		}
	}
	return outer.Len()
}

// checkUnitSizes refuses a unit whose stack would be too large, and says what takes the room.
func checkUnitSizes(c *Config, r *reader) {
	for _, u := range c.Units {
		s := c.unitSize(u)
		if s.all <= MaxTemplate {
			continue
		}
		r.report("targets", fmt.Sprintf("a unit whose stack has a template of about %d bytes; CloudFormation allows %d", s.all, MaxTemplate), u.OrganizationalUnit,
			fmt.Sprintf("take something away: its inline policy takes %d, its managed policies %d, the users %d, the tags %d, the observers %d",
				s.inline, s.policies, s.users, s.tags, s.observers))
	}
}
