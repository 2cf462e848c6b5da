//go:build verify

package verify

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/names"
	"example.com/breakglass/prove/judge"
)

const stepFunctions = "states.amazonaws.com"

func composerARN(region string) string {
	return "arn:aws:states:" + region + ":111111111111:stateMachine:" + names.Composer
}

func alertsTableARN(region string) string {
	return "arn:aws:dynamodb:" + region + ":111111111111:table/" + names.AlertsTable
}

// composers returns the ARNs of the composers of an app by the Regions of the hubs.
func (app *Assembly) composers() map[string]string {
	all := map[string]string{}
	for _, stack := range app.Stacks {
		for _, id := range stack.OfType("AWS::StepFunctions::StateMachine") {
			all[stack.Region], _ = stack.arn(id)
		}
	}
	return all
}

// composer: Step Functions, and only for the composers, takes their role, which does what their states call and nothing else;
// EventBridge, and only for the rules of the hubs, takes the role that starts them.
func (a *accessTable) composer(t *testing.T, app *Assembly) {
	t.Helper()
	arn, start := iamARN("role/"+names.ComposerRole), iamARN("role/"+names.ComposerStartRole)
	role, policies := app.roleOf(t, arn)
	starter, starting := app.roleOf(t, start)
	composers := app.composers()
	for _, region := range slices.Sorted(maps.Keys(composers)) {
		machine := composers[region]
		taken := func(name string, request judge.AccessCase, other string, more ...denial) {
			source := request.Context[sourceArn][0]
			a.only(name, request, append([]denial{
				{"it is of another account", judge.ImplicitlyDenied, having(sourceArn, moved(source, "111111111111", elsewhere), sourceAccount, elsewhere)},
				{"it claims another account", judge.ImplicitlyDenied, having(sourceAccount, elsewhere)},
				{"it is of another Region", judge.ImplicitlyDenied, having(sourceArn, moved(source, region, "nowhere-1"))},
				{"it is somebody's own", judge.ImplicitlyDenied, having(sourceArn, other)},
				{"it has no source", judge.ImplicitlyDenied, having(sourceArn, "", sourceAccount, "")},
				{"it is another service", judge.ImplicitlyDenied, by(otherSource)},
				{"it is somebody of the account", judge.ImplicitlyDenied, by(stranger)},
			}, more...)...)
		}
		taken("Step Functions takes the composer's role in "+region, judge.AccessCase{
			Principal: stepFunctions, Action: "sts:AssumeRole", Resource: arn, ResourcePolicy: role["AssumeRolePolicyDocument"],
			Context: keys(sourceArn, machine, sourceAccount, "111111111111"),
		}, machine+"-2", denial{"it is EventBridge", judge.ImplicitlyDenied, by(eventBridge)})
		rule := "arn:aws:events:" + region + ":111111111111:rule/capture-breakglass-user-sign-in"
		taken("a rule takes the role that starts the composer in "+region, judge.AccessCase{
			Principal: eventBridge, Action: "sts:AssumeRole", Resource: start, ResourcePolicy: starter["AssumeRolePolicyDocument"],
			Context: keys(sourceArn, rule, sourceAccount, "111111111111"),
		}, strings.Replace(rule, "capture-breakglass-user-sign-in", "nightly", 1), denial{"it is Step Functions", judge.ImplicitlyDenied, by(stepFunctions)})
		a.only("a rule starts the composer in "+region, judge.AccessCase{
			Principal: sessionOf(start), Action: "states:StartExecution", Resource: machine, IdentityPolicies: starting,
		},
			denial{"it is another state machine", judge.ImplicitlyDenied, on(machine + "-2")},
			denial{"it is in a third Region", judge.ImplicitlyDenied, on(moved(machine, region, "eu-west-1"))},
			denial{"it is in another account", judge.ImplicitlyDenied, on(moved(machine, "111111111111", elsewhere))},
			denial{"it is another right", judge.ImplicitlyDenied, func(c *judge.AccessCase) { c.Action = "states:UpdateStateMachine" }},
		)
		a.composes(region, sessionOf(arn), policies)
	}
	a.startedByRules(t, app, start, composers)
	for _, stack := range app.Stacks {
		for _, id := range stack.OfType("AWS::DynamoDB::Table") {
			a.table(stack, id, sessionOf(arn), policies, managed(t, "AdministratorAccess"))
		}
	}
}

// composes: what the composer does besides publishing, which topics has.
func (a *accessTable) composes(region, session string, policies []judge.Policy) {
	bus := "arn:aws:events:" + region + ":111111111111:event-bus/default"
	a.only("the composer reports a heartbeat in "+region, judge.AccessCase{
		Principal: session, Action: "events:PutEvents", Resource: bus, IdentityPolicies: policies, Context: keys(eventSource, "breakglass.alive"),
	},
		denial{"it is a drill", judge.ImplicitlyDenied, having(eventSource, "breakglass.drill")},
		denial{"it is a beat", judge.ImplicitlyDenied, having(eventSource, "breakglass.heartbeat")},
		denial{"a drill is with it", judge.ImplicitlyDenied, func(c *judge.AccessCase) { c.Context[eventSource] = []string{"breakglass.alive", "breakglass.drill"} }},
		denial{"it names no source", judge.ImplicitlyDenied, having(eventSource, "")},
		denial{"it is in a third Region", judge.ImplicitlyDenied, on(moved(bus, region, "eu-west-1"))},
		denial{"it is another bus", judge.ImplicitlyDenied, on(strings.Replace(bus, "default", "orders", 1))},
	)
	for _, name := range []string{names.Topic, names.BeatTopic} {
		topic := "arn:aws:sns:" + region + ":111111111111:" + name
		a.only("the composer looks at the topic "+name+" in "+region, judge.AccessCase{
			Principal: session, Action: "sns:GetTopicAttributes", Resource: topic, IdentityPolicies: policies,
		},
			denial{"it is another topic", judge.ImplicitlyDenied, on(topic + "2")},
			denial{"it changes them", judge.ImplicitlyDenied, func(c *judge.AccessCase) { c.Action = "sns:SetTopicAttributes" }},
		)
	}
}

// monitor: EventBridge, and only for the rules of the hub, takes the role that posts to the monitor outside AWS, and posts nowhere else.
func (a *accessTable) monitor(t *testing.T, app *Assembly) {
	t.Helper()
	arn := iamARN("role/" + names.DeadMansSwitchRole)
	for _, stack := range app.Stacks {
		for _, id := range stack.OfType("AWS::Events::ApiDestination") {
			destination, _ := stack.arn(id)
			role, policies := app.roleOf(t, arn)
			rule := "arn:aws:events:" + stack.Region + ":111111111111:rule/" + names.Capture + names.DeadMansSwitch
			a.only("a rule takes the role that posts to the monitor", judge.AccessCase{
				Principal: eventBridge, Action: "sts:AssumeRole", Resource: arn, ResourcePolicy: role["AssumeRolePolicyDocument"],
				Context: keys(sourceArn, rule, sourceAccount, "111111111111"),
			},
				denial{"it is of another account", judge.ImplicitlyDenied, having(sourceArn, moved(rule, "111111111111", elsewhere), sourceAccount, elsewhere)},
				denial{"it is of another Region", judge.ImplicitlyDenied, having(sourceArn, moved(rule, stack.Region, "nowhere-1"))},
				denial{"it is somebody's own", judge.ImplicitlyDenied, having(sourceArn, strings.Replace(rule, names.Capture+names.DeadMansSwitch, "nightly", 1))},
				denial{"it has no source", judge.ImplicitlyDenied, having(sourceArn, "", sourceAccount, "")},
				denial{"it is another service", judge.ImplicitlyDenied, by(otherSource)},
			)
			a.only("the rule posts to the monitor", judge.AccessCase{
				Principal: sessionOf(arn), Action: "events:InvokeApiDestination", Resource: destination, IdentityPolicies: policies,
			},
				denial{"it is another monitor", judge.ImplicitlyDenied, on(strings.Replace(destination, names.DeadMansSwitch, "orders", 1))},
				denial{"it puts events", judge.ImplicitlyDenied, func(c *judge.AccessCase) {
					c.Action, c.Resource = "events:PutEvents", "arn:aws:events:us-east-1:111111111111:event-bus/default"
				}},
			)
		}
	}
}

// startedByRules: a rule names the start role for a composer, of its own Region, and for nothing else.
func (a *accessTable) startedByRules(t *testing.T, app *Assembly, start string, composers map[string]string) {
	t.Helper()
	started := 0
	for _, stack := range app.Stacks {
		for _, id := range stack.OfType("AWS::Events::Rule") {
			for _, target := range list(stack.Resources[id].Properties["Targets"]) {
				target := target.(map[string]any)
				isComposer := strings.Contains(target["Arn"].(string), ":stateMachine:")
				if isComposer {
					started++
				}
				if isComposer != (target["RoleArn"] == start) || isComposer && target["Arn"] != composers[stack.Region] {
					t.Errorf("%s: %s has a target %v with the role %v", stack.Name, id, target["Arn"], target["RoleArn"])
				}
			}
		}
	}
	if started == 0 {
		t.Error("no rule starts a composer")
	}
}

// table: only the composer writes into its table; an administrator, whose own policy allows it, does not.
func (a *accessTable) table(s *Stack, id, session string, policies []judge.Policy, administrator judge.Policy) {
	table, _ := s.arn(id)
	resource, _ := s.Resources[id].Properties["ResourcePolicy"].(map[string]any)
	for _, action := range []string{"dynamodb:PutItem", "dynamodb:UpdateItem"} {
		a.only(fmt.Sprintf("the composer may %s in %s", action, s.Region), judge.AccessCase{
			Principal: session, Action: action, Resource: table, IdentityPolicies: policies, ResourcePolicy: resource["PolicyDocument"],
		},
			denial{"it is another table", judge.ImplicitlyDenied, func(c *judge.AccessCase) { c.Resource, c.ResourcePolicy = table+"2", nil }},
			denial{"it deletes an item", judge.ImplicitlyDenied, func(c *judge.AccessCase) { c.Action = "dynamodb:DeleteItem" }},
			denial{"it is an administrator of the account", judge.ExplicitlyDenied, func(c *judge.AccessCase) {
				c.Principal, c.IdentityPolicies = stranger, []judge.Policy{administrator}
			}},
			denial{"it is another role with every right", judge.ExplicitlyDenied, func(c *judge.AccessCase) {
				c.Principal, c.IdentityPolicies = sessionLikeUser, []judge.Policy{administrator}
			}},
		)
	}
}
