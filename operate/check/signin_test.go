package check

import (
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/signin/types"
)

// deny is a statement as PutResourcePermissionStatement makes it.
func denySignIn(condition map[string]map[string][]string) types.PolicyStatement {
	return types.PolicyStatement{
		Effect: aws.String("Deny"), Principal: map[string]string{"AWS": "*"}, Resource: aws.String("*"), Condition: condition,
		Action: []string{"signin:Authenticate", "signin:AuthorizeOAuth2Access", "signin:CreateOAuth2Token"},
	}
}

func TestThePolicyOfSignIn(t *testing.T) {
	office := map[string]map[string][]string{"NotIpAddressIfExists": {"aws:SourceIp": {"192.0.2.0/24"}}}
	exempt := map[string]map[string][]string{
		"NotIpAddressIfExists": {"aws:SourceIp": {"192.0.2.0/24"}}, "ArnNotLike": {"signin:PrincipalArn": {"arn:aws:iam::111111111111:user/*"}},
	}
	restrict := func(statements ...types.PolicyStatement) func(*world) {
		return func(w *world) { w.restricted, w.signInPolicy = true, statements }
	}
	breakEach(t, []broken{
		{"nobody but from a network", "", restrict(denySignIn(office)), "way", Warning,
			"statement 1 of the policy of AWS Sign-In may deny users alice, bob this, depending on aws:SourceIp: signin:Authenticate, signin:AuthorizeOAuth2Access, signin:CreateOAuth2Token",
			"--excluded-principal arn:aws:iam::111111111111:user/alice"},
		{"nobody but from a VPC", "", restrict(denySignIn(exempt),
			denySignIn(map[string]map[string][]string{"StringNotEquals": {"aws:SourceVpc": {"vpc-12345678"}}})), "way", Problem,
			"statement 2 of the policy of AWS Sign-In denies users alice, bob this", "list-resource-permission-statements"},
		{"it may not be read", "", func(w *world) { w.refuse("signin", "GetConsoleAuthorizationConfiguration") }, "way", Note,
			"whether AWS Sign-In restricts where the users sign in from is not checked: the permission signin:GetConsoleAuthorizationConfiguration is missing",
			"grant it"},
		{"its policy may not be read", "", func(w *world) { restrict(denySignIn(office))(w); w.refuse("signin", "GetResourcePolicy") }, "way", Note,
			"the permission signin:GetResourcePolicy is missing", "grant it"},
		{"it is not there", "", func(w *world) {
			w.refused["GetConsoleAuthorizationConfiguration"] = errors.New("dial tcp: lookup signin.us-east-1.api.aws: no such host")
		}, "way", Note, "no such host", ""},
	})
	for _, action := range signIn {
		w := well(t, hub)
		one := denySignIn(nil)
		one.Action = []string{action}
		restrict(one)(w)
		if said := saying(bad(w.ask(t)), "way", "statement 1 of the policy of AWS Sign-In denies users alice, bob this: "+action); len(said) != 1 {
			t.Errorf("%s: %+v", action, said)
		}
	}
	for name, do := range map[string]func(w *world){
		"not in force":       func(w *world) { w.signInPolicy = []types.PolicyStatement{denySignIn(nil)} },
		"without statements": restrict(),
		"without a policy":   func(w *world) { w.restricted = true },
		"with an exemption":  restrict(denySignIn(exempt)),
		"one that allows": func(w *world) {
			allow := denySignIn(nil)
			allow.Effect = aws.String("Allow")
			restrict(allow)(w)
		},
	} {
		w := well(t, hub)
		do(w)
		for _, f := range w.ask(t) {
			if f.Check == "way" && (f.Severity != Fine || strings.Contains(f.What, "not checked")) {
				t.Errorf("%s: %+v", name, f)
			}
		}
	}
}
