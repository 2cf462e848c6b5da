package chain_test

import (
	"fmt"
	"slices"
	"testing"

	"example.com/breakglass/operate/incident/chain"
	"example.com/breakglass/operate/incident/events"
)

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
