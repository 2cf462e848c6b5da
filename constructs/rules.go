// Package constructs holds the building blocks of the stacks, one per file: the only code that creates resources of the CDK,
// rendered from the values of the plan. It may import the CDK, access, names, place, plan and watch; it reads no file.
package constructs

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/plan"
)

// NewRules makes the rules of a stack as the plan has them. What can't be delivered ends in the dead-letter queue, which has
// to be in the Region of its rules.
func NewRules(stack constructs.Construct, rules []plan.Rule, letters DeadLetters) {
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
		awsevents.NewCfnRule(scope, jsii.String(id), &awsevents.CfnRuleProps{
			Name: jsii.String(r.Name), Description: jsii.String(r.Description), State: jsii.String(r.State),
			EventPattern: r.Pattern, Targets: targets,
		})
	}
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
