package check

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Whoever changes the template of the set, and not that of its stack, changes every account.
func TestTheTemplateOfAStackSetIsCompared(t *testing.T) {
	const others = "BreakGlass-Observer-ou-ab12-11111111"
	change := func(set, old, new string) func(*world) {
		return func(w *world) {
			body := *w.sets[set].TemplateBody
			if !strings.Contains(body, old) {
				panic(set + " has no " + old)
			}
			w.sets[set].TemplateBody = aws.String(strings.ReplaceAll(body, old, new))
		}
	}
	const template, fix = "the template of stack set " + theSet + " differs from breakglass.yaml: ", "--revert-drift --only BreakGlass-StackSet-ou-ab12-11111111"
	breakEach(t, []broken{
		{
			"it trusts a stranger", "", change(theSet, `user/bob"]},"Bool"`, `user/bob","arn:aws:iam::111111111111:user/mallory"]},"Bool"`), "stacksets", Problem,
			template + "role BreakGlassRole can be assumed by arn:aws:iam::111111111111:user/mallory", fix,
		},
		{
			"it needs no MFA", "", change(theSet, `,"Bool":{"aws:MultiFactorAuthPresent":"true"}`, ""), "stacksets", Problem,
			template + "role BreakGlassRole can be assumed without MFA", fix,
		},
		{
			"the role may do everything", "",
			change(theSet, `"arn:aws:iam::aws:policy/ReadOnlyAccess"`, `"arn:aws:iam::aws:policy/ReadOnlyAccess","arn:aws:iam::aws:policy/AdministratorAccess"`),
			"stacksets", Problem, "not in breakglass.yaml: AdministratorAccess", fix,
		},
		{
			"the role may do nothing", "", change(theSet, `"ManagedPolicyArns":["arn:aws:iam::aws:policy/ReadOnlyAccess"],`, ""), "stacksets", Problem,
			"role BreakGlassRole lacks the policy ReadOnlyAccess", fix,
		},
		{"its sessions are longer", "", change(theSet, `7200`, `43200`), "stacksets", Problem, "has sessions of 12h; breakglass.yaml sets 2h", fix},
		{
			"it has a boundary", "", change(theSet, `"MaxSessionDuration"`, `"PermissionsBoundary":"arn:b","MaxSessionDuration"`), "stacksets", Problem,
			`the permissions boundary "arn:b"; breakglass.yaml sets ""`, fix,
		},
		{
			"it has an inline policy", "", change(theSet, `"MaxSessionDuration"`, `"Policies":[{"PolicyName":"x","PolicyDocument":{}}],"MaxSessionDuration"`),
			"stacksets", Problem, "has an inline policy", fix,
		},
		{"it is under a path", "", change(theSet, `"MaxSessionDuration"`, `"Path":"/x/","MaxSessionDuration"`), "stacksets", Problem, "has the path /x/", fix},
		{
			"the role is another", "", change(theSet, `"RoleName":"BreakGlassRole"`, `"RoleName":"Other"`), "stacksets", Problem,
			"it has an AWS::IAM::Role that is not planned: Role", fix,
		},
		{
			"a second way in", "", change(theSet, `"ObserverRole":{"Type"`, `"Door":{"Type":"AWS::IAM::User","Properties":{}},"ObserverRole":{"Type"`), "stacksets",
			Problem, "it has an AWS::IAM::User that is not planned: Door", fix,
		},
		{
			"the observers act as somebody's role", "", change(theSet, `"Service":"events.amazonaws.com"},"Sid":"Observers"`, `"AWS":"*"},"Sid":"Observers"`),
			"stacksets", Problem, "role breakglass-observer-role has a different trust policy", fix,
		},
		{
			"anybody's rules act as the observers' role", "",
			change(theSet, `"StringEquals":{"aws:SourceAccount":{"Ref":"AWS::AccountId"}}`, `"StringLike":{"aws:SourceAccount":"*"}`), "stacksets", Problem,
			"role breakglass-observer-role has a different trust policy", fix,
		},
		{
			"the observers may do more", "", change(theSet, `"Action":"events:PutEvents"`, `"Action":"events:*"`), "stacksets", Problem,
			"role breakglass-observer-role has a different policy", fix,
		},
		{
			"a rule is off", "",
			change(others, `"observe-breakglass-target-access","State":"ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"`,
				`"observe-breakglass-target-access","State":"DISABLED"`), "stacksets", Problem, "the template of stack set " + others + " differs from breakglass.yaml: rule observe-breakglass-target-access is in state DISABLED", fix,
		},
		{
			"a rule matches less", "", change(others, `"eventName":["SwitchRole"]`, `"eventName":["Switch"]`), "stacksets", Problem,
			"rule observe-breakglass-target-access has a different pattern: detail.$or[0].eventName differs", fix,
		},
		{
			"a rule has another name", "", change(others, `"observe-breakglass-target-access"`, `"observe"`), "stacksets", Problem,
			"differs from breakglass.yaml: it lacks the rule observe-breakglass-target-access; it has a rule that is not planned: observe", fix,
		},
		{
			"a rule of another's", "", change(others, `"Resources":{`, `"Resources":{"X":{"Type":"AWS::Events::Rule","Properties":{"Name":"copy","Targets":[]}},`),
			"stacksets", Problem, "it has a rule that is not planned: copy", fix,
		},
		{
			"a target acts as another role", "", change(others, `role/breakglass-observer-role"`, `role/other"`), "stacksets", Problem,
			"uses role arn:aws:iam::000000000000:role/other, not arn:aws:iam::000000000000:role/breakglass-observer-role", fix,
		},
		{
			"a target replaces the event", "", change(others, `"Id":"us-west-2"`, `"Id":"us-west-2","Input":"{}"`), "stacksets", Problem,
			"a target of rule observe-breakglass-target-access has Input, which is not planned", fix,
		},
		{
			"a target loses what it can't deliver", "", change(others, `"DeadLetterConfig":{"Arn":{"Fn::GetAtt":["DeadLettersQueue2B23AEFC","Arn"]}},`, ""), "stacksets",
			Problem, "a target of rule observe-breakglass-target-access has no dead-letter queue", fix,
		},
		{
			"the role is left out of accounts", "", change(theSet, `"RoleName":"BreakGlassRole"}`, `"RoleName":"BreakGlassRole"},"Condition":"NotTheHub"`), "stacksets",
			Problem, "Role depends on the condition NotTheHub, which is not planned", fix,
		},
		{
			"a rule is left out of accounts", "", change(others, `"Condition":"NotTheHub"`, `"Condition":"Never"`), "stacksets", Problem,
			"depends on the condition Never, which is not planned", fix,
		},
		{
			"the condition is another", "", change(others, `},"111111111111"]}]}}`, `},"000000000000"]}]}}`), "stacksets", Problem,
			"it has other conditions: NotTheHub.", fix,
		},
		{
			"a macro replaces it", "", change(theSet, `"Resources":{`, `"Transform":"Mine","Resources":{`), "stacksets", Problem,
			template + "it has a transform, which can replace everything", fix,
		},
		{
			"a macro replaces a part", "", change(theSet, `"RoleName":"BreakGlassRole"`, `"RoleName":"BreakGlassRole","Fn::Transform":{"Name":"AWS::Include"}`),
			"stacksets", Problem, "it has a transform, which can replace everything", fix,
		},
		{
			"the observers' role is bounded", "",
			change(theSet, `"RoleName":"breakglass-observer-role"`, `"RoleName":"breakglass-observer-role","PermissionsBoundary":"arn:b"`), "stacksets", Problem,
			"role breakglass-observer-role has a PermissionsBoundary that is not planned: arn:b", fix,
		},
		{
			"the observers may forward any event", "",
			change(theSet, `"Condition":{"ForAllValues:StringEquals":{"events:source":["aws.cloudformation","aws.iam","aws.signin"]},"Null":{"events:source":"false"}},`,
				""), "stacksets", Problem, "role breakglass-observer-role has a different policy", fix,
		},
		{
			"any rule of the account acts as the observers' role", "",
			change(theSet, `"ArnLike":{"aws:SourceArn":{"Fn::Join":["",["arn:aws:events:*:",{"Ref":"AWS::AccountId"},":rule/observe-breakglass-*"]]}},"StringEquals"`,
				`"StringEquals"`), "stacksets", Problem, "role breakglass-observer-role has a different trust policy", fix,
		},
		{
			"the observers' role has a policy more", "",
			change(theSet, `"RoleName":"breakglass-observer-role"`, `"RoleName":"breakglass-observer-role","ManagedPolicyArns":["arn:x"]`), "stacksets", Problem,
			"role breakglass-observer-role has policies that are not planned: arn:x", fix,
		},
		{
			"the observers' role is under a path", "", change(theSet, `"RoleName":"breakglass-observer-role"`, `"RoleName":"breakglass-observer-role","Path":"/x/"`),
			"stacksets", Problem, "role breakglass-observer-role has a Path that is not planned: /x/", fix,
		},
		{
			"the observers may do nothing", "", change(theSet, `"Policies":[`, `"NoPolicies":[`), "stacksets", Problem,
			"role breakglass-observer-role has 0 inline policies, not one", fix,
		},
		{
			"the observers' role is another", "", change(theSet, `"RoleName":"breakglass-observer-role"`, `"RoleName":"observer"`), "stacksets", Problem,
			"it has an AWS::IAM::Role that is not planned: ObserverRole; it lacks the role breakglass-observer-role", fix,
		},
		{
			"the role is missing", "", change(theSet, `"RoleName":"BreakGlassRole"`, `"RoleName":"Other"`), "stacksets", Problem, "it lacks the role BreakGlassRole",
			fix,
		},
		{
			"a rule of another bus", "", change(others, `"EventPattern"`, `"EventBusName":"x","EventPattern"`), "stacksets", Problem,
			"has EventBusName, which is not planned", fix,
		},
		{
			"a policy that a function names", "",
			change(theSet, `"arn:aws:iam::aws:policy/ReadOnlyAccess"`, `"arn:aws:iam::aws:policy/ReadOnlyAccess",{"Fn::Sub":"arn:aws:iam::aws:policy/AdministratorAccess"}`),
			"stacksets", Problem, "Role has a function that is not planned: Fn::Sub arn:aws:iam::aws:policy/AdministratorAccess", fix,
		},
		{
			"a policy that a parameter names", "",
			change(theSet, `"arn:aws:iam::aws:policy/ReadOnlyAccess"`, `"arn:aws:iam::aws:policy/ReadOnlyAccess",{"Ref":"P"}`), "stacksets", Problem,
			"Role has a function that is not planned: Ref P", fix,
		},
		{
			"a policy in two pieces", "",
			change(theSet, `"arn:aws:iam::aws:policy/ReadOnlyAccess"`, `{"Fn::Join":["",["arn:aws:iam::aws:policy/ReadOnlyAccess",{"Fn::Select":[0,["2"]]}]]}`), "stacksets",
			Problem, "Role has a function that is not planned: Fn::Select", fix,
		},
		{
			"inline policies by a condition", "", change(theSet, `"MaxSessionDuration"`, `"Policies":{"Fn::If":["NotTheHub",[],[]]},"MaxSessionDuration"`), "stacksets",
			Problem, "Role has a function that is not planned: Fn::If", fix,
		},
		{
			"a target without its queue, by a function", "",
			change(others, `"DeadLetterConfig":{"Arn":{"Fn::GetAtt":["DeadLettersQueue2B23AEFC","Arn"]}}`, `"DeadLetterConfig":{"Ref":"AWS::NoValue"}`), "stacksets", Problem,
			"has a function that is not planned: Ref AWS::NoValue", fix,
		},
		{"it is no template", "", func(w *world) { w.sets[theSet].TemplateBody = aws.String("?") }, "stacksets", Problem, template + "can't be parsed", fix},
	})
}

// A unit may have an inline policy and a boundary, as a target has.
func TestTheRoleOfAUnitIsComparedWithItsTarget(t *testing.T) {
	s := well(t, hub).s
	in := s.config.HubPlace().Of(anyAccount).In(hub)
	unit := s.config.Units[0]
	unit.InlinePolicy = map[string]any{"Version": "2012-10-17", "Statement": map[string]any{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
	unit.PermissionsBoundary = "Fence"
	good := func() map[string]any {
		t, err := carriedIn(*well(t, hub).sets[theSet].TemplateBody, in)
		if err != nil {
			panic(err)
		}
		for _, one := range t.Resources {
			if one.Properties["RoleName"] == s.config.Role.Name {
				one.Properties["PermissionsBoundary"] = "arn:aws:iam::" + anyAccount + ":policy/Fence"
				one.Properties["Policies"] = []any{map[string]any{"PolicyName": "x", "PolicyDocument": plain(unit.InlinePolicy)}}
				return one.Properties
			}
		}
		panic("it has no role")
	}
	for name, c := range map[string]struct {
		do   func(role map[string]any)
		want string
	}{
		"as planned": {func(map[string]any) {}, ""},
		"no policy":  {func(role map[string]any) { delete(role, "Policies") }, "role BreakGlassRole has 0 inline policies; breakglass.yaml sets one"},
		"two policies": {
			func(role map[string]any) { role["Policies"] = append(role["Policies"].([]any), map[string]any{}) },
			"role BreakGlassRole has 2 inline policies; breakglass.yaml sets one",
		},
		"another policy": {func(role map[string]any) {
			role["Policies"].([]any)[0].(map[string]any)["PolicyDocument"] = map[string]any{"Statement": []any{map[string]any{
				"Effect": "Allow", "Action": "*", "Resource": "*",
			}}}
		}, "role BreakGlassRole has a different inline policy: it lacks Allow s3:* and has Allow *"},
		"no boundary": {
			func(role map[string]any) { delete(role, "PermissionsBoundary") },
			`role BreakGlassRole has the permissions boundary ""; breakglass.yaml sets "arn:aws:iam::000000000000:policy/Fence"`,
		},
	} {
		role := good()
		c.do(role)
		if got := strings.Join(s.roleDifferences(role, unit, in), "; "); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
