// Package constructs holds the building blocks of the stacks, one per file: the only code that creates resources of the CDK,
// rendered from the values of the plan. It may import the CDK and what the plan is made from; it reads no
// file.
package constructs

import (
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/plan"
)

// NewRules makes the rules of a stack as the plan has them. What can't be delivered ends in the dead-letter queue, which has
// to be in the Region of its rules. It returns the rules.
func NewRules(stack constructs.Construct, rules []plan.Rule, letters DeadLetters) []awsevents.CfnRule {
	var made []awsevents.CfnRule
	in := scopes{}
	for _, r := range rules {
		var targets []any
		for _, t := range r.Targets {
			target := &awsevents.CfnRule_TargetProperty{Id: jsii.String(t.ID), Arn: jsii.String(t.ARN)}
			if t.Role != "" {
				target.RoleArn = jsii.String(t.Role)
			}
			if t.Template != "" {
				target.InputTransformer = &awsevents.CfnRule_InputTransformerProperty{
					InputTemplate: jsii.String(t.Template), InputPathsMap: t.Paths,
				}
			}
			if t.DeadLetters {
				target.DeadLetterConfig = &awsevents.CfnRule_DeadLetterConfigProperty{Arn: jsii.String(letters.arn)}
			}
			targets = append(targets, target)
		}
		scope, id := in.of(stack, r.ID)
		// Only the L1 resource has the state.
		rule := awsevents.NewCfnRule(scope, jsii.String(id), &awsevents.CfnRuleProps{
			Name: jsii.String(r.Name), Description: jsii.String(r.Description), State: jsii.String(r.State),
			EventPattern: r.Pattern, Targets: targets, Tags: tagsOf(r.Tags),
		})
		if r.AsText { // the CDK's own property accepts an object only
			rule.AddPropertyOverride(jsii.String("EventPattern"), jsii.String(r.PatternText()))
		}
		made = append(made, rule)
	}
	return made
}

// tagsOf returns the tags of a rule by their keys; nil for none.
func tagsOf(tags map[string]string) *[]*awscdk.CfnTag {
	if len(tags) == 0 {
		return nil
	}
	var all []*awscdk.CfnTag
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		all = append(all, &awscdk.CfnTag{Key: jsii.String(key), Value: jsii.String(tags[key])})
	}
	return &all
}

// scopes are the constructs of a stack by their paths.
type scopes map[string]constructs.Construct

// of returns the construct that a path leads to, which it makes where there is none, and the ID at the path's end.
func (s scopes) of(stack constructs.Construct, path string) (constructs.Construct, string) {
	i := strings.LastIndex(path, "/")
	if i < 0 {
		return stack, path
	}
	above, id := path[:i], path[i+1:]
	if s[above] == nil {
		parent, name := s.of(stack, above)
		if there := parent.Node().TryFindChild(jsii.String(name)); there != nil {
			s[above] = there.(constructs.Construct)
		} else {
			s[above] = constructs.NewConstruct(parent, jsii.String(name))
		}
	}
	return s[above], id
}
