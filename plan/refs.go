package plan

import (
	"slices"

	"example.com/breakglass/names"
	"example.com/breakglass/watch"
)

// Refs holds what the rules and alarms of a stack refer to and CloudFormation names. The app passes the references of its
// template, a reader of AWS what is there. A field that is empty stands for a value that nobody knows or, of those with a
// name in the plan, for the ARN with that name.
type Refs struct {
	// Key is the ID of the key of the alert topic in the stack's Region. Patterns name it; a Region without a topic has none.
	Key string
	// Queue is the name of the stack's dead-letter queue, which the alarm on it watches. It has no name in the plan.
	Queue string
	// Topic and ChatTopic are the ARNs of the topics in the stack's Region.
	Topic, ChatTopic string
	// Sender is the ARN of the role that puts events on the buses of the hubs.
	Sender string
}

// part is a stack of the plan with all that its rules and alarms are made of.
type part struct {
	Plan
	at   Placement
	info KindInfo
	refs Refs
	// scope has the key of the topic in the stack's Region.
	scope watch.Scope
	// suffix ends the names in a standby.
	suffix string
}

func (p Plan) part(at Placement, refs Refs) part {
	one := part{Plan: p, at: at, info: at.Kind.Info(), refs: refs, scope: ScopeOf(p.Config)}
	if one.isHub() {
		one.scope.Key, one.scope.KeyRegion = refs.Key, at.Region
	}
	if at.Region == p.Config.Hub.Standby {
		one.suffix = names.StandbySuffix
	}
	return one
}

// isHub tells whether the stack's Region is that of the hub or the standby.
func (p part) isHub() bool { return slices.Contains(p.Config.HubRegions(), p.at.Region) }

func (p part) topic() string { return either(p.refs.Topic, p.at.Place().Topic(names.Topic)) }

func (p part) instructions() string { return p.Config.Alerts.Instructions }

// sender is the role that puts events on the buses of the hubs: in a target account, another one than in the hub's.
func (p part) sender() string {
	role := names.ForwardRole
	if p.at.Account != p.Config.Hub.Account {
		role = names.ObserverRole
	}
	return either(p.refs.Sender, p.at.Place().Role(role))
}

// entries lists what the stack alerts on.
func (p part) entries() []watch.Entry {
	if p.at.Group == integrityGroup {
		return p.scope.Of(IntegrityParts...)
	}
	return p.scope.Of(p.info.parts...)
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
