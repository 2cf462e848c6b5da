package report_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
)

// throughProviders is an incident in which the role's session changes three ways into the account for others, of whom some come through, and on.
func throughProviders() *cloud {
	c := newCloud()
	const (
		saml, oidc = "arn:aws:iam::" + prod + ":saml-provider/corp", "arn:aws:iam::" + prod + ":oidc-provider/ci.example.com"
		anchor     = "arn:aws:rolesanywhere:eu-west-1:" + prod + ":trust-anchor/t-1"
	)
	ops := session(prod, "BreakGlassRole", "ops", "ASIAOPS", "08:00:00")
	c.play("e01", "08:00:00", hub, "us-east-1", "sts:AssumeRole", user("BreakglassUser", "AKIAUSER"), assume(prod, "BreakGlassRole", "ops", "ASIAOPS"))
	c.play("e02", "08:10:00", prod, "us-east-1", "iam:UpdateSAMLProvider", ops, fields{"requestParameters": fields{"sAMLProviderArn": saml}})
	c.play("e03", "08:11:00", prod, "us-east-1", "iam:CreateOpenIDConnectProvider", ops, fields{"responseElements": fields{"openIDConnectProviderArn": oidc}})
	c.play("e04", "08:12:00", prod, "eu-west-1", "rolesanywhere:CreateTrustAnchor", ops,
		fields{"responseElements": fields{"trustAnchor": fields{"trustAnchorArn": anchor}}})
	enters := func(id, clock, region, call string, identity fields, role, name, key string, in, out fields) {
		request, response := fields{"roleArn": roleARN(prod, role), "roleSessionName": name}, fields{"credentials": fields{"accessKeyId": key}}
		c.play(id, clock, prod, region, call, identity,
			fields{"readOnly": call != "rolesanywhere:CreateSession", "requestParameters": with(request, in), "responseElements": with(response, out)})
	}
	federated := fields{"type": "SAMLUser", "userName": "eve"}
	enters("n01", "08:05:00", "eu-west-1", "sts:AssumeRoleWithSAML", federated, "Sso", "early", "ASIAEARLY", fields{"principalArn": saml}, nil)
	enters("e05", "08:20:00", "eu-west-1", "sts:AssumeRoleWithSAML", federated, "Sso", "eve", "ASIAEVE", fields{"principalArn": saml}, nil)
	enters("n02", "08:21:00", "eu-west-1", "sts:AssumeRoleWithSAML", federated, "Sso", "eve", "ASIAOTHER", fields{"principalArn": saml + "2"}, nil)
	eve := session(prod, "Sso", "eve", "ASIAEVE", "08:20:00")
	c.play("e06", "08:22:00", prod, "us-east-1", "iam:CreateUser", eve, fields{"requestParameters": fields{"userName": "kept"}})
	c.play("n03", "08:23:00", prod, "us-east-1", "iam:CreateUser", session(prod, "Sso", "early", "ASIAEARLY", "08:05:00"), nil)
	c.play("e07", "08:24:00", prod, "us-east-1", "sts:AssumeRole", eve, assume(other, "Cross", "x", "ASIACROSS"))
	c.play("e08", "08:25:00", other, "us-east-1", "s3:PutBucketPolicy", session(other, "Cross", "x", "ASIACROSS", "08:24:00"), nil)
	enters("e09", "08:30:00", "us-east-1", "sts:AssumeRoleWithWebIdentity", fields{"type": "WebIdentityUser", "identityProvider": oidc}, "Ci", "run", "ASIACI",
		nil, nil)
	enters("n04", "08:31:00", "us-east-1", "sts:AssumeRoleWithWebIdentity", fields{"type": "WebIdentityUser", "identityProvider": "accounts.google.com"}, "Ci",
		"run2", "ASIACI2", nil, nil)
	c.play("e10", "08:32:00", prod, "eu-west-1", "lambda:CreateFunction20150331", session(prod, "Ci", "run", "ASIACI", "08:30:00"), nil)
	enters("e11", "08:40:00", "eu-west-1", "rolesanywhere:CreateSession", fields{"type": "Unknown", "accountId": prod}, "Batch", "", "", fields{"trustAnchorArn": anchor}, fields{
		"credentials": nil,
		"credentialSet": []any{fields{
			"assumedRoleUser": fields{"arn": "arn:aws:sts::" + prod + ":assumed-role/Batch/00ab"}, "credentials": fields{"accessKeyId": "ASIACERT"},
		}},
	})
	c.play("e12", "08:41:00", prod, "us-east-1", "iam:CreateAccessKey", session(prod, "Batch", "00ab", "ASIACERT", "08:40:00"),
		fields{"errorCode": "AccessDenied"})
	return c
}

// Whoever comes through an identity provider that the session changed or created belongs to the report, to the event, and is marked.
func TestWhoComesThroughAChangedProvider(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		after()
		c := throughProviders()
		r, err := run(t, t.Context(), c, playedFile, filepath.Join(t.TempDir(), "incident"))
		if err != nil {
			t.Fatal(err)
		}
		want := []string{
			"e01 111111111111 BreakglassUser AssumeRole ",
			"e02 222222222222 BreakGlassRole/ops UpdateSAMLProvider ",
			"e03 222222222222 BreakGlassRole/ops CreateOpenIDConnectProvider ",
			"e04 222222222222 BreakGlassRole/ops CreateTrustAnchor ",
			"e05 222222222222 whoever comes through saml-provider/corp AssumeRoleWithSAML ",
			"e06 222222222222 Sso/eve CreateUser ",
			"e07 222222222222 Sso/eve AssumeRole ",
			"e08 333333333333 Cross/x PutBucketPolicy ",
			"e09 222222222222 whoever comes through oidc-provider/ci.example.com AssumeRoleWithWebIdentity ",
			"e10 222222222222 Ci/run CreateFunction20150331 ",
			"e11 222222222222 whoever comes through trust-anchor/t-1 CreateSession ",
			"e12 222222222222 Batch/00ab CreateAccessKey AccessDenied",
		}
		if got := timeline(r); !slices.Equal(got, want) {
			t.Errorf("the timeline is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		changes := []string{}
		for _, l := range r.Changes {
			changes = append(changes, l.Event)
		}
		if want := []string{"e02", "e03", "e04", "e06", "e08", "e10"}; !slices.Equal(changes, want) {
			t.Errorf("changes: %q, want %q", changes, want)
		}
		notes := map[string]string{
			"Sso/eve": "It came through an identity provider that was there before, and was changed: it may be one of those who use it.",
			"Ci/run":  "It came through an identity provider that the chain made.",
			"whoever comes through saml-provider/corp": "It was there before, and was changed: sessions of those who use it may be among these.",
		}
		for _, s := range r.Sessions {
			if want, ok := notes[s.Who]; ok && s.Note != want {
				t.Errorf("%s: %q, want %q", s.Who, s.Note, want)
			}
			delete(notes, s.Who)
		}
		if len(notes) > 0 {
			t.Errorf("no sessions: %v", notes)
		}
	})
}

// What the session gave in IAM Identity Center and by an identity pool leads into accounts of the deployment and into others, to the event.
func TestWhoComesFromIdentityCenterAndAPool(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		after()
		c := newCloud()
		const set, pool, role = "arn:aws:sso:::permissionSet/ssoins-1/ps-1", "eu-west-1:pool", "AWSReservedSSO_Admin_c194f596bcea55cc"
		ops := session(prod, "BreakGlassRole", "ops", "ASIAOPS", "08:00:00")
		c.play("e01", "08:00:00", hub, "us-east-1", "sts:AssumeRole", user("BreakglassUser", "AKIAUSER"), assume(prod, "BreakGlassRole", "ops", "ASIAOPS"))
		c.play("e02", "08:05:00", prod, "us-east-1", "sso:CreateAccountAssignment", ops,
			fields{"requestParameters": fields{"targetId": other, "permissionSetArn": set, "principalType": "GROUP", "principalId": "g-1"}})
		c.play("e03", "08:06:00", prod, "us-east-1", "identitystore:CreateUser", ops,
			fields{"requestParameters": fields{"userName": "eve"}, "responseElements": fields{"userId": "u-1"}})
		c.play("e04", "08:07:00", prod, "eu-west-1", "cognito-identity:UpdateIdentityPool", ops, fields{"requestParameters": fields{"identityPoolId": pool}})
		enters := func(id, clock, account, region, call string, identity fields, role, name, key string) {
			c.play(id, clock, account, region, call, identity,
				fields{
					"readOnly": true, "requestParameters": fields{"roleArn": roleARN(account, role), "roleSessionName": name},
					"responseElements": fields{"credentials": fields{"accessKeyId": key}},
				})
		}
		enters("e05", "08:10:00", other, "eu-west-1", "sts:AssumeRoleWithSAML", fields{"type": "SAMLUser", "userName": "bob"}, role, "bob", "ASIABOB")
		c.play("e06", "08:11:00", other, "eu-west-1", "s3:PutBucketPolicy", session(other, role, "bob", "ASIABOB", "08:10:00"), nil)
		enters("n01", "08:01:00", other, "eu-west-1", "sts:AssumeRoleWithSAML", fields{"type": "SAMLUser", "userName": "bob"}, role, "bob", "ASIAEARLY")
		c.play("n02", "08:12:00", other, "eu-west-1", "s3:PutBucketPolicy", session(other, role, "bob", "ASIAEARLY", "08:01:00"), nil)
		c.play("e07", "08:13:00", hub, "eu-west-1", "s3:PutBucketPolicy", session(hub, "AWSReservedSSO_Old_c194f596bcea55cc", "eve", "ASIAEVE", "08:12:00"), nil)
		c.play("n03", "08:13:00", hub, "eu-west-1", "s3:PutBucketPolicy", session(hub, "AWSReservedSSO_Old_c194f596bcea55cc", "alice", "ASIAALICE", "08:12:00"), nil)
		identity := fields{
			"type": "WebIdentityUser", "identityProvider": "cognito-identity.amazonaws.com", "principalId": "cognito-identity.amazonaws.com:" + pool + ":eu-west-1:one",
		}
		enters("e08", "08:14:00", prod, "eu-west-1", "sts:AssumeRoleWithWebIdentity", identity, "Guest", "CognitoIdentityCredentials", "ASIAGUEST")
		c.play("e09", "08:15:00", prod, "eu-west-1", "s3:PutBucketPolicy", session(prod, "Guest", "CognitoIdentityCredentials", "ASIAGUEST", "08:14:00"), nil)
		r, err := run(t, t.Context(), c, playedFile, filepath.Join(t.TempDir(), "incident"))
		if err != nil {
			t.Fatal(err)
		}
		want := []string{
			"e01 111111111111 BreakglassUser AssumeRole ",
			"e02 222222222222 BreakGlassRole/ops CreateAccountAssignment ",
			"e03 222222222222 BreakGlassRole/ops CreateUser ",
			"e04 222222222222 BreakGlassRole/ops UpdateIdentityPool ",
			"e05 333333333333 whoever comes through permissionSet/ssoins-1/ps-1 AssumeRoleWithSAML ",
			"e06 333333333333 " + role + "/bob PutBucketPolicy ",
			"e07 111111111111 AWSReservedSSO_Old_c194f596bcea55cc/eve PutBucketPolicy ",
			"e08 222222222222 whoever comes through identity pool eu-west-1:pool AssumeRoleWithWebIdentity ",
			"e09 222222222222 Guest/CognitoIdentityCredentials PutBucketPolicy ",
		}
		if got := timeline(r); !slices.Equal(got, want) {
			t.Errorf("the timeline is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		notes := map[string]string{
			role + "/bob": "It came with a permission set of IAM Identity Center that others may have: it may be one of theirs.",
			"AWSReservedSSO_Old_c194f596bcea55cc/eve":           "It is of a user of IAM Identity Center whom the chain made.",
			"whoever comes through permissionSet/ssoins-1/ps-1": "Others may have this permission set: sessions of theirs may be among these.",
		}
		for _, s := range r.Sessions {
			if want, ok := notes[s.Who]; ok && s.Note != want {
				t.Errorf("%s: %q, want %q", s.Who, s.Note, want)
			}
			delete(notes, s.Who)
		}
		if len(notes) > 0 {
			t.Errorf("no sessions: %v", notes)
		}
	})
}
