package chain_test

import (
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
