package adopt

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/whole"
)

// rule is one on the default bus.
type rule struct{ arn, pattern, state, description, schedule string }

// maxRuleTargets is how many targets a rule may have (EventBridge quota, not adjustable).
const maxRuleTargets = 5

func lookRule(ctx context.Context, v *view, id string) error {
	client := eventbridge.NewFromConfig(v.config)
	if v.rules == nil {
		v.rules = map[string]rule{}
		rules, err := whole.List(func(token *string) ([]types.Rule, *string, error) {
			page, err := client.ListRules(ctx, &eventbridge.ListRulesInput{NextToken: token})
			if err != nil {
				return nil, nil, err
			}
			return page.Rules, page.NextToken, nil
		})
		if err != nil {
			return account.Explain(err, "listing the rules of "+v.Account+" "+v.Region)
		}
		for _, r := range rules {
			v.rules[aws.ToString(r.Name)] = rule{
				aws.ToString(r.Arn), aws.ToString(r.EventPattern), string(r.State), aws.ToString(r.Description), aws.ToString(r.ScheduleExpression),
			}
		}
	}
	name := v.template.text(id, "Name")
	r, ok := v.rules[name]
	if !ok {
		return nil
	}
	if r.pattern == "" || r.schedule != "" {
		v.trouble("rename it", "the rule %s is a schedule, or has no pattern", name)
		return nil
	}
	var pattern map[string]any
	if err := json.Unmarshal([]byte(r.pattern), &pattern); err != nil {
		return fmt.Errorf("the rule %s has a pattern that cannot be read: %w", name, err)
	}
	// No targets are recorded. CloudFormation's update of a rule removes the recorded targets that the new template lacks,
	// and only then puts the new ones (aws-cloudformation-resource-providers-events, UpdateHandler): the rule would have none
	// in between.
	v.add(id, name, map[string]string{identifierOf("AWS::Events::Rule"): r.arn}, map[string]any{
		"EventPattern": pattern, "State": r.state, "Description": optional(r.description),
	})
	return v.oldRuleTargets(ctx, client, id, name, r.state)
}

// oldRuleTargets returns the targets that stay beside the plan's.
func (v *view) oldRuleTargets(ctx context.Context, client *eventbridge.Client, id, name, state string) error {
	targets, err := whole.List(func(token *string) ([]types.Target, *string, error) {
		page, err := client.ListTargetsByRule(ctx, &eventbridge.ListTargetsByRuleInput{Rule: aws.String(name), NextToken: token})
		if err != nil {
			return nil, nil, err
		}
		return page.Targets, page.NextToken, nil
	})
	if err != nil {
		return account.Explain(err, "listing the targets of "+name+" in "+v.Region)
	}
	ours := v.ruleTargetIDs(id)
	var old []string
	for _, t := range targets {
		if target := aws.ToString(t.Id); !slices.Contains(ours, target) {
			old = append(old, target)
		}
	}
	if n := len(old) + len(ours); n > maxRuleTargets {
		v.trouble("remove a target that nobody needs", "the rule %s has %d targets of its own and would get %d more; EventBridge allows %d", name, len(old),
			len(ours), maxRuleTargets)
	}
	if state == "DISABLED" {
		v.note("the rule %s is disabled now; the deployment enables it", name)
	}
	if len(old) > 0 {
		v.byHand(fmt.Sprintf("targets of %s: %s", name, strings.Join(old, ", ")), "each alert arrives twice while they exist", v.Region,
			fmt.Sprintf("aws events remove-targets --rule %s --ids %s", name, strings.Join(old, " ")))
	}
	return nil
}

// ruleTargetIDs returns the IDs of the targets of the plan's rule.
func (v *view) ruleTargetIDs(id string) []string {
	var ids []string
	targets, _ := v.template.Resources[id].Properties["Targets"].([]any)
	for _, t := range targets {
		m, _ := t.(map[string]any)
		one, _ := m["Id"].(string)
		ids = append(ids, one)
	}
	return ids
}

// optional returns nil for an empty text.
func optional(text string) any {
	if text == "" {
		return nil
	}
	return text
}
