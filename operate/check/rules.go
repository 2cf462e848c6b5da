package check

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"example.com/breakglass/internal/fan"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
)

type rulesAPI interface {
	ListRules(context.Context, *eventbridge.ListRulesInput, ...func(*eventbridge.Options)) (*eventbridge.ListRulesOutput, error)
	ListTargetsByRule(context.Context, *eventbridge.ListTargetsByRuleInput, ...func(*eventbridge.Options)) (*eventbridge.ListTargetsByRuleOutput, error)
}

// targetsAtOnce is how many rules of a Region are asked for their targets at once.
const targetsAtOnce = 8

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

// rules compares the rules of a Region, and their targets, with the plan.
func (s *scene) rules(ctx context.Context, api rulesAPI, in rulesIn) *result {
	r := of("rules")
	want := s.expectedRules(in)
	if len(want) == 0 {
		return r
	}
	have, err := listRules(ctx, api)
	if err != nil {
		r.unanswered(in.region, "the rules", err)
		return r
	}
	var names []string
	for _, name := range sorted(want) {
		rule, ok := have[name]
		delete(have, name)
		if !ok {
			r.drifted(Problem, in.region, want[name].at.Stack, "the rule "+name+" is missing")
			continue
		}
		s.compareRule(r, in, want[name], rule)
		names = append(names, name)
	}
	for _, name := range sorted(have) {
		if strings.Contains(name, "-breakglass-") {
			r.warning(in.region, "the rule "+name+" is none of the file's", "delete it if it is not needed any more: aws events delete-rule --region <where> --name "+name)
		}
	}
	for _, answer := range fan.Out(ctx, names, targetsAtOnce, func(ctx context.Context, name string) (*result, error) {
		return s.targets(ctx, api, in, want[name]), nil
	}, nil) {
		if answer.Err != nil {
			r.unanswered(in.region, "the targets of the rules", answer.Err)
			break
		}
		r.found = append(r.found, answer.Value.found...)
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

// targets compares one rule's targets.
func (s *scene) targets(ctx context.Context, api rulesAPI, in rulesIn, want expected) *result {
	r := of("rules")
	page, err := api.ListTargetsByRule(ctx, &eventbridge.ListTargetsByRuleInput{Rule: aws.String(want.Name)})
	if err != nil {
		r.unanswered(in.region, "the targets of the rules", err)
		return r
	}
	rule, stack := "the rule "+want.Name, want.at.Stack
	have := map[string]types.Target{}
	for _, t := range page.Targets {
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
	return r
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
