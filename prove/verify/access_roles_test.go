//go:build verify

package verify

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/names"
	"example.com/breakglass/prove/judge"
)

// roleOf returns the properties of the hub account's role of an ARN, and the policies that are attached to it.
func (app *Assembly) roleOf(t *testing.T, arn string) (properties map[string]any, policies []judge.Policy) {
	t.Helper()
	for _, stack := range app.Stacks {
		for _, id := range stack.OfType("AWS::IAM::Role") {
			if got, _ := stack.arn(id); got == arn {
				properties = stack.Resources[id].Properties
				for _, inline := range list(properties["Policies"]) {
					p := inline.(map[string]any)
					policies = append(policies, judge.Policy{Name: p["PolicyName"].(string), Document: p["PolicyDocument"]})
				}
			}
		}
		for _, id := range stack.OfType("AWS::IAM::ManagedPolicy") {
			if p := stack.Resources[id].Properties; slices.Contains(list(p["Roles"]), any(lastOf(arn))) {
				policies = append(policies, judge.Policy{Name: p["ManagedPolicyName"].(string), Document: p["PolicyDocument"]})
			}
		}
	}
	if properties == nil {
		t.Fatalf("there is no role %s", arn)
	}
	return properties, policies
}

// sessionOf returns who acts in a role.
func sessionOf(arn string) string {
	return "arn:aws:sts::" + strings.Split(arn, ":")[4] + ":assumed-role/" + lastOf(arn) + "/session"
}

// forwarding: EventBridge, and no other service, takes the role of the rules, which puts events on the hubs' buses and does
// nothing else.
func (a *accessTable) forwarding(t *testing.T, app *Assembly) {
	t.Helper()
	arn := iamARN("role/" + names.ForwardRole)
	role, policies := app.roleOf(t, arn)
	a.only("EventBridge takes the forwarding role", judge.AccessCase{
		Principal: eventBridge, Action: "sts:AssumeRole", Resource: arn, ResourcePolicy: role["AssumeRolePolicyDocument"],
	},
		denial{"it is EC2", judge.ImplicitlyDenied, by("ec2.amazonaws.com")},
		denial{"it is the Scheduler", judge.ImplicitlyDenied, by(scheduler)},
		denial{"it is somebody of the account", judge.ImplicitlyDenied, by(stranger)},
	)
	for _, bus := range busesOf(app) {
		a.only("a forwarder puts events on "+bus, judge.AccessCase{
			Principal: sessionOf(arn), Action: "events:PutEvents", Resource: bus, IdentityPolicies: policies,
		},
			denial{"it is in a third Region", judge.ImplicitlyDenied, on("arn:aws:events:eu-west-1:111111111111:event-bus/default")},
			denial{"it is another bus", judge.ImplicitlyDenied, on(bus + "2")},
			denial{"it is in another account", judge.ImplicitlyDenied, on(moved(bus, "111111111111", elsewhere))},
			denial{"it is another right", judge.ImplicitlyDenied, func(c *judge.AccessCase) {
				c.Action, c.Resource = "events:DisableRule", "arn:aws:events:us-east-1:111111111111:rule/capture-breakglass-user-sign-in"
			}},
		)
	}
	for _, stack := range app.Stacks {
		for _, id := range stack.OfType("AWS::Events::Rule") {
			for _, target := range list(stack.Resources[id].Properties["Targets"]) {
				target := target.(map[string]any)
				if strings.Contains(target["Arn"].(string), ":stateMachine:") || target["RoleArn"] == iamARN("role/"+names.DeadMansSwitchRole) {
					continue // other roles are for those
				}
				if isBus := strings.Contains(target["Arn"].(string), ":event-bus/"); isBus != (target["RoleArn"] != nil) || isBus && target["RoleArn"] != arn {
					t.Errorf("%s: %s has a target %v with the role %v", stack.Name, id, target["Arn"], target["RoleArn"])
				}
			}
		}
	}
}

const eventSource = "events:source"

// heartbeats: the Scheduler, and only for schedules of the account, takes the role of the schedules, which puts beats on the
// bus that each schedule names, and nothing else.
func (a *accessTable) heartbeats(t *testing.T, app *Assembly) {
	t.Helper()
	for _, stack := range app.Stacks {
		for _, id := range stack.OfType("AWS::Scheduler::Schedule") {
			target := stack.Resources[id].Properties["Target"].(map[string]any)
			arn, bus := target["RoleArn"].(string), target["Arn"].(string)
			if _, call, ok := strings.Cut(bus, ":aws-sdk:eventbridge:"); ok {
				a.canary(t, app, stack, call, arn, target["Input"].(string))
				continue
			}
			source := target["EventBridgeParameters"].(map[string]any)["Source"].(string)
			role, policies := app.roleOf(t, arn)
			// AWS names the group of the schedule, not the schedule (Scheduler user guide, confused deputy prevention).
			group := "arn:aws:scheduler:" + stack.Region + ":" + stack.Account + ":schedule-group/default"
			a.only("the Scheduler takes the heartbeat role in "+stack.Region, judge.AccessCase{
				Principal: scheduler, Action: "sts:AssumeRole", Resource: arn, ResourcePolicy: role["AssumeRolePolicyDocument"],
				Context: keys(sourceArn, group, sourceAccount, stack.Account),
			},
				denial{"it is of another account", judge.ImplicitlyDenied, having(sourceArn, moved(group, stack.Account, elsewhere), sourceAccount, elsewhere)},
				denial{"its group is of another account", judge.ImplicitlyDenied, having(sourceArn, moved(group, stack.Account, elsewhere))},
				denial{"it claims another account", judge.ImplicitlyDenied, having(sourceAccount, elsewhere)},
				denial{"it is another group", judge.ImplicitlyDenied, having(sourceArn, strings.Replace(group, "default", "others", 1))},
				denial{"it has no source", judge.ImplicitlyDenied, having(sourceArn, "", sourceAccount, "")},
				denial{"it is EventBridge", judge.ImplicitlyDenied, by(eventBridge)},
				denial{"it is somebody of the account", judge.ImplicitlyDenied, by(stranger)},
			)
			a.only("the schedule in "+stack.Region+" puts a beat on the bus", judge.AccessCase{
				Principal: sessionOf(arn), Action: "events:PutEvents", Resource: bus, IdentityPolicies: policies, Context: keys(eventSource, source),
			},
				denial{"it is a drill", judge.ImplicitlyDenied, having(eventSource, "breakglass.drill")},
				denial{"a drill is with it", judge.ImplicitlyDenied, func(c *judge.AccessCase) { c.Context[eventSource] = []string{source, "breakglass.drill"} }},
				denial{"it names no source", judge.ImplicitlyDenied, having(eventSource, "")},
				denial{"it is another bus", judge.ImplicitlyDenied, on(strings.Replace(bus, "default", "orders", 1))},
				denial{"it is in another account", judge.ImplicitlyDenied, on(moved(bus, stack.Account, elsewhere))},
				denial{"it is another right", judge.ImplicitlyDenied, func(c *judge.AccessCase) {
					c.Action, c.Context = "events:RemoveTargets", nil
					c.Resource = "arn:aws:events:" + stack.Region + ":" + stack.Account + ":rule/capture-breakglass-user-sign-in"
				}},
			)
		}
	}
}

// canary: a schedule's call sets one tag, of one value, on the rule that it names, or tries a pattern; it can do nothing else with the
// same role.
func (a *accessTable) canary(t *testing.T, app *Assembly, stack *Stack, call, role, input string) {
	t.Helper()
	_, policies := app.roleOf(t, role)
	var request struct {
		ResourceARN string
		Tags        []struct{ Key, Value string }
	}
	if err := json.Unmarshal([]byte(input), &request); err != nil {
		t.Fatal(err)
	}
	if call == "testEventPattern" {
		a.only("the canary in "+stack.Region+" tries a pattern", judge.AccessCase{
			Principal: sessionOf(role), Action: "events:TestEventPattern", Resource: "*", ResourceAccount: stack.Account, IdentityPolicies: policies,
		},
			denial{"it reads a rule", judge.ImplicitlyDenied, func(c *judge.AccessCase) {
				c.Action, c.Resource = "events:DescribeRule", "arn:aws:events:"+stack.Region+":"+stack.Account+":rule/capture-breakglass-recorded"
			}},
		)
		return
	}
	tag, value, rule := "aws:RequestTag/"+request.Tags[0].Key, request.Tags[0].Value, request.ResourceARN
	a.only("the canary in "+stack.Region+" tags its rule", judge.AccessCase{
		Principal: sessionOf(role), Action: "events:TagResource", Resource: rule, IdentityPolicies: policies, Context: keys(tag, value, tagKeys, request.Tags[0].Key),
	},
		denial{"it is another value", judge.ImplicitlyDenied, having(tag, "other")},
		denial{"it is another tag", judge.ImplicitlyDenied, having(tag, "", "aws:RequestTag/owner", value, tagKeys, "owner")},
		denial{"another tag is with it", judge.ImplicitlyDenied, func(c *judge.AccessCase) { c.Context[tagKeys] = []string{request.Tags[0].Key, "owner"} }},
		denial{"it is another rule", judge.ImplicitlyDenied, on(strings.Replace(rule, "breakglass-recorded", "breakglass-user-sign-in", 1))},
		denial{"it is a bus", judge.ImplicitlyDenied, on("arn:aws:events:" + stack.Region + ":" + stack.Account + ":event-bus/default")},
		denial{"it is in another account", judge.ImplicitlyDenied, on(moved(rule, stack.Account, elsewhere))},
		denial{"it takes the tag away", judge.ImplicitlyDenied, func(c *judge.AccessCase) { c.Action, c.Context = "events:UntagResource", nil }},
		denial{"it disables the rule", judge.ImplicitlyDenied, func(c *judge.AccessCase) { c.Action, c.Context = "events:DisableRule", nil }},
	)
}

const tagKeys = "aws:TagKeys"

// chat: Amazon Q Developer, and no other service, takes the role of each channel, which may do nothing.
func (a *accessTable) chat(t *testing.T, app *Assembly) {
	t.Helper()
	for _, stack := range app.Stacks {
		for _, kind := range []string{"AWS::Chatbot::SlackChannelConfiguration", "AWS::Chatbot::MicrosoftTeamsChannelConfiguration"} {
			for _, id := range stack.OfType(kind) {
				channel := stack.Resources[id].Properties
				arn := channel["IamRoleArn"].(string)
				role, policies := app.roleOf(t, arn)
				a.only("Amazon Q takes the role of "+channel["ConfigurationName"].(string), judge.AccessCase{
					Principal: chatbot, Action: "sts:AssumeRole", Resource: arn, ResourcePolicy: role["AssumeRolePolicyDocument"],
				},
					denial{"it is EC2", judge.ImplicitlyDenied, by("ec2.amazonaws.com")},
					denial{"it is EventBridge", judge.ImplicitlyDenied, by(eventBridge)},
					denial{"it is somebody of the account", judge.ImplicitlyDenied, by(stranger)},
				)
				if len(policies) > 0 || role["Policies"] != nil || role["ManagedPolicyArns"] != nil {
					t.Errorf("%s: the channel's users may do %v, %v, %v", stack.Name, policies, role["Policies"], role["ManagedPolicyArns"])
				}
				if got := list(channel["GuardrailPolicies"]); len(got) != 1 || got[0] != "arn:aws:iam::aws:policy/AWSDenyAll" {
					t.Errorf("%s: the channel's guardrail is %v", stack.Name, got)
				}
			}
		}
	}
}
