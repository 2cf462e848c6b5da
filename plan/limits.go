package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"example.com/breakglass/access"
	"example.com/breakglass/config"
	"example.com/breakglass/place"
	"example.com/breakglass/watch"
)

// overLimits lists where the plan is larger than AWS allows, in the order of the file's lines.
func (p Plan) overLimits() config.Problems {
	var found config.Problems
	found = append(found, p.overUsersAndHub()...)
	found = append(found, p.overObservedTargets()...)
	found = append(found, p.overTemplates()...)
	found = append(found, p.overRules()...)
	found = append(found, p.overPipeline()...)
	found = append(found, p.notConfined()...)
	slices.SortStableFunc(found, func(a, b config.Problem) int { return a.Line - b.Line })
	return found
}

// rulesOn returns the number of rules on the default bus of each place, by the kind of their stack.
func (p Plan) rulesOn() map[place.Place]map[Kind]int {
	rules := map[place.Place]map[Kind]int{}
	for _, at := range p.Placements {
		n := len(p.Rules(at, Refs{}))
		if n == 0 {
			continue
		}
		if rules[at.Place()] == nil {
			rules[at.Place()] = map[Kind]int{}
		}
		rules[at.Place()][at.Kind] += n
	}
	return rules
}

func sum(kinds map[Kind]int) (n int) {
	for _, some := range kinds {
		n += some
	}
	return n
}

// overRules compares the number of rules on each bus with its quota.
func (p Plan) overRules() (found config.Problems) {
	for on, kinds := range p.rulesOn() {
		n, most := sum(kinds), rulesOnBus(on.Region)
		if n <= most {
			continue
		}
		key := "regions"
		switch on.Region {
		case p.Config.Hub.Region:
			key = "hub.region"
		case p.Config.Hub.Standby:
			key = "hub.standby"
		}
		var parts []string
		for _, kind := range slices.Sorted(maps.Keys(kinds)) {
			parts = append(parts, fmt.Sprintf("%s %d", kind, kinds[kind]))
		}
		found = append(found, p.Config.Problem(key, fmt.Sprintf("%d rules on the event bus, where EventBridge allows %d (%s)", n, most,
			strings.Join(parts, ", ")), on.Region,
			"Choose another Region, or switch off a part of monitoring, chat or observers."))
	}
	return found
}

// namesAccounts reports whether the rules of a stack name target accounts, which can make them too long.
func namesAccounts(at Placement) bool {
	return slices.ContainsFunc(at.TargetAlarms().Alarms, func(a TargetAlarm) bool { return len(a.Accounts) > 1 || a.Accounts == nil })
}

// longest returns, of the stacks whose rules and alarms differ in their Region only, the one with the longest: those of a
// thousand targets need not be measured one by one.
func (p Plan) longest() []Placement {
	type alike struct {
		kind  Kind
		group string
		hub   bool
		to    int
	}
	of := map[alike]Placement{}
	for _, at := range p.Placements {
		key := alike{at.Kind, at.Group, slices.Contains(p.Config.HubRegions(), at.Region), len(at.To)}
		if one, ok := of[key]; !ok || len(at.Region) > len(one.Region) {
			of[key] = at
		}
	}
	return slices.SortedFunc(maps.Values(of), func(a, b Placement) int { return strings.Compare(a.Stack, b.Stack) })
}

// overObservedTargets checks whether the observed accounts fit into what names them: the alarms' texts, the patterns of the hubs'
// rules and the policy of the hubs' buses.
func (p Plan) overObservedTargets() config.Problems {
	const fix = "Name organizational units instead of accounts, or shorten alerts.instructions."
	c, observed := p.Config, len(observedTargets(p.Config))
	one := func(what, fix string) config.Problems { return config.Problems{c.Problem("observers", what, "", fix)} }
	if most := mostObserved(c); observed > most {
		return one(fmt.Sprintf("%d target accounts to observe; the alarms that name them have room for %d", observed, most), fix)
	}
	for _, at := range p.longest() {
		for _, rule := range p.Rules(at, Refs{Key: watch.SampleKey}) {
			if n := watch.Size(rule.Pattern); n > watch.MaxPattern && namesAccounts(at) {
				return one(fmt.Sprintf("%d target accounts make the event pattern of %s %d characters long, and EventBridge allows %d", observed, rule.Name, n,
					watch.MaxPattern),
					"Name organizational units instead of accounts, or have fewer users.")
			}
		}
		for _, alarm := range p.AlarmsOf(at, Refs{}) {
			if n := utf8.RuneCountInString(alarm.Description); n > watch.MaxAlarmText {
				return config.Problems{c.Problem("alerts.instructions", fmt.Sprintf("the text of the alarm %s has %d characters, and CloudWatch allows %d", alarm.Name, n,
					watch.MaxAlarmText), "",
					"Shorten the text, and link to a runbook for the rest.")}
			}
		}
	}
	if n := BusPolicy(c, c.Hub.Region).Size(); len(c.Observers.Regions) > 0 && n > access.MaxBusPolicy {
		return one(fmt.Sprintf("%d target accounts make the policy of the hub's bus %d characters long, and EventBridge allows %d", observed, n, access.MaxBusPolicy),
			"Add observers.organization: the policy then names the organization.")
	}
	return nil
}

// overTemplates measures the templates that grow with the file, except for that of the hub.
func (p Plan) overTemplates() (found config.Problems) {
	c := p.Config
	for _, u := range c.Units {
		s := p.UnitSize(u)
		if s.All <= MaxTemplate {
			continue
		}
		found = append(found, c.Problem("targets", fmt.Sprintf("the template of a unit's stack has about %d bytes, and CloudFormation allows %d", s.All,
			MaxTemplate), u.OrganizationalUnit,
			fmt.Sprintf("Remove something. The inline policy takes %d bytes, the managed policies %d, the users %d, the tags %d, the observers %d.",
				s.Inline, s.Policies, s.Users, s.Tags, s.Observers)))
	}
	return found
}

// What CodePipeline allows (CodePipeline user guide, quotas; AWS has raised some of them since, and the CDK keeps to these).
const (
	maxPipelineActions = 500
	maxPipelineStages  = 50
	maxStageActions    = 50
)

// ownActions of a pipeline read the source, make the templates, compare, and prove the alarm at the end. The first two have a stage
// each, and so have the pipeline's own stacks, behind the comparison.
const ownActions, ownStages = 4, 3

// PipelineSize returns how many actions and stages the pipeline has: an action for each stack, its own included, and one for an
// approval.
func (p Plan) PipelineSize() (actions, stages int) {
	of := map[string]int{}
	actions, stages = ownActions, ownStages
	for _, at := range p.Placements {
		switch {
		case at.Stage != "":
			of[at.Stage]++
		case at.OfPipeline():
			actions++
		}
	}
	if p.Config.Pipeline.Approval {
		actions++
	}
	for _, w := range p.Config.Pipeline.Waves {
		if w.Approval {
			of[w.Name]++
		}
	}
	for _, n := range of {
		actions += n
		// The CDK divides a stage that is too large.
		stages += (n + maxStageActions - 1) / maxStageActions
	}
	return actions, stages
}

// overPipeline refuses a pipeline that AWS would refuse. Its policies fit as long as its actions do, which a test shows.
func (p Plan) overPipeline() (found config.Problems) {
	if !p.Config.Pipeline.On() {
		return nil
	}
	const fix = "Name organizational units instead of accounts (one action each, however many accounts), observe fewer Regions of the targets, or have fewer waves."
	actions, stages := p.PipelineSize()
	if actions > maxPipelineActions {
		found = append(found,
			p.Config.Problem("pipeline", fmt.Sprintf("%d actions, one for each stack; CodePipeline allows %d", actions, maxPipelineActions), "", fix))
	}
	if stages > maxPipelineStages {
		found = append(found, p.Config.Problem("pipeline.waves", fmt.Sprintf("%d stages; CodePipeline allows %d", stages, maxPipelineStages), "", fix))
	}
	return found
}
