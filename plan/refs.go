package plan

import (
	"slices"

	"example.com/breakglass/names"
	"example.com/breakglass/watch"
)

// Refs holds the identifiers in rules and alarms that CloudFormation assigns. The app passes the references of its template,
// a reader of AWS the deployed values. An empty field means an unknown value or, where the plan has a name, the ARN with that
// name.
type Refs struct {
	// Key is the ID of the key of the alert topic in the stack's Region. Patterns name it; a Region without a topic has none.
	Key string
	// Queue is the name of the stack's dead-letter queue, which the alarm on it watches. It has no name in the plan.
	Queue string
	// Topic is the ARN of the alert topic in the stack's Region.
	Topic string
	// DeadMansSwitch is the ARN of the API destination of the monitor outside AWS.
	DeadMansSwitch string
	// Sender is the ARN of the role that puts events on the buses of the hubs.
	Sender string
}

// part is a stack of the plan with everything that determines its rules and alarms.
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

// isHub reports whether the stack's Region is that of the hub or the standby.
func (p part) isHub() bool { return slices.Contains(p.Config.HubRegions(), p.at.Region) }

func (p part) topic() string { return either(p.refs.Topic, p.at.Place().Topic(names.Topic)) }

func (p part) instructions() string { return p.Config.Alerts.Instructions }

// sender returns the role that puts events on the buses of the hubs: the observers' in a target account, the forwarders' in
// the hub account.
func (p part) sender() string {
	role := names.ForwardRole
	if p.at.Account != p.Config.Hub.Account {
		role = names.ObserverRole
	}
	return either(p.refs.Sender, p.at.Place().Role(role))
}

// entries lists what the stack alerts on.
func (p part) entries() []watch.Entry {
	return p.scope.Of(p.info.parts...)
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
