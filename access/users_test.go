package access

import (
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/names"
)

func TestAssumeRoleReachesOneRoleInAnyAccount(t *testing.T) {
	all := statements(AssumeRole(here, "Emergency"))
	if len(all) != 1 {
		t.Fatalf("%d statements", len(all))
	}
	same(t, "Effect", all[0]["Effect"], "Allow")
	same(t, "Action", texts(all[0]["Action"]), []string{"sts:AssumeRole"})
	same(t, "Resource", texts(all[0]["Resource"]), []string{"arn:aws-us-gov:iam::*:role/Emergency"})
}

func guardOfTwo() ([]User, Document) {
	users := []User{
		{Place: here, Name: "alice"},
		{Place: here, Name: "bob"},
	}
	return users, Guard(users)
}

func TestTheGuardDeniesEverythingWithoutMFAButThePassword(t *testing.T) {
	_, guard := guardOfTwo()
	s := bySid(t, guard, "NothingWithoutMFA")
	same(t, "Effect", s["Effect"], "Deny")
	same(t, "NotAction", texts(s["NotAction"]), []string{"iam:ChangePassword"})
	same(t, "Resource", s["Resource"], "*")
	if s["NotResource"] != nil {
		t.Error("something is exempt by its resource")
	}
	// Plain Bool lets access keys through: their requests carry no MFA key at all.
	same(t, "Condition", s["Condition"], map[string]any{"BoolIfExists": map[string]any{"aws:MultiFactorAuthPresent": "false"}})
}

func TestTheGuardGrantsNothingButOnesOwnPassword(t *testing.T) {
	_, guard := guardOfTwo()
	const oneself = "arn:aws-us-gov:iam::012345678901:user/${aws:username}"
	for _, s := range statements(guard) {
		switch s["Effect"] {
		case "Deny":
		case "Allow":
			same(t, "the action granted", texts(s["Action"]), []string{"iam:ChangePassword"})
			same(t, "the resource granted", texts(s["Resource"]), []string{oneself})
			if s["Condition"] != nil {
				t.Error("a reset forced at sign-in comes before MFA, and the grant has a condition")
			}
		default:
			t.Errorf("the effect is %v", s["Effect"])
		}
		if s["Principal"] != nil {
			t.Errorf("%s names a principal, which IAM refuses here", s["Sid"])
		}
	}
	// The exemption from MFA is for oneself only.
	other := bySid(t, guard, "NoOtherPasswordWithoutMFA")
	same(t, "Effect", other["Effect"], "Deny")
	same(t, "Action", texts(other["Action"]), []string{"iam:ChangePassword"})
	same(t, "NotResource", texts(other["NotResource"]), []string{oneself})
	same(t, "Condition", other["Condition"], bySid(t, guard, "NothingWithoutMFA")["Condition"])
}

// alwaysDenied reports whether a statement without a condition denies the action on the resource, with MFA or not.
func alwaysDenied(d Document, action, resource string) bool {
	return slices.ContainsFunc(statements(d), func(s map[string]any) bool {
		return s["Effect"] == "Deny" && s["Condition"] == nil &&
			slices.Contains(texts(s["Action"]), action) &&
			slices.ContainsFunc(texts(s["Resource"]), func(pattern string) bool { return like(pattern, resource) })
	})
}

const iamOfTheHub = "arn:aws-us-gov:iam::012345678901:"

// The ways to take over a user or to lock one out, as the IAM service authorization reference has them: what it has to
// sign in with, what it may do, and whether it is there.
var takeovers = map[string][]string{
	"password":            {"iam:CreateLoginProfile", "iam:UpdateLoginProfile", "iam:DeleteLoginProfile"},
	"access key":          {"iam:CreateAccessKey", "iam:UpdateAccessKey"},
	"MFA device":          {"iam:EnableMFADevice", "iam:DeactivateMFADevice"},
	"certificate":         {"iam:UploadSigningCertificate", "iam:UpdateSigningCertificate"},
	"SSH key":             {"iam:UploadSSHPublicKey", "iam:UpdateSSHPublicKey"},
	"service credential":  {"iam:CreateServiceSpecificCredential", "iam:UpdateServiceSpecificCredential", "iam:ResetServiceSpecificCredential"},
	"rights of its own":   {"iam:AttachUserPolicy", "iam:DetachUserPolicy", "iam:PutUserPolicy", "iam:DeleteUserPolicy"},
	"permission boundary": {"iam:PutUserPermissionsBoundary", "iam:DeleteUserPermissionsBoundary"},
	"name and existence":  {"iam:UpdateUser", "iam:DeleteUser"},
}

func TestTheGuardKeepsEveryUserFromBeingTakenOver(t *testing.T) {
	users, guard := guardOfTwo()
	for way, actions := range takeovers {
		for _, action := range actions {
			for _, u := range users {
				if !alwaysDenied(guard, action, u.ARN()) {
					t.Errorf("%s: %s is not denied on %s", way, action, u.Name)
				}
			}
		}
	}
}

func TestTheGuardKeepsItselfAndTheForwarding(t *testing.T) {
	_, guard := guardOfTwo()
	for resource, actions := range map[string][]string{
		"group/BreakglassUsers": {
			"iam:RemoveUserFromGroup", "iam:AddUserToGroup", "iam:UpdateGroup", "iam:DeleteGroup",
			"iam:AttachGroupPolicy", "iam:DetachGroupPolicy", "iam:PutGroupPolicy", "iam:DeleteGroupPolicy",
		},
		"policy/BreakGlassGuard":      {"iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:DeletePolicyVersion", "iam:DeletePolicy"},
		"policy/BreakGlassAssumeRole": {"iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:DeletePolicyVersion", "iam:DeletePolicy"},
	} {
		for _, action := range actions {
			if !alwaysDenied(guard, action, iamOfTheHub+resource) {
				t.Errorf("%s is not denied on %s", action, resource)
			}
		}
	}
	for _, role := range []string{names.ForwardRole, names.HeartbeatRole, names.ComposerRole, names.ComposerStartRole} {
		for _, action := range []string{
			"DeleteRole", "UpdateRole", "UpdateAssumeRolePolicy", "AttachRolePolicy", "DetachRolePolicy",
			"PutRolePolicy", "DeleteRolePolicy", "PutRolePermissionsBoundary", "DeleteRolePermissionsBoundary",
		} {
			if !alwaysDenied(guard, "iam:"+action, iamOfTheHub+"role/"+role) {
				t.Errorf("%s is not denied on %s", action, role)
			}
		}
	}
	for _, policy := range []string{names.ForwardPolicy, names.HeartbeatPolicy, names.ComposerPolicy, names.ComposerStartPolicy} {
		for _, action := range []string{"CreatePolicyVersion", "SetDefaultPolicyVersion", "DeletePolicyVersion", "DeletePolicy"} {
			if !alwaysDenied(guard, "iam:"+action, iamOfTheHub+"policy/"+policy) {
				t.Errorf("%s is not denied on %s", action, policy)
			}
		}
	}
}

// A composer in any hub Region: the policy is the same whatever the Regions.
func TestTheGuardKeepsTheComposerAndItsTable(t *testing.T) {
	_, guard := guardOfTwo()
	for _, hub := range hubs {
		for resource, actions := range map[string][]string{
			hub.StateMachine("breakglass-composer"): {"states:UpdateStateMachine", "states:DeleteStateMachine"},
			hub.Table("breakglass-alerts"):          {"dynamodb:UpdateTable", "dynamodb:DeleteTable", "dynamodb:PutResourcePolicy", "dynamodb:DeleteResourcePolicy"},
		} {
			for _, action := range actions {
				if !alwaysDenied(guard, action, resource) {
					t.Errorf("%s is not denied on %s", action, resource)
				}
			}
		}
	}
}

// The users are there to repair identities: with MFA, only the things of break glass itself are out of reach.
func TestTheGuardDeniesWithMFAOnlyWhatIsItsOwn(t *testing.T) {
	users, guard := guardOfTwo()
	own := []string{
		iamOfTheHub + "group/BreakglassUsers",
		iamOfTheHub + "policy/BreakGlassAssumeRole", iamOfTheHub + "policy/BreakGlassGuard", iamOfTheHub + "policy/breakglass-*",
		iamOfTheHub + "role/breakglass-*",
		"arn:aws-us-gov:states:*:012345678901:stateMachine:breakglass-composer", "arn:aws-us-gov:dynamodb:*:012345678901:table/breakglass-alerts",
		users[0].ARN(), users[1].ARN(),
	}
	for _, s := range statements(guard) {
		if s["Effect"] != "Deny" || s["Condition"] != nil {
			continue
		}
		if s["NotAction"] != nil || s["NotResource"] != nil {
			t.Errorf("%s denies all but something, MFA or not", s["Sid"])
		}
		for _, resource := range texts(s["Resource"]) {
			if !slices.Contains(own, resource) {
				t.Errorf("%s denies something on %s", s["Sid"], resource)
			}
		}
		for _, action := range texts(s["Action"]) {
			service, call, _ := strings.Cut(action, ":")
			if !slices.Contains([]string{"iam", "states", "dynamodb"}, service) || strings.Contains(call, "*") || strings.HasPrefix(call, "Get") ||
				strings.HasPrefix(call, "List") {
				t.Errorf("%s denies %s", s["Sid"], action)
			}
		}
	}
}
