package stacks

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/config"
	own "example.com/breakglass/constructs"
	"example.com/breakglass/names"
	"example.com/breakglass/place"
	"example.com/breakglass/plan"
)

// innerTemplates are the templates that stack sets carry, by what is in them. Each is made once: many units share one.
type innerTemplates map[string]string

// inUnit returns the template for the accounts of a unit, in the Region of their stacks.
func (made innerTemplates) inUnit(a app, unit config.Target) (string, error) {
	c := a.config
	unit.OrganizationalUnit, unit.Name, unit.Region = "", "", ""
	content, err := json.Marshal(unit)
	if err != nil {
		return "", err
	}
	return made.of(string(content), func() (string, error) {
		return synthesized(a, plan.Role.Info().Description, func(stack awscdk.Stack, at place.Place) {
			observed := slices.Contains(c.Observers.Regions, c.StackSets.Region)
			if one := inTarget(stack, a, unit, at, observed); observed {
				observe(a, at, one)
			}
			exceptInHub(stack, c, func(each constructs.IConstruct) bool {
				return *each.Node().Path() != *stack.Node().Path()+"/"+roleID
			})
		})
	})
}

// inOtherRegions returns the template for the other observed Regions.
func (made innerTemplates) inOtherRegions(a app) (string, error) {
	return made.of(plan.TargetObserver.Info().Description, func() (string, error) {
		return synthesized(a, plan.TargetObserver.Info().Description, func(stack awscdk.Stack, at place.Place) {
			observe(a, at, inObserved(stack, a, at, false, true))
			exceptInHub(stack, a.config, func(constructs.IConstruct) bool { return true })
		})
	})
}

// observe adds the rules of the observers in one account to what is the same in all.
func observe(a app, at place.Place, one made) {
	if one.refs.Sender == "" {
		one.refs.Sender = at.Role(names.ObserverRole)
	}
	anywhere := plan.Placement{Kind: plan.TargetObserver, Account: at.Account, Region: at.Region, To: a.config.HubRegions()}
	own.NewRules(one.stack, a.plan.Rules(anywhere, one.refs), one.letters)
}

func (made innerTemplates) of(content string, make func() (string, error)) (string, error) {
	if text, ok := made[content]; ok {
		return text, nil
	}
	text, err := make()
	if err == nil {
		made[content] = text
	}
	return text, err
}

// exceptInHub leaves some of a stack's resources out where the account is the hub's own, which may be in a unit too: the hub has
// its own rules, and a rule that forwards events to its own bus would loop.
func exceptInHub(stack awscdk.Stack, c *config.Config, some func(constructs.IConstruct) bool) {
	var condition awscdk.CfnCondition
	for _, each := range *stack.Node().FindAll(constructs.ConstructOrder_PREORDER) {
		resource, is := each.(awscdk.CfnResource)
		if !is || !some(each) {
			continue
		}
		if condition == nil {
			condition = awscdk.NewCfnCondition(stack, jsii.String("NotTheHub"), &awscdk.CfnConditionProps{
				Expression: awscdk.Fn_ConditionNot(awscdk.Fn_ConditionEquals(stack.Account(), jsii.String(c.Hub.Account))),
			})
		}
		resource.CfnOptions().SetCondition(condition)
	}
}

// synthesized returns the template of a stack that is the same in every account and Region: CloudFormation fills in what
// differs. A separate app synthesizes it, in a folder of its own, so that nothing of it gets into the output of the outer app.
func synthesized(a app, description string, fill func(awscdk.Stack, place.Place)) (string, error) {
	dir, err := os.MkdirTemp("", "breakglass-template-")
	if err != nil {
		return "", fmt.Errorf("a folder for a stack set's template: %w", err)
	}
	defer os.RemoveAll(dir)
	context, _ := a.scope.Node().GetAllContext(nil).(map[string]any)
	inner := awscdk.NewApp(&awscdk.AppProps{
		Outdir: jsii.String(dir), Context: &context,
		// The CDK CLI's environment would have it synthesized again at the end.
		AutoSynth: jsii.Bool(false),
		// Neither the CDK's version nor a tree of constructs.
		AnalyticsReporting: jsii.Bool(false), TreeMetadata: jsii.Bool(false),
	})
	// The CDK validates the templates of an app, for seconds; of a stage alone it does not. The same resources in the stack of
	// one account are validated with the app around it.
	stage := awscdk.NewStage(inner, jsii.String("Unit"), nil)
	stack := awscdk.NewStack(stage, jsii.String("Template"), &awscdk.StackProps{
		Description: jsii.String(description), Synthesizer: awscdk.NewLegacyStackSynthesizer(),
		SuppressTemplateIndentation: jsii.Bool(true),
	})
	fill(stack, place.Place{Partition: a.config.HubPlace().Partition, Account: *stack.Account(), Region: *stack.Region()})
	text, err := os.ReadFile(filepath.Join(*stage.Synth(nil).Directory(), *stack.TemplateFile()))
	return string(text), err
}
