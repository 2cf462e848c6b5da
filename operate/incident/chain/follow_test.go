package chain_test

import (
	"fmt"
	"slices"
	"testing"

	"example.com/breakglass/operate/incident/chain"
	"example.com/breakglass/operate/incident/events"
)

// half is the identity that the record of another account has.
func half(account string) fields { return fields{"type": "AWSAccount", "accountId": account} }

// bare is the identity of a session in a record of the sign-in service, which does not say when it began.
func bare(account, role, name string) fields {
	all := session(account, role, name, "", "")
	delete(all, "sessionContext")
	return all
}

// from is what the record of a switch says in the account of the role.
func from(arn string) fields {
	return fields{"responseElements": fields{"SwitchRole": "Success"}, "additionalEventData": fields{"SwitchFrom": arn}}
}

// What leads from one to the next, at the edges: names that several have, times, halves, and records that are read late.
func TestTheEdgesOfAChain(t *testing.T) {
	ops, role := user(hub, "ops", "AKIAOPS"), session(prod, "BreakGlassRole", "s", "ASIAS", "08:00:00")
	signIn := fields{"responseElements": fields{"ConsoleLogin": "Success"}}
	back := bare(far, "Shared", "s")
	const (
		saml, oidc = "arn:aws:iam::" + prod + ":saml-provider/corp", "arn:aws:iam::" + prod + ":oidc-provider/ci.example.com"
		anchor     = "arn:aws:rolesanywhere:us-east-1:" + prod + ":trust-anchor/t-1"
	)
	for name, one := range map[string]struct {
		records []events.Record
		want    []string
	}{
		"the role of an account that is no target": {[]events.Record{
			record(t, "1", "08:00:00", far, "ec2:RunInstances", session(far, "BreakGlassRole", "s", "ASIA1", "08:00:00"), nil),
			record(t, "2", "08:00:00", prod, "ec2:RunInstances", session(prod, "Other", "s", "ASIA2", "08:00:00"), nil),
		}, nil},
		"a role with a path": {[]events.Record{
			record(t, "1", "08:00:00", hub, "sts:AssumeRole", ops, both(fields{"roleArn": roleARN(far, "path/Shared"), "roleSessionName": "s"}, nil)),
			record(t, "2", "08:01:00", far, "ec2:RunInstances", session(far, "Shared", "s", "ASIA1", "08:00:00"), nil),
		}, []string{"1 ops", "2 Shared/s"}},
		"SAML and web identity of a role that was opened": {[]events.Record{
			record(t, "1", "08:00:00", prod, "iam:CreateRole", role, request(fields{"roleName": "Back"})),
			record(t, "2", "08:01:00", prod, "sts:AssumeRoleWithSAML", fields{"type": "SAMLUser"},
				both(fields{"roleArn": roleARN(prod, "Back"), "roleSessionName": "a"}, key("ASIAA"))),
			record(t, "3", "08:01:00", prod, "sts:AssumeRoleWithWebIdentity", fields{"type": "WebIdentityUser"},
				both(fields{"roleArn": roleARN(prod, "Back"), "roleSessionName": "b"}, key("ASIAB"))),
			record(t, "4", "08:02:00", prod, "s3:ListBuckets", fields{"type": "Unknown", "accessKeyId": "ASIAA"}, nil),
			record(t, "5", "08:02:00", prod, "s3:ListBuckets", fields{"type": "Unknown", "accessKeyId": "ASIAB"}, nil),
		}, []string{"1 BreakGlassRole/s", "2 whoever assumes Back", "3 whoever assumes Back", "4 Back/a", "5 Back/b"}},
		"a refused way into a role that was opened": {[]events.Record{
			record(t, "1", "08:00:00", prod, "iam:CreateRole", role, request(fields{"roleName": "Back"})),
			record(t, "2", "08:01:00", prod, "sts:AssumeRole", half(far),
				fields{"errorCode": "AccessDenied", "requestParameters": fields{"roleArn": roleARN(prod, "Back"), "roleSessionName": "a"}}),
		}, []string{"1 BreakGlassRole/s"}},
		"a session of a role that was opened, begun before": {[]events.Record{
			record(t, "0", "07:50:00", prod, "ec2:RunInstances", session(prod, "Deploy", "pipeline", "ASIAP", "07:30:00"), nil),
			record(t, "1", "08:00:00", prod, "iam:UpdateAssumeRolePolicy", role, request(fields{"roleName": "Deploy"})),
			record(t, "2", "08:01:00", prod, "ec2:RunInstances", session(prod, "Deploy", "pipeline", "ASIAP", "07:30:00"), nil),
			record(t, "3", "08:02:00", prod, "ec2:RunInstances", session(prod, "Deploy", "pipeline", "ASIAQ", "08:01:30"), nil),
		}, []string{"1 BreakGlassRole/s", "3 Deploy/pipeline"}},
		"a session of a role that was assumed before it was opened": {[]events.Record{
			record(t, "1", "08:00:00", hub, "sts:AssumeRole", ops, both(fields{"roleArn": roleARN(prod, "Deploy"), "roleSessionName": "x"}, nil)),
			record(t, "2", "08:10:00", prod, "iam:UpdateAssumeRolePolicy", role, request(fields{"roleName": "Deploy"})),
			record(t, "3", "08:11:00", prod, "ec2:RunInstances", session(prod, "Deploy", "x", "ASIAQ", "08:10:30"), nil),
			record(t, "4", "08:12:00", prod, "ec2:RunInstances", session(prod, "Deploy", "x", "ASIAP", "08:00:00"), nil),
		}, []string{"1 ops", "2 BreakGlassRole/s", "3 Deploy/x", "4 Deploy/x"}},
		"somebody with the name of a session, who enters a role that was opened": {[]events.Record{
			record(t, "1", "08:00:00", hub, "sts:AssumeRole", ops, both(fields{"roleArn": roleARN(far, "Shared"), "roleSessionName": "x"}, nil)),
			record(t, "2", "08:00:30", prod, "iam:UpdateAssumeRolePolicy", role, request(fields{"roleName": "Deploy"})),
			record(t, "3", "08:01:00", far, "sts:AssumeRole", session(far, "Shared", "x", "ASIA9", "06:00:00"),
				both(fields{"roleArn": roleARN(prod, "Deploy"), "roleSessionName": "y"}, key("ASIAY"))),
			record(t, "4", "08:02:00", prod, "ec2:RunInstances", session(prod, "Deploy", "y", "ASIAY", "08:01:00"), nil),
		}, []string{"1 ops", "2 BreakGlassRole/s", "3 whoever assumes Deploy", "4 Deploy/y"}},
		"only the target's half of the way into the role": {[]events.Record{
			record(t, "1", "08:00:00", prod, "sts:AssumeRole", half(hub),
				both(fields{"roleArn": roleARN(prod, "BreakGlassRole"), "roleSessionName": "x"}, key("ASIAX"))),
			record(t, "2", "08:01:00", prod, "s3:ListBuckets", fields{"type": "Unknown", "accessKeyId": "ASIAX"}, nil),
			record(t, "3", "08:02:00", prod, "sts:AssumeRole", half(hub),
				fields{"errorCode": "AccessDenied", "requestParameters": fields{"roleArn": roleARN(prod, "BreakGlassRole"), "roleSessionName": "x"}}),
		}, []string{"1 BreakGlassRole/x", "2 BreakGlassRole/x"}},
		"both halves are one call, of the caller": {[]events.Record{
			record(t, "b", "08:00:00", hub, "sts:AssumeRole", ops,
				fields{"sharedEventID": "s", "requestParameters": fields{"roleArn": roleARN(prod, "BreakGlassRole"), "roleSessionName": "x"}}),
			record(t, "a", "08:00:00", prod, "sts:AssumeRole", half(hub),
				fields{"sharedEventID": "s", "requestParameters": fields{"roleArn": roleARN(prod, "BreakGlassRole"), "roleSessionName": "x"}}),
		}, []string{"b ops"}},
		"the half of another account, of whatever call": {[]events.Record{
			record(t, "b", "08:00:00", hub, "kms:Decrypt", ops, fields{"sharedEventID": "s"}),
			record(t, "a", "08:00:00", far, "kms:Decrypt", half(hub), fields{"sharedEventID": "s"}),
			record(t, "c", "08:00:00", far, "kms:Decrypt", half(hub), fields{"sharedEventID": "other"}),
		}, []string{"b ops"}},
		"two calls at one time that share nothing": {[]events.Record{
			record(t, "a", "08:00:00", hub, "kms:Decrypt", ops, nil), record(t, "b", "08:00:00", hub, "kms:Decrypt", ops, nil),
		}, []string{"a ops", "b ops"}},
		"a user who was made twice, read in any order": {[]events.Record{
			record(t, "1", "08:00:00", hub, "sts:GetSessionToken", ops, fields{"responseElements": key("ASIATOKEN")}),
			record(t, "2", "08:10:00", prod, "iam:CreateUser", role, request(fields{"userName": "bd"})),
			record(t, "3", "08:20:00", prod, "ec2:RunInstances", user(prod, "bd", "AKIAX"), nil),
			record(t, "4", "08:30:00", prod, "iam:CreateUser", role, request(fields{"userName": "bd"})),
		}, []string{"1 ops", "2 BreakGlassRole/s", "3 bd", "4 BreakGlassRole/s"}},
		"a user who got a key and then a password": {[]events.Record{
			record(t, "1", "08:00:00", prod, "iam:CreateAccessKey", role,
				both(fields{"userName": "alice"}, fields{"accessKey": fields{"userName": "alice", "accessKeyId": "AKIANEW"}})),
			record(t, "2", "08:10:00", prod, "iam:CreateLoginProfile", role, request(fields{"userName": "alice"})),
			record(t, "3", "08:20:00", prod, "ec2:RunInstances", user(prod, "alice", ""), nil),
		}, []string{"1 BreakGlassRole/s", "2 BreakGlassRole/s", "3 alice"}},
		"a federated user of a user who got a key: others may have begun it": {[]events.Record{
			record(t, "1", "08:00:00", prod, "iam:CreateAccessKey", role,
				both(fields{"userName": "alice"}, fields{"accessKey": fields{"userName": "alice", "accessKeyId": "AKIANEW"}})),
			record(t, "2", "08:01:00", prod, "s3:CreateBucket",
				fields{
					"type": "FederatedUser", "principalId": prod + ":fed",
					"sessionContext": fields{"sessionIssuer": fields{"type": "IAMUser", "accountId": prod, "userName": "alice"}},
				}, nil),
		}, []string{"1 BreakGlassRole/s"}},
		"a user whose name is in the ARN only": {[]events.Record{
			record(t, "1", "08:00:00", hub, "iam:CreateGroup", fields{"type": "IAMUser", "arn": "arn:aws:iam::" + hub + ":user/path/ops", "accountId": hub}, nil),
			record(t, "2", "08:00:00", hub, "iam:CreateGroup",
				fields{"type": "IAMUser", "arn": "arn:aws:iam::" + hub + ":user/alice", "accountId": hub, "userName": "alice"}, nil),
		}, []string{"1 ops"}},
		"a session of another role that signs in to the console": {[]events.Record{
			record(t, "1", "08:00:00", prod, "sts:AssumeRole", role, both(fields{"roleArn": roleARN(far, "Shared"), "roleSessionName": "s"}, nil)),
			record(t, "2", "08:05:00", far, "signin:ConsoleLogin", back, signIn),
			record(t, "3", "08:06:00", far, "ec2:RunInstances", session(far, "Shared", "s", "ASIA1", "08:05:00"), nil),
			record(t, "4", "08:06:00", far, "ec2:RunInstances", session(far, "Shared", "s", "ASIA2", "08:03:00"), nil),
			record(t, "0", "07:00:00", far, "signin:ConsoleLogin", back, signIn),
		}, []string{"1 BreakGlassRole/s", "2 Shared/s", "3 Shared/s"}},
		"a switch that the role's account has recorded": {[]events.Record{
			record(t, "1", "08:00:00", far, "signin:SwitchRole", bare(far, "Shared", "ops"), from("arn:aws:iam::"+hub+":user/path/ops")),
			record(t, "2", "08:01:00", far, "ec2:RunInstances", session(far, "Shared", "ops", "ASIA1", "08:00:00"), nil),
			record(t, "3", "08:01:00", far, "ec2:RunInstances", session(far, "Shared", "ops", "ASIA2", "07:00:00"), nil),
			record(t, "4", "08:02:00", far, "signin:SwitchRole", bare(far, "Second", "ops"), from("arn:aws:sts::"+far+":assumed-role/Shared/ops")),
			record(t, "5", "08:02:00", far, "signin:SwitchRole", bare(far, "Shared", "alice"), from("arn:aws:iam::"+hub+":user/alice")),
			record(t, "6", "08:02:00", far, "signin:SwitchRole", bare(far, "Shared", "ops"), from("arn:aws:iam::"+far+":user/ops")),
			record(t, "7", "07:00:00", far, "signin:SwitchRole", bare(far, "Shared", "x"), from("ops")),
		}, []string{"1 Shared/ops", "2 Shared/ops", "4 Second/ops"}},
		"a refused switch": {[]events.Record{
			record(t, "1", "08:00:00", far, "signin:SwitchRole", bare(far, "Shared", "ops"),
				fields{"responseElements": fields{"SwitchRole": "Failure"}, "additionalEventData": fields{"SwitchFrom": "arn:aws:iam::" + hub + ":user/ops"}}),
		}, nil},
		"a key that a service names as the answer itself": {[]events.Record{
			record(t, "1", "08:00:00", hub, "sts:GetSessionToken", ops, fields{"responseElements": fields{"accessKeyId": "ASIATOKEN"}}),
			record(t, "2", "08:01:00", hub, "s3:ListBuckets", fields{"type": "Unknown", "accessKeyId": "ASIATOKEN"}, nil),
		}, []string{"1 ops", "2 ops"}},
		"through an identity provider that was changed, since then": {[]events.Record{
			record(t, "0", "07:59:00", prod, "sts:AssumeRoleWithSAML", fields{"type": "SAMLUser"},
				both(fields{"roleArn": roleARN(prod, "Sso"), "roleSessionName": "a", "principalArn": saml}, key("ASIA0"))),
			record(t, "1", "08:00:00", prod, "iam:UpdateSAMLProvider", role, both(fields{"sAMLProviderArn": saml}, fields{"sAMLProviderArn": saml})),
			record(t, "2", "08:01:00", prod, "sts:AssumeRoleWithSAML", fields{"type": "SAMLUser"},
				both(fields{"roleArn": roleARN(prod, "Sso"), "roleSessionName": "b", "principalArn": saml}, key("ASIAB"))),
			record(t, "3", "08:02:00", prod, "ec2:RunInstances", session(prod, "Sso", "b", "ASIAB", "08:01:00"), nil),
			record(t, "4", "08:02:00", prod, "ec2:RunInstances", session(prod, "Sso", "a", "ASIA0", "07:59:00"), nil),
			record(t, "5", "08:03:00", prod, "sts:AssumeRoleWithSAML", fields{"type": "SAMLUser"},
				both(fields{"roleArn": roleARN(prod, "Sso"), "roleSessionName": "c", "principalArn": saml + "2"}, key("ASIAC"))),
			record(t, "6", "08:03:00", prod, "sts:AssumeRoleWithSAML", fields{"type": "SAMLUser"},
				fields{"errorCode": "AccessDenied", "requestParameters": fields{"roleArn": roleARN(prod, "Sso"), "roleSessionName": "d", "principalArn": saml}}),
			record(t, "7", "08:04:00", far, "sts:AssumeRoleWithSAML", fields{"type": "SAMLUser"},
				both(fields{"roleArn": roleARN(far, "Sso"), "roleSessionName": "e", "principalArn": saml}, key("ASIAE"))),
		}, []string{"1 BreakGlassRole/s", "2 whoever comes through saml-provider/corp", "3 Sso/b"}},
		"through an OpenID provider, which either member names": {[]events.Record{
			record(t, "1", "08:00:00", prod, "iam:CreateOpenIDConnectProvider", role, fields{"responseElements": fields{"openIDConnectProviderArn": oidc}}),
			record(t, "2", "08:01:00", prod, "sts:AssumeRoleWithWebIdentity", fields{"type": "WebIdentityUser", "identityProvider": oidc},
				both(fields{"roleArn": roleARN(prod, "Ci"), "roleSessionName": "a"}, key("ASIAA"))),
			record(t, "3", "08:01:00", prod, "sts:AssumeRoleWithWebIdentity", fields{"type": "WebIdentityUser"},
				both(fields{"roleArn": roleARN(prod, "Ci"), "roleSessionName": "b"}, fields{"provider": oidc, "credentials": fields{"accessKeyId": "ASIAB"}})),
			record(t, "4", "08:01:00", prod, "sts:AssumeRoleWithWebIdentity", fields{"type": "WebIdentityUser", "identityProvider": "accounts.google.com"},
				both(fields{"roleArn": roleARN(prod, "Ci"), "roleSessionName": "c"}, key("ASIAC"))),
			record(t, "5", "08:02:00", prod, "s3:ListBuckets", fields{"type": "Unknown", "accessKeyId": "ASIAA"}, nil),
			record(t, "6", "08:02:00", prod, "s3:ListBuckets", fields{"type": "Unknown", "accessKeyId": "ASIAB"}, nil),
		}, []string{"1 BreakGlassRole/s", "2 whoever comes through oidc-provider/ci.example.com", "3 whoever comes through oidc-provider/ci.example.com", "5 Ci/a",
			"6 Ci/b"}},
		"through Roles Anywhere": {[]events.Record{
			record(t, "1", "08:00:00", prod, "rolesanywhere:CreateTrustAnchor", role,
				fields{"responseElements": fields{"trustAnchor": fields{"trustAnchorArn": anchor, "trustAnchorId": "t-1"}}}),
			record(t, "2", "08:01:00", prod, "rolesanywhere:CreateSession", fields{"type": "Unknown", "accountId": prod}, both(
				fields{"roleArn": roleARN(prod, "Batch"), "trustAnchorArn": anchor, "profileArn": "arn:aws:rolesanywhere:us-east-1:222222222222:profile/p"},
				fields{"credentialSet": []any{fields{
					"assumedRoleUser": fields{"arn": "arn:aws:sts::222222222222:assumed-role/Batch/00ab"}, "credentials": fields{"accessKeyId": "ASIACERT"},
				}}})),
			record(t, "3", "08:02:00", prod, "ec2:RunInstances", session(prod, "Batch", "00ab", "ASIACERT", "08:01:00"), nil),
			record(t, "4", "08:02:00", prod, "ec2:RunInstances", session(prod, "Batch", "00ab", "ASIAOTHER", "06:01:00"), nil),
			record(t, "5", "08:03:00", prod, "bedrock:CreateSession", fields{"type": "Unknown"},
				request(fields{"roleArn": roleARN(prod, "Batch"), "trustAnchorArn": anchor})),
		}, []string{"1 BreakGlassRole/s", "2 whoever comes through trust-anchor/t-1", "3 Batch/00ab"}},
		"a user of another service": {[]events.Record{
			record(t, "1", "08:00:00", prod, "identitystore:CreateUser", role, request(fields{"userName": "alice"})),
			record(t, "2", "08:01:00", prod, "ec2:RunInstances", user(prod, "alice", "AKIAX"), nil),
		}, []string{"1 BreakGlassRole/s"}},
		"with a permission set that was made and assigned": {[]events.Record{
			record(t, "1", "08:00:00", hub, "sso:CreatePermissionSet", ops,
				fields{"responseElements": fields{"permissionSet": fields{"name": "Admin", "permissionSetArn": set}}}),
			record(t, "2", "08:01:00", hub, "sso:CreateAccountAssignment", ops, request(assigned(prod, set, "GROUP", "g-1"))),
			record(t, "0", "08:00:30", prod, "sts:AssumeRoleWithSAML", fields{"type": "SAMLUser"},
				both(fields{"roleArn": reserved(prod, "Admin"), "roleSessionName": "early"}, key("ASIA0"))),
			record(t, "3", "08:02:00", prod, "sts:AssumeRoleWithSAML", fields{"type": "SAMLUser"},
				both(fields{"roleArn": reserved(prod, "Admin"), "roleSessionName": "eve@example.com"}, key("ASIAEVE"))),
			record(t, "4", "08:03:00", prod, "s3:ListBuckets", fields{"type": "Unknown", "accessKeyId": "ASIAEVE"}, nil),
			record(t, "6", "08:03:00", far, "sts:AssumeRoleWithSAML", fields{"type": "SAMLUser"},
				both(fields{"roleArn": reserved(far, "Admin"), "roleSessionName": "bob"}, key("ASIAFAR"))),
			record(t, "7", "08:03:00", prod, "sts:AssumeRoleWithSAML", fields{"type": "SAMLUser"},
				both(fields{"roleArn": roleARN(prod, "Sso"), "roleSessionName": "bob"}, key("ASIASSO"))),
			record(t, "8", "08:04:00", prod, "ec2:RunInstances", session(prod, reservedName("Admin"), "unseen", "ASIA8", "08:02:30"), nil),
			record(t, "9", "08:04:00", prod, "ec2:RunInstances", session(prod, reservedName("Admin"), "early", "ASIA0", "08:00:30"), nil),
		}, []string{"1 ops", "2 ops", "3 whoever comes through permissionSet/ssoins-1/ps-1", "4 " + reservedName("Admin") + "/eve@example.com",
			"8 " + reservedName("Admin") + "/unseen"}},
		"a user of Identity Center who was made, and got a permission set that was there": {[]events.Record{
			record(t, "1", "08:00:00", hub, "identitystore:CreateUser", ops, both(fields{"userName": "Eve"}, fields{"userId": "u-1"})),
			record(t, "2", "08:01:00", hub, "sso:CreateAccountAssignment", ops, request(assigned(far, set, "USER", "u-1"))),
			record(t, "3", "08:02:00", far, "sts:AssumeRoleWithSAML", fields{"type": "SAMLUser"},
				both(fields{"roleArn": reserved(far, "Admin"), "roleSessionName": "eve"}, key("ASIAEVE"))),
			record(t, "5", "08:03:00", prod, "ec2:RunInstances", session(prod, reservedName("Other"), "eve", "ASIAX", "08:02:00"), nil),
			record(t, "6", "08:03:00", prod, "ec2:RunInstances", session(prod, "Other", "eve", "ASIAY", "08:02:00"), nil),
			record(t, "7", "08:03:00", prod, "ec2:RunInstances", session(prod, reservedName("Other"), "eve", "ASIAZ", "07:59:00"), nil),
		}, []string{"1 ops", "2 ops", "3 whoever comes through permissionSet/ssoins-1/ps-1", "5 " + reservedName("Other") + "/eve"}},
		"a user whose name CloudTrail hides": {[]events.Record{
			record(t, "1", "08:00:00", hub, "sso-directory:CreateUser", ops,
				both(fields{"userName": "HIDDEN_DUE_TO_SECURITY_REASONS"}, fields{"user": fields{"userId": "u-1", "userName": "HIDDEN_DUE_TO_SECURITY_REASONS"}})),
			record(t, "2", "08:01:00", hub, "sso:CreateAccountAssignment", ops, request(assigned(prod, set, "USER", "u-1"))),
			record(t, "3", "08:02:00", prod, "sts:AssumeRoleWithSAML", fields{"type": "SAMLUser"},
				both(fields{"roleArn": reserved(prod, "Admin"), "roleSessionName": "eve"}, key("ASIAEVE"))),
		}, []string{"1 ops", "2 ops", "3 whoever comes through permissionSet/ssoins-1/ps-1"}},
		"through an identity pool": {[]events.Record{
			record(t, "1", "08:00:00", prod, "cognito-identity:CreateIdentityPool", role, fields{"responseElements": fields{"identityPoolId": "us-east-1:pool"}}),
			record(t, "2", "08:01:00", prod, "cognito-identity:SetIdentityPoolRoles", role,
				request(fields{"identityPoolId": "us-east-1:pool", "roles": fields{"unauthenticated": roleARN(prod, "Guest")}})),
			record(t, "3", "08:02:00", prod, "sts:AssumeRoleWithWebIdentity", pooled(cognito+":us-east-1:pool:us-east-1:one"),
				both(fields{"roleArn": roleARN(prod, "Member"), "roleSessionName": "CognitoIdentityCredentials"}, key("ASIA3"))),
			record(t, "4", "08:02:00", prod, "sts:AssumeRoleWithWebIdentity", pooled(cognito+":us-east-1:other:us-east-1:one"),
				both(fields{"roleArn": roleARN(prod, "Guest"), "roleSessionName": "CognitoIdentityCredentials"}, key("ASIA4"))),
			record(t, "5", "08:02:00", prod, "sts:AssumeRoleWithWebIdentity", pooled(""),
				both(fields{"roleArn": roleARN(prod, "Guest"), "roleSessionName": "CognitoIdentityCredentials"}, key("ASIA5"))),
			record(t, "6", "08:02:00", prod, "sts:AssumeRoleWithWebIdentity", pooled(""),
				both(fields{"roleArn": roleARN(prod, "Elsewhere"), "roleSessionName": "CognitoIdentityCredentials"}, key("ASIA6"))),
			record(t, "7", "08:03:00", prod, "s3:ListBuckets", fields{"type": "Unknown", "accessKeyId": "ASIA3"}, nil),
		}, []string{"1 BreakGlassRole/s", "2 BreakGlassRole/s", "3 whoever comes through identity pool us-east-1:pool",
			"5 whoever comes through identity pool us-east-1:pool", "7 Member/CognitoIdentityCredentials"}},
		"one who assumes the own role again and again": {[]events.Record{
			record(t, "1", "08:00:00", prod, "sts:AssumeRole", role, both(fields{"roleArn": roleARN(prod, "BreakGlassRole"), "roleSessionName": "t"}, nil)),
			record(t, "2", "08:01:00", prod, "sts:AssumeRole", session(prod, "BreakGlassRole", "t", "ASIAT", "08:00:00"),
				both(fields{"roleArn": roleARN(prod, "BreakGlassRole"), "roleSessionName": "s"}, nil)),
		}, []string{"1 BreakGlassRole/s", "2 BreakGlassRole/t"}},
	} {
		for order, all := range map[string][]events.Record{"first to last": one.records, "last to first": slices.Collect(backward(one.records))} {
			t.Run(name+", "+order, func(t *testing.T) {
				c := chain.New(start())
				for _, r := range all {
					c.Add(r, false)
					c.Principals() // settles, as between two pages
				}
				if got := calls(c); !slices.Equal(got, one.want) {
					t.Errorf("%q, want %q", got, one.want)
				}
				for _, p := range c.Principals() {
					p.First() // it ends
				}
			})
		}
	}
}

const (
	set     = "arn:aws:sso:::permissionSet/ssoins-1/ps-1"
	cognito = "cognito-identity.amazonaws.com"
)

func reservedName(set string) string { return "AWSReservedSSO_" + set + "_c194f596bcea55cc" }

func reserved(account, set string) string {
	return roleARN(account, "aws-reserved/sso.amazonaws.com/"+reservedName(set))
}

func assigned(account, set, kind, id string) fields {
	return fields{
		"instanceArn": "arn:aws:sso:::instance/ssoins-1", "targetId": account, "targetType": "AWS_ACCOUNT", "permissionSetArn": set, "principalType": kind,
		"principalId": id,
	}
}

func pooled(principal string) fields {
	return fields{"type": "WebIdentityUser", "identityProvider": cognito, "principalId": principal}
}

// Once the name of the permission set or of the user is known, nobody else's sessions are followed.
func TestNamesNarrowAnAssignment(t *testing.T) {
	ops := user(hub, "ops", "AKIAOPS")
	comes := func(id, role, name string) events.Record {
		return record(t, id, "08:02:00", prod, "sts:AssumeRoleWithSAML", fields{"type": "SAMLUser"},
			both(fields{"roleArn": reserved(prod, role), "roleSessionName": name}, key("ASIA"+id)))
	}
	for name, one := range map[string]struct {
		known events.Record
		give  fields
		want  []string
	}{
		"neither": {record(t, "1", "08:00:00", hub, "iam:CreateGroup", ops, nil), assigned(prod, set, "USER", "u-1"), []string{"a", "b", "c"}},
		"the set": {
			record(t, "1", "08:00:00", hub, "sso:CreatePermissionSet", ops,
				fields{"responseElements": fields{"permissionSet": fields{"name": "Admin", "permissionSetArn": set}}}), assigned(prod, set, "USER", "u-1"), []string{"a",
				"b"},
		},
		"the user": {
			record(t, "1", "08:00:00", hub, "identitystore:CreateUser", ops, both(fields{"userName": "eve"}, fields{"userId": "u-1"})),
			assigned(prod, set, "USER", "u-1"), []string{"a", "c"},
		},
		"a user of a group": {
			record(t, "1", "08:00:00", hub, "identitystore:CreateUser", ops, both(fields{"userName": "eve"}, fields{"userId": "u-1"})),
			assigned(prod, set, "GROUP", "u-1"), []string{"a", "b", "c"},
		},
	} {
		c := chain.New(start())
		c.Add(one.known, false)
		c.Add(record(t, "2", "08:01:00", hub, "sso:CreateAccountAssignment", ops, request(one.give)), false)
		c.Principals()
		for _, r := range []events.Record{comes("a", "Admin", "eve"), comes("b", "Admin", "bob"), comes("c", "Admin_2", "Eve")} {
			c.Add(r, true)
		}
		var got []string
		for _, call := range c.Calls() {
			if call.Account == prod {
				got = append(got, call.EventID)
			}
		}
		if !slices.Equal(got, one.want) {
			t.Errorf("%s: %q, want %q", name, got, one.want)
		}
	}
}

// Whom an assignment in Identity Center is asked for, and where; a permission set that others may have, and one that only the chain gives.
func TestWhoComesFromIdentityCenter(t *testing.T) {
	ops := user(hub, "ops", "AKIAOPS")
	for name, one := range map[string]struct {
		records []events.Record
		own     bool
		asks    []string
	}{
		"a set that was there": {
			[]events.Record{record(t, "1", "08:00:00", hub, "sso:CreateAccountAssignment", ops, request(assigned(far, set, "GROUP", "g-1")))}, true,
			[]string{far + " AssumeRoleWithSAML 2"},
		},
		"a set of its own": {[]events.Record{
			record(t, "0", "07:00:00", hub, "sso:CreatePermissionSet", ops,
				fields{"responseElements": fields{"permissionSet": fields{"name": "Admin", "permissionSetArn": set}}}),
			record(t, "1", "08:00:00", hub, "sso:CreateAccountAssignment", ops, request(assigned(far, set, "GROUP", "g-1"))),
		}, false, []string{far + " AssumeRoleWithSAML 2"}},
		"a user of its own, asked for in every account": {[]events.Record{
			record(t, "0", "07:00:00", hub, "sso-directory:CreateUser", ops, both(fields{"userName": "eve"}, fields{"user": fields{"userId": "u-1"}})),
			record(t, "1", "08:00:00", hub, "sso:CreateAccountAssignment", ops, request(assigned(far, set, "USER", "u-1"))),
		}, false, []string{hub + " eve 0", prod + " eve 0", far + " eve 0", far + " AssumeRoleWithSAML 2"}},
		"no account": {
			[]events.Record{record(t, "1", "08:00:00", hub, "sso:CreateAccountAssignment", ops, request(assigned("x", set, "GROUP", "g-1")))}, false, nil,
		},
		"no user": {[]events.Record{record(t, "1", "08:00:00", hub, "identitystore:CreateUser", ops, nil)}, false, nil},
		"a refused one": {
			[]events.Record{record(t, "1", "08:00:00", hub, "sso:CreateAccountAssignment", ops,
				fields{"errorCode": "AccessDenied", "requestParameters": assigned(far, set, "GROUP", "g-1")})}, false, nil,
		},
	} {
		c := chain.New(start())
		for _, r := range one.records {
			c.Add(r, false)
		}
		var asks []string
		for _, q := range c.Next() {
			if q.Attribute == events.Name || q.Attribute == events.Username && q.Value != "ops" {
				asks = append(asks, fmt.Sprint(q.Account, " ", q.Value, " ", q.Opened))
			}
		}
		own := slices.ContainsFunc(c.Principals(), func(p *chain.Principal) bool { return p.Own })
		if own != one.own || !slices.Equal(asks, one.asks) {
			t.Errorf("%s: asks for %q; others may have it: %v", name, asks, own)
		}
	}
}

func backward(all []events.Record) func(func(events.Record) bool) {
	return func(yield func(events.Record) bool) {
		for _, r := range slices.Backward(all) {
			if !yield(r) {
				return
			}
		}
	}
}

// Every call that changes who comes through a provider leads to those who do, and to the question by which they are found.
func TestWhichChangesOfProvidersAreFollowed(t *testing.T) {
	role := session(prod, "BreakGlassRole", "s", "ASIAS", "08:00:00")
	const saml, oidc = "arn:aws:iam::" + prod + ":saml-provider/corp", "arn:aws:iam::" + prod + ":oidc-provider/ci.example.com"
	anchor, profile := fields{"trustAnchorArn": "arn:aws:rolesanywhere:us-east-1:222222222222:trust-anchor/t"}, fields{"profileArn": "arn:aws:rolesanywhere:us-east-1:222222222222:profile/p"}
	for call, one := range map[string]struct {
		more fields
		asks string
		own  bool
	}{
		"iam:CreateSAMLProvider":                    {fields{"responseElements": fields{"sAMLProviderArn": saml}}, "AssumeRoleWithSAML", false},
		"iam:UpdateSAMLProvider":                    {request(fields{"sAMLProviderArn": saml}), "AssumeRoleWithSAML", true},
		"iam:CreateOpenIDConnectProvider":           {fields{"responseElements": fields{"openIDConnectProviderArn": oidc}}, "AssumeRoleWithWebIdentity", false},
		"iam:AddClientIDToOpenIDConnectProvider":    {request(fields{"openIDConnectProviderArn": oidc}), "AssumeRoleWithWebIdentity", true},
		"iam:UpdateOpenIDConnectProviderThumbprint": {request(fields{"openIDConnectProviderArn": oidc}), "AssumeRoleWithWebIdentity", true},
		"rolesanywhere:CreateTrustAnchor":           {fields{"responseElements": fields{"trustAnchor": anchor}}, "CreateSession", false},
		"rolesanywhere:UpdateTrustAnchor":           {fields{"responseElements": fields{"trustAnchor": anchor}}, "CreateSession", true},
		"rolesanywhere:EnableTrustAnchor":           {fields{"responseElements": fields{"trustAnchor": anchor}}, "CreateSession", true},
		"rolesanywhere:CreateProfile":               {fields{"responseElements": fields{"profile": profile}}, "CreateSession", false},
		"rolesanywhere:UpdateProfile":               {fields{"responseElements": fields{"profile": profile}}, "CreateSession", true},
		"rolesanywhere:EnableProfile":               {fields{"responseElements": fields{"profile": profile}}, "CreateSession", true},
		"rolesanywhere:UpdateCrl":                   {fields{"responseElements": fields{"crl": anchor}}, "CreateSession", true},
		"rolesanywhere:DisableCrl":                  {fields{"responseElements": fields{"crl": anchor}}, "CreateSession", true},
		"rolesanywhere:DeleteCrl":                   {fields{"responseElements": fields{"crl": anchor}}, "CreateSession", true},
		"iam:DeleteSAMLProvider":                    {request(fields{"sAMLProviderArn": saml}), "", false},
		"cognito-identity:CreateIdentityPool":       {fields{"responseElements": fields{"identityPoolId": "us-east-1:pool"}}, "AssumeRoleWithWebIdentity", false},
		"cognito-identity:UpdateIdentityPool":       {request(fields{"identityPoolId": "us-east-1:pool"}), "AssumeRoleWithWebIdentity", true},
		"cognito-identity:SetIdentityPoolRoles":     {request(fields{"identityPoolId": "us-east-1:pool"}), "AssumeRoleWithWebIdentity", true},
	} {
		c := chain.New(start())
		c.Add(record(t, "1", "08:00:00", prod, call, role, one.more), false)
		asks := ""
		for _, q := range c.Next() {
			if q.Attribute == events.Name && q.Account == prod {
				if asks += q.Value; !chain.Sweep(q) || q.Opened != 1 {
					t.Errorf("%s: %+v", call, q)
				}
			}
		}
		own := slices.ContainsFunc(c.Principals(), func(p *chain.Principal) bool { return p.Kind == chain.Provider && p.Own })
		if asks != one.asks || own != one.own {
			t.Errorf("%s: asks for %q, was there before: %v", call, asks, own)
		}
	}
}

// Of whom it is said that calls of the owner may be among theirs.
func TestWhoMayHaveAnOwner(t *testing.T) {
	role := session(prod, "BreakGlassRole", "s", "ASIAS", "08:00:00")
	c := chain.New(start())
	for i, r := range []struct{ call, user, more string }{
		{"CreateUser", "made", ""}, {"CreateLoginProfile", "made", ""}, {"CreateLoginProfile", "given", ""}, {"UpdateLoginProfile", "changed", ""},
		{"CreateAccessKey", "keyed", ""},
		{"UpdateUser", "made", "made2"}, {"UpdateUser", "given", "given2"}, {"UpdateUser", "unknown", "unknown2"},
	} {
		c.Add(record(t, fmt.Sprint(i), fmt.Sprintf("08:%02d:00", i), prod, "iam:"+r.call, role, request(fields{"userName": r.user, "newUserName": r.more})), false)
	}
	c.Add(record(t, "r1", "08:20:00", prod, "iam:CreateRole", role, request(fields{"roleName": "New"})), false)
	c.Add(record(t, "r2", "08:21:00", prod, "iam:UpdateAssumeRolePolicy", role, request(fields{"roleName": "New"})), false)
	c.Add(record(t, "r3", "08:22:00", prod, "iam:UpdateAssumeRolePolicy", role, request(fields{"roleName": "Old"})), false)
	var own []string
	for _, p := range c.Principals() {
		if p.Own {
			own = append(own, p.Name)
		}
	}
	if want := []string{"given", "changed", "keyed", "given2", "unknown2", "Old"}; !slices.Equal(own, want) {
		t.Errorf("%q, want %q", own, want)
	}
}

// A password of a user who was there may belong to the owner's calls, although somebody removed and made the user again later.
func TestTheFirstCallSaysWhetherThereIsAnOwner(t *testing.T) {
	role := session(prod, "BreakGlassRole", "s", "ASIAS", "08:00:00")
	all := []events.Record{
		record(t, "1", "08:00:00", prod, "iam:CreateLoginProfile", role, request(fields{"userName": "alice"})),
		record(t, "2", "08:10:00", prod, "iam:CreateUser", role, request(fields{"userName": "alice"})),
		record(t, "3", "08:00:00", prod, "iam:CreateUser", role, request(fields{"userName": "bd"})),
		record(t, "4", "08:10:00", prod, "iam:CreateLoginProfile", role, request(fields{"userName": "bd"})),
	}
	for _, order := range [][]int{{0, 1, 2, 3}, {3, 2, 1, 0}} {
		c := chain.New(start())
		for _, i := range order {
			c.Add(all[i], false)
			c.Principals()
		}
		for _, p := range c.Principals() {
			if (p.Kind == chain.Made) && p.Own != (p.Name == "alice") {
				t.Errorf("in the order %v, %s may have an owner: %v", order, p.Name, p.Own)
			}
		}
	}
}

// Who began a session is known from its first beginning that was read, also if its calls were read before.
func TestWhoBeganASession(t *testing.T) {
	ops := user(hub, "ops", "AKIAOPS")
	enter := fields{"roleArn": roleARN(prod, "BreakGlassRole"), "roleSessionName": "x"}
	c := chain.New(start())
	began := func() string {
		for _, p := range c.Principals() {
			if p.Kind == chain.Session && p.Name == "x" {
				if p.By == nil {
					return "nobody"
				}
				return p.By.Title() + " with " + p.Event + " at " + p.Since.Format("15:04")
			}
		}
		return ""
	}
	for _, one := range []struct {
		r    events.Record
		want string
	}{
		{record(t, "2", "08:05:00", prod, "iam:CreateGroup", session(prod, "BreakGlassRole", "x", "ASIAX", "08:00:00"), nil), "nobody"},
		{record(t, "1", "08:00:00", hub, "sts:AssumeRole", ops, request(enter)), "ops with 1 at 08:00"},
		{record(t, "3", "08:10:00", prod, "sts:AssumeRole", session(prod, "BreakGlassRole", "y", "ASIAY", "08:00:00"), request(enter)), "ops with 1 at 08:00"},
	} {
		c.Add(one.r, false)
		if got := began(); got != one.want {
			t.Errorf("%s, want %s", got, one.want)
		}
	}
}

// A switch says who switched, also where only the account of the role has recorded it.
func TestWhoSwitched(t *testing.T) {
	c := chain.New(start())
	c.Add(record(t, "1", "08:00:00", prod, "signin:SwitchRole", bare(prod, "BreakGlassRole", "ops"), from("arn:aws:iam::"+hub+":user/ops")), true)
	c.Add(record(t, "2", "08:01:00", prod, "ec2:RunInstances", session(prod, "BreakGlassRole", "ops", "ASIA1", "08:00:00"), nil), true)
	all := c.Calls()
	if len(all) != 2 || all[0].By != all[1].By || all[0].By.First().Title() != "ops" {
		t.Errorf("%+v", all)
	}
}

// What is asked, and of what a sweep keeps the rest.
func TestTheQuestions(t *testing.T) {
	c := chain.New(start())
	ask := func() (all []string) {
		for _, q := range c.Next() {
			all = append(all, q.Account+" "+q.Attribute+" "+q.Value)
		}
		return all
	}
	role := roleARN(prod, "BreakGlassRole")
	want := []string{hub + " Username ops", prod + " ResourceName " + role, prod + " ReadOnly false"}
	if got := ask(); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	s := session(prod, "BreakGlassRole", "s", "ASIAS", "08:00:00")
	for id, r := range map[string]events.Record{
		"the role's": record(t, "1", "08:00:00", prod, "iam:CreateUser", s, request(fields{"userName": "bd"})),
		"others'":    record(t, "2", "08:00:00", prod, "iam:CreateUser", user(prod, "alice", "AKIA1"), nil),
	} {
		if kept := c.Add(r, true); kept != (id == "the role's") {
			t.Errorf("%s call of a sweep is kept: %v", id, kept)
		}
	}
	// A session without a name cannot be asked for.
	c.Add(record(t, "7", "08:00:00", prod, "sts:AssumeRole", s, request(fields{"roleArn": roleARN(prod, "BreakGlassRole")})), false)
	// One who has a key only is asked for by the key: the name is somebody's. Root has no name to ask for.
	c.Add(record(t, "3", "08:01:00", prod, "iam:CreateAccessKey", s,
		both(fields{"userName": "carol"}, fields{"accessKey": fields{"userName": "carol", "accessKeyId": "AKIANEW"}})), false)
	c.Add(record(t, "4", "08:01:00", hub, "sts:AssumeRoot", user(hub, "ops", "AKIAOPS"), both(fields{"targetPrincipal": far}, key("ASIAROOT"))), false)
	c.Add(record(t, "5", "08:02:00", prod, "iam:CreateRole", s,
		both(fields{"roleName": "Back"}, fields{"role": fields{"arn": roleARN(prod, "path/Back")}})), false)
	c.Add(record(t, "6", "08:03:00", prod, "iam:UpdateAssumeRolePolicy", s, request(fields{"roleName": "Old"})), false)
	want = []string{
		prod + " ReadOnly false", prod + " Username s", prod + " Username bd", prod + " AccessKeyId AKIANEW", prod + " ResourceName " + roleARN(prod, "path/Back"),
		prod + " ResourceName " + roleARN(prod, "Old"), far + " AccessKeyId ASIAROOT",
	}
	if got := ask(); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got := ask(); got != nil {
		t.Errorf("asked again: %q", got)
	}
}

// The size grows with everything that may lead further: who reads until it stays the same reads enough.
func TestTheSizeGrows(t *testing.T) {
	c := chain.New(start())
	ops := user(hub, "ops", "AKIAOPS")
	assume := fields{"roleArn": roleARN(far, "Shared"), "roleSessionName": "x"}
	for i, one := range []struct {
		r     events.Record
		grows bool
	}{
		{record(t, "1", "08:00:00", hub, "iam:CreateGroup", ops, nil), false},
		{record(t, "2", "08:01:00", hub, "sts:AssumeRole", ops, request(assume)), true},
		{record(t, "3", "08:02:00", hub, "sts:AssumeRole", ops, request(assume)), true}, // the same session at another time
		{record(t, "4", "08:03:00", hub, "sts:GetSessionToken", ops, fields{"responseElements": key("ASIATOKEN")}), true},
		{record(t, "5", "08:04:00", hub, "sts:GetSessionToken", ops, fields{"responseElements": key("ASIATOKEN")}), false},
	} {
		before := c.Size()
		c.Add(one.r, false)
		if grows := c.Size() > before; grows != one.grows {
			t.Errorf("record %d: it grows: %v", i+1, grows)
		}
	}
	for _, p := range c.Principals() {
		if len(p.Keys) > 1 {
			t.Errorf("%s has a key twice: %q", p.Title(), p.Keys)
		}
	}
}

// What a call did is shown with the records that other accounts have of it, however often it is asked.
func TestTheHalvesOfACall(t *testing.T) {
	c := chain.New(start())
	c.Add(record(t, "b", "08:00:00", hub, "kms:Decrypt", user(hub, "ops", "AKIAOPS"), fields{"sharedEventID": "s"}), false)
	for _, id := range []string{"a", "c"} {
		c.Add(record(t, id, "08:00:00", far, "kms:Decrypt", half(hub), fields{"sharedEventID": "s"}), false)
	}
	for range 2 {
		all := c.Calls()
		if len(all) != 1 || all[0].EventID != "b" || len(all[0].Halves) != 2 || all[0].Halves[0].EventID != "a" || all[0].Halves[1].EventID != "c" {
			t.Errorf("%+v", all)
		}
	}
}
