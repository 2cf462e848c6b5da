package check

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	it "github.com/aws/aws-sdk-go-v2/service/iam/types"

	"example.com/breakglass/config"
)

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
