package check

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	ct "github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	it "github.com/aws/aws-sdk-go-v2/service/iam/types"

	"example.com/breakglass/config"
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

func TestUsers(t *testing.T) {
	breakEach(t, []broken{
		{"one is missing", "", func(w *world) { delete(w.users, "bob") }, "users", Problem, "bob is missing", "--revert-drift --only BreakGlass-Hub"},
		// The trust of the roles, the guard and the alerts name ARNs: a user under a path is none of them.
		{"one is moved under a path", "", func(w *world) { w.users["bob"].Arn = aws.String("arn:aws:iam::111111111111:user/staff/bob") }, "users", Problem,
			"user bob is arn:aws:iam::111111111111:user/staff/bob, not arn:aws:iam::111111111111:user/bob: the role's trust, the guard and the alerts name the latter, so the user can't get in", "aws iam update-user --user-name bob --new-path /"},
		{
			"one is spelled otherwise", "", func(w *world) { w.users["bob"].Arn = aws.String("arn:aws:iam::111111111111:user/Bob") }, "users", Problem,
			"not arn:aws:iam::111111111111:user/bob", "aws iam update-user --user-name Bob --new-user-name bob --new-path /",
		},
		{"one has no password", "", func(w *world) { delete(w.passwords, "bob") }, "users", Problem, "bob has no password", "docs/credentials.md"},
		{
			"one must choose a new password", "", func(w *world) { w.passwords["bob"].PasswordResetRequired = true }, "users", Note, "bob must choose a new password",
			"",
		},
		{"one is bounded", "", func(w *world) {
			w.users["bob"].PermissionsBoundary = &it.AttachedPermissionsBoundary{PermissionsBoundaryArn: aws.String("arn:b")}
		}, "users", Problem, "bob has the permissions boundary arn:b", "delete-user-permissions-boundary"},
		{"one has no device", "", func(w *world) { w.devices["alice"] = nil }, "users", Problem, "alice has no MFA device", "register"},
		{"one has a single device", "", func(w *world) { w.devices["alice"] = devices(virtual) }, "users", Note, "alice has a single MFA device", "second"},
		{"one has FIDO keys besides", "", func(w *world) { w.devices["alice"] = devices(virtual, fido, fido+"2") }, "users", Note,
			"user alice has the FIDO keys safe-EXAMPLE, safe-EXAMPLE2, for the console and aws login (AWS CLI 2.32 or later)", ""},
		{"one has FIDO keys only", "", func(w *world) { w.devices["alice"] = devices(fido, fido+"2") }, "users", Note,
			"user alice has only FIDO keys, for the console and aws login (AWS CLI 2.32 or later): they give no code for the sealed access key",
			"register a virtual device"},
		{"one has FIDO keys only, and there are holders", "", func(w *world) {
			w.s.config.Credentials = config.Credentials{PasswordHolders: []string{"a"}, MFAHolders: []string{"b"}}
			w.devices["alice"] = devices(fido, fido+"2")
		}, "users", Note, "alice has only FIDO keys", "breakglass credentials mfa alice"},
		{"one has FIDO keys only, and may have a sealed access key", "", func(w *world) {
			w.sealKeys()
			w.devices["alice"] = devices(fido, fido+"2")
		}, "users", Problem, "alice has only FIDO keys, which give no code: the access key that accessKey: sealed allows can't be used", "register a virtual device"},
		{"one has hardware tokens", "", func(w *world) { w.devices["alice"] = devices("GAHT12345678", "GAHT12345679") }, "users", Note,
			"user alice has the hardware tokens GAHT12345678, GAHT12345679: enter takes its codes typed, with --device", ""},
		{"one has an access key", "", func(w *world) {
			w.keys["alice"] = []it.AccessKeyMetadata{{AccessKeyId: aws.String("AKIA1"), Status: it.StatusTypeActive}}
		}, "users", Problem, "alice has the access key AKIA1", "delete-access-key --user-name alice --access-key-id AKIA1"},
		{"one has an old access key", "", func(w *world) {
			w.keys["alice"] = []it.AccessKeyMetadata{{AccessKeyId: aws.String("AKIA1"), Status: it.StatusTypeInactive}}
		}, "users", Warning, "which is inactive", "delete-access-key"},
		{"one has a sealed access key", "", func(w *world) { w.sealKeys("AKIA1") }, "users", Note, "alice has the access key AKIA1, as accessKey: sealed allows", ""},
		{
			"one has a second access key", "", func(w *world) { w.sealKeys("AKIA1", "AKIA2") }, "users", Warning, "alice has the access keys AKIA1 and AKIA2",
			"no sealed file names",
		},
		{"the sealed access key was deactivated", "", func(w *world) {
			w.sealKeys("AKIA1")
			w.keys["alice"][0].Status = it.StatusTypeInactive
		}, "users", Problem, "alice has only access keys that are inactive, AKIA1: with a sealed one, nobody gets in", "aws iam update-access-key --user-name alice --access-key-id AKIA1 --status Active"},
		{"one has no password, and there are holders", "", func(w *world) {
			w.s.config.Credentials = config.Credentials{PasswordHolders: []string{"a"}, MFAHolders: []string{"b"}}
			delete(w.passwords, "bob")
		}, "users", Problem, "bob has no password", "breakglass credentials create bob"},
		{
			"one is in no group", "", func(w *world) { w.memberOf["alice"] = nil }, "users", Problem, "no permissions, and the guard does not apply to them",
			"add-user-to-group",
		},
		{
			"one is in another group", "", func(w *world) { w.memberOf["alice"] = append(w.memberOf["alice"], "admins") }, "users", Problem, "also in group admins",
			"remove-user-from-group",
		},
		{
			"one has an inline policy", "", func(w *world) { w.direct["alice"] = []string{"p"} }, "users", Problem, "alice has the inline policy p",
			"delete-user-policy",
		},
		{
			"one has a policy", "", func(w *world) { w.attached["alice"] = []string{"arn:p"} }, "users", Problem, "the policy arn:p attached directly",
			"detach-user-policy",
		},
	})
}

// One of two access keys may be the sealed one; an inactive one is none.
func TestAnOldAccessKeyBesidesTheSealedOne(t *testing.T) {
	w := well(t, hub)
	w.sealKeys("AKIA1", "AKIA2")
	w.keys["alice"][0].Status = it.StatusTypeInactive
	var said []string
	for _, f := range saying(w.ask(t), "users", "alice has the access key") {
		said = append(said, string(f.Severity)+" "+f.What)
	}
	if !slices.Equal(said,
		[]string{"warning user alice has the access key AKIA1, which is inactive", "note user alice has the access key AKIA2, as accessKey: sealed allows"}) {
		t.Errorf("it says %q", said)
	}
}

// TestUsersWithTheSameTroubleAreOneFinding: it names all of them, and one command does for all.
func TestUsersWithTheSameTroubleAreOneFinding(t *testing.T) {
	w := well(t, hub)
	w.s.config.Credentials = config.Credentials{PasswordHolders: []string{"a"}, MFAHolders: []string{"b"}}
	clear(w.passwords)
	w.devices["alice"], w.devices["bob"] = nil, nil
	w.memberOf["alice"], w.memberOf["bob"] = []string{"admins"}, []string{"admins"}
	found := w.ask(t)
	for _, want := range []string{
		`users alice, bob have no password, and can't sign in → for user in alice bob; do breakglass credentials create "${user}"; done`,
		`users alice, bob have no MFA device: the guard denies everything → for user in alice bob; do breakglass credentials mfa "${user}"; done`,
		`users alice, bob are not in the group BreakglassUsers: no permissions, and the guard does not apply to them → for user in alice bob; do aws iam add-user-to-group --user-name "${user}" --group-name BreakglassUsers; done`,
		`users alice, bob are also in group admins → for user in alice bob; do aws iam remove-user-from-group --user-name "${user}" --group-name admins; done`,
	} {
		n := 0
		for _, f := range found {
			if f.Check == "users" && f.Severity == Problem && f.What+" → "+f.Fix == want && slices.Equal(f.Users, []string{"alice", "bob"}) {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%d findings say %q", n, want)
		}
	}
}

// The serial numbers of devices, one of each kind that has an ARN.
const virtual, fido = "arn:aws:iam::111111111111:mfa/alice", "arn:aws:iam::111111111111:u2f/user/alice/safe-EXAMPLE"

func devices(serials ...string) (all []it.MFADevice) {
	for _, serial := range serials {
		all = append(all, it.MFADevice{SerialNumber: aws.String(serial)})
	}
	return all
}

// TestADeviceThatGivesCodesIsEnough: with a virtual device or a hardware token, the sealed access key can be used.
func TestADeviceThatGivesCodesIsEnough(t *testing.T) {
	for _, other := range []string{virtual, "GAHT12345678"} {
		w := well(t, hub)
		w.sealKeys()
		w.devices["alice"] = devices(fido, other)
		for _, f := range w.ask(t) {
			if strings.Contains(f.What, "only FIDO keys") {
				t.Errorf("with %s: %+v", other, f)
			}
		}
	}
}

// sealKeys lets alice have access keys, and gives her some.
func (w *world) sealKeys(ids ...string) {
	w.s.config.Users = []config.User{{Name: "alice", AccessKey: config.AccessKeySealed}, {Name: "bob"}}
	for _, id := range ids {
		w.keys["alice"] = append(w.keys["alice"], it.AccessKeyMetadata{AccessKeyId: aws.String(id), Status: it.StatusTypeActive})
	}
}

func TestPasswords(t *testing.T) {
	policy := func(days int32, hard bool) *it.PasswordPolicy {
		return &it.PasswordPolicy{ExpirePasswords: days > 0, MaxPasswordAge: aws.Int32(days), HardExpiry: aws.Bool(hard)}
	}
	for name, want := range map[string]struct {
		policy *it.PasswordPolicy
		says   []string // the finding of each severity, in their order
	}{
		"none":                {nil, []string{"fine no password policy"}},
		"that never expires":  {policy(0, false), []string{"fine passwords don't expire"}},
		"that can be renewed": {policy(365, false), []string{"note passwords expire after 365 days", "note the password of alice is 300 days old\n"}},
		"that is overdue":     {policy(90, false), []string{"warning the password of alice is 300 days old: a new one must be chosen at the next sign-in\n"}},
		"hard":                {policy(365, true), []string{"problem passwords expire after 365 days"}},
		"hard and overdue": {
			policy(90, true), []string{"problem passwords expire after 90 days", "problem the password of alice is 300 days old: it has expired\n"},
		},
	} {
		w := well(t, hub)
		w.expiry = want.policy
		said := ""
		for _, f := range w.ask(t) {
			if f.Check == "passwords" {
				said += string(f.Severity) + " " + f.What + "\n"
			}
		}
		for _, words := range want.says {
			if !strings.Contains(said, words) {
				t.Errorf("%s: it says %q, without %q", name, said, words)
			}
		}
	}
}

// TestAPasswordThatWasUsedIsNoLongerSealed: only the credential report knows of a change after the password was created.
func TestAPasswordThatWasUsedIsNoLongerSealed(t *testing.T) {
	made := func(w *world, days time.Duration) { w.passwords["bob"].CreateDate = aws.Time(now.Add(-days * day)) }
	breakEach(t, []broken{
		{
			"it was used", "", func(w *world) { made(w, 320) }, "passwords", Problem,
			"the password of bob was used on 2026-01-17, after it was set on 2026-01-07: it is no longer sealed (IAM's credential report of 10:00 UTC)",
			"docs/credentials.md",
		},
		{
			"it was used after a change", "", func(w *world) { made(w, 330); w.changed = map[string]time.Time{"bob": now.Add(-315 * day)} }, "passwords", Problem,
			"after it was set on 2026-01-12", "",
		},
		{
			"nobody may read the report", "", func(w *world) { w.refuse("iam", "GetCredentialReport") }, "passwords", Note,
			"when the passwords were last changed is not known: the permission iam:GetCredentialReport is missing", "grant it",
		},
		{
			"nobody may make a report", "", func(w *world) { w.refuse("iam", "GenerateCredentialReport") }, "passwords", Note,
			"the permission iam:GenerateCredentialReport is missing", "grant it",
		},
	})
	w := well(t, hub)
	made(w, 320)
	w.changed = map[string]time.Time{"bob": now.Add(-10 * day)}
	report := w.report(t)
	for _, f := range bad(report.Findings) {
		t.Errorf("of one that was changed since: %+v", f)
	}
	if ages := report.Passwords; len(ages) != 2 || ages[0].Days != 300 || ages[1].Days != 10 || !ages[1].Exact || ages[1].User != "bob" {
		t.Errorf("the ages are %+v", ages)
	}
	// The evidence tells a user without a password from one of whom IAM did not say.
	w = well(t, hub)
	delete(w.passwords, "bob")
	if report := w.report(t); !slices.Equal(report.NoPassword, []string{"bob"}) || len(report.Passwords) != 1 {
		t.Errorf("without a password: %q, %+v", report.NoPassword, report.Passwords)
	}
	w = well(t, hub)
	w.refuse("iam", "GetLoginProfile")
	w.refuse("iam", "GetCredentialReport")
	if report := w.report(t); len(report.NoPassword) > 0 || len(report.Passwords) > 0 {
		t.Errorf("where IAM refuses: %q, %+v", report.NoPassword, report.Passwords)
	}
	// Without the report, a change since is possible.
	w = well(t, hub)
	made(w, 320)
	w.refuse("iam", "GetCredentialReport")
	if found := bad(w.ask(t)); len(found) != 1 || found[0].Severity != Warning ||
		!strings.Contains(found[0].What, "unless it was changed since, it is no longer sealed") {
		t.Errorf("without the report: %+v", found)
	}
}

// Without the credential report, an age is the greatest that the password can have.
func TestPasswordsWhoseAgeIsNotKnown(t *testing.T) {
	for days, want := range map[int32]string{
		365: "note the password of alice is 300 days old at most",
		90:  "warning the password of alice is 300 days old: a new one must be chosen at the next sign-in unless it was changed since",
	} {
		w := well(t, hub)
		w.expiry = &it.PasswordPolicy{ExpirePasswords: true, MaxPasswordAge: aws.Int32(days)}
		w.refuse("iam", "GetCredentialReport")
		if !slices.ContainsFunc(w.ask(t), func(f Finding) bool {
			return f.Check == "passwords" && string(f.Severity)+" "+f.What == want
		}) {
			t.Errorf("%d days: nothing says %q: %+v", days, want, saying(w.ask(t), "passwords", ""))
		}
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
			"an inline policy is more", "", func(w *world) { w.inline = []string{"x"} }, "group", Problem, "inline policies that are not in breakglass.yaml: x",
			"delete-group-policy",
		},
		{"the guard is another", "", func(w *world) {
			w.documents[guard] = strings.Replace(w.documents[guard], `"BoolIfExists"`, `"Bool"`, 1)
		}, "group", Problem, "policy BreakGlassGuard differs: it lacks NothingWithoutMFA and has Deny all but iam:ChangePassword", ""},
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
