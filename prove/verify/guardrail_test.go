//go:build verify

package verify

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/access"
	"example.com/breakglass/config"
	"example.com/breakglass/plan"
	"example.com/breakglass/prove/judge"
)

// guardedFile has everything that the policies protect, and two kinds of roles that deploy.
const guardedFile = `version: 1
hub: {account: "111111111111", standby: us-west-2}
alerts: {email: [security-team@example.com]}
users: [{name: BreakglassAda}, {name: BreakglassBob}]
targets: [{account: "222222222222", permissionsBoundary: team/Fence}, {organizationalUnit: ou-ab12-11111111}]
stackSets: {retainOnAccountRemoval: true}
observers: {regions: [us-east-1], organization: o-ab12cd34ef}
deploy: {access: organization}
trail: create
`

const (
	ofHub, ofTarget = "111111111111", "222222222222"
	roleOfUsers     = "arn:aws:iam::" + ofTarget + ":role/BreakGlassRole"
)

// deed is something that somebody does under the organization's policies, allowed by their own.
type deed struct {
	action, resource string
	context          map[string][]string
}

// untouchable is what only a role that deploys may do, in a target account and in the hub account.
var untouchable = map[string][]deed{
	ofTarget: {
		{"iam:UpdateAssumeRolePolicy", roleOfUsers, nil}, {"iam:DeleteRole", roleOfUsers, nil}, {"iam:DetachRolePolicy", roleOfUsers, nil},
		{"iam:PutRolePolicy", roleOfUsers, nil},
		{"iam:AttachRolePolicy", roleOfUsers, nil}, {"iam:DeleteRolePolicy", roleOfUsers, nil}, {"iam:PutRolePermissionsBoundary", roleOfUsers, nil},
		{"iam:DeleteRole", "arn:aws:iam::222222222222:role/breakglass-observer-role", nil},
		{"iam:PassRole", "arn:aws:iam::222222222222:role/breakglass-observer-role", map[string][]string{"iam:PassedToService": {"events.amazonaws.com"}}},
		// Whoever had the name of a role that deploys would pass.
		{"iam:CreateRole", "arn:aws:iam::222222222222:role/OrganizationAccountAccessRole", nil},
		{"iam:UpdateAssumeRolePolicy", "arn:aws:iam::222222222222:role/OrganizationAccountAccessRole", nil},
		{"iam:CreateRole", "arn:aws:iam::222222222222:role/stacksets-exec-of-mine", nil},
		{"iam:UpdateAssumeRolePolicy", "arn:aws:iam::222222222222:role/stacksets-exec-0123456789abcdef", nil},
		{
			"iam:PassRole", "arn:aws:iam::222222222222:role/stacksets-exec-0123456789abcdef",
			map[string][]string{"iam:PassedToService": {"cloudformation.amazonaws.com"}},
		},
		{"cloudformation:UpdateStack", "arn:aws:cloudformation:eu-west-1:222222222222:stack/StackSet-of-somebody/1", nil},
		{"cloudformation:UpdateStack", "arn:aws:cloudformation:us-east-1:222222222222:stack/BreakGlass-Role-222222222222/1", nil},
		{"cloudformation:DeleteStack", "arn:aws:cloudformation:us-east-1:222222222222:stack/BreakGlass-Role-222222222222/1", nil},
		{"cloudformation:CreateChangeSet", "arn:aws:cloudformation:us-east-1:222222222222:stack/BreakGlass-Role-222222222222/1", nil},
		{"cloudformation:DeleteChangeSet", "arn:aws:cloudformation:us-east-1:222222222222:stack/BreakGlass-Role-222222222222/1", nil},
		{"cloudformation:ExecuteChangeSet", "arn:aws:cloudformation:us-east-1:222222222222:stack/BreakGlass-Role-222222222222/1", nil},
		{"cloudformation:ExecuteStackRefactor", "arn:aws:cloudformation:us-east-1:222222222222:stack/BreakGlass-Role-222222222222/1", nil},
		{"cloudformation:RollbackStack", "arn:aws:cloudformation:us-east-1:222222222222:stack/StackSet-BreakGlass-Role-ou-1/1", nil},
		// Of another delegated administrator.
		{"cloudformation:UpdateStackSet", "arn:aws:cloudformation:us-east-1:222222222222:stackset/BreakGlass-Role-ou-ab12-11111111:1", nil},
		// What the role may do is also what its policies and its boundary say; the observers' role has the execution policy as boundary.
		{"iam:CreatePolicyVersion", "arn:aws:iam::222222222222:policy/team/Fence", nil},
		{"iam:SetDefaultPolicyVersion", "arn:aws:iam::222222222222:policy/breakglass-execution", nil},
		{"events:DisableRule", "arn:aws:events:us-east-1:222222222222:rule/observe-breakglass-target-access", nil},
		{"events:RemoveTargets", "arn:aws:events:us-east-1:222222222222:rule/observe-breakglass-target-access", nil},
	},
	ofHub: {
		{"events:DisableRule", "arn:aws:events:eu-west-1:111111111111:rule/capture-breakglass-user-sign-in", nil},
		{"events:PutTargets", "arn:aws:events:us-east-1:111111111111:rule/record-breakglass-user-sign-in", nil},
		{"sns:DeleteTopic", "arn:aws:sns:us-east-1:111111111111:breakglassuser-console-logins", nil},
		{"sns:SetTopicAttributes", "arn:aws:sns:us-west-2:111111111111:breakglassuser-console-logins", nil},
		{"cloudwatch:DeleteAlarms", "arn:aws:cloudwatch:us-east-1:111111111111:alarm:breakglass-heartbeat-eu-west-1", nil},
		{"logs:DeleteLogGroup", "arn:aws:logs:us-east-1:111111111111:log-group:/aws/events/breakglass-ledger", nil},
		{"scheduler:DeleteSchedule", "arn:aws:scheduler:eu-west-1:111111111111:schedule/default/breakglass-heartbeat", nil},
		{"scheduler:UpdateSchedule", "arn:aws:scheduler:eu-west-1:111111111111:schedule/default/breakglass-canary-write", nil},
		{"states:UpdateStateMachine", "arn:aws:states:us-east-1:111111111111:stateMachine:breakglass-composer", nil},
		{"dynamodb:DeleteTable", "arn:aws:dynamodb:us-east-1:111111111111:table/breakglass-alerts", nil},
		{"cloudtrail:StopLogging", "arn:aws:cloudtrail:us-east-1:111111111111:trail/breakglass-trail", nil},
		{"iam:CreatePolicyVersion", "arn:aws:iam::111111111111:policy/BreakGlassGuard", nil},
		{"iam:DetachGroupPolicy", "arn:aws:iam::111111111111:group/BreakglassUsers", nil},
		{"iam:DeleteRole", "arn:aws:iam::111111111111:role/breakglass-composer-role", nil},
		// A stack set acts with roles that pass in every account.
		{"cloudformation:CreateStackSet", "*", nil},
		{"cloudformation:CreateStackInstances", "arn:aws:cloudformation:us-east-1:111111111111:stackset/mine:1", nil},
		{"cloudformation:UpdateStackSet", "arn:aws:cloudformation:us-east-1:111111111111:stackset/BreakGlass-Role-ou-ab12-11111111:1", nil},
		{"cloudformation:UpdateStackSet", "arn:aws:cloudformation:us-east-1:111111111111:stackset/of-somebody:1", nil},
		// A key without its alias is another key, and a group of another name another group.
		{"kms:DeleteAlias", "arn:aws:kms:us-east-1:111111111111:alias/breakglassSNS", nil},
		{"kms:UpdateAlias", "arn:aws:kms:us-west-2:111111111111:alias/breakglassSNS", nil},
		{"iam:UpdateGroup", "arn:aws:iam::111111111111:group/BreakglassUsers", nil},
		{"account:DisableRegion", "arn:aws:account::111111111111:account", nil},
		{"cloudtrail:StopLogging", "arn:aws:cloudtrail:us-east-1:111111111111:trail/of-the-account", nil},
		{"s3:DeleteBucketPolicy", "arn:aws:s3:::breakglass-trail-trailbucket0a0b8cfc-1", nil},
		{"events:PutPermission", "*", nil},
		{"events:RemovePermission", "*", nil},
		{"events:UpdateEventBus", "arn:aws:events:us-east-1:111111111111:event-bus/default", nil},
		{"events:UpdateApiDestination", "arn:aws:events:us-east-1:111111111111:api-destination/breakglass-dead-mans-switch/1", nil},
		{"events:DeauthorizeConnection", "arn:aws:events:us-east-1:111111111111:connection/BreakGlass-1/1", nil},
		{"dynamodb:DeleteResourcePolicy", "arn:aws:dynamodb:us-east-1:111111111111:table/breakglass-alerts", nil},
		{"sns:SetSubscriptionAttributes", "arn:aws:sns:us-east-1:111111111111:breakglassuser-console-logins", nil},
		{"sns:PutDataProtectionPolicy", "arn:aws:sns:us-east-1:111111111111:breakglassuser-console-logins", nil},
		{"cloudwatch:SetAlarmState", "arn:aws:cloudwatch:us-east-1:111111111111:alarm:breakglass-heartbeat-eu-west-1", nil},
		{"cloudwatch:PutAlarmMuteRule", "arn:aws:cloudwatch:us-east-1:111111111111:alarm:breakglass-heartbeat-eu-west-1", nil},
		{"logs:AssociateKmsKey", "arn:aws:logs:us-east-1:111111111111:log-group:/aws/events/breakglass-ledger", nil},
		{"logs:PutDataProtectionPolicy", "arn:aws:logs:us-east-1:111111111111:log-group:/aws/events/breakglass-ledger", nil},
		{"logs:DeleteResourcePolicy", "*", nil},
		// What is newer than the alarm, the ledger and the composer.
		{"cloudwatch:PutLogAlarm", "arn:aws:cloudwatch:us-east-1:111111111111:alarm:breakglass-heartbeat-eu-west-1", nil},
		{"logs:PutTransformer", "arn:aws:logs:us-east-1:111111111111:log-group:/aws/events/breakglass-ledger", nil}, {"logs:PutAccountPolicy", "*", nil},
		{"states:StopExecution", "arn:aws:states:us-east-1:111111111111:execution:breakglass-composer:1", nil},
		{"iam:RemoveUserFromGroup", "arn:aws:iam::111111111111:group/BreakglassUsers", nil},
		// Nobody may sign in to the account any more, the users included.
		{"signin:PutConsoleAuthorizationConfiguration", "*", nil}, {"signin:PutResourcePermissionStatement", "*", nil},
		{"kms:ScheduleKeyDeletion", "arn:aws:kms:us-east-1:111111111111:key/1", map[string][]string{"kms:ResourceAliases": {"alias/breakglassSNS"}}},
	},
}

// free is what an administrator, and in an emergency the users' role, must still be able to do.
var free = map[string][]deed{
	ofTarget: {
		{"iam:CreateRole", "arn:aws:iam::222222222222:role/repaired", nil}, {"iam:AttachRolePolicy", "arn:aws:iam::222222222222:role/repaired", nil},
		{"iam:UpdateAssumeRolePolicy", "arn:aws:iam::222222222222:role/Administrators", nil},
		{"iam:UpdateSAMLProvider", "arn:aws:iam::222222222222:saml-provider/portal", nil}, {"iam:TagRole", roleOfUsers, nil}, {"iam:GetRole", roleOfUsers, nil},
	},
	ofHub: {
		{"iam:CreateLoginProfile", "arn:aws:iam::111111111111:user/BreakglassAda", nil},
		{"iam:DeactivateMFADevice", "arn:aws:iam::111111111111:user/BreakglassAda", nil},
		{"iam:AddUserToGroup", "arn:aws:iam::111111111111:group/BreakglassUsers", nil},
	},
}

// freeToAdministrators is what the users' role has no right to anyway.
var freeToAdministrators = map[string][]deed{
	ofTarget: {
		{"cloudformation:UpdateStack", "arn:aws:cloudformation:us-east-1:222222222222:stack/app/1", nil},
		{"cloudformation:CreateStackSet", "*", nil},
		{"events:PutRule", "arn:aws:events:us-east-1:222222222222:rule/app", nil}, {"events:PutPermission", "*", nil},
		{"cloudtrail:StopLogging", "arn:aws:cloudtrail:us-east-1:222222222222:trail/app", nil},
		{"iam:CreatePolicyVersion", "arn:aws:iam::222222222222:policy/app", nil}, {"iam:CreatePolicy", "arn:aws:iam::222222222222:policy/team/Fence", nil},
	},
	ofHub: {
		// What a drill does.
		{"sns:Subscribe", "arn:aws:sns:us-east-1:111111111111:breakglassuser-console-logins", nil},
		{"sns:Unsubscribe", "arn:aws:sns:us-east-1:111111111111:breakglassuser-console-logins", nil},
		{"events:PutEvents", "arn:aws:events:us-east-1:111111111111:event-bus/default", nil},
		// What check reads.
		{"cloudformation:DescribeStackSet", "arn:aws:cloudformation:us-east-1:111111111111:stackset/BreakGlass-Role-ou-ab12-11111111:1", nil},
		{"cloudformation:ListStackInstances", "arn:aws:cloudformation:us-east-1:111111111111:stackset/BreakGlass-Role-ou-ab12-11111111:1", nil},
		{"cloudformation:DescribeStackResources", "arn:aws:cloudformation:us-east-1:111111111111:stack/BreakGlass-Hub/1", nil},
		{"cloudformation:DescribeChangeSet", "arn:aws:cloudformation:us-east-1:111111111111:stack/BreakGlass-Hub/1", nil},
		{"iam:GetPolicyVersion", "arn:aws:iam::111111111111:policy/BreakGlassGuard", nil},
		{"kms:ScheduleKeyDeletion", "arn:aws:kms:us-east-1:111111111111:key/2", map[string][]string{"kms:ResourceAliases": {"alias/other"}}},
		{"kms:DeleteAlias", "arn:aws:kms:us-east-1:111111111111:alias/other", nil},
		{"states:StopExecution", "arn:aws:states:us-east-1:111111111111:execution:orders:1", nil},
		{"iam:RemoveUserFromGroup", "arn:aws:iam::111111111111:group/others", nil},
		{"signin:DeleteResourcePermissionStatement", "*", nil},
	},
}

// leaving is what nobody may do: outside the organization none of its policies binds an account.
var leaving = []deed{{"organizations:LeaveOrganization", "*", nil}, {"account:CloseAccount", "*", nil}}

// guardrailCases returns the requests under a pair of the organization's policies.
func guardrailCases(t *testing.T, g plan.Guardrail, users []access.User) []accessCase {
	t.Helper()
	var a accessTable
	request := func(principal string, d deed, rights ...judge.Policy) judge.AccessCase {
		c := judge.AccessCase{
			Principal: principal, Action: d.action, Resource: d.resource, ResourceAccount: strings.Split(principal, ":")[4], Context: d.context,
			IdentityPolicies: rights, ServicePolicy: g.Service,
		}
		if strings.HasPrefix(d.action, "kms:") {
			c.ResourcePolicy = access.Key(users[0].Place)
		}
		return c
	}
	add := func(who, want string, c judge.AccessCase) {
		a.cases = append(a.cases, accessCase{who + " " + c.Action + " on " + c.Resource, c, want})
	}
	administrator, identities := managed(t, "AdministratorAccess"), managed(t, "IAMFullAccess")
	for account, deeds := range untouchable {
		role := "arn:aws:iam::" + account + ":role/"
		for _, d := range deeds {
			add("an administrator", judge.ExplicitlyDenied, request(role+"Administrators", d, administrator))
			add("a role that deploys", judge.Allowed, request(role+"OrganizationAccountAccessRole", d, administrator))
			add("a stack set", judge.Allowed, request(role+"stacksets-exec-0123456789abcdef", d, administrator))
			add("the same name with a path", judge.ExplicitlyDenied, request(role+"x/OrganizationAccountAccessRole", d, administrator))
			add("the same name with an end", judge.ExplicitlyDenied, request(role+"OrganizationAccountAccessRole2", d, administrator))
			if account == ofTarget && strings.HasPrefix(d.action, "iam:") {
				add("the users' role", judge.ExplicitlyDenied, request(roleOfUsers, d, identities))
			}
		}
	}
	for account, deeds := range free {
		for _, d := range deeds {
			add("an administrator", judge.Allowed, request("arn:aws:iam::"+account+":role/Administrators", d, administrator))
			add("the users' role", judge.Allowed, request("arn:aws:iam::"+account+":role/BreakGlassRole", d, identities))
		}
	}
	for account, deeds := range freeToAdministrators {
		for _, d := range deeds {
			add("an administrator", judge.Allowed, request("arn:aws:iam::"+account+":role/Administrators", d, administrator))
		}
	}
	for _, d := range leaving {
		for _, role := range []string{"Administrators", "OrganizationAccountAccessRole"} {
			add(role, judge.ExplicitlyDenied, request("arn:aws:iam::"+ofHub+":role/"+role, d, administrator))
		}
	}

	// The emergency users' own way: password, role with MFA, work there.
	own := []judge.Policy{
		{Name: "assume", Document: access.AssumeRole(users[0].Place, "BreakGlassRole")}, {Name: "guard", Document: access.Guard(users)}, identities,
	}
	for _, u := range users {
		add("a user", judge.Allowed, request(u.ARN(), deed{"iam:ChangePassword", u.ARN(), keys("aws:MultiFactorAuthPresent", "false")}, own...))
		way := request(u.ARN(), deed{"sts:AssumeRole", roleOfUsers, keys("aws:MultiFactorAuthPresent", "true")}, own...)
		way.ResourcePolicy, way.ResourceControl = access.Trust(users, false), g.Resource
		add("a user with MFA", judge.Allowed, way)
		way.Context = keys("aws:MultiFactorAuthPresent", "false")
		add("a user without MFA", judge.ExplicitlyDenied, way)
	}
	// A trust policy that was changed into anything lets nobody else in.
	for who, principal := range map[string]string{
		"an administrator of the hub": "arn:aws:iam::111111111111:role/Administrators", "another user": stranger,
		"an administrator of the target": "arn:aws:iam::222222222222:role/Administrators",
	} {
		other := judge.AccessCase{
			Principal: principal, Action: "sts:AssumeRole", Resource: roleOfUsers, IdentityPolicies: []judge.Policy{administrator}, ServicePolicy: g.Service,
			ResourceControl: g.Resource,
			Context:         keys("aws:MultiFactorAuthPresent", "true"),
			ResourcePolicy: map[string]any{
				"Version": "2012-10-17", "Statement": []any{map[string]any{"Effect": "Allow", "Principal": map[string]any{"AWS": principal}, "Action": "sts:AssumeRole"}},
			},
		}
		add(who, judge.ExplicitlyDenied, other)
		other.Resource = "arn:aws:iam::222222222222:role/app"
		add(who, judge.Allowed, other)
	}
	// Nor does it let in a service, to which an administrator could pass the role, or the users of an identity provider.
	for who, other := range map[string]judge.AccessCase{
		"a service": {
			Principal: "lambda.amazonaws.com", Action: "sts:AssumeRole",
			ResourcePolicy: map[string]any{
				"Version": "2012-10-17",
				"Statement": []any{map[string]any{
					"Effect": "Allow", "Principal": map[string]any{"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole",
				}},
			},
		},
		"a user of an identity provider": {
			Principal: "arn:aws:iam::222222222222:saml-provider/portal", Action: "sts:AssumeRoleWithSAML",
			ResourcePolicy: map[string]any{
				"Version": "2012-10-17",
				"Statement": []any{map[string]any{
					"Effect": "Allow", "Principal": map[string]any{"Federated": "arn:aws:iam::222222222222:saml-provider/portal"}, "Action": "sts:AssumeRoleWithSAML",
				}},
			},
		},
	} {
		other.Resource, other.ResourceControl = roleOfUsers, g.Resource
		add(who, judge.ExplicitlyDenied, other)
		other.Resource = "arn:aws:iam::222222222222:role/app"
		add(who, judge.Allowed, other)
	}
	return a.cases
}

// guardrailMutants open the policies; each lets through what the case does.
var guardrailMutants = map[string]func(statement map[string]any) bool{
	"roles that deploy may be created": func(s map[string]any) bool {
		resources, _ := s["Resource"].([]any)
		kept := slices.DeleteFunc(slices.Clone(resources), func(r any) bool { return !strings.Contains(strings.ToLower(r.(string)), "breakglass") })
		s["Resource"] = kept
		return s["Sid"] == "Protected" && len(kept) < len(resources)
	},
	"any name that begins like it is exempt": func(s map[string]any) bool {
		keys, _ := s["Condition"].(map[string]any)
		like, ok := keys["ArnNotLike"].(map[string]any)
		if ok {
			like["aws:PrincipalArn"] = []any{"arn:aws:iam::*:role/*OrganizationAccountAccessRole*", "arn:aws:iam::*:role/stacksets-exec-*"}
		}
		return ok
	},
	"stacks may be updated": func(s map[string]any) bool {
		actions, _ := s["Action"].([]any)
		s["Action"] = slices.DeleteFunc(slices.Clone(actions), func(a any) bool { return a == "cloudformation:UpdateStack*" || a == "cloudformation:*Stack" })
		return s["Sid"] == "Protected"
	},
	"stack sets may be made": func(s map[string]any) bool {
		keys, ok := s["Condition"].(map[string]any)
		if ok {
			keys["StringEquals"] = map[string]any{"aws:PrincipalAccount": elsewhere}
		}
		return ok && s["Sid"] == "HubAccount"
	},
	"a service may assume the role": func(s map[string]any) bool {
		keys, ok := s["Condition"].(map[string]any)
		if ok {
			keys["BoolIfExists"] = map[string]any{"aws:PrincipalIsAWSService": "false"}
		}
		return ok && s["Sid"] == "Role"
	},
	"a user of an identity provider may": func(s map[string]any) bool {
		s["Action"] = "sts:AssumeRole"
		return s["Sid"] == "Role"
	},
	"the role may be assumed by whomever it trusts": func(s map[string]any) bool {
		s["Resource"] = "arn:aws:iam::*:role/other"
		return s["Sid"] == "Role"
	},
}

// TestGuardrail proves the policies that breakglass guardrail prints, the emergency users' own way included.
func TestGuardrail(t *testing.T) {
	c, err := config.Parse("breakglass.yaml", []byte(guardedFile))
	if err != nil {
		t.Fatal(err)
	}
	g, err := plan.Of(c).Guardrail(nil)
	if err != nil {
		t.Fatal(err)
	}
	wrong := func(g plan.Guardrail) (faults []string) {
		cases := guardrailCases(t, g, plan.UsersOf(c))
		requests := make([]judge.AccessCase, len(cases))
		for i, one := range cases {
			requests[i] = one.request
			requests[i].ID = one.name
		}
		decisions, err := judge.Simulate(t.Context(), root(t), requests)
		if err != nil {
			t.Fatal(err)
		}
		for i, d := range decisions {
			if len(d.Errors) > 0 {
				t.Errorf("%s: %v", d.ID, d.Errors)
			} else if d.Decision != cases[i].want {
				faults = append(faults, d.ID+" is "+d.Decision+", want "+cases[i].want)
			}
		}
		return faults
	}
	for _, fault := range wrong(g) {
		t.Error(fault)
	}
	for name, spoil := range guardrailMutants {
		mutant := plan.Guardrail{Service: copyOf(t, g.Service), Resource: copyOf(t, g.Resource)}
		spoilt := false
		for _, policy := range []access.Document{mutant.Service, mutant.Resource} {
			for i, s := range policy["Statement"].([]any) {
				one := copyOf(t, access.Document(s.(map[string]any)))
				if spoil(one) {
					policy["Statement"].([]any)[i], spoilt = map[string]any(one), true
				}
			}
		}
		if faults := wrong(mutant); !spoilt || len(faults) == 0 {
			t.Errorf("nothing finds that %s", name)
		} else {
			t.Logf("%s: %d requests, such as %s", name, len(faults), faults[0])
		}
	}
}

func copyOf(t *testing.T, d access.Document) access.Document {
	t.Helper()
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	var other access.Document
	if err := json.Unmarshal(text, &other); err != nil {
		t.Fatal(err)
	}
	return other
}
