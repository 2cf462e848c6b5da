package plan

import (
	"example.com/breakglass/compose"
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
	// AsText is set where the template has the pattern as a text, which CloudFormation takes too (its resource schema has a string or
	// an object): laid out as the CDK CLI sends a template, an object takes twice the room. Stack sets carry templates as text, in
	// which the quotation marks of a text would be escaped twice.
	AsText bool
	// Targets has at most 5.
	Targets []RuleTarget
	// Tags of the rule, besides those of the stack.
	Tags map[string]string
}

// PatternText returns the pattern as JSON.
func (r Rule) PatternText() string { return string(asJSON(r.Pattern)) }

// inTemplate returns the pattern as a template has it.
func (r Rule) inTemplate() any {
	if r.AsText {
		return r.PatternText()
	}
	return map[string]any(r.Pattern)
}

// RuleState is the state in which a rule also sees management events that only read: AssumeRole is one, and plain ENABLED may
// never see it (EventBridge user guide, management events from AWS services).
const RuleState = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"

// RuleTarget is a target of a rule.
type RuleTarget struct {
	ID, ARN string
	// Begins is set where the ARN is only its beginning: EventBridge ends that of an API destination with an ID, after a slash.
	Begins bool
	// Role is the ARN of the role that the rule delivers with, to a bus or a state machine. A log group has none: its policy lets
	// EventBridge in.
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
	ComposerTarget       = "composer"
	LedgerTarget         = "ledger"
	heartbeatsTarget     = "heartbeats"
	deadMansSwitchTarget = "switch"
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
		rules[i].State, rules[i].AsText = RuleState, at.Kind != Role && at.Kind != TargetObserver
	}
	return rules
}

func (p part) hub() []Rule { return append(p.alerting(), p.distantDrills()) }

// alerting returns a rule for each entry, which sends its events in a hub, from its own Region or another, to the ledger; and to the
// composer, unless an alarm counts them.
func (p part) alerting() []Rule {
	var rules []Rule
	for _, e := range p.entries() {
		targets := []RuleTarget{p.ledger()}
		if len(e.Messages) > 0 {
			targets = []RuleTarget{p.composer(e), p.ledger()}
		}
		rules = append(rules, Rule{
			ID: "Alerting/" + e.ID, Name: p.captured(e), Description: e.DescriptionInHub(),
			Pattern: e.InHub(p.scope, p.at.Region), Targets: targets,
		})
	}
	return rules
}

// composer returns the composer of the stack's Region as the target of an entry's rule.
func (p part) composer(e watch.Entry) RuleTarget {
	at := p.at.Place()
	return RuleTarget{
		ID: ComposerTarget, ARN: at.StateMachine(names.Composer), Role: at.Role(names.ComposerStartRole), DeadLetters: true,
		Template: compose.InputTemplate(e.ID), Paths: compose.InputPaths(),
	}
}

// captured returns the name of a hub's rule for an entry, whose matches an alarm may count.
func (p part) captured(e watch.Entry) string { return names.Capture + e.Rule + p.suffix }

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
			Targets: p.heartbeats(),
		})
	}
	for _, hub := range p.at.Alive {
		rules = append(rules, Rule{
			ID: "Alive/" + hub, Name: names.Capture + names.AliveAlarm(hub), Description: watch.AliveDescription(hub),
			Pattern: watch.AlivePattern(p.scope, hub), Targets: p.heartbeats(),
		})
	}
	if len(p.at.Alive) > 0 { // one stack of each hub
		rules = append(rules, p.recorded("Recorded", names.Capture+names.Recorded+p.suffix, watch.Recorded(p.scope), p.heartbeats()))
	}
	return append(rules, p.deadMansSwitch()...)
}

// recorded returns a rule for the records of a drill's calls, with the tag that one of the calls sets.
func (p part) recorded(id, name string, pattern watch.Fields, targets []RuleTarget) Rule {
	return Rule{
		ID: id, Name: name, Description: watch.RecordedDescription, Pattern: pattern, Targets: targets,
		Tags: map[string]string{watch.RecordedTag: watch.RecordedTagValue},
	}
}

// Recorded returns the name of a Region's rule for the records of a drill's calls, which one of the calls tags.
func (p Plan) Recorded(region string) string {
	return names.Capture + names.Recorded + p.part(Placement{Region: region}, Refs{}).suffix
}

// deadMansSwitch returns the rule that posts what the composer of the hub reports to the monitor outside AWS. It has no dead-letter
// queue: the monitor notices what did not come.
func (p part) deadMansSwitch() []Rule {
	if !p.at.DeadMansSwitch {
		return nil
	}
	at := p.at.Place()
	return []Rule{{
		ID: "Switch/Rule", Name: names.Capture + names.DeadMansSwitch, Description: watch.DeadMansSwitchDescription,
		Pattern: watch.AlivePattern(p.scope, p.at.Region),
		Targets: []RuleTarget{{
			ID: deadMansSwitchTarget, ARN: either(p.refs.DeadMansSwitch, at.APIDestination(names.DeadMansSwitch)), Role: at.Role(names.DeadMansSwitchRole),
			Begins: p.refs.DeadMansSwitch == "",
		}},
	}}
}

func (p part) heartbeats() []RuleTarget {
	return []RuleTarget{{ID: heartbeatsTarget, ARN: p.at.Place().LogGroup(names.Heartbeats)}}
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
	if p.Config.Observers.Activity && p.at.TargetAlarms().First {
		rules = append(rules, Rule{
			ID: "target-activity", Name: names.Record + watch.ActivityRule + p.suffix, Description: watch.ActivityDescription,
			Pattern: watch.ActivityInHub(p.scope), Targets: []RuleTarget{p.ledger()},
		})
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
	if p.Config.Observers.Activity {
		rules = append(rules, Rule{
			ID: "Observers/target-activity", Name: names.Observe + watch.ActivityRule, Description: watch.ActivityDescription,
			Pattern: watch.ActivityInTarget(p.scope, p.at.Account, p.at.Region), Targets: p.buses(),
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
			ID: "Forwarding/" + e.ID, Name: prefix + e.Rule, Description: e.DescriptionWhereForwarded(),
			Pattern: e.Forward(p.scope, p.at.Region), Targets: p.buses(),
		})
	}
	if p.Config.Monitoring.Heartbeats { // without, no log takes them
		rules = append(rules, p.recorded("Forwarding/recorded", prefix+names.Recorded, watch.ForwardRecorded(p.scope, p.at.Region), p.buses()))
	}
	if p.isHub() && p.Config.Monitoring.Heartbeats {
		rules = append(rules, Rule{
			ID: "Forwarding/alive", Name: prefix + names.Alive, Description: watch.ForwardAliveDescription(p.at.Region),
			Pattern: watch.AlivePattern(p.scope, p.at.Region), Targets: p.buses(),
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
