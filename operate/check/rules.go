package check

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"example.com/breakglass/names"
	"example.com/breakglass/plan"
)

type rulesAPI interface {
	ListRules(context.Context, *eventbridge.ListRulesInput, ...func(*eventbridge.Options)) (*eventbridge.ListRulesOutput, error)
	ListTargetsByRule(context.Context, *eventbridge.ListTargetsByRuleInput, ...func(*eventbridge.Options)) (*eventbridge.ListTargetsByRuleOutput, error)
}

// rulesIn is what a Region's rules are held against.
type rulesIn struct {
	region     string
	placements []plan.Placement
	// key is the ID of the topic's key. Where it is not known, the patterns that name it are not compared.
	key string
	// queues are the ARNs of the dead-letter queues; nil where they are not known.
	queues []string
}

// expected is a rule of the plan, and the stack that makes it.
type expected struct {
	plan.Rule
	at plan.Placement
	// anyPattern is set where the pattern names a key that is not known.
	anyPattern bool
}

func (s *scene) expectedRules(in rulesIn) map[string]expected {
	rules := map[string]expected{}
	for _, at := range in.placements {
		other := s.plan.Rules(at, plan.Refs{Key: "another-key"})
		for i, rule := range s.plan.Rules(at, plan.Refs{Key: in.key}) {
			rules[rule.Name] = expected{rule, at, in.key == "" && text(rule.Pattern) != text(other[i].Pattern)}
		}
	}
	return rules
}

// rules reads the rules of a Region, and compares them.
func (s *scene) rules(ctx context.Context, api rulesAPI, in rulesIn) *result {
	return s.compareRules(in, s.readRules(ctx, api, in.placements))
}

// deployedRules are the rules of a Region, and the targets of those that the plan has, as AWS gives them.
type deployedRules struct {
	rules   map[string]types.Rule
	targets map[string]targetsOf
	err     error
}

// targetsOf are those of a rule.
type targetsOf struct {
	targets []types.Target
	err     error
}

// readRules asks for all that is compared.
func (s *scene) readRules(ctx context.Context, api rulesAPI, placements []plan.Placement) (have deployedRules) {
	want := sorted(s.expectedRules(rulesIn{placements: placements}))
	if len(want) == 0 {
		return have
	}
	if have.rules, have.err = listRules(ctx, api); have.err != nil {
		return have
	}
	want = slices.DeleteFunc(want, func(name string) bool {
		_, ok := have.rules[name]
		return !ok
	})
	have.targets = map[string]targetsOf{}
	for i, targets := range each(want, callsAtOnce, func(name string) targetsOf { return listTargets(ctx, api, name) }) {
		have.targets[want[i]] = targets
	}
	return have
}

func listTargets(ctx context.Context, api rulesAPI, rule string) (all targetsOf) {
	for token := (*string)(nil); ; {
		page, err := api.ListTargetsByRule(ctx, &eventbridge.ListTargetsByRuleInput{Rule: aws.String(rule), NextToken: token})
		if err != nil {
			return targetsOf{err: err}
		}
		all.targets = append(all.targets, page.Targets...)
		if token = page.NextToken; aws.ToString(token) == "" {
			return all
		}
	}
}

// compareRules compares the rules of a Region, and their targets, with the plan.
func (s *scene) compareRules(in rulesIn, have deployedRules) *result {
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
			r.drifted(Problem, in.region, want[name].at.Stack, "the rule "+name+" is missing")
			continue
		}
		s.compareRule(r, in, want[name], rule)
		s.compareTargets(r, in, want[name], have.targets[name])
	}
	for _, name := range sorted(have.rules) {
		if _, ours := want[name]; !ours && strings.Contains(name, "-breakglass-") {
			r.warning(in.region, "the rule "+name+" is none of the file's", "delete it if it is not needed any more: aws events delete-rule --region <where> --name "+name)
		}
	}
	if r.well() {
		r.fine(in.region, fmt.Sprintf("%d rules as the file has them", len(want)))
	}
	return r
}

func listRules(ctx context.Context, api rulesAPI) (map[string]types.Rule, error) {
	have := map[string]types.Rule{}
	for token := (*string)(nil); ; {
		page, err := api.ListRules(ctx, &eventbridge.ListRulesInput{NextToken: token})
		if err != nil {
			return nil, err
		}
		for _, rule := range page.Rules {
			have[aws.ToString(rule.Name)] = rule
		}
		if token = page.NextToken; aws.ToString(token) == "" {
			return have, nil
		}
	}
}

func (s *scene) compareRule(r *result, in rulesIn, want expected, have types.Rule) {
	switch have.State {
	case types.RuleStateEnabledWithAllCloudtrailManagementEvents:
	case types.RuleStateDisabled:
		r.drifted(Problem, in.region, want.at.Stack, "the rule "+want.Name+" is disabled")
	default:
		r.drifted(Problem, in.region, want.at.Stack, fmt.Sprintf("the rule %s is in the state %s, and may not see calls that only read, such as AssumeRole", want.Name, have.State))
	}
	pattern, err := parse(aws.ToString(have.EventPattern))
	if err != nil {
		r.drifted(Problem, in.region, want.at.Stack, "the rule "+want.Name+" has a pattern that is not JSON")
		return
	}
	if want.anyPattern {
		return
	}
	if d := difference(pattern, plain(want.Pattern), ""); d != "" {
		r.drifted(Problem, in.region, want.at.Stack, "the rule "+want.Name+" has another pattern than the file's: "+d+" differs")
	}
}

// compareTargets compares one rule's targets.
func (s *scene) compareTargets(r *result, in rulesIn, want expected, all targetsOf) {
	if all.err != nil {
		r.unanswered(in.region, "the targets of the rules", all.err)
		return
	}
	rule, stack := "the rule "+want.Name, want.at.Stack
	have := map[string]types.Target{}
	for _, t := range all.targets {
		have[aws.ToString(t.Id)] = t
	}
	for _, wanted := range want.Targets {
		id := wanted.ID
		target, ok := have[id]
		delete(have, id)
		switch arn := aws.ToString(target.Arn); {
		case !ok:
			r.drifted(Problem, in.region, stack, rule+" has lost its target "+id+", "+wanted.ARN)
			continue
		case arn != wanted.ARN:
			r.drifted(Problem, in.region, stack, rule+" has the target "+id+" at "+arn+", not at "+wanted.ARN)
			continue
		}
		s.compareTarget(r, in, want, id, target)
	}
	for _, id := range sorted(have) {
		r.warning(in.region, rule+" has a target that is none of the file's: "+id+", "+aws.ToString(have[id].Arn),
			"find out who reads along, and remove it: aws events remove-targets --region <where> --rule "+want.Name+" --ids "+id)
	}
}

func (s *scene) compareTarget(r *result, in rulesIn, want expected, id string, have types.Target) {
	target := "the target " + id + " of the rule " + want.Name
	stack := want.at.Stack
	transformed := have.InputTransformer != nil || have.Input != nil || have.InputPath != nil
	if strings.Contains(aws.ToString(have.Arn), ":event-bus/") {
		role := want.at.Place().Role(names.ForwardRole)
		if want.at.Target != nil {
			role = want.at.Place().Role(names.ObserverRole)
		}
		if got := aws.ToString(have.RoleArn); got != role {
			r.drifted(Problem, in.region, stack, fmt.Sprintf("%s acts as %q, not as %s", target, got, role))
		}
	}
	// People and the chat get a text, everything else the event as it came.
	if tells := slices.Contains([]string{"people", "chat"}, id); tells != transformed {
		r.drifted(Problem, in.region, stack, target+map[bool]string{true: " has lost its text", false: " does not pass the event on as it came"}[tells])
	}
	if want.at.Kind == plan.Heartbeats {
		// A beat that is lost is what the alarm is for.
		return
	}
	letters := ""
	if have.DeadLetterConfig != nil {
		letters = aws.ToString(have.DeadLetterConfig.Arn)
	}
	switch {
	case letters == "":
		r.drifted(Problem, in.region, stack, target+" has no dead-letter queue")
	case in.queues != nil && !slices.Contains(in.queues, letters):
		r.drifted(Problem, in.region, stack, "the dead-letter queue "+letters[strings.LastIndex(letters, ":")+1:]+" of the rules does not exist")
	}
}
