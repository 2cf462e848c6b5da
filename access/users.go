package access

import (
	"example.com/breakglass/names"
	"example.com/breakglass/place"
)

// AssumeRole lets the users assume the role in any account; the role's trust policy decides the rest.
func AssumeRole(hub place.Place, role string) Document {
	return document(Statement{
		"Sid":      "AssumeTheRoleInAnyAccount",
		"Effect":   "Allow",
		"Action":   "sts:AssumeRole",
		"Resource": hub.Of(place.Any).Role(role),
	})
}

// Guard denies the users everything without MFA, and, with or without MFA, whatever would remove the guard, take over a user or
// disable the forwarding or the composer: no other policy of the users can grant that back.
//
// It covers the users' own calls. With IAMFullAccess a user can still create a role, assume it and act as that role, without
// the guard, but not unseen: creating and assuming each raise an alert. Deleting an access key stays allowed: no key is a loss.
//
// The one exception: a user may always change their own password. A reset that is forced at sign-in comes before any MFA
// session, and would otherwise lock the user out on the worst day; the guard grants it too, so that it doesn't depend
// on what userAccess says.
//
// BoolIfExists and not Bool: requests signed with an access key carry no MFA key at all, and Bool lets them through.
// sts:GetSessionToken can't be denied by any policy (IAM user guide, permissions for GetSessionToken): it is watched.
func Guard(users []User) Document {
	hub := users[0].Place
	// The policy variable keeps the statement true for every user of the group.
	oneself := hub.User("${aws:username}")
	withoutMFA := map[string]any{"BoolIfExists": map[string]any{"aws:MultiFactorAuthPresent": "false"}}
	return document(
		Statement{
			"Sid": "NothingWithoutMFA", "Effect": "Deny",
			"NotAction": "iam:ChangePassword", "Resource": "*",
			"Condition": withoutMFA,
		},
		Statement{
			"Sid": "NoOtherPasswordWithoutMFA", "Effect": "Deny",
			"Action": "iam:ChangePassword", "NotResource": oneself,
			"Condition": withoutMFA,
		},
		Statement{
			"Sid": "OwnPasswordAlways", "Effect": "Allow",
			"Action": "iam:ChangePassword", "Resource": oneself,
		},
		Statement{
			"Sid": "KeepTheGroup", "Effect": "Deny",
			"Action": []any{
				"iam:AddUserToGroup", "iam:RemoveUserFromGroup", "iam:DeleteGroup", "iam:UpdateGroup",
				"iam:AttachGroupPolicy", "iam:DetachGroupPolicy", "iam:PutGroupPolicy", "iam:DeleteGroupPolicy",
			},
			"Resource": hub.Group(names.Group),
		},
		Statement{
			"Sid": "KeepThePolicies", "Effect": "Deny",
			"Action": []any{
				"iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:DeletePolicyVersion", "iam:DeletePolicy",
			},
			"Resource": []any{hub.Policy(names.AssumePolicy), hub.Policy(names.GuardPolicy), hub.Policy(names.Prefix + "*")},
		},
		Statement{
			"Sid": "KeepTheUsers", "Effect": "Deny",
			"Action": []any{
				"iam:UpdateUser", "iam:DeleteUser",
				"iam:CreateAccessKey", "iam:UpdateAccessKey",
				"iam:CreateLoginProfile", "iam:UpdateLoginProfile", "iam:DeleteLoginProfile",
				"iam:EnableMFADevice", "iam:DeactivateMFADevice",
				"iam:AttachUserPolicy", "iam:DetachUserPolicy", "iam:PutUserPolicy", "iam:DeleteUserPolicy",
				"iam:PutUserPermissionsBoundary", "iam:DeleteUserPermissionsBoundary",
				"iam:UploadSigningCertificate", "iam:UpdateSigningCertificate", "iam:UploadSSHPublicKey", "iam:UpdateSSHPublicKey",
				"iam:CreateServiceSpecificCredential", "iam:UpdateServiceSpecificCredential", "iam:ResetServiceSpecificCredential",
			},
			"Resource": userARNs(users),
		},
		Statement{
			"Sid": "KeepTheForwarding", "Effect": "Deny",
			"Action": []any{
				"iam:DeleteRole", "iam:UpdateRole", "iam:UpdateAssumeRolePolicy",
				"iam:AttachRolePolicy", "iam:DetachRolePolicy", "iam:PutRolePolicy", "iam:DeleteRolePolicy",
				"iam:PutRolePermissionsBoundary", "iam:DeleteRolePermissionsBoundary",
			},
			"Resource": hub.Role(names.Prefix + "*"),
		},
		Statement{
			"Sid": "KeepTheComposer", "Effect": "Deny",
			"Action": []any{
				"states:UpdateStateMachine", "states:DeleteStateMachine",
				"dynamodb:UpdateTable", "dynamodb:DeleteTable", "dynamodb:PutResourcePolicy", "dynamodb:DeleteResourcePolicy",
			},
			"Resource": []any{hub.In(place.Any).StateMachine(names.Composer), hub.In(place.Any).Table(names.AlertsTable)},
		},
	)
}
