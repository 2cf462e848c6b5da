package plan

import (
	"example.com/breakglass/names"
	"example.com/breakglass/watch"
)

// Rule is an EventBridge rule on the default bus with all its properties. The template is rendered from it, and the readiness
// check compares the deployed rule with it.
type Rule struct {
	// ID is the path of the rule's construct in its stack, from which the CDK derives the logical ID.
	ID                string
	Name, Description string
	// State is RuleState of every rule.
	State   string
	Pattern watch.Fields
	// Targets has at most 5.
	Targets []RuleTarget
}

// RuleState is the state in which a rule also sees management events that only read: AssumeRole is one, and plain ENABLED may
// never see it (EventBridge user guide, management events from AWS services).
const RuleState = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"

// RuleTarget is a target of a rule.
type RuleTarget struct {
	ID, ARN string
	// Role is the ARN of the role that the rule delivers with; only buses have one. Delivery to an encrypted topic may fail with
	// a role (EventBridge user guide), and the topic's own policy lets EventBridge in, as the ledger's does.
	Role string
	// Template and Paths are the input transformer. A target without them receives the event unchanged.
	Template string
	Paths    map[string]string
	// DeadLetters is set where the stack's dead-letter queue receives failed deliveries. Retries are not configured: the default
	// of EventBridge, 24 hours and 185 attempts, is its maximum.
	DeadLetters bool
}

// Target returns the rule's target with an ID.
func (r Rule) Target(id string) (RuleTarget, bool) {
	for _, t := range r.Targets {
		if t.ID == id {
			return t, true
		}
	}
	return RuleTarget{}, false
}

// IDs of targets other than a bus, whose ID is the code of its Region.
const (
	PeopleTarget     = "people"
	ChatTarget       = "chat"
	LedgerTarget     = "ledger"
	HeartbeatsTarget = "heartbeats"
)

// Rules returns the rules of a stack with all their properties. The placement may represent many accounts, as in the template
// of a stack set, with pseudo parameters of CloudFormation as the account and the Region.
func (p Plan) Rules(at Placement, refs Refs) []Rule {
	in := p.part(at, refs)
	if in.info.rules == nil {
		return nil
	}
	rules := in.info.rules(in)
	for i := range rules {
		rules[i].State = RuleState
	}
	return rules
}

func (p part) hub() []Rule { return append(p.alerting(), p.distantDrills()) }

// alerting returns the rules that turn each event in a hub, from its own Region or another, into an alert and a record in the
// ledger.
func (p part) alerting() []Rule {
	var rules []Rule
	for _, e := range p.entries() {
		for _, a := range e.Alerts {
			people := RuleTarget{
				ID: PeopleTarget, ARN: p.topic(), DeadLetters: true,
				Template: a.Template(p.instructions(), p.at.Region), Paths: a.Paths(p.instructions(), p.at.Region),
			}
			rules = append(rules, Rule{
				ID: "Alerting/" + e.ID + a.Suffix, Name: names.Capture + e.Rule + a.Suffix + p.suffix, Description: e.DescriptionInHub(a),
				Pattern: e.Publish(p.scope, a, p.at.Region), Targets: []RuleTarget{people, p.ledger()},
			})
		}
		if len(e.Counts) > 0 {
			rules = append(rules, Rule{
				ID: "Alerting/" + e.ID, Name: p.counted(e), Description: e.DescriptionInHub(watch.Alert{}),
				Pattern: e.Tally(p.scope, p.at.Region), Targets: []RuleTarget{p.ledger()},
			})
		}
	}
	return rules
}

// counted returns the name of the rule whose matches the alarms of an entry count.
func (p part) counted(e watch.Entry) string { return names.Capture + e.Rule + p.suffix }

func (p part) distantDrills() Rule {
	return Rule{
		ID: "Alerting/distant-drills", Name: names.Record + "breakglass-drills" + p.suffix,
		Description: watch.DistantDrillsDescription,
		Pattern:     watch.DistantDrills(p.scope, p.at.Region), Targets: []RuleTarget{p.ledger()},
	}
}

// beats returns the rules that count the heartbeats of each Region: one heartbeat arrives for every rule that forwards it.
func (p part) beats() []Rule {
	var rules []Rule
	for _, region := range p.at.Beats {
		rules = append(rules, Rule{
			ID: "Silence/" + region, Name: names.Capture + names.HeartbeatAlarm(region), Description: watch.BeatDescription(region),
			Pattern: watch.Beat(p.scope, region),
			// No dead-letter queue: the alarm counts the matches of the rule, whether or not they were recorded.
			Targets: []RuleTarget{{ID: HeartbeatsTarget, ARN: p.at.Place().LogGroup(names.Heartbeats)}},
		})
	}
	return rules
}

// chat returns a rule for each alert. Counted events have none: their alarm notifies the chat topic.
func (p part) chat() []Rule {
	within := "Chat/Rules/"
	if p.at.Group != "" {
		within = "Chat/"
	}
	var rules []Rule
	for _, e := range p.entries() {
		for _, a := range e.Alerts {
			rules = append(rules, Rule{
				ID: within + e.ID + a.Suffix, Name: names.Chat + e.Rule + a.Suffix + p.suffix, Description: e.ChatDescription(a),
				Pattern: e.Publish(p.scope, a, p.at.Region),
				Targets: []RuleTarget{{
					ID: ChatTarget, ARN: either(p.refs.ChatTopic, p.at.Place().Topic(names.ChatTopic)), DeadLetters: true,
					Template: a.ChatTemplate(p.instructions(), p.at.Region), Paths: a.ChatPaths(p.instructions(), p.at.Region),
				}},
			})
		}
	}
	return rules
}

// hubObservedRules returns a hub's rules for the events that observers forward. They write to the ledger only: nobody in a target
// account can flood the recipients of alerts.
func (p part) hubObservedRules() []Rule {
	rule := func(e watch.Entry, suffix string, pattern watch.Fields) Rule {
		return Rule{
			ID: e.ID + suffix, Name: names.Capture + e.Rule + suffix + p.suffix, Description: e.Description(),
			Pattern: pattern, Targets: []RuleTarget{p.ledger()},
		}
	}
	var rules []Rule
	access, _ := watch.ByID(watch.TargetAccess)
	for _, l := range p.at.TargetAlarms().Alarms {
		rules = append(rules, rule(access, l.Suffix, l.pattern(p.Config, p.scope, p.at.Region)))
	}
	if deployment, _ := watch.ByID(watch.TargetDeployment); p.at.TargetAlarms().First {
		rules = append(rules, rule(deployment, "", deployment.PatternInHub(p.scope, p.scope.AllOthers(nil), p.at.Region)))
	}
	return rules
}

// targetObserverRules returns the rules of a target account, with every hub's bus as a target: EventBridge does not forward an event
// from another account to a third one.
func (p part) targetObserverRules() []Rule {
	if len(p.at.To) == 0 {
		return nil
	}
	var rules []Rule
	for _, e := range p.scope.Of(watch.TargetAccounts) {
		rules = append(rules, Rule{
			ID: "Observers/" + e.ID, Name: names.Observe + e.Rule, Description: e.Description(),
			Pattern: e.PatternInTarget(p.scope, p.at.Account, p.at.Region), Targets: p.buses(),
		})
	}
	return rules
}

// forwarding returns a rule for each entry that the Region forwards, with the bus of every hub elsewhere as a target.
func (p part) forwarding() []Rule {
	prefix := names.Capture
	if p.isHub() {
		// A hub Region has capture rules of its own.
		prefix = names.Forward
	}
	var rules []Rule
	for _, e := range p.scope.Forwarded(p.at.Region) {
		rules = append(rules, Rule{
			ID: "Forwarding/" + e.ID, Name: prefix + e.Rule, Description: e.Description(),
			Pattern: e.Forward(p.scope, p.at.Region), Targets: p.buses(),
		})
	}
	return rules
}

func (p part) ledger() RuleTarget {
	return RuleTarget{ID: LedgerTarget, ARN: p.at.Place().LogGroup(names.Ledger), DeadLetters: true}
}

// buses returns the buses of the hubs as targets, which receive the event unchanged.
func (p part) buses() []RuleTarget {
	var targets []RuleTarget
	for _, hub := range p.at.To {
		targets = append(targets, RuleTarget{
			ID: hub, ARN: p.Config.HubIn(hub).Bus(),
			Role: p.sender(), DeadLetters: true,
		})
	}
	return targets
}
