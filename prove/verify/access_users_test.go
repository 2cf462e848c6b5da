//go:build verify

package verify

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/names"
	"example.com/breakglass/prove/judge"
)

// sessionName is what a caller names the session.
const sessionName = "sts:RoleSessionName"

// sessionNamed reports whether a trust policy demands a session name; TestAccess has an app of each kind.
func sessionNamed(trust any) bool {
	text, _ := json.Marshal(trust)
	return strings.Contains(string(text), sessionName)
}

const mfa = "aws:MultiFactorAuthPresent"

// user is an emergency user with the policies of this app that reach it.
type user struct {
	name, arn string
	policies  []judge.Policy
}

// policy returns a policy of the user, by name.
func (u user) policy(name string) []judge.Policy {
	i := slices.IndexFunc(u.policies, func(p judge.Policy) bool { return p.Name == name })
	if i < 0 {
		return nil
	}
	return u.policies[i : i+1]
}

// emergencyUsers follows each user to its groups, and each group to its policies.
func emergencyUsers(app *Assembly) []user {
	hub := app.Stacks[names.HubStack]
	var users []user
	for _, id := range hub.OfType("AWS::IAM::User") {
		properties := hub.Resources[id].Properties
		name := properties["UserName"].(string)
		u := user{name: name, arn: iamARN("user/" + name)}
		for _, id := range hub.OfType("AWS::IAM::ManagedPolicy") {
			p := hub.Resources[id].Properties
			if slices.ContainsFunc(list(p["Groups"]), func(g any) bool { return slices.Contains(list(properties["Groups"]), g) }) {
				u.policies = append(u.policies, judge.Policy{Name: p["ManagedPolicyName"].(string), Document: p["PolicyDocument"]})
			}
		}
		users = append(users, u)
	}
	return users
}

func list(value any) []any {
	l, _ := value.([]any)
	return l
}

// iamARN returns something of IAM in the hub account.
func iamARN(rest string) string { return "arn:aws:iam::111111111111:" + rest }

const (
	stranger        = "arn:aws:iam::111111111111:user/bystander"
	elsewhere       = "999999999999"
	userElsewhere   = "arn:aws:iam::999999999999:user/BreakglassUser"
	sessionLikeUser = "arn:aws:sts::111111111111:assumed-role/ReadOnly/BreakglassUser"
)

// assumesRoles: the users and nobody else get into the targets, and only with MFA.
func (a *accessTable) assumesRoles(app *Assembly, u user, administrator judge.Policy) {
	withoutGuard := u.policy(names.AssumePolicy)
	// as is an identity whose own policies allow everything.
	as := func(principal string) func(*judge.AccessCase) {
		return func(c *judge.AccessCase) {
			c.Principal, c.IdentityPolicies = principal, []judge.Policy{administrator}
		}
	}
	for _, stack := range app.Stacks {
		if !strings.HasPrefix(stack.Name, names.RoleStack) {
			continue
		}
		for _, id := range stack.OfType("AWS::IAM::Role") {
			if stack.Resources[id].Properties["RoleName"] == names.ObserverRole {
				continue // EventBridge's
			}
			arn := "arn:aws:iam::" + stack.Account + ":role/BreakGlassRole"
			request := judge.AccessCase{
				Principal: u.arn, Action: "sts:AssumeRole", Resource: arn, IdentityPolicies: u.policies,
				ResourcePolicy: stack.Resources[id].Properties["AssumeRolePolicyDocument"], Context: keys(mfa, "true"),
			}
			if sessionNamed(request.ResourcePolicy) {
				request.Context[sessionName], request.Context["aws:username"] = []string{u.name}, []string{u.name}
				a.only(fmt.Sprintf("%s assumes the role in %s under the own name", u.name, stack.Account), request,
					denial{"under another user's", judge.ImplicitlyDenied, having(sessionName, "carol")},
					denial{"under a longer one", judge.ImplicitlyDenied, having(sessionName, u.name+"2")},
					denial{"under none", judge.ImplicitlyDenied, having(sessionName, "")},
				)
			}
			a.only(fmt.Sprintf("%s assumes the role in %s", u.name, stack.Account), request,
				denial{"without MFA", judge.ExplicitlyDenied, having(mfa, "false")},
				denial{"with an access key", judge.ExplicitlyDenied, having(mfa, "")},
				denial{"it is another role", judge.ImplicitlyDenied, on(arn + "2")},
				denial{"it is a role under a path", judge.ImplicitlyDenied, on(strings.Replace(arn, "role/", "role/path/", 1))},
				denial{"it is a stranger of the hub account", judge.ImplicitlyDenied, as(stranger)},
				denial{"it is a user of that name elsewhere", judge.ImplicitlyDenied, as(userElsewhere)},
				denial{"it is a session of that name", judge.ImplicitlyDenied, as(sessionLikeUser)},
				denial{"it is root of the hub account", judge.ImplicitlyDenied, as(iamARN("root"))},
			)
			request.IdentityPolicies = withoutGuard
			a.only(fmt.Sprintf("%s without guard assumes the role in %s", u.name, stack.Account), request,
				denial{"without MFA", judge.ImplicitlyDenied, having(mfa, "false")},
				denial{"with an access key", judge.ImplicitlyDenied, having(mfa, "")},
				denial{"it is a stranger of the hub account", judge.ImplicitlyDenied, by(stranger)},
			)
		}
	}
}

// needsMFA: nothing without it, whatever else a user may do; but always the own password.
func (a *accessTable) needsMFA(u user) {
	for _, r := range []struct{ action, resource string }{
		{"iam:CreateRole", iamARN("role/repair")},
		{"iam:AttachRolePolicy", iamARN("role/repair")},
		{"iam:ListUsers", "*"},
		{"iam:DeleteAccessKey", stranger},
		{"iam:DeactivateMFADevice", stranger},
		{"iam:UpdateSAMLProvider", iamARN("saml-provider/idp")},
		{"iam:CreateVirtualMFADevice", iamARN("mfa/device")},
		{"organizations:DescribeOrganization", "*"},
	} {
		a.only(u.name+" with MFA may "+r.action, judge.AccessCase{
			Principal: u.arn, Action: r.action, Resource: r.resource, ResourceAccount: "111111111111",
			IdentityPolicies: u.policies, Context: keys(mfa, "true"),
		},
			denial{"not without MFA", judge.ExplicitlyDenied, having(mfa, "false")},
			denial{"not with an access key", judge.ExplicitlyDenied, having(mfa, "")},
		)
	}
	password := judge.AccessCase{
		Principal: u.arn, Action: "iam:ChangePassword", Resource: u.arn, IdentityPolicies: u.policies, Context: keys(mfa, "false"),
	}
	a.only(u.name+" changes the own password without MFA", password,
		denial{"another's", judge.ExplicitlyDenied, on(stranger)})
	password.Context = nil
	a.only(u.name+" changes the own password with an access key", password,
		denial{"another's", judge.ExplicitlyDenied, on(stranger)})
	password.IdentityPolicies = u.policy(names.GuardPolicy)
	a.only(u.name+" changes the own password, by the guard alone", password,
		denial{"another's", judge.ExplicitlyDenied, on(stranger)})
}

// keepsHandsOff: with MFA and every right, a user can't take away the guard, take over a user, cut the forwarding, silence
// the heartbeats or change the composer; the same on anything else is allowed. The actions stand here again on purpose, and are not read from the guard.
func (a *accessTable) keepsHandsOff(u user, users []user, administrator judge.Policy) {
	var protectedUsers []string
	for _, other := range users {
		protectedUsers = append(protectedUsers, other.arn)
	}
	for _, g := range []struct {
		service, kind, free string
		protected           []string
		actions             string
	}{
		{
			"iam", "group", iamARN("group/Others"), []string{iamARN("group/" + names.Group)},
			"AddUserToGroup RemoveUserFromGroup DeleteGroup UpdateGroup AttachGroupPolicy DetachGroupPolicy PutGroupPolicy DeleteGroupPolicy",
		},
		{
			"iam", "policy", iamARN("policy/Others"),
			[]string{
				iamARN("policy/" + names.AssumePolicy), iamARN("policy/" + names.GuardPolicy),
				iamARN("policy/" + names.ForwardPolicy), iamARN("policy/" + names.HeartbeatPolicy),
				iamARN("policy/" + names.ComposerPolicy), iamARN("policy/" + names.ComposerStartPolicy),
			},
			"DeletePolicy CreatePolicyVersion SetDefaultPolicyVersion DeletePolicyVersion",
		},
		{
			"iam", "user", stranger, protectedUsers,
			"UpdateUser DeleteUser CreateAccessKey UpdateAccessKey CreateLoginProfile UpdateLoginProfile DeleteLoginProfile " +
				"EnableMFADevice DeactivateMFADevice PutUserPolicy DeleteUserPolicy AttachUserPolicy DetachUserPolicy " +
				"PutUserPermissionsBoundary DeleteUserPermissionsBoundary UploadSigningCertificate UpdateSigningCertificate UploadSSHPublicKey " +
				"CreateServiceSpecificCredential ResetServiceSpecificCredential",
		},
		{
			"iam", "role", iamARN("role/Others"),
			[]string{
				iamARN("role/" + names.ForwardRole), iamARN("role/" + names.HeartbeatRole),
				iamARN("role/" + names.ComposerRole), iamARN("role/" + names.ComposerStartRole),
			},
			"DeleteRole UpdateRole UpdateAssumeRolePolicy AttachRolePolicy DetachRolePolicy PutRolePolicy DeleteRolePolicy " +
				"PutRolePermissionsBoundary DeleteRolePermissionsBoundary",
		},
		{
			"states", "state machine", composerARN(hubRegion) + "s",
			[]string{composerARN(hubRegion), composerARN(standbyRegion)}, "UpdateStateMachine DeleteStateMachine",
		},
		{
			"dynamodb", "table", alertsTableARN(hubRegion) + "s",
			[]string{alertsTableARN(hubRegion), alertsTableARN(standbyRegion)}, "UpdateTable DeleteTable PutResourcePolicy DeleteResourcePolicy",
		},
	} {
		for _, action := range strings.Fields(g.actions) {
			var denials []denial
			for _, arn := range g.protected {
				name := arn[strings.LastIndex(arn, ":")+1:]
				if region := strings.Split(arn, ":")[3]; region != "" {
					name += " in " + region
				}
				denials = append(denials, denial{"not on " + name, judge.ExplicitlyDenied, on(arn)})
			}
			a.only(u.name+" may "+action+" on another "+g.kind, judge.AccessCase{
				Principal: u.arn, Action: g.service + ":" + action, Resource: g.free, Context: keys(mfa, "true"),
				IdentityPolicies: append(slices.Clone(u.policies), administrator),
			}, denials...)
		}
	}
}

// TestAccessOfTheUsersComesThroughTheGroup: the requests above are judged with what the group has, so the users must have
// nothing else.
func TestAccessOfTheUsersComesThroughTheGroup(t *testing.T) {
	for app, attached := range map[*Assembly]string{
		wholeApp(t).Assembly: "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess",
		smallApp(t).Assembly: "arn:aws:iam::aws:policy/IAMFullAccess",
	} {
		hub := app.Stacks[names.HubStack]
		for _, id := range hub.OfType("AWS::IAM::User") {
			for _, property := range []string{"ManagedPolicyArns", "Policies", "PermissionsBoundary", "LoginProfile"} {
				if hub.Resources[id].Properties[property] != nil {
					t.Errorf("%s has %s of its own", id, property)
				}
			}
		}
		for _, id := range hub.OfType("AWS::IAM::Group") {
			properties := hub.Resources[id].Properties
			if got := list(properties["ManagedPolicyArns"]); len(got) != 1 || got[0] != attached || properties["Policies"] != nil {
				t.Errorf("the group has %v and %v, want %s", got, properties["Policies"], attached)
			}
		}
		for _, u := range emergencyUsers(app) {
			if len(u.policies) != 2 || u.policy(names.AssumePolicy) == nil || u.policy(names.GuardPolicy) == nil {
				t.Errorf("%s has the policies %v", u.name, u.policies)
			}
		}
	}
}
