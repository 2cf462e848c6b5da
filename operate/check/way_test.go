package check

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	it "github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// A green check means that somebody gets in: whatever the policies are called, IAM says what they do together.
func TestWhatKeepsAUserOutIsNamed(t *testing.T) {
	const noWay = `{"Statement": {"Effect": "Deny", "Action": "sts:*", "Resource": "*"}}`
	for _, c := range []struct {
		name string
		do   func(w *world)
		// all findings that are new, in their order
		want []string
	}{
		{"a second group denies", func(w *world) {
			w.memberOf["alice"] = append(w.memberOf["alice"], "quarantine")
			w.direction = map[string]string{"quarantine": noWay}
		}, []string{
			"problem users: user alice is also in group quarantine",
			"problem way [222222222222]: user alice can't assume BreakGlassRole, even with MFA: a policy denies it (group policy quarantine, lines 1-9)",
		}},
		{"a policy of the user denies", func(w *world) {
			w.direct["alice"], w.direct["bob"] = []string{"AWSDenyAll"}, []string{"AWSDenyAll"}
			w.direction = map[string]string{"AWSDenyAll": noWay}
		}, []string{
			"problem users: users alice, bob have the inline policy AWSDenyAll",
			"problem way [222222222222]: users alice, bob can't assume BreakGlassRole, even with MFA: a policy denies it (user policy AWSDenyAll, lines 1-9)",
		}},
		{"a policy denies outside of a network", func(w *world) {
			w.direct["alice"] = []string{"Office"}
			w.direction = map[string]string{"Office": `{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}}`}
		}, []string{
			"problem users: user alice has the inline policy Office",
			"problem way [222222222222]: user alice can't assume BreakGlassRole, even with MFA: a policy denies it (user policy Office, lines 1-9), depending on aws:SourceIp",
		}},
		// The finding on the boundary has the cause; it is not said twice.
		{"a boundary does not allow it", func(w *world) {
			w.users["bob"].PermissionsBoundary = &it.AttachedPermissionsBoundary{PermissionsBoundaryArn: aws.String("arn:aws:iam::aws:policy/ReadOnlyAccess")}
		}, []string{"problem users: user bob has the permissions boundary arn:aws:iam::aws:policy/ReadOnlyAccess"}},
		{"the group has lost what allows it", func(w *world) {
			w.ofGroup = without(w.ofGroup, "arn:aws:iam::111111111111:policy/BreakGlassAssumeRole")
		}, []string{"problem group: group BreakglassUsers lacks the policy arn:aws:iam::111111111111:policy/BreakGlassAssumeRole"}},
		{"the user is another one to the policies", func(w *world) { w.users["bob"].Arn = aws.String("arn:aws:iam::111111111111:user/staff/bob") },
			[]string{"problem users: user bob is arn:aws:iam::111111111111:user/staff/bob"}},
		{"the role's policies grant nothing any more", func(w *world) {
			w.documents["arn:aws:iam::222222222222:policy/Fence"] = `{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}`
		}, []string{"problem way [222222222222]: role BreakGlassRole can do nothing that its policies grant: the permissions boundary does not allow it"}},
		{"an organization's policy denies the users", func(w *world) {
			w.units.control("ou-ab12-99999999", "p-1", serviceControl, "NoUsers",
				`{"Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/*"}}}]}`)
		}, []string{"problem way [111111111111]: statement 1 of service control policy NoUsers (p-1) on ou-ab12-99999999 denies users alice, bob this: sts:AssumeRole"}},
		{"an organization's policy denies the role", func(w *world) {
			w.units.control("222222222222", "p-2", serviceControl, "NoStop",
				`{"Statement": [{"Sid": "NoStop", "Effect": "Deny", "Action": ["ec2:Stop*", "iam:*"], "Resource": "*"}]}`)
		}, []string{"problem way [222222222222]: statement NoStop of service control policy NoStop (p-2) on 222222222222 denies role BreakGlassRole this: ec2:StopInstances, iam:AttachRolePolicy, iam:ListRoles, iam:UpdateAssumeRolePolicy"}},
		{"an organization's policy denies the role without a tag", func(w *world) {
			w.units.control("222222222222", "p-2", serviceControl, "Tag",
				`{"Statement": [{"Effect": "Deny", "Action": "ec2:Stop*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:PrincipalTag/team": "a"}}}]}`)
		}, []string{"warning way [222222222222]: statement 1 of service control policy Tag (p-2) on 222222222222 may deny role BreakGlassRole this, depending on aws:PrincipalTag/team: ec2:StopInstances"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := well(t, hub)
			w.profile = func(number string) string {
				return map[bool]string{true: "a hub", false: "a target"}[number == w.s.account()]
			}
			c.do(w)
			var got []string
			for _, f := range bad(w.ask(t)) {
				line := string(f.Severity) + " " + f.Check
				if f.Places() != "" {
					line += " [" + f.Places() + "]"
				}
				got = append(got, line+": "+f.What)
				if withoutProfiles(t, f.Fix) == "" {
					t.Errorf("nothing says what to do about %q", f.What)
				}
			}
			if len(got) != len(c.want) {
				t.Fatalf("it says\n%s", strings.Join(got, "\n"))
			}
			for i := range got {
				if !strings.HasPrefix(got[i], c.want[i]) {
					t.Errorf("it says %q, want %q", got[i], c.want[i])
				}
			}
		})
	}
}

// What to do about a denial depends on its cause.
func TestWhatToDoAboutADenial(t *testing.T) {
	s := well(t, hub).s
	for of, want := range map[cause]string{
		organizationDenies: "exempt the users and the role in the organization's policy, by the condition ArnNotLike on aws:PrincipalArn",
		boundaryDenies:     "find out who set it, then: aws iam delete-user-permissions-boundary --user-name alice; aws iam delete-user-permissions-boundary --user-name bob",
		policyDenies:       "find out who added the statement, and remove it",
		noneAllows:         "find out what took the permission away, then deploy again: breakglass deploy --revert-drift --only BreakGlass-Hub",
	} {
		if got := s.complete(s.letIn(denial{cause: of}, []string{"alice", "bob"}), []spot{{}}); got != want {
			t.Errorf("%d: %q, want %q", of, got, want)
		}
	}
}

// The probes are what an emergency may need. AWS's own policies grant some of them: only if all that they grant is denied, the role
// can do nothing.
func TestWhatTheRoleIsExpectedToDo(t *testing.T) {
	s := well(t, hub).s
	known := of("roles")
	for policy, want := range map[string]string{
		"AdministratorAccess":         "cloudformation:UpdateStack cloudtrail:LookupEvents ec2:DescribeInstances ec2:StopInstances iam:AttachRolePolicy iam:ListRoles iam:UpdateAssumeRolePolicy kms:EnableKey s3:ListAllMyBuckets s3:PutBucketPolicy",
		"PowerUserAccess":             "cloudformation:UpdateStack cloudtrail:LookupEvents ec2:DescribeInstances ec2:StopInstances iam:ListRoles kms:EnableKey s3:ListAllMyBuckets s3:PutBucketPolicy",
		"IAMFullAccess":               "iam:AttachRolePolicy iam:UpdateAssumeRolePolicy",
		"ReadOnlyAccess":              "cloudtrail:LookupEvents ec2:DescribeInstances iam:ListRoles s3:ListAllMyBuckets",
		"job-function/ViewOnlyAccess": "cloudtrail:LookupEvents ec2:DescribeInstances iam:ListRoles s3:ListAllMyBuckets",
		"SecurityAudit":               "cloudtrail:LookupEvents ec2:DescribeInstances iam:ListRoles s3:ListAllMyBuckets",
		"Custom":                      "",
	} {
		target := s.config.Targets[0]
		target.ManagedPolicies = []string{policy}
		stopped := func(but string) bool {
			var a simulated
			for _, p := range probes {
				if p.action != but {
					a.denied = append(a.denied, denial{action: p.action, cause: policyDenies})
				}
			}
			return !s.roleWay(target, a, known).certain()
		}
		var expected []string
		for _, p := range probes {
			if stopped("") && !stopped(p.action) {
				expected = append(expected, p.action)
			}
		}
		slices.Sort(expected)
		if got := strings.Join(expected, " "); got != want {
			t.Errorf("%s: %s, want %s", policy, got, want)
		}
	}
}

// A policy that the file names may deny a part of what the others grant, and so may the boundary: that nothing is in the role's way is
// not said then.
func TestTheRoleLacksAPartOfWhatItsPoliciesGrant(t *testing.T) {
	s, known := well(t, hub).s, of("roles")
	target := s.config.Targets[0]
	const lacks = "role BreakGlassRole can't do all that its policies grant: "
	some := []denial{{action: "iam:AttachRolePolicy", cause: policyDenies}, {action: "s3:PutBucketPolicy"}}
	all := []denial{{action: "iam:AttachRolePolicy", cause: policyDenies}, {action: "iam:UpdateAssumeRolePolicy", cause: boundaryDenies}}
	target.ManagedPolicies = []string{"arn:aws:iam::222222222222:policy/Custom"}
	if found := s.roleWay(target, simulated{denied: all}, known).found; len(found) != 1 || found[0].Severity != Note || !strings.HasPrefix(found[0].What, "what the policies of role BreakGlassRole grant is not simulated") {
		t.Errorf("of policies that nobody knows: %+v", found)
	}
	target.ManagedPolicies = []string{"IAMFullAccess"}
	for _, c := range []struct {
		boundary string
		denied   []denial
		want     []string
	}{
		{"", some[1:], []string{"fine: nothing keeps role BreakGlassRole from what its policies grant"}},
		{"", some, []string{"warning: " + lacks + "a policy denies it: iam:AttachRolePolicy"}},
		{"Fence", all[1:], []string{"note: " + lacks + "the permissions boundary does not allow it: iam:UpdateAssumeRolePolicy"}},
		{"", all[1:], []string{"warning: " + lacks + "the permissions boundary does not allow it: iam:UpdateAssumeRolePolicy"}},
		{"Fence", all, []string{
			"problem: role BreakGlassRole can do nothing that its policies grant: a policy denies it",
			"problem: role BreakGlassRole can do nothing that its policies grant: the permissions boundary does not allow it",
		}},
	} {
		target.PermissionsBoundary = c.boundary
		var got []string
		for _, f := range s.roleWay(target, simulated{denied: c.denied}, known).found {
			got = append(got, string(f.Severity)+": "+f.What)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("denied %v: it says %q, want %q", c.denied, got, c.want)
		}
	}
}

func TestTheCoverageCountsTheUsersWhoGetIn(t *testing.T) {
	w := well(t, hub)
	if r := w.report(t); !strings.Contains(r.Coverage, "2 of 2 users able to assume the role") {
		t.Errorf("it says %q", r.Coverage)
	}
	w.direct["alice"], w.direction = []string{"No"}, map[string]string{"No": `{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}`}
	if r := w.report(t); !strings.Contains(r.Coverage, "1 of 2 users able to assume the role") {
		t.Errorf("it says %q", r.Coverage)
	}
}

// A user of whom nothing else is wrong does not get in where the organization denies it.
func TestTheCoverageCountsNobodyWhomTheOrganizationDenies(t *testing.T) {
	w := well(t, hub)
	w.units.control("r-ab12", "p-1", serviceControl, "Closed", `{"Statement": {"Effect": "Deny", "Action": "sts:*", "Resource": "*"}}`)
	if r := w.report(t); !strings.Contains(r.Coverage, "0 of 2 users able to assume the role") {
		t.Errorf("it says %q", r.Coverage)
	}
}

// IAM may give one result for several resources, with one of each below it.
func TestResultsOfSeveralResourcesAreReadOneByOne(t *testing.T) {
	got := denials(it.EvaluationResult{
		EvalActionName: aws.String("sts:AssumeRole"), EvalDecision: it.PolicyEvaluationDecisionTypeExplicitDeny,
		ResourceSpecificResults: []it.ResourceSpecificResult{
			{EvalResourceName: aws.String("a"), EvalResourceDecision: it.PolicyEvaluationDecisionTypeAllowed},
			{EvalResourceName: aws.String("b"), EvalResourceDecision: it.PolicyEvaluationDecisionTypeExplicitDeny, MissingContextValues: []string{"k"}},
			{EvalResourceName: aws.String("c"), EvalResourceDecision: it.PolicyEvaluationDecisionTypeImplicitDeny,
				PermissionsBoundaryDecisionDetail: &it.PermissionsBoundaryDecisionDetail{}},
		},
	})
	if len(got) != 2 || got[0].resource != "b" || got[0].cause != policyDenies || len(got[0].unknown) != 1 || got[1].resource != "c" ||
		got[1].cause != boundaryDenies {
		t.Errorf("%+v", got)
	}
}

// Where a statement is, as far as IAM says it.
func TestTheLocationOfAStatement(t *testing.T) {
	at := func(line int32) *it.Position { return &it.Position{Line: line} }
	for want, s := range map[string]it.Statement{
		"a policy":                  {},
		"a policy, lines 2-5":       {StartPosition: at(2), EndPosition: at(5)},
		"Closed":                    {SourcePolicyId: aws.String("Closed"), SourcePolicyType: it.PolicySourceTypeNone, EndPosition: at(5)},
		"user policy Closed":        {SourcePolicyId: aws.String("Closed"), SourcePolicyType: it.PolicySourceTypeUser, StartPosition: at(0), EndPosition: at(0)},
		"group policy G, lines 1-1": {SourcePolicyId: aws.String("G"), SourcePolicyType: it.PolicySourceTypeGroup, StartPosition: at(1), EndPosition: at(1)},
	} {
		if got := location(s); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// Without a listed account, the role in the hub account stands for those of the units.
func TestTheRolesThatTheUsersAssume(t *testing.T) {
	s := well(t, hub).s
	for _, want := range []string{"arn:aws:iam::222222222222:role/BreakGlassRole", "arn:aws:iam::111111111111:role/BreakGlassRole"} {
		if got := s.roleARNs(); len(got) != 1 || got[0] != want {
			t.Errorf("%q, want %s", got, want)
		}
		s.config.Targets = nil
	}
}
