package check

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"example.com/breakglass/internal/whole"
	"example.com/breakglass/plan"
)

type rulesAPI interface {
	ListRules(context.Context, *eventbridge.ListRulesInput, ...func(*eventbridge.Options)) (*eventbridge.ListRulesOutput, error)
	ListTargetsByRule(context.Context, *eventbridge.ListTargetsByRuleInput, ...func(*eventbridge.Options)) (*eventbridge.ListTargetsByRuleOutput, error)
}

// deployedIn is what the rules and alarms of a Region are compared with.
type deployedIn struct {
	region     string
	placements []plan.Placement
	// key is the ID of the topic's key. Where it is not known, the patterns that name it are not compared.
	key string
	// queues are the ARNs of the dead-letter queues; nil where they are not known.
	queues []string
	// left are the physical IDs of what stacks own that the plan does not have: the finding on those stacks stands for it.
	left map[string]bool
}

// expected is a rule of the plan, and the stack that makes it.
type expected struct {
	plan.Rule
	at plan.Placement
	// anyPattern is set where the pattern names a key that is not known.
	anyPattern bool
}

func (s *scene) expectedRules(in deployedIn) map[string]expected {
	rules := map[string]expected{}
	for _, at := range in.placements {
		var other []plan.Rule
		if in.key == "" {
			other = s.plan.Rules(at, plan.Refs{Key: "another-key"})
		}
		for i, rule := range s.plan.Rules(at, plan.Refs{Key: in.key}) {
			rules[rule.Name] = expected{rule, at, in.key == "" && text(rule.Pattern) != text(other[i].Pattern)}
		}
	}
	return rules
}

// ruleNames returns the names of the rules of some placements.
func (s *scene) ruleNames(placements []plan.Placement) (names []string) {
	for _, at := range placements {
		for _, rule := range s.plan.Rules(at, plan.Refs{}) {
			names = append(names, rule.Name)
		}
	}
	slices.Sort(names)
	return names
}

// rules reads the rules of a Region, and compares them.
func (s *scene) rules(ctx context.Context, api rulesAPI, in deployedIn) *result {
	return s.compareRules(in, s.readRules(ctx, api, in.placements))
}

// deployedRules are the rules of a Region, and the targets of those that are this project's by their names, as AWS gives them.
type deployedRules struct {
	rules   map[string]types.Rule
	targets map[string]ruleTargets
	err     error
}

// ruleTargets are those of a rule.
type ruleTargets struct {
	targets []types.Target
	err     error
}

// readRules asks for all that is compared.
func (s *scene) readRules(ctx context.Context, api rulesAPI, placements []plan.Placement) (have deployedRules) {
	want := s.ruleNames(placements)
	if len(want) == 0 {
		return have
	}
	if have.rules, have.err = listRules(ctx, api); have.err != nil {
		return have
	}
	want = slices.DeleteFunc(sorted(have.rules), func(name string) bool { return !slices.Contains(want, name) && !isOurs(name) })
	have.targets = map[string]ruleTargets{}
	for i, targets := range each(want, callsAtOnce, func(name string) ruleTargets { return listRuleTargets(ctx, api, name) }) {
		have.targets[want[i]] = targets
	}
	return have
}

// isOurs reports whether a rule has a name of this project.
func isOurs(rule string) bool { return strings.Contains(rule, "-breakglass-") }

// deleteRule returns the commands that delete a rule: EventBridge deletes none that has targets.
func deleteRule(name string, targets []types.Target) string {
	remove := inRegion("events", "delete-rule", "--name", name)
	if len(targets) == 0 {
		return remove
	}
	words := []string{"--rule", name, "--ids"}
	for _, t := range targets {
		words = append(words, aws.ToString(t.Id))
	}
	return inRegion("events", "remove-targets", words...) + "; " + remove
}

func listRuleTargets(ctx context.Context, api rulesAPI, rule string) (all ruleTargets) {
	all.targets, all.err = whole.List(func(token *string) ([]types.Target, *string, error) {
		page, err := api.ListTargetsByRule(ctx, &eventbridge.ListTargetsByRuleInput{Rule: aws.String(rule), NextToken: token})
		if err != nil {
			return nil, nil, err
		}
		return page.Targets, page.NextToken, nil
	})
	return all
}

// compareRules compares the rules of a Region, and their targets, with the plan.
func (s *scene) compareRules(in deployedIn, have deployedRules) *result {
	r := of("rules")
	want := s.expectedRules(in)
	if len(want) == 0 {
		return r
	}
	if have.err != nil {
		r.unanswered(in.region, "the rules", have.err)
		return r
	}
	for _, name := range sorted(want) {
		rule, ok := have.rules[name]
		if !ok {
			r.drifted(Problem, in.region, want[name].at.Stack, "rule "+name+" is missing")
			continue
		}
		s.compareRule(r, in, want[name], rule)
		s.compareRuleTargets(r, in, want[name], have.targets[name])
	}
	for _, name := range sorted(have.rules) {
		if _, ours := want[name]; !ours && !in.left[name] && isOurs(name) {
			r.warning(in.region, "rule "+name+" is not in breakglass.yaml", "delete it if it is no longer needed: "+deleteRule(name, have.targets[name].targets))
		}
	}
	if r.well() {
		r.fine(in.region, fmt.Sprintf("%d rules match breakglass.yaml", len(want)))
	}
	return r
}

func listRules(ctx context.Context, api rulesAPI) (map[string]types.Rule, error) {
	rules, err := whole.List(func(token *string) ([]types.Rule, *string, error) {
		page, err := api.ListRules(ctx, &eventbridge.ListRulesInput{NextToken: token})
		if err != nil {
			return nil, nil, err
		}
		return page.Rules, page.NextToken, nil
	})
	have := map[string]types.Rule{}
	for _, rule := range rules {
		have[aws.ToString(rule.Name)] = rule
	}
	return have, err
}

func (s *scene) compareRule(r *result, in deployedIn, want expected, have types.Rule) {
	rule := "rule " + want.Name
	differs := func(severity Severity, what string) { r.drifted(severity, in.region, want.at.Stack, rule+" "+what) }
	switch {
	case string(have.State) == want.State:
	case have.State == types.RuleStateDisabled:
		differs(Problem, "is disabled")
	default:
		differs(Problem, fmt.Sprintf("is in state %s and may not match read-only calls such as AssumeRole", have.State))
	}
	if bus := aws.ToString(have.EventBusName); bus != "" && bus != "default" && !strings.HasSuffix(bus, "/default") {
		differs(Problem, "is on the bus "+bus)
	}
	if role := aws.ToString(have.RoleArn); role != "" {
		differs(Problem, "acts with role "+role+", which is not in breakglass.yaml")
	}
	if by := aws.ToString(have.ManagedBy); by != "" {
		differs(Warning, "is managed by "+by+", which can change it")
	}
	if schedule := aws.ToString(have.ScheduleExpression); schedule != "" {
		differs(Problem, "has a schedule: "+schedule)
	}
	if got := aws.ToString(have.Description); got != want.Description {
		differs(Warning, "has a different description: "+textDifference(got, want.Description))
	}
	if aws.ToString(have.EventPattern) == text(want.Pattern) {
		return // as CloudFormation got it
	}
	pattern, err := parse(aws.ToString(have.EventPattern))
	if err != nil {
		differs(Problem, "has a pattern that is not valid JSON")
		return
	}
	if want.anyPattern {
		return
	}
	if d := difference(pattern, plain(want.Pattern), ""); d != "" {
		differs(Problem, "has a different pattern: "+d+" differs")
	}
}
