package check

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"example.com/breakglass/plan"
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
			"it trusts a stranger", "", change(theSet, `user/bob"]},"Bool"`, `user/bob","arn:aws:iam::111111111111:user/mallory"]},"Bool"`), "stacksets", Problem, template + "in the role BreakGlassRole, AssumeRolePolicyDocument.Statement.Condition.ArnEquals.aws:PrincipalArn also has arn:aws:iam::111111111111:user/mallory", fix,
		},
		{
			"it needs no MFA", "", change(theSet, `,"Bool":{"aws:MultiFactorAuthPresent":"true"}`, ""), "stacksets", Problem, template + "in the role BreakGlassRole, AssumeRolePolicyDocument.Statement.Condition.Bool is missing", fix,
		},
		{
			"the role may do everything", "",
			change(theSet, `"arn:aws:iam::aws:policy/ReadOnlyAccess"`, `"arn:aws:iam::aws:policy/ReadOnlyAccess","arn:aws:iam::aws:policy/AdministratorAccess"`),
			"stacksets", Problem, "in the role BreakGlassRole, ManagedPolicyArns also has arn:aws:iam::aws:policy/AdministratorAccess", fix,
		},
		{
			"the role may do nothing", "", change(theSet, `"ManagedPolicyArns":["arn:aws:iam::aws:policy/ReadOnlyAccess"],`, ""), "stacksets", Problem, "in the role BreakGlassRole, ManagedPolicyArns is missing", fix,
		},
		{"its sessions are longer", "", change(theSet, `7200`, `43200`), "stacksets", Problem, "in the role BreakGlassRole, MaxSessionDuration is 43200, not 7200", fix},
		{
			"it has a boundary", "", change(theSet, `"MaxSessionDuration"`, `"PermissionsBoundary":"arn:b","MaxSessionDuration"`), "stacksets", Problem, "in the role BreakGlassRole, PermissionsBoundary is not planned: arn:b", fix,
		},
		{
			"it has an inline policy", "", change(theSet, `"MaxSessionDuration"`, `"Policies":[{"PolicyName":"x","PolicyDocument":{}}],"MaxSessionDuration"`),
			"stacksets", Problem, `in the role BreakGlassRole, Policies is not planned: {"PolicyDocument":{},"PolicyName":"x"}`, fix,
		},
		{"it is under a path", "", change(theSet, `"MaxSessionDuration"`, `"Path":"/x/","MaxSessionDuration"`), "stacksets", Problem, "in the role BreakGlassRole, Path is not planned: /x/", fix},
		{
			"the role is another", "", change(theSet, `"RoleName":"BreakGlassRole"`, `"RoleName":"Other"`), "stacksets", Problem, "it lacks the role BreakGlassRole; it has the role Other, which is not planned", fix,
		},
		{
			"a second way in", "", change(theSet, `"ObserverRole":{"Type"`, `"Door":{"Type":"AWS::IAM::User","Properties":{}},"ObserverRole":{"Type"`), "stacksets", Problem, "it has AWS::IAM::User Door, which is not planned", fix,
		},
		{
			"the observers act as somebody's role", "", change(theSet, `"Service":"events.amazonaws.com"},"Sid":"Observers"`, `"AWS":"*"},"Sid":"Observers"`),
			"stacksets", Problem, "in the role breakglass-observer-role, AssumeRolePolicyDocument.Statement.Principal.AWS is not planned: *, AssumeRolePolicyDocument.Statement.Principal.Service is missing", fix,
		},
		{
			"anybody's rules act as the observers' role", "",
			change(theSet, `"StringEquals":{"aws:SourceAccount":{"Ref":"AWS::AccountId"}}`, `"StringLike":{"aws:SourceAccount":"*"}`), "stacksets", Problem, `in the role breakglass-observer-role, AssumeRolePolicyDocument.Statement.Condition.StringEquals is missing, AssumeRolePolicyDocument.Statement.Condition.StringLike is not planned: {"aws:SourceAccount":"*"}`, fix,
		},
		{
			"the observers may do more", "", change(theSet, `"Action":"events:PutEvents"`, `"Action":"events:*"`), "stacksets", Problem, "in the role breakglass-observer-role, Policies.PolicyDocument.Statement.Action is events:*, not events:PutEvents", fix,
		},
		{
			"a rule is off", "",
			change(others, `"observe-breakglass-target-access","State":"ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"`,
				`"observe-breakglass-target-access","State":"DISABLED"`), "stacksets", Problem, "in the rule observe-breakglass-target-access, State is DISABLED, not ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS", fix,
		},
		{
			"a rule matches less", "", change(others, `"eventName":["SwitchRole"]`, `"eventName":["Switch"]`), "stacksets", Problem, "in the rule observe-breakglass-target-access, EventPattern.detail.$or.eventName is Switch, not SwitchRole", fix,
		},
		{
			"a rule has another name", "", change(others, `"observe-breakglass-target-access"`, `"observe"`), "stacksets", Problem, "it has the rule observe, which is not planned; it lacks the rule observe-breakglass-target-access", fix,
		},
		{
			"a rule of another's", "", change(others, `"Resources":{`, `"Resources":{"X":{"Type":"AWS::Events::Rule","Properties":{"Name":"copy","Targets":[]}},`),
			"stacksets", Problem, "it has the rule copy, which is not planned", fix,
		},
		{
			"a target acts as another role", "", change(others, `role/breakglass-observer-role"`, `role/other"`), "stacksets", Problem, "in the rule observe-breakglass-target-access, Targets.RoleArn is arn:aws:iam::000000000000:role/other, not arn:aws:iam::000000000000:role/breakglass-observer-role", fix,
		},
		{
			"a target replaces the event", "", change(others, `"Id":"us-west-2"`, `"Id":"us-west-2","Input":"{}"`), "stacksets", Problem, "in the rule observe-breakglass-target-access, Targets.Input is not planned: {}", fix,
		},
		{
			"a target loses what it can't deliver", "", change(others, `"DeadLetterConfig":{"Arn":{"Fn::GetAtt":["DeadLettersQueue2B23AEFC","Arn"]}},`, ""), "stacksets", Problem, "in the rule observe-breakglass-target-access, Targets.DeadLetterConfig is missing", fix,
		},
		{
			"the role is left out of accounts", "", change(theSet, `"RoleName":"BreakGlassRole"}`, `"RoleName":"BreakGlassRole"},"Condition":"NotTheHub"`), "stacksets", Problem, "in the role BreakGlassRole, Condition is not planned: NotTheHub", fix,
		},
		{
			"a rule is left out of accounts", "", change(others, `"Condition":"NotTheHub"`, `"Condition":"Never"`), "stacksets", Problem, "in the rule observe-breakglass-target-access, Condition is Never, not NotTheHub", fix,
		},
		{
			"the condition is another", "", change(others, `},"111111111111"]}]}}`, `},"000000000000"]}]}}`), "stacksets", Problem, "in Conditions, NotTheHub.Fn::Not.Fn::Equals is 000000000000, not 111111111111", fix,
		},
		{
			"a macro replaces it", "", change(theSet, `"Resources":{`, `"Transform":"Mine","Resources":{`), "stacksets", Problem, template + "it has Transform, which is not planned", fix,
		},
		{
			"a macro replaces a part", "", change(theSet, `"RoleName":"BreakGlassRole"`, `"RoleName":"BreakGlassRole","Fn::Transform":{"Name":"AWS::Include"}`),
			"stacksets", Problem, `in the role BreakGlassRole, Fn::Transform is not planned: {"Name":"AWS::Include"}`, fix,
		},
		{
			"the observers' role is bounded", "",
			change(theSet, `"RoleName":"breakglass-observer-role"`, `"RoleName":"breakglass-observer-role","PermissionsBoundary":"arn:b"`), "stacksets", Problem, "in the role breakglass-observer-role, PermissionsBoundary is not planned: arn:b", fix,
		},
		{
			"the observers may forward any event", "",
			change(theSet, `"Condition":{"ForAllValues:StringEquals":{"events:source":["aws.cloudformation","aws.iam","aws.signin"]},"Null":{"events:source":"false"}},`,
				""), "stacksets", Problem, "in the role breakglass-observer-role, Policies.PolicyDocument.Statement.Condition is missing", fix,
		},
		{
			"any rule of the account acts as the observers' role", "",
			change(theSet, `"ArnLike":{"aws:SourceArn":{"Fn::Join":["",["arn:aws:events:*:",{"Ref":"AWS::AccountId"},":rule/observe-breakglass-*"]]}},"StringEquals"`,
				`"StringEquals"`), "stacksets", Problem, "in the role breakglass-observer-role, AssumeRolePolicyDocument.Statement.Condition.ArnLike is missing", fix,
		},
		{
			"the observers' role has a policy more", "",
			change(theSet, `"RoleName":"breakglass-observer-role"`, `"RoleName":"breakglass-observer-role","ManagedPolicyArns":["arn:x"]`), "stacksets", Problem, "in the role breakglass-observer-role, ManagedPolicyArns is not planned: arn:x", fix,
		},
		{
			"the observers' role is under a path", "", change(theSet, `"RoleName":"breakglass-observer-role"`, `"RoleName":"breakglass-observer-role","Path":"/x/"`),
			"stacksets", Problem, "in the role breakglass-observer-role, Path is not planned: /x/", fix,
		},
		{
			"the observers may do nothing", "", change(theSet, `"Policies":[`, `"NoPolicies":[`), "stacksets", Problem, `in the role breakglass-observer-role, NoPolicies is not planned: {"PolicyDocument":{"Statement":{"Action":"events:PutEvents","Condition":{"ForAll…, Policies is missing`, fix,
		},
		{
			"the observers' role is another", "", change(theSet, `"RoleName":"breakglass-observer-role"`, `"RoleName":"observer"`), "stacksets", Problem, "it lacks the role breakglass-observer-role; it has the role observer, which is not planned", fix,
		},
		{
			"the role is missing", "", change(theSet, `"RoleName":"BreakGlassRole"`, `"RoleName":"Other"`), "stacksets", Problem, "it lacks the role BreakGlassRole",
			fix,
		},
		{
			"a rule of another bus", "", change(others, `"EventPattern"`, `"EventBusName":"x","EventPattern"`), "stacksets", Problem, "in the rule observe-breakglass-target-access, EventBusName is not planned: x", fix,
		},
		{
			"a policy that a function names", "",
			change(theSet, `"arn:aws:iam::aws:policy/ReadOnlyAccess"`, `"arn:aws:iam::aws:policy/ReadOnlyAccess",{"Fn::Sub":"arn:aws:iam::aws:policy/AdministratorAccess"}`),
			"stacksets", Problem, `in the role BreakGlassRole, ManagedPolicyArns also has {"Fn::Sub":"arn:aws:iam::aws:policy/AdministratorAccess"}`, fix,
		},
		{
			"a policy that a parameter names", "",
			change(theSet, `"arn:aws:iam::aws:policy/ReadOnlyAccess"`, `"arn:aws:iam::aws:policy/ReadOnlyAccess",{"Ref":"P"}`), "stacksets", Problem, `in the role BreakGlassRole, ManagedPolicyArns also has {"Ref":"P"}`, fix,
		},
		{
			"a policy in two pieces", "",
			change(theSet, `"arn:aws:iam::aws:policy/ReadOnlyAccess"`, `{"Fn::Join":["",["arn:aws:iam::aws:policy/ReadOnlyAccess",{"Fn::Select":[0,["2"]]}]]}`), "stacksets", Problem, `in the role BreakGlassRole, ManagedPolicyArns is {"Fn::Join":["",["arn:aws:iam::aws:policy/ReadOnlyAccess",{"Fn::Select":["2",0]}…, not arn:aws:iam::aws:policy/ReadOnlyAccess`, fix,
		},
		{
			"inline policies by a condition", "", change(theSet, `"MaxSessionDuration"`, `"Policies":{"Fn::If":["NotTheHub",[],[]]},"MaxSessionDuration"`), "stacksets", Problem, `in the role BreakGlassRole, Policies is not planned: {"Fn::If":["NotTheHub",[],[]]}`, fix,
		},
		{
			"a target without its queue, by a function", "",
			change(others, `"DeadLetterConfig":{"Arn":{"Fn::GetAtt":["DeadLettersQueue2B23AEFC","Arn"]}}`, `"DeadLetterConfig":{"Ref":"AWS::NoValue"}`), "stacksets", Problem, "Targets.DeadLetterConfig.Ref is not planned: AWS::NoValue", fix,
		},
		{
			"the queue forgets", "", change(others, `"MessageRetentionPeriod":1209600`, `"MessageRetentionPeriod":60`), "stacksets", Problem,
			"in the dead-letter queue, MessageRetentionPeriod is 60, not 1209600", fix,
		},
		{
			"anybody fills the queue", "", change(others, `"aws:SourceArn":{"Fn::Join":["",["arn:aws:events:"`, `"aws:SourceArn":{"Fn::Join":["",["arn:*:events:"`),
			"stacksets", Problem, "in the policy of the dead-letter queue, PolicyDocument.Statement.Condition.ArnLike.aws:SourceArn is arn:*:events:eu-west-1:", fix,
		},
		{
			"a rule watches one account in all", "", change(others, `"account":[{"Ref":"AWS::AccountId"}]`, `"account":["`+anyAccounts[0]+`"]`), "stacksets", Problem,
			"in the rule observe-breakglass-target-access, EventPattern.account is 000000000000, not 999999999999", fix,
		},
		{
			"the hub observes itself", "", change(others, `,"Condition":"NotTheHub"}`, `}`), "stacksets", Problem,
			"in the rule observe-breakglass-target-access, Condition is missing", fix,
		},
		{
			"a key twice", "", change(theSet, `"MaxSessionDuration":7200`, `"MaxSessionDuration":43200,"MaxSessionDuration":7200`), "stacksets", Problem,
			"can't be parsed: it has MaxSessionDuration twice in one place", fix,
		},
		{
			"a second template behind it", "", func(w *world) { w.sets[theSet].TemplateBody = aws.String(*w.sets[theSet].TemplateBody + "{}") }, "stacksets", Problem,
			"can't be parsed: something follows it", fix,
		},
		{
			"a second rule of the name", "",
			change(others, `"Resources":{`, `"Resources":{"A":{"Type":"AWS::Events::Rule","Properties":{"Name":"observe-breakglass-target-access"}},`), "stacksets", Problem,
			"in the rule observe-breakglass-target-access, Condition is missing", fix,
		},
		{
			"a loop makes resources", "", change(others, `"Resources":{`, `"Resources":{"Fn::ForEach::X":["A",["b"],{}],`), "stacksets", Problem,
			"it has Fn::ForEach::X, which is not planned", fix,
		},
		{"it is no template", "", func(w *world) { w.sets[theSet].TemplateBody = aws.String("?") }, "stacksets", Problem, template + "can't be parsed: invalid character '?' looking for beginning of value", fix},
	})
}

// All of a template is compared: every value of it that is another one, every key that is not there, and every one more.
func TestNothingOfAStackSetsTemplateIsPassedOver(t *testing.T) {
	for _, file := range []string{"sample", "units"} {
		for _, stack := range templatesOf(t, file) {
			for _, set := range stack.ofType("AWS::CloudFormation::StackSet") {
				name := set["StackSetName"].(string)
				var template map[string]any
				if err := json.Unmarshal([]byte(set["TemplateBody"].(string)), &template); err != nil {
					t.Fatal(err)
				}
				s := wellIn(t, file, "111111111111", hub).s
				i := slices.IndexFunc(s.plan.Placements, func(at plan.Placement) bool { return at.Stack == stack.stack })
				compare := func() int {
					r := of("stacksets")
					s.setTemplate(r, s.plan.Placements[i], name, text(template), s.setsOfUnit(s.plan.Placements[i].Target.OrganizationalUnit)[name])
					return len(r.found)
				}
				if compare() != 0 {
					t.Errorf("%s of %s: the template that the CDK makes differs from the plan", name, file)
				}
				tried := 0
				eachChange(template, "", func(what string) {
					if tried++; compare() != 1 {
						t.Errorf("%s of %s: %s is passed over", name, file, what)
					}
				})
				if tried < 50 {
					t.Errorf("%s of %s: %d changes", name, file, tried)
				}
			}
		}
	}
}

// eachChange changes a value in each place once, calls try, and takes the change back.
func eachChange(value any, at string, try func(what string)) {
	switch v := value.(type) {
	case map[string]any:
		for _, key := range sorted(v) {
			one, where := v[key], at+"."+key
			delete(v, key)
			try(where + " taken out")
			if v[key] = otherThan(one); v[key] != nil {
				try(where + " changed")
			}
			v[key] = one
			eachChange(one, where, try)
		}
		v["Another"] = "another"
		try(at + " with a key more")
		delete(v, "Another")
	case []any:
		for i, one := range v {
			where := fmt.Sprintf("%s[%d]", at, i)
			for _, other := range []any{otherThan(one), nil} {
				v[i] = other
				try(where + " changed")
			}
			v[i] = one
			eachChange(one, where, try)
		}
	}
}

// otherThan returns another value in place of one that holds no others; nil for those.
func otherThan(value any) any {
	switch v := value.(type) {
	case string:
		return v + "x"
	case float64:
		return v + 1
	case bool:
		return !v
	}
	return nil
}

// A unit may have an inline policy and a boundary, as a target has.
func TestTheRoleOfAUnitIsComparedWithItsTarget(t *testing.T) {
	s := well(t, hub).s
	in := s.config.HubPlace().Of(anyAccounts[0]).In(hub)
	unit := s.config.Units[0]
	unit.InlinePolicy = map[string]any{"Version": "2012-10-17", "Statement": map[string]any{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
	unit.PermissionsBoundary = "Fence"
	const role = "the role BreakGlassRole"
	policy := func(statement any) []any {
		return []any{map[string]any{"PolicyName": "BreakGlassRole", "PolicyDocument": map[string]any{"Version": "2012-10-17", "Statement": statement}}}
	}
	for name, c := range map[string]struct {
		do   func(properties map[string]any)
		want string
	}{
		"as planned": {func(map[string]any) {}, ""},
		"no policy":  {func(p map[string]any) { delete(p, "Policies") }, "in " + role + ", Policies is missing"},
		"two policies": {
			func(p map[string]any) {
				p["Policies"] = append(p["Policies"].([]any), map[string]any{"PolicyName": "more"})
			},
			"in " + role + `, Policies also has {"PolicyName":"more"}`,
		},
		"another policy": {
			func(p map[string]any) {
				p["Policies"] = policy([]any{map[string]any{"Effect": "Allow", "Action": "*", "Resource": "*"}})
			},
			"in " + role + ", Policies.PolicyDocument.Statement.Action is *, not s3:*",
		},
		"no boundary": {func(p map[string]any) { delete(p, "PermissionsBoundary") }, "in " + role + ", PermissionsBoundary is missing"},
		"another boundary": {
			func(p map[string]any) { p["PermissionsBoundary"] = "arn:b" },
			"in " + role + ", PermissionsBoundary is arn:b, not arn:aws:iam::000000000000:policy/Fence",
		},
	} {
		got, err := carriedIn(*well(t, hub).sets[theSet].TemplateBody, in)
		if err != nil {
			t.Fatal(err)
		}
		properties := got[role].(map[string]any)["Properties"].(map[string]any)
		properties["PermissionsBoundary"] = "arn:aws:iam::" + in.Account + ":policy/Fence"
		properties["Policies"] = policy(map[string]any{"Effect": "Allow", "Action": "s3:*", "Resource": "*"})
		c.do(properties)
		if said := strings.Join(templateDifferences(got, s.carried(unit, in, true)), "; "); said != c.want {
			t.Errorf("%s: %q, want %q", name, said, c.want)
		}
	}
}
