package check

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	cfn "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	eb "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"example.com/breakglass/config"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
)

func TestStackSets(t *testing.T) {
	instance := func(do func(*cfn.StackInstanceSummary)) func(*world) {
		return func(w *world) { do(&w.instances[theSet][1]) }
	}
	breakEach(t, []broken{
		{
			"the account of the sets is let go", "", func(w *world) { w.units.delegates = nil }, "stacksets", Problem, "not a delegated administrator",
			"register-delegated-administrator --service-principal member.org.stacksets.cloudformation.amazonaws.com --account-id 111111111111",
		},
		{
			"trusted access is taken away", "", func(w *world) { w.units.access = cfn.OrganizationStatusDisabled }, "stacksets", Problem, "trusted access is DISABLED",
			"activate-organizations-access",
		},
		{
			"the hub is the management account", "", func(w *world) { w.units.management = "111111111111" }, "stacksets", Problem,
			"which cannot be a delegated administrator", `managementAccount: "111111111111"`,
		},
		{"a listed account moves below the unit", "", func(w *world) { w.units.above["ou-ab12-99999999"] = "ou-ab12-11111111" }, "stacksets", Problem,
			"account 222222222222 is in unit ou-ab12-11111111 (workloads), which the file lists as well", "remove the account from targets"},
		{
			"the unit is gone", "", func(w *world) { delete(w.units.above, "ou-ab12-11111111") }, "stacksets", Problem, "no unit ou-ab12-11111111 (workloads)",
			"the console of AWS Organizations",
		},
		{
			"the stack has lost its set", "", func(w *world) { w.sets = nil }, "stacksets", Problem, "has 0 of 2 stack sets",
			"--revert-drift --only BreakGlass-StackSet-ou-ab12-11111111",
		},
		{
			"automatic deployment is off", "", func(w *world) { w.sets[theSet].AutoDeployment.Enabled = aws.Bool(false) }, "stacksets", Problem,
			"accounts that join the unit get no role", "--revert-drift",
		},
		{
			"it would take roles away", "", func(w *world) { w.sets[theSet].AutoDeployment.RetainStacksOnAccountRemoval = nil }, "stacksets", Warning,
			"retainOnAccountRemoval false; breakglass.yaml sets true", "--revert-drift",
		},
		{
			"it says nothing of its units", "", func(w *world) { w.sets[theSet].OrganizationalUnitIds = nil }, "stacksets", Warning,
			"stack set " + theSet + " does not name its organizational units", "--revert-drift",
		},
		{
			"it serves another unit", "", func(w *world) { w.sets[theSet].OrganizationalUnitIds = []string{"ou-ab12-22222222"} }, "stacksets", Problem,
			"targets other units: ou-ab12-22222222", "--revert-drift",
		},
		{"its last change failed", "", func(w *world) {
			last := &w.changes[theSet][0]
			last.Status, last.StatusReason = cfn.StackSetOperationStatusFailed, aws.String("too many accounts failed")
		}, "stacksets", Problem, "is FAILED: too many accounts failed", "list-stack-set-operation-results --region us-east-1 --call-as DELEGATED_ADMIN --stack-set-name " + theSet},
		{"its last change failed, whatever comes first", "", func(w *world) {
			w.perPage = 1
			at := func(hour int, status cfn.StackSetOperationStatus) cfn.StackSetOperationSummary {
				return cfn.StackSetOperationSummary{
					OperationId: aws.String("2"), Action: cfn.StackSetOperationActionUpdate, Status: status,
					CreationTimestamp: aws.Time(now.Add(time.Duration(hour) * time.Hour)),
				}
			}
			w.changes[theSet] = []cfn.StackSetOperationSummary{
				at(-3, cfn.StackSetOperationStatusSucceeded), at(-1, cfn.StackSetOperationStatusFailed), at(-2, cfn.StackSetOperationStatusSucceeded),
			}
		}, "stacksets", Problem, "is FAILED", "list-stack-set-operation-results"},
		{"it is being changed", "", func(w *world) { w.changes[theSet][0].Status = cfn.StackSetOperationStatusRunning }, "stacksets", Note, "in progress", ""},
		{"an account is behind", "", instance(func(i *cfn.StackInstanceSummary) {
			i.Status, i.StatusReason = cfn.StackInstanceStatusOutdated, aws.String("BreakGlassRole already exists.")
			i.StackInstanceStatus = &cfn.StackInstanceComprehensiveStatus{DetailedStatus: cfn.StackInstanceDetailedStatusFailed}
		}), "stacksets", Problem, "OUTDATED, FAILED: BreakGlassRole already exists", "update-stack-instances"},
		{"an account's turn has yet to come", "", instance(func(i *cfn.StackInstanceSummary) {
			i.Status = cfn.StackInstanceStatusOutdated
			i.StackInstanceStatus = &cfn.StackInstanceComprehensiveStatus{DetailedStatus: cfn.StackInstanceDetailedStatusPending}
		}), "stacksets", Warning, "not yet", "check again"},
		{"an account can't be served any more", "", instance(func(i *cfn.StackInstanceSummary) { i.Status = cfn.StackInstanceStatusInoperable }),
			"stacksets", Problem, "INOPERABLE",
			"delete-stack-instances --region us-east-1 --call-as DELEGATED_ADMIN --stack-set-name BreakGlass-Role-ou-ab12-11111111 --retain-stacks "},
		{"an account is suspended", "", instance(func(i *cfn.StackInstanceSummary) {
			i.Status = cfn.StackInstanceStatusOutdated
			i.StackInstanceStatus = &cfn.StackInstanceComprehensiveStatus{DetailedStatus: cfn.StackInstanceDetailedStatusSkippedSuspendedAccount}
		}), "stacksets", Note, "suspended: stack set " + theSet + " leaves the account out", ""},
		{"no account is left", "", func(w *world) { w.instances[theSet] = nil }, "stacksets", Warning, "has no account", "list-accounts-for-parent"},
	})
	w := well(t, hub)
	w.instances[theSet][0].Status = cfn.StackInstanceStatusOutdated
	var at plan.Placement
	for _, one := range w.s.plan.Placements {
		if one.Kind == plan.StackSet {
			at = one
		}
	}
	r := w.s.stackSets(t.Context(), w, at)
	if r.tallies[accountsServed] != (Tally{3, 4}) {
		t.Errorf("served are %+v", r.tallies[accountsServed])
	}
	if found := bad(w.s.merge(r.found)); len(found) != 1 || !slices.Equal(found[0].Where, []string{"333333333331"}) {
		t.Errorf("%+v", found)
	}
}

func TestTheBusAcceptsTheObserversOnly(t *testing.T) {
	for name, c := range map[string]struct {
		file, find, put string
		want            []string
	}{
		"of the organization": {file: "sample"},
		"of listed accounts":  {file: "accounts"},
		"another organization": {
			"sample", "o-ab12cd34ef", "o-zz12cd34ef", []string{"does not admit the observers", "admits principals that are not in breakglass.yaml"},
		},
		"any source": {
			"sample", `"events:source"`, `"events:detail-type"`, []string{"does not admit the observers", "admits principals that are not in breakglass.yaml"},
		},
		"one account more": {
			"accounts", `"arn:aws:iam::222222222222:root"`, `["arn:aws:iam::222222222222:root","arn:aws:iam::999999999999:root"]`,
			[]string{"does not admit the observers", "admits principals that are not in breakglass.yaml"},
		},
		"nobody": {"sample", "", "", []string{"does not admit the observers"}},
	} {
		w := wellIn(t, c.file, "111111111111", hub)
		if c.find != "" && !strings.Contains(w.bus, c.find) {
			t.Fatalf("%s: %q is not in %s", name, c.find, w.bus)
		}
		if w.bus = strings.ReplaceAll(w.bus, c.find, c.put); name == "nobody" {
			w.bus = ""
		}
		found := bad(w.s.merge(w.s.bus(t.Context(), w, hub, "BreakGlass-Observed-us-east-1-1").found))
		if len(found) != len(c.want) {
			t.Errorf("%s: %+v", name, found)
			continue
		}
		for i, words := range c.want {
			if !strings.Contains(found[i].What, words) {
				t.Errorf("%s: it says %q, want %q", name, found[i].What, words)
			}
		}
	}
	// Until its stack exists, the bus must not admit the account.
	w := well(t, hub)
	if found := bad(w.s.bus(t.Context(), w, hub, "").found); len(found) != 1 {
		t.Errorf("%+v", found)
	}
}

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
			"stacksets", Problem, template + "it has a transform, which can replace everything", fix,
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

// What CloudFormation does not have any more is named, and what has never changed is no finding.
func TestAStackSetThatIsGone(t *testing.T) {
	w := well(t, hub)
	var at plan.Placement
	for _, one := range w.s.plan.Placements {
		if one.Kind == plan.StackSet {
			at = one
		}
	}
	r := of("stacksets")
	w.s.stackSet(t.Context(), w, r, at, "BreakGlass-Gone:1111")
	if found := w.s.merge(r.found); len(bad(found)) != 1 || bad(found)[0].What != "stack set BreakGlass-Gone is missing: accounts that join get no role" ||
		!strings.Contains(bad(found)[0].Fix, "--revert-drift --only "+at.Stack) {
		t.Errorf("%+v", found)
	}
	clear(w.changes)
	if found := bad(w.ask(t)); len(found) > 0 {
		t.Errorf("without an operation: %+v", found)
	}
	// Observed nowhere else, a unit has one set.
	w = well(t, hub)
	w.s.config.Observers.Regions = []string{w.s.config.StackSets.Region}
	if n := w.s.setsOfUnit(); n != 1 {
		t.Errorf("a unit has %d sets", n)
	}
}

// observe asks for what observes a Region of the target account.
func (w *world) observe(t *testing.T) []Finding {
	t.Helper()
	ctx, s := t.Context(), w.s
	queues, arns := s.queuesOf(ctx, w, w.account, w.region, nil)
	rules := s.rules(ctx, w, deployedIn{region: w.region, placements: w.placements(), queues: arns})
	return w.s.merge(slices.Concat(queues.found, rules.found, s.observerRole(ctx, w, w.account).found))
}

func TestObservers(t *testing.T) {
	const rule = "observe-breakglass-target-access"
	in := func(region string) *world { return wellIn(t, "sample", "222222222222", region) }
	for _, region := range []string{"us-east-1", "eu-west-1"} {
		found := in(region).observe(t)
		if len(bad(found)) > 0 || !slices.ContainsFunc(found, func(f Finding) bool { return f.What == "2 rules match breakglass.yaml" }) {
			t.Errorf("%s: %+v", region, found)
		}
	}
	for name, c := range map[string]struct {
		do    func(w *world)
		check string
		says  string
		fix   string
	}{
		"a rule is off": {
			func(w *world) { w.rules[rule].State = eb.RuleStateDisabled }, "rules", rule + " is disabled",
			"--revert-drift --only BreakGlass-Observer-eu-west-1-222222222222",
		},
		"a rule misses what reads": {func(w *world) { w.rules[rule].State = eb.RuleStateEnabled }, "rules", "in state ENABLED", "--revert-drift"},
		"a rule sees another role": {func(w *world) { w.rules[rule].EventPattern = aws.String("{}") }, "rules", "a different pattern", "--revert-drift"},
		"a hub is no target":       {func(w *world) { w.targets[rule] = w.targets[rule][:1] }, "rules", "has no target", "--revert-drift"},
		"it acts as another role": {
			func(w *world) { w.targets[rule][0].RoleArn = aws.String("arn:aws:iam::222222222222:role/other") }, "rules",
			"not role arn:aws:iam::222222222222:role/" + names.ObserverRole, "--revert-drift",
		},
		"something waits": {
			func(w *world) { w.queues[sorted(w.queues)[0]]["ApproximateNumberOfMessages"] = "1" }, "queues", "undelivered events in", "receive-message",
		},
		"its policy is gone": {func(w *world) { w.inRole[names.ObserverRole] = nil }, "forwarding", "lacks its policy " + names.ObserverPolicy, "--revert-drift"},
		"its policy is another one": {func(w *world) {
			w.inRole[names.ObserverRole][names.ObserverPolicy] = `{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}`
		}, "forwarding", "differs: it", "--revert-drift"},
		"anybody may act as it": {func(w *world) {
			w.roles[names.ObserverRole].AssumeRolePolicyDocument = aws.String(`{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}}`)
		}, "forwarding", "has a different trust policy", "--revert-drift"},
		"it is not bounded": {
			func(w *world) { w.roles[names.ObserverRole].PermissionsBoundary = nil }, "forwarding",
			"role " + names.ObserverRole + " lacks the permissions boundary arn:aws:iam::222222222222:policy/", "--revert-drift --only BreakGlass-Role-222222222222",
		},
		"the role is gone": {
			func(w *world) { delete(w.roles, names.ObserverRole) }, "forwarding", names.ObserverRole + " is missing",
			"--revert-drift --only BreakGlass-Role-222222222222",
		},
		"the role may do something": {func(w *world) {
			w.ofRole[names.ObserverRole] = append(w.ofRole[names.ObserverRole], "arn:aws:iam::aws:policy/AdministratorAccess")
		}, "forwarding", "AdministratorAccess", "--revert-drift"},
	} {
		w := in("eu-west-1")
		c.do(w)
		found := bad(w.observe(t))
		if len(found) != 1 || found[0].Check != c.check || !strings.Contains(found[0].What, c.says) || !strings.Contains(found[0].Fix, c.fix) {
			t.Errorf("%s: %+v", name, found)
		}
	}
}

// A pipeline's stacks have their stage before their name when they are deployed by hand.
func TestFixesNameTheStage(t *testing.T) {
	c, err := config.Parse("breakglass.yaml", []byte(`version: 1
hub: {account: "111111111111"}
regions: [us-east-1, ap-east-2]
alerts: {email: [security-team@example.com]}
deploy: {access: bootstrap}
pipeline: {source: {s3: {bucket: source, key: source.zip}}}
`))
	if err != nil {
		t.Fatal(err)
	}
	r := of("stacks")
	r.say(Problem, hub, names.HubStack, "not deployed: <stack>", redeploy)
	r.say(Problem, "ap-east-2", names.ForwarderStack+"ap-east-2", "not deployed: <stack>", redeploy)
	r.say(Warning, hub, names.HubStack, "lacks termination protection: <stack>", "aws --stack-name <stack>")
	report := (&run{scene: newScene(c, now), Options: Options{Began: now}, results: []*result{r}}).report()
	if got, want := report.Of("stacks", Problem)[0].Fix, "breakglass deploy --all-stages --only BreakGlass-Forwarder-ap-east-2,BreakGlass-Hub"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := report.Of("stacks", Warning)[0].Fix, "aws --stack-name BreakGlass-Hub"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
