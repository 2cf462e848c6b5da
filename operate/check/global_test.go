package check

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	ct "github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	it "github.com/aws/aws-sdk-go-v2/service/iam/types"

	"example.com/breakglass/names"
)

func advanced(fields ...ct.AdvancedFieldSelector) *cloudtrail.GetEventSelectorsOutput {
	category := ct.AdvancedFieldSelector{Field: aws.String("eventCategory"), Equals: []string{"Management"}}
	return &cloudtrail.GetEventSelectorsOutput{AdvancedEventSelectors: []ct.AdvancedEventSelector{
		{FieldSelectors: append([]ct.AdvancedFieldSelector{category}, fields...)},
	}}
}

func basic(selectors ...ct.EventSelector) *cloudtrail.GetEventSelectorsOutput {
	return &cloudtrail.GetEventSelectorsOutput{EventSelectors: selectors}
}

func TestTrail(t *testing.T) {
	const none = "no trail logs every management event"
	is := func(field string, values ...string) ct.AdvancedFieldSelector {
		return ct.AdvancedFieldSelector{Field: aws.String(field), Equals: values}
	}
	selects := func(out *cloudtrail.GetEventSelectorsOutput) func(*world) { return func(w *world) { w.selected = out } }
	breakEach(t, []broken{
		{"there is none", "", func(w *world) { w.trails = nil }, "trail", Problem, "the hub account has no trail", "trail: create"},
		{
			"it is stopped", "", func(w *world) { w.logging.IsLogging = aws.Bool(false) }, "trail", Problem, "organization: is stopped (aws cloudtrail start-logging",
			"",
		},
		{
			"it is of one Region", "", func(w *world) { w.trails[0].IsMultiRegionTrail = aws.Bool(false) }, "trail", Problem,
			none + " of every Region, so some activity goes unnoticed; organization: logs eu-west-1 only", "",
		},
		{"it leaves out IAM", "", func(w *world) { w.trails[0].IncludeGlobalServiceEvents = nil }, "trail", Problem, "excludes IAM and STS", ""},
		{
			"it could not write", "", func(w *world) { w.logging.LatestDeliveryError = aws.String("AccessDenied") }, "trail", Warning,
			"could not write its latest log file: AccessDenied", "bucket",
		},
		{
			"it does not read", "", selects(basic(ct.EventSelector{ReadWriteType: ct.ReadWriteTypeWriteOnly})), "trail", Problem,
			"read-only management events, such as AssumeRole", "",
		},
		{"it does not write", "", selects(basic(ct.EventSelector{ReadWriteType: ct.ReadWriteTypeReadOnly})), "trail", Problem, "no write-only management events", ""},
		{
			"it has data events only", "", selects(basic(ct.EventSelector{IncludeManagementEvents: aws.Bool(false)})), "trail", Problem, "logs no management events", "",
		},
		{
			"it leaves out KMS", "", selects(basic(ct.EventSelector{ReadWriteType: ct.ReadWriteTypeAll, ExcludeManagementEventSources: []string{"kms.amazonaws.com"}})),
			"trail", Warning, "excludes kms.amazonaws.com", "",
		},
		{"advanced, it does not read", "", selects(advanced(is("readOnly", "false"))), "trail", Problem, "read-only management events", ""},
		{"advanced, it has one service only", "", selects(advanced(is("eventSource", "s3.amazonaws.com"))), "trail", Problem, "logs no management events", ""},
		{"advanced, it has some calls only", "", selects(advanced(is("eventName", "ConsoleLogin"))), "trail", Problem, "logs no management events", ""},
		{
			"advanced, it leaves out KMS", "", selects(advanced(ct.AdvancedFieldSelector{Field: aws.String("eventSource"), NotEquals: []string{"kms.amazonaws.com"}})),
			"trail", Warning, "excludes kms.amazonaws.com", "",
		},
	})
	for name, out := range map[string]*cloudtrail.GetEventSelectorsOutput{
		"all, basic":      basic(ct.EventSelector{ReadWriteType: ct.ReadWriteTypeAll, IncludeManagementEvents: aws.Bool(true)}),
		"halves, basic":   basic(ct.EventSelector{ReadWriteType: ct.ReadWriteTypeReadOnly}, ct.EventSelector{ReadWriteType: ct.ReadWriteTypeWriteOnly}),
		"all, advanced":   advanced(),
		"both, advanced":  advanced(is("readOnly", "true", "false")),
		"none, the usual": {},
	} {
		w := well(t, hub)
		w.selected = out
		if found := bad(w.ask(t)); len(found) > 0 {
			t.Errorf("%s: %+v", name, found)
		}
	}
	w := well(t, hub)
	w.trails = append(w.trails, ct.Trail{Name: aws.String("other")})
	if found := bad(w.ask(t)); len(found) > 0 {
		t.Errorf("a second trail that logs little: %+v", found)
	}
}

// without returns a list without one of its items.
func without(list []string, one string) []string {
	i := slices.Index(list, one)
	return slices.Delete(list, i, i+1)
}

func TestGroup(t *testing.T) {
	guard := "arn:aws:iam::111111111111:policy/" + names.GuardPolicy
	breakEach(t, []broken{
		{
			"it is missing", "", func(w *world) { w.members = nil }, "group", Problem, "no permissions, and the guard does not apply to them",
			"--revert-drift --only BreakGlass-Hub",
		},
		{"it is moved under a path", "", func(w *world) { w.groupARN = "arn:aws:iam::111111111111:group/staff/" + names.Group }, "group", Problem,
			"is arn:aws:iam::111111111111:group/staff/" + names.Group + ", not", "aws iam update-group --group-name " + names.Group + " --new-path /"},
		{"a stranger is in it", "", func(w *world) { w.members = append(w.members, "mallory") }, "group", Problem, "the member mallory", "remove-user-from-group"},
		{"the guard is gone", "", func(w *world) { w.ofGroup = without(w.ofGroup, guard) }, "group", Problem, "lacks the guard", "--revert-drift"},
		{
			"a policy is gone", "", func(w *world) { w.ofGroup = without(w.ofGroup, "arn:aws:iam::aws:policy/IAMFullAccess") }, "group", Problem,
			"lacks the policy IAMFullAccess", "",
		},
		{
			"a policy is more", "", func(w *world) { w.ofGroup = append(w.ofGroup, "arn:aws:iam::aws:policy/AdministratorAccess") }, "group", Problem,
			"not in breakglass.yaml: AdministratorAccess", "",
		},
		{
			"an inline policy is more", "", func(w *world) { w.inline = []string{"x", "y"} }, "group", Problem, "inline policies that are not in breakglass.yaml: x, y",
			"delete-group-policy",
		},
		{"the guard is another", "", func(w *world) {
			w.documents[guard] = strings.Replace(w.documents[guard], `"BoolIfExists"`, `"Bool"`, 1)
		}, "group", Problem, "policy BreakGlassGuard differs: it lacks NothingWithoutMFA and has Deny all but iam:ChangePassword", ""},
		// In an older version of the language, the user's own name is none: a forced reset of the password keeps the user out.
		{
			"the guard is of an older version", "", func(w *world) {
				w.documents[guard] = strings.Replace(w.documents[guard], "2012-10-17", "2008-10-17", 1)
			}, "group", Problem,
			"policy BreakGlassGuard differs: it lacks Version 2012-10-17, without which a variable such as ${aws:username} is plain text", "--revert-drift",
		},
		{"the guard is no policy", "", func(w *world) { w.documents[guard] = "?" }, "group", Problem, "not a policy document", ""},
		{"the guard is deleted", "", func(w *world) { delete(w.documents, guard) }, "group", Problem, "policy BreakGlassGuard is missing", ""},
	})
}

func TestForwarding(t *testing.T) {
	forward := "arn:aws:iam::111111111111:policy/" + names.ForwardPolicy
	breakEach(t, []broken{
		{
			"the role is missing", "", func(w *world) { delete(w.roles, names.ForwardRole) }, "forwarding", Problem, "role breakglass-event-bus-role is missing",
			"--revert-drift --only BreakGlass-Hub",
		},
		{"the role is remade under a path", "", func(w *world) {
			w.roles[names.ForwardRole].Arn = aws.String("arn:aws:iam::111111111111:role/service/" + names.ForwardRole)
		}, "forwarding", Problem, "role " + names.ForwardRole + " is arn:aws:iam::111111111111:role/service/" + names.ForwardRole + ", not", "delete it, then: breakglass deploy --revert-drift --only BreakGlass-Hub"},
		{"it reaches one hub only", "", func(w *world) {
			w.documents[forward] = strings.Replace(w.documents[forward], "us-west-2", "us-east-1", 1)
		}, "forwarding", Problem, "breakglass-event-bus-policy differs: it lacks PutEventsOnTheHubs", ""},
		{
			"it lacks its policy", "", func(w *world) { w.ofRole[names.ForwardRole] = nil }, "forwarding", Problem,
			"lacks the policy arn:aws:iam::111111111111:policy/breakglass-event-bus-policy", "",
		},
		{"it is bounded", "", func(w *world) {
			w.roles[names.ForwardRole].PermissionsBoundary = &it.AttachedPermissionsBoundary{PermissionsBoundaryArn: aws.String("arn:b")}
		}, "forwarding", Problem, "has the permissions boundary arn:b", ""},
		{
			"it trusts nobody", "", func(w *world) { w.roles[names.HeartbeatRole].AssumeRolePolicyDocument = aws.String("{}") }, "forwarding", Problem,
			"breakglass-heartbeat-role has a different trust policy", "",
		},
		{
			"it may do more", "", func(w *world) { w.inRole[names.ForwardRole] = map[string]string{"x": "{}"} }, "forwarding", Warning,
			"inline policies that are not in breakglass.yaml: x", "delete-role-policy",
		},
	})
}

func TestRole(t *testing.T) {
	trust := func(old, new string) func(*world) {
		return func(w *world) {
			document := *w.roles["BreakGlassRole"].AssumeRolePolicyDocument
			changed := strings.Replace(document, old, new, 1)
			if changed == document {
				panic("the trust has no " + old)
			}
			w.roles["BreakGlassRole"].AssumeRolePolicyDocument = aws.String(changed)
		}
	}
	breakEach(t, []broken{
		{
			"it is missing", "", func(w *world) { delete(w.roles, "BreakGlassRole") }, "roles", Problem, "BreakGlassRole is missing",
			"--revert-drift --only BreakGlass-Role-222222222222",
		},
		{"it is remade under a path", "", func(w *world) {
			w.roles["BreakGlassRole"].Arn = aws.String("arn:aws:iam::222222222222:role/admin/BreakGlassRole")
		}, "roles", Problem, "role BreakGlassRole is arn:aws:iam::222222222222:role/admin/BreakGlassRole, not arn:aws:iam::222222222222:role/BreakGlassRole: the users may not assume it", "delete it, then: breakglass deploy --revert-drift --only BreakGlass-Role-222222222222"},
		{"without MFA", "", trust(`,"Bool":{"aws:MultiFactorAuthPresent":"true"}`, ""), "roles", Problem, "can be assumed without MFA: Allow sts:AssumeRole", ""},
		{"MFA if it likes", "", trust(`"Bool":`, `"BoolIfExists":`), "roles", Problem, "can be assumed without MFA", ""},
		{
			"a stranger", "", trust("user/bob\"", "user/bob\",\"arn:aws:iam::111111111111:user/mallory\""), "roles", Problem,
			"can be assumed by arn:aws:iam::111111111111:user/mallory, who is not a user", "",
		},
		{"one user fewer", "", trust(`,"arn:aws:iam::111111111111:user/bob"`, ""), "roles", Problem, "can't be assumed by arn:aws:iam::111111111111:user/bob", ""},
		{
			"whom the hub account likes", "",
			trust(`"ArnEquals":{"aws:PrincipalArn":["arn:aws:iam::111111111111:user/alice","arn:aws:iam::111111111111:user/bob"]},`, ""), "roles", Problem,
			"can be assumed by any identity to which the trusted account grants it, not only by the users: Allow sts:AssumeRole", "",
		},
		{
			"another account", "", trust("arn:aws:iam::111111111111:root", "arn:aws:iam::333333333333:root"), "roles", Problem,
			"can be assumed from outside the hub account", "",
		},
		{"a denial", "", trust(`"Statement":[`, `"Statement":[{"Effect":"Deny","Principal":"*","Action":"*"},`), "roles", Problem, "a trust policy with a Deny", ""},
		{"one condition more", "", trust(`"Bool":{`, `"Bool":{"aws:SecureTransport":"true",`), "roles", Problem, "has a different trust policy", ""},
		{"no JSON", "", func(w *world) { w.roles["BreakGlassRole"].AssumeRolePolicyDocument = aws.String("?") }, "roles", Problem, "can't be parsed", ""},
		{
			"shorter sessions", "", func(w *world) { w.roles["BreakGlassRole"].MaxSessionDuration = aws.Int32(3600) }, "roles", Warning,
			"has sessions of 1h; breakglass.yaml sets 2h", "",
		},
		{
			"no boundary", "", func(w *world) { w.roles["BreakGlassRole"].PermissionsBoundary = nil }, "roles", Problem,
			`has the permissions boundary ""; breakglass.yaml sets "arn:aws:iam::222222222222:policy/Fence"`, "",
		},
		{"a policy fewer", "", func(w *world) { w.ofRole["BreakGlassRole"] = nil }, "roles", Problem, "lacks the policy ReadOnlyAccess", ""},
		{"a policy more", "", func(w *world) {
			w.ofRole["BreakGlassRole"] = append(w.ofRole["BreakGlassRole"], "arn:aws:iam::222222222222:policy/X")
		}, "roles", Problem, "not in breakglass.yaml: arn:aws:iam::222222222222:policy/X", ""},
		{"no inline policy", "", func(w *world) { w.inRole["BreakGlassRole"] = nil }, "roles", Problem, "lacks its inline policy", ""},
		{
			"a different inline policy", "", func(w *world) { w.inRole["BreakGlassRole"]["BreakGlassRole"] = `{"Statement": []}` }, "roles", Problem,
			"a different inline policy", "",
		},
		{"a second inline policy", "", func(w *world) { w.inRole["BreakGlassRole"]["x"] = `{}` }, "roles", Problem, "the inline policy x", ""},
	})
	// IAM gives documents in the form of a URL; the local AWS does not.
	all, err := statements(`{"Statement": {"Effect": "Allow"}}`)
	if err != nil || len(all) != 1 {
		t.Errorf("as it is written: %v, %v", all, err)
	}
}
