//go:build judges

package judge

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

const (
	user       = "arn:aws:iam::111111111111:user/BreakglassUser"
	otherUser  = "arn:aws:iam::111111111111:user/alice"
	role       = "arn:aws:iam::222222222222:role/BreakGlassRole"
	topic      = "arn:aws:sns:us-east-1:111111111111:breakglassuser-console-logins"
	key        = "arn:aws:kms:us-east-1:111111111111:key/11111111-1111-1111-1111-111111111111"
	queue      = "arn:aws:sqs:eu-west-1:111111111111:dead-letters"
	rule       = "arn:aws:events:eu-west-1:111111111111:rule/capture-breakglass-user-sign-in"
	alarm      = "arn:aws:cloudwatch:us-east-1:111111111111:alarm:failed-sign-in"
	bus        = "arn:aws:events:us-east-1:111111111111:event-bus/default"
	forwarder  = "arn:aws:sts::111111111111:assumed-role/breakglass-event-bus-role/session"
	events     = "events.amazonaws.com"
	cloudwatch = "cloudwatch.amazonaws.com"
)

// policy returns a document of one statement or more.
func policy(statements ...string) json.RawMessage {
	return json.RawMessage(`{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`)
}

func policies(statements ...string) []Policy {
	return []Policy{{Name: "policy", Document: policy(statements...)}}
}

var (
	trust = policy(`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:root"},"Action":"sts:AssumeRole","Condition":{
		"ArnEquals":{"aws:PrincipalArn":["` + user + `"]},"Bool":{"aws:MultiFactorAuthPresent":"true"}}}`)
	mayAssume = `{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::*:role/BreakGlassRole"}`
	guard     = `{"Effect":"Deny","NotAction":"iam:ChangePassword","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}`
	anything  = `{"Effect":"Allow","Action":"*","Resource":"*"}`

	topicPolicy = policy(
		`{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":"sns:Publish","Resource":"`+topic+`"}`,
		`{"Effect":"Allow","Principal":{"Service":"cloudwatch.amazonaws.com"},"Action":"sns:Publish","Resource":"`+topic+`",
			"Condition":{"StringEquals":{"aws:SourceAccount":"111111111111"},"ArnLike":{"aws:SourceArn":"arn:aws:cloudwatch:us-east-1:111111111111:alarm:*"}}}`)
	keyPolicy = policy(
		`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:root"},"Action":"kms:*","Resource":"*"}`,
		`{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":["kms:Decrypt","kms:GenerateDataKey*"],"Resource":"*"}`,
		`{"Effect":"Allow","Principal":{"Service":"cloudwatch.amazonaws.com"},"Action":["kms:Decrypt","kms:GenerateDataKey*"],"Resource":"*",
			"Condition":{"StringEquals":{"aws:SourceAccount":"111111111111"}}}`)
	queuePolicy = policy(`{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"` + queue + `",
		"Condition":{"ArnEquals":{"aws:SourceArn":["` + rule + `"]},"StringEquals":{"aws:SourceAccount":"111111111111"}}}`)
)

func keys(pairs ...string) map[string][]string {
	values := map[string][]string{}
	for i := 0; i < len(pairs); i += 2 {
		values[pairs[i]] = []string{pairs[i+1]}
	}
	return values
}

var (
	mfa   = keys("aws:MultiFactorAuthPresent", "true")
	noMFA = keys("aws:MultiFactorAuthPresent", "false")
)

// mutate breaks a document: the judge has to notice.
func mutate(t *testing.T, document json.RawMessage, old, new string) json.RawMessage {
	t.Helper()
	if !strings.Contains(string(document), old) {
		t.Fatalf("nothing to mutate: no %s", old)
	}
	return json.RawMessage(strings.ReplaceAll(string(document), old, new))
}

func TestSimulate(t *testing.T) {
	self := `{"Effect":"Allow","Action":"iam:ChangePassword","Resource":"arn:aws:iam::*:user/${aws:username}"}`
	publish := func(service string, policy any, with map[string][]string) AccessCase {
		return AccessCase{Principal: service, Action: "sns:Publish", Resource: topic, ResourcePolicy: policy, Context: with}
	}
	assume := func(principal string, trust any, with map[string][]string, statements ...string) AccessCase {
		return AccessCase{
			Principal: principal, Action: "sts:AssumeRole", Resource: role, IdentityPolicies: policies(statements...),
			ResourcePolicy: trust, Context: with,
		}
	}
	send := func(policy any, with map[string][]string) AccessCase {
		return AccessCase{Principal: events, Action: "sqs:SendMessage", Resource: queue, ResourcePolicy: policy, Context: with}
	}
	decrypt := func(principal string, policy any, with map[string][]string) AccessCase {
		return AccessCase{Principal: principal, Action: "kms:Decrypt", Resource: key, ResourcePolicy: policy, Context: with}
	}
	fromAlarm := keys("aws:SourceAccount", "111111111111", "aws:SourceArn", alarm)
	fromRule := keys("aws:SourceAccount", "111111111111", "aws:SourceArn", rule)
	putEvents := `{"Effect":"Allow","Action":"events:PutEvents","Resource":"` + bus + `"}`
	tests := []struct {
		name string
		c    AccessCase
		want string
	}{
		{"role: the user with MFA", assume(user, trust, mfa, mayAssume), Allowed},
		{"role: MFA is false", assume(user, trust, noMFA, mayAssume), ImplicitlyDenied},
		{"role: no MFA at all", assume(user, trust, nil, mayAssume), ImplicitlyDenied},
		{"role: another user", assume(otherUser, trust, mfa, mayAssume), ImplicitlyDenied},
		{"role: the user may not", assume(user, trust, mfa, self), ImplicitlyDenied},
		{"role: guarded, without MFA", assume(user, mutate(t, trust, `"Bool":`, `"BoolIfExists":`), noMFA, mayAssume, guard), ExplicitlyDenied},
		{"role: mutant, another account trusted", assume(user, mutate(t, trust, "111111111111:root", "333333333333:root"), mfa, mayAssume), ImplicitlyDenied},
		{"role: mutant, no MFA asked for", assume(user, mutate(t, trust, `,"Bool":{"aws:MultiFactorAuthPresent":"true"}`, ""), nil, mayAssume), Allowed},

		{"guard: with MFA", AccessCase{Principal: user, Action: "iam:GetUser", Resource: user, IdentityPolicies: policies(anything, guard), Context: mfa}, Allowed},
		{"guard: access key", AccessCase{Principal: user, Action: "iam:GetUser", Resource: user, IdentityPolicies: policies(anything, guard)}, ExplicitlyDenied},
		{
			"guard: own password", AccessCase{Principal: user, Action: "iam:ChangePassword", Resource: user, IdentityPolicies: policies(self, guard), Context: noMFA},
			Allowed,
		},
		{
			"guard: another's password",
			AccessCase{Principal: user, Action: "iam:ChangePassword", Resource: otherUser, IdentityPolicies: policies(self, guard), Context: noMFA}, ImplicitlyDenied,
		},
		{"guard: mutant, plain Bool lets access keys through", AccessCase{
			Principal: user, Action: "iam:GetUser", Resource: user,
			IdentityPolicies: policies(anything, strings.ReplaceAll(guard, "BoolIfExists", "Bool")),
		}, Allowed},
		{
			"no resource", AccessCase{Principal: user, Action: "iam:ListUsers", Resource: "*", ResourceAccount: "111111111111", IdentityPolicies: policies(anything)},
			Allowed,
		},

		{"boundary: within", AccessCase{
			Principal: user, Action: "iam:GetUser", Resource: user, IdentityPolicies: policies(anything),
			Boundary: policy(`{"Effect":"Allow","Action":"iam:*","Resource":"*"}`),
		}, Allowed},
		{"boundary: without", AccessCase{
			Principal: user, Action: "iam:GetUser", Resource: user, IdentityPolicies: policies(anything),
			Boundary: policy(`{"Effect":"Allow","Action":"sns:*","Resource":"*"}`),
		}, ImplicitlyDenied},

		{"topic: events", publish(events, topicPolicy, nil), Allowed},
		{"topic: alarm", publish(cloudwatch, topicPolicy, fromAlarm), Allowed},
		{"topic: alarm of another account", publish(cloudwatch, topicPolicy, keys("aws:SourceAccount", "333333333333", "aws:SourceArn", alarm)), ImplicitlyDenied},
		{"topic: another service", publish("s3.amazonaws.com", topicPolicy, fromRule), ImplicitlyDenied},
		{"topic: mutant, wrong service", publish(events, mutate(t, topicPolicy, "events.amazonaws.com", "event.amazonaws.com"), nil), ImplicitlyDenied},

		{"key: events", decrypt(events, keyPolicy, nil), Allowed},
		{"key: alarm", decrypt(cloudwatch, keyPolicy, fromAlarm), Allowed},
		{"key: alarm of another account", decrypt(cloudwatch, keyPolicy, keys("aws:SourceAccount", "333333333333")), ImplicitlyDenied},
		{"key: data key", AccessCase{Principal: events, Action: "kms:GenerateDataKey", Resource: key, ResourcePolicy: keyPolicy}, Allowed},
		{"key: mutant, no data key", AccessCase{
			Principal: events, Action: "kms:GenerateDataKey", Resource: key,
			ResourcePolicy: mutate(t, keyPolicy, "kms:GenerateDataKey*", "kms:DescribeKey"),
		}, ImplicitlyDenied},
		{
			"key: administrator", AccessCase{Principal: user, Action: "kms:Decrypt", Resource: key, ResourcePolicy: keyPolicy, IdentityPolicies: policies(anything)},
			Allowed,
		},
		{"key: mutant, account not trusted", AccessCase{
			Principal: user, Action: "kms:Decrypt", Resource: key,
			ResourcePolicy: mutate(t, keyPolicy, "111111111111:root", "333333333333:root"), IdentityPolicies: policies(anything),
		}, ImplicitlyDenied},

		{"queue: the rule", send(queuePolicy, fromRule), Allowed},
		{"queue: another rule", send(queuePolicy, keys("aws:SourceAccount", "111111111111", "aws:SourceArn", rule+"-2")), ImplicitlyDenied},
		{"queue: another account", send(queuePolicy, keys("aws:SourceAccount", "333333333333", "aws:SourceArn", rule)), ImplicitlyDenied},
		{"queue: mutant, another queue", send(mutate(t, queuePolicy, "dead-letters", "dead-letter"), fromRule), ImplicitlyDenied},

		{"bus: forwarder", AccessCase{Principal: forwarder, Action: "events:PutEvents", Resource: bus, IdentityPolicies: policies(putEvents)}, Allowed},
		{
			"bus: forwarder, another bus", AccessCase{Principal: forwarder, Action: "events:PutEvents", Resource: bus + "-2", IdentityPolicies: policies(putEvents)},
			ImplicitlyDenied,
		},
		{"bus: another account, no bus policy", AccessCase{
			Principal: strings.Replace(forwarder, "111", "333", 1), Action: "events:PutEvents",
			Resource: bus, IdentityPolicies: policies(putEvents),
		}, ImplicitlyDenied},
		{"role: events takes it", AccessCase{
			Principal: events, Action: "sts:AssumeRole", Resource: "arn:aws:iam::111111111111:role/breakglass-event-bus-role",
			ResourcePolicy: policy(`{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":"sts:AssumeRole"}`),
		}, Allowed},
	}
	cases := make([]AccessCase, len(tests))
	for i, tt := range tests {
		cases[i] = tt.c
		cases[i].ID = tt.name
	}
	decisions, err := Simulate(t.Context(), root, cases)
	if err != nil {
		t.Fatal(err)
	}
	for i, d := range decisions {
		if len(d.Errors) > 0 || d.Decision != tests[i].want {
			t.Errorf("%s: %s %v, want %s", d.ID, d.Decision, d.Errors, tests[i].want)
		}
	}
}

func TestSimulateRefusesBrokenCases(t *testing.T) {
	good := AccessCase{Principal: user, Action: "sts:AssumeRole", Resource: role, IdentityPolicies: policies(mayAssume), ResourcePolicy: trust, Context: mfa}
	tests := []struct {
		name  string
		spoil func(*AccessCase)
		err   string
	}{
		{
			"condition key misspelt in a policy", func(c *AccessCase) { c.ResourcePolicy = mutate(t, trust, "aws:PrincipalArn", "aws:PrincipalARNs") },
			"no service has a condition key aws:PrincipalARNs",
		},
		{
			"condition key misspelt in the context", func(c *AccessCase) { c.Context = keys("aws:MultiFactorAuth", "true") },
			"no service has a condition key aws:MultiFactorAuth",
		},
		{"condition operator misspelt", func(c *AccessCase) { c.ResourcePolicy = mutate(t, trust, "ArnEquals", "ArnEqual") }, "no condition operator ArnEqual"},
		{"key of another service", func(c *AccessCase) { c.Context = keys("sns:Protocol", "email") }, "does not know: sns:Protocol"},
		{"two values of a single one", func(c *AccessCase) { c.Context = map[string][]string{"aws:SourceArn": {rule, alarm}} }, "can only have one"},
		{"effect misspelt", func(c *AccessCase) { c.ResourcePolicy = mutate(t, trust, "Allow", "Alow") }, "policy.errors"},
		{"trust policy without principal", func(c *AccessCase) { c.ResourcePolicy = policy(mayAssume) }, "has no Principal"},
		{"user policy with principal", func(c *AccessCase) { c.IdentityPolicies = []Policy{{"trust", trust}} }, "policy.errors"},
		{"boundary unreadable", func(c *AccessCase) { c.Boundary = policy(`{"Effect":"Allow"}`) }, "permissionBoundaryErrors"},
		{"function of CloudFormation", func(c *AccessCase) {
			c.IdentityPolicies = policies(`{"Effect":"Allow","Action":"sts:AssumeRole","Resource":{"Fn::GetAtt":["Role","Arn"]}}`)
		}, "policy.errors"},
		{"no such action", func(c *AccessCase) { c.Action = "sts:AssumeRoles" }, "invalid.action"},
		{"no such service", func(c *AccessCase) { c.Action = "st:AssumeRole" }, "invalid.service"},
		{"resource of another kind", func(c *AccessCase) { c.Resource = topic }, "no.resource.types"},
		{"resource where there is none", func(c *AccessCase) { c.Action, c.Resource = "iam:ListUsers", user }, "must.use.wildcard"},
		{"no account", func(c *AccessCase) { c.Resource = "arn:aws:s3:::bucket" }, "resourceAccount is missing"},
		{"no principal", func(c *AccessCase) { c.Principal = "BreakglassUser" }, "principal: "},
	}
	cases := make([]AccessCase, len(tests))
	for i, tt := range tests {
		cases[i] = good
		cases[i].ID = tt.name
		tt.spoil(&cases[i])
	}
	good.ID = "good"
	decisions, err := Simulate(t.Context(), root, append(cases, good))
	if err != nil {
		t.Fatal(err)
	}
	for i, tt := range tests {
		d := decisions[i]
		if d.Decision != "" || !slices.ContainsFunc(d.Errors, func(e string) bool { return strings.Contains(e, tt.err) }) {
			t.Errorf("%s: %q %v, want an error with %q", d.ID, d.Decision, d.Errors, tt.err)
		}
	}
	if d := decisions[len(tests)]; d.Decision != Allowed || len(d.Errors) > 0 {
		t.Errorf("%+v, want Allowed", d)
	}
}
