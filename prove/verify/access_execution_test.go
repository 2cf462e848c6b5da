//go:build verify

package verify

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/access"
	"example.com/breakglass/config"
	"example.com/breakglass/plan"
	"example.com/breakglass/prove/judge"
)

// trustingFile has a target account that the hub account may deploy into, with a role that is less than an administrator, and one
// whose role has an inline policy within a boundary.
const trustingFile = `version: 1
hub: {account: "111111111111"}
alerts: {email: [security-team@example.com]}
targets:
  - {account: "222222222222", managedPolicies: [ReadOnlyAccess, "arn:aws:iam::222222222222:policy/operators"]}
  - account: "333333333333"
    permissionsBoundary: limits
    inlinePolicy: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:*", Resource: "*"}]}
observers: {regions: [us-east-1, eu-west-1]}
deploy: {access: bootstrap}
`

const (
	boundaryKey = "iam:PermissionsBoundary"
	policyKey   = "iam:PolicyARN"
	targetKey   = "events:TargetArn"
	hubBus      = "arn:aws:events:us-east-1:111111111111:event-bus/default"
)

// executions adds what CloudFormation does in the two target accounts, allowed, and what somebody in the hub account might have it
// do there.
func executions(a *accessTable, t *testing.T, of func(account string) access.Document) {
	t.Helper()
	request := func(account, action, resource string, context ...string) judge.AccessCase {
		return judge.AccessCase{
			Principal: sessionOf("arn:aws:iam::" + account + ":role/cdk-hnb659fds-cfn-exec-role-" + account + "-us-east-1"), Action: action, Resource: resource,
			Context: keys(context...), IdentityPolicies: []judge.Policy{{Name: "breakglass-execution", Document: of(account)}},
		}
	}
	no := func(name string, change func(*judge.AccessCase)) denial {
		return denial{name, judge.ImplicitlyDenied, change}
	}
	const administrator = "arn:aws:iam::aws:policy/AdministratorAccess"
	for _, account := range []string{"222222222222", "333333333333"} {
		iam := "arn:aws:iam::" + account + ":"
		role, observer, another := iam+"role/BreakGlassRole", iam+"role/breakglass-observer-role", iam+"role/BreakGlassRole2"
		own, limits := iam+"policy/breakglass-execution", iam+"policy/limits"
		var bounded []string
		if account == "333333333333" {
			bounded = []string{boundaryKey, limits}
		}
		a.only("CloudFormation makes the role in "+account, request(account, "iam:CreateRole", role, bounded...),
			no("it is another role", on(another)), no("it is under a path", on(iam+"role/x/BreakGlassRole")),
			no("it is a role that deploys", on(iam+"role/cdk-hnb659fds-cfn-exec-role-"+account+"-us-east-1")))
		for _, action := range []string{"iam:UpdateAssumeRolePolicy", "iam:DeleteRole", "iam:UpdateRole", "iam:TagRole", "iam:DetachRolePolicy"} {
			a.only("CloudFormation: "+action+" in "+account, request(account, action, role),
				no("it is another role", on(another)), no("it is the role of an administrator", on(iam+"role/Administrators")))
		}
		for _, policy := range map[string][]string{
			"222222222222": {"arn:aws:iam::aws:policy/ReadOnlyAccess", iam + "policy/operators"}, "333333333333": {"arn:aws:iam::aws:policy/IAMFullAccess"},
		}[account] {
			a.only("CloudFormation attaches "+policy+" in "+account, request(account, "iam:AttachRolePolicy", role, append([]string{policyKey, policy}, bounded...)...),
				no("it is AdministratorAccess", having(policyKey, administrator)), no("it is another role", on(another)), no("it is the observers' role", on(observer)),
				no("it says not which", having(policyKey, "")))
		}
		if len(bounded) > 0 {
			for _, action := range []string{"iam:CreateRole", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary"} {
				a.only("CloudFormation within the boundary: "+action, request(account, action, role, bounded...),
					no("there is no boundary", having(boundaryKey, "")), no("the boundary is another", having(boundaryKey, administrator)),
					no("it is another role", on(another)))
			}
			a.only("CloudFormation attaches within the boundary", request(account, "iam:AttachRolePolicy", role, policyKey, "arn:aws:iam::aws:policy/IAMFullAccess",
				boundaryKey, limits),
				no("there is no boundary", having(boundaryKey, "")))
		}
		for _, action := range []string{"iam:CreateRole", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary"} {
			a.only("CloudFormation gives the observers' role its boundary in "+account+": "+action, request(account, action, observer, boundaryKey, own),
				no("there is no boundary", having(boundaryKey, "")), no("the boundary is another", having(boundaryKey, administrator)),
				no("it is another role", on(another)))
		}
		a.only("CloudFormation passes the observers' role in "+account, request(account, "iam:PassRole", observer, "iam:PassedToService", "events.amazonaws.com"),
			no("it is for a machine", having("iam:PassedToService", "ec2.amazonaws.com")), no("it is the users' role", on(role)),
			no("it is another role", on(iam+"role/Administrators")))
		rule := "arn:aws:events:eu-west-1:" + account + ":rule/observe-breakglass-target-access"
		a.only("CloudFormation makes a rule in "+account, request(account, "events:PutRule", rule),
			no("it is another rule", on(strings.Replace(rule, "observe-breakglass", "observe", 1))))
		a.only("CloudFormation gives it a target in "+account, request(account, "events:PutTargets", rule, targetKey, hubBus),
			no("it is somebody's bus", having(targetKey, "arn:aws:events:us-east-1:999999999999:event-bus/default")), no("it says not which", having(targetKey, "")),
			no("somebody's bus is with it", func(c *judge.AccessCase) {
				c.Context[targetKey] = []string{hubBus, "arn:aws:events:us-east-1:999999999999:event-bus/default"}
			}))
		queue := "arn:aws:sqs:eu-west-1:" + account + ":BreakGlass-Observer-eu-west-1-" + account + "-DeadLettersQueue"
		a.only("CloudFormation makes its queue in "+account, request(account, "sqs:CreateQueue", queue),
			no("it is another queue", on("arn:aws:sqs:eu-west-1:"+account+":orders")))

		// The boundary of the observers' role, whatever is written into it.
		full := request(account, "events:PutEvents", hubBus, eventSource, "aws.iam", busInvocation, "true")
		full.Principal, full.IdentityPolicies, full.Boundary = sessionOf(observer), []judge.Policy{managed(t, "AdministratorAccess")}, of(account)
		full.ResourcePolicy = admitting(hubBus)
		a.only("the observers' role carries events from "+account, full,
			no("it is a drill", having(eventSource, "breakglass.drill")),
			no("it makes a user", func(c *judge.AccessCase) { c.Action, c.Resource, c.Context = "iam:CreateUser", iam+"user/me", nil }),
			no("it reads a secret", func(c *judge.AccessCase) {
				c.Action, c.Resource, c.Context, c.ResourcePolicy = "secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:"+account+":secret:a", nil, nil
			}),
		)
	}
	// What it never needs, each with its like that it does.
	for _, one := range []struct{ action, resource string }{
		{"iam:DeleteRolePermissionsBoundary", "arn:aws:iam::222222222222:role/breakglass-observer-role"},
		{"iam:DeleteRolePermissionsBoundary", "arn:aws:iam::333333333333:role/BreakGlassRole"},
		{"iam:PutRolePolicy", "arn:aws:iam::222222222222:role/BreakGlassRole"}, {"iam:CreatePolicyVersion", "arn:aws:iam::222222222222:policy/breakglass-execution"},
		{"iam:CreatePolicy", "arn:aws:iam::222222222222:policy/mine"}, {"iam:CreateUser", "arn:aws:iam::222222222222:user/me"},
		{"iam:CreateAccessKey", "arn:aws:iam::222222222222:user/me"},
		{"iam:AttachUserPolicy", "arn:aws:iam::222222222222:user/me"}, {"sts:AssumeRole", "arn:aws:iam::222222222222:role/BreakGlassRole"},
		{"lambda:CreateFunction", "arn:aws:lambda:us-east-1:222222222222:function:f"},
		{"events:CreateEventBus", "arn:aws:events:us-east-1:222222222222:event-bus/mine"},
		{"iam:CreateServiceLinkedRole", "arn:aws:iam::222222222222:role/aws-service-role/x"},
	} {
		a.cases = append(a.cases,
			accessCase{
				"CloudFormation: " + one.action + " on " + one.resource, request(strings.Split(one.resource, ":")[4], one.action, one.resource), judge.ImplicitlyDenied,
			})
	}
}

// executionMutants widen the policy; each lets CloudFormation do what its case forbids.
var executionMutants = []struct {
	name, sid string
	spoil     func(s map[string]any)
	caught    string
}{
	{"any role is made", "Role", func(s map[string]any) { s["Resource"] = "*" }, "it is another role"},
	{"roles that begin alike are made", "Role", func(s map[string]any) { s["Resource"] = []any{s["Resource"].([]any)[0].(string) + "*"} }, "it is another role"},
	{"any role is changed", "Roles", func(s map[string]any) { s["Resource"] = "arn:aws:iam::*:role/*" }, "it is the role of an administrator"},
	{"a policy is attached to another role", "Policies", func(s map[string]any) { s["Resource"] = "*" }, "it is another role"},
	{"any policy is attached", "Policies", func(s map[string]any) { dropKey(s, policyKey) }, "it is AdministratorAccess"},
	{"a policy is attached without a boundary", "Policies", func(s map[string]any) { dropKey(s, boundaryKey) }, "there is no boundary"},
	{"an inline policy", "Roles", func(s map[string]any) { s["Action"] = append(slices.Clone(s["Action"].([]any)), "iam:PutRolePolicy") }, "iam:PutRolePolicy"},
	{"the observers' role has no boundary", "ObserverRole", func(s map[string]any) { dropKey(s, boundaryKey) }, "there is no boundary"},
	{
		"its boundary may be removed", "Roles", func(s map[string]any) { s["Action"] = append(slices.Clone(s["Action"].([]any)), "iam:DeleteRole*") },
		"iam:DeleteRolePermissionsBoundary",
	},
	{"any role is passed", "PassIt", func(s map[string]any) { s["Resource"] = "*" }, "it is the users' role"},
	{"the role is passed to any service", "PassIt", func(s map[string]any) { delete(s, "Condition") }, "it is for a machine"},
	{"any rule", "Rules", func(s map[string]any) { s["Resource"] = "*" }, "it is another rule"},
	{"any target", "Targets", func(s map[string]any) { delete(s, "Condition") }, "it is somebody's bus"},
	{"targets that nobody names", "Targets", func(s map[string]any) { delete(s["Condition"].(map[string]any), "Null") }, "it says not which"},
	{"any queue", "Queues", func(s map[string]any) { s["Resource"] = "*" }, "it is another queue"},
	{"any event", "PutEventsOnTheHubs", func(s map[string]any) { delete(s, "Condition") }, "it is a drill"},
}

// TestExecutionPolicy: what CloudFormation may do in an account that trusts the hub account to deploy there.
func TestExecutionPolicy(t *testing.T) {
	c, err := config.Parse("breakglass.yaml", []byte(trustingFile))
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.New(c)
	if err != nil {
		t.Fatal(err)
	}
	of := func(account string) access.Document {
		document, ok := p.Execution(account)
		if !ok {
			t.Fatalf("%s has no policy", account)
		}
		return copyOf(t, document)
	}
	var a accessTable
	executions(&a, t, of)
	each := len(a.cases)
	for _, m := range executionMutants {
		executions(&a, t, func(account string) access.Document {
			document := of(account)
			for _, s := range document["Statement"].([]any) {
				if one := s.(map[string]any); one["Sid"] == m.sid {
					m.spoil(one)
				}
			}
			return document
		})
	}
	requests := make([]judge.AccessCase, len(a.cases))
	for i, one := range a.cases {
		requests[i], requests[i].ID = one.request, fmt.Sprintf("%d %s", i, one.name)
	}
	decisions, err := judge.Simulate(t.Context(), root(t), requests)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d requests, and %d of mutants", each, len(a.cases)-each)
	for i, d := range decisions {
		if len(d.Errors) > 0 {
			t.Fatalf("%s: %v", d.ID, d.Errors)
		}
		if i < each && d.Decision != a.cases[i].want {
			t.Errorf("%s: %s, want %s", a.cases[i].name, d.Decision, a.cases[i].want)
		}
	}
	for n, m := range executionMutants {
		found := 0
		for i := (n + 1) * each; i < (n+2)*each; i++ {
			if decisions[i].Decision != a.cases[i].want && strings.Contains(a.cases[i].name, m.caught) {
				found++
			}
		}
		if found == 0 {
			t.Errorf("nothing finds that %s", m.name)
		}
	}
}
