package plan

import (
	"slices"

	"example.com/breakglass/config"
	"example.com/breakglass/names"
	"example.com/breakglass/watch"
)

// Rule is an EventBridge rule on the default bus, as a stack of the plan has it.
type Rule struct {
	Name    string
	Pattern watch.Fields
	// Targets are their ARNs, by the target's ID.
	Targets map[string]string
}

// Rules are the rules of a stack. key is the ID of the key of the topic in the stack's Region, which CloudFormation makes
// up and which some patterns name; where the Region has no topic, it is not looked at.
func (p Plan) Rules(at Placement, key string) []Rule {
	c := p.Config
	scope, isHub := c.Scope(), slices.Contains(c.HubRegions(), at.Region)
	if isHub {
		scope.Key, scope.KeyRegion = key, at.Region
	}
	arn := func(service, rest string) string {
		return "arn:" + config.Partition + ":" + service + ":" + at.Region + ":" + at.Account + ":" + rest
	}
	suffix := ""
	if at.Region == c.Hub.Standby {
		suffix = names.StandbySuffix
	}
	people, ledger := arn("sns", names.Topic), arn("logs", "log-group:"+names.Ledger)
	var rules []Rule
	switch at.Kind {
	case Hub, Standby, Integrity:
		for _, e := range p.entriesOf(at.Kind) {
			for _, a := range e.Alerts {
				rules = append(rules, Rule{
					names.Capture + e.Rule + a.Suffix + suffix, e.Publish(scope, a, at.Region), map[string]string{"people": people, "ledger": ledger},
				})
			}
			if len(e.Counts) > 0 {
				rules = append(rules, Rule{names.Capture + e.Rule + suffix, e.Tally(scope, at.Region), map[string]string{"ledger": ledger}})
			}
		}
		if at.Kind != Integrity {
			rules = append(rules, Rule{
				names.Record + "breakglass-drills" + suffix, watch.DistantDrills(scope, at.Region), map[string]string{"ledger": ledger},
			})
		}
	case Heartbeats:
		for _, region := range at.Beats {
			rules = append(rules, Rule{
				names.Capture + names.HeartbeatAlarm(region), watch.Beat(scope, region),
				map[string]string{"heartbeats": arn("logs", "log-group:"+names.Heartbeats)},
			})
		}
	case Chat:
		entries := p.entriesOf(Hub)
		if at.Group != "" {
			entries = p.entriesOf(Integrity)
		}
		for _, e := range entries {
			for _, a := range e.Alerts {
				rules = append(rules, Rule{
					names.Chat + e.Rule + a.Suffix + suffix, e.Publish(scope, a, at.Region), map[string]string{"chat": arn("sns", names.ChatTopic)},
				})
			}
		}
	case Observed:
		heard, _ := watch.ByID(watch.TargetAccess)
		for _, l := range at.Listeners {
			rules = append(rules, Rule{names.Capture + heard.Rule + l.Suffix + suffix, heard.Heard(scope, c.HeardFrom(l), l.DrillsOf(at.Region)), map[string]string{"ledger": ledger}})
		}
		if deployed, _ := watch.ByID(watch.TargetDeployment); at.First {
			rules = append(rules, Rule{names.Capture + deployed.Rule + suffix, deployed.Heard(scope, scope.AllOthers(nil), at.Region), map[string]string{"ledger": ledger}})
		}
	case Role, Observer:
		for _, e := range scope.Of(watch.TargetAccounts) {
			if len(at.To) > 0 {
				rules = append(rules, Rule{names.Observe + e.Rule, e.Observe(scope, at.Account, at.Region), p.buses(at.To)})
			}
		}
	case Forwarder:
		prefix := names.Capture
		if isHub {
			prefix = names.Forward
		}
		for _, e := range scope.Forwarded(at.Region) {
			rules = append(rules, Rule{prefix + e.Rule, e.Forward(scope, at.Region), p.buses(at.To)})
		}
	}
	return rules
}

// buses of the hubs, by Region.
func (p Plan) buses(hubs []string) map[string]string {
	buses := map[string]string{}
	for _, hub := range hubs {
		buses[hub] = "arn:" + config.Partition + ":events:" + hub + ":" + p.Config.Hub.Account + ":event-bus/default"
	}
	return buses
}
