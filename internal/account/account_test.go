package account

import (
	"errors"
	"strings"
	"testing"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/stub"
)

func caller(t *testing.T, script string) (*Caller, error) {
	t.Helper()
	server := stub.New()
	t.Cleanup(server.Close)
	if err := server.Script(script); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_ENDPOINT_URL", server.URL)
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "example")
	t.Setenv("AWS_CONFIG_FILE", "/dev/null")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
	t.Setenv("AWS_PROFILE", "")
	return Load(t.Context(), "", "us-east-1")
}

func file(t *testing.T, more string) *config.Config {
	t.Helper()
	c, err := config.Parse("breakglass.yaml", []byte("version: 1\nhub: {account: \"111111111111\"}\nalerts: {email: [a@example.com]}\n"+
		"targets: [{account: \"222222222222\", region: eu-west-1}]\n"+more))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTheCaller(t *testing.T) {
	c, err := caller(t, "")
	if err != nil || c.Account != "111111111111" || c.In("eu-west-1").Region != "eu-west-1" {
		t.Fatalf("%+v, %v", c, err)
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	for script, want := range map[string][]string{
		"sts:GetCallerIdentity fail ExpiredToken The security token is expired": {"have expired", "sign in again"},
		"sts:GetCallerIdentity fail InvalidClientTokenId no such key":           {"does not know the credentials", "profile"},
		"sts:GetCallerIdentity fail AccessDenied User: x is not authorized to perform: sts:GetCallerIdentity on resource: y": {
			"the permission sts:GetCallerIdentity is missing", "on y",
		},
		"sts:GetCallerIdentity fail Broken out of order": {"Broken: out of order"},
	} {
		_, err := caller(t, script)
		if err == nil {
			t.Errorf("%s: no error", script)
			continue
		}
		for _, words := range want {
			if !strings.Contains(err.Error(), words) {
				t.Errorf("%s: %q lacks %q", script, err, words)
			}
		}
	}
}

func TestKeys(t *testing.T) {
	c, err := caller(t,
		"sts:AssumeRole fail AccessDenied User: x is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::222222222222:role/OrganizationAccountAccessRole")
	if err != nil {
		t.Fatal(err)
	}
	own := NewKeys(c, file(t, ""), nil)
	if _, err := own.In(t.Context(), "111111111111", "us-east-1"); err != nil {
		t.Error(err)
	}
	if _, err := own.In(t.Context(), "222222222222", "us-east-1"); err == nil || !strings.Contains(err.Error(), "--account-profile 222222222222=PROFILE") {
		t.Errorf("another account: %v", err)
	}
	if _, err := NewKeys(c, file(t, ""), map[string]string{"222222222222": "none"}).In(t.Context(), "222222222222", "us-east-1"); err == nil ||
		!strings.Contains(err.Error(), `profile "none"`) {
		t.Errorf("a profile that is not there: %v", err)
	}
	organization := NewKeys(c, file(t, "deploy: {access: organization}\n"), nil)
	// As the CDK CLI does: where the role can't be assumed, credentials that fit the account will do.
	if _, err := organization.In(t.Context(), "111111111111", "us-east-1"); err != nil {
		t.Error(err)
	}
	_, err = organization.In(t.Context(), "222222222222", "us-east-1")
	var refusal *Refusal
	if !errors.As(err, &refusal) || refusal.Permission != "sts:AssumeRole" {
		t.Errorf("a role that can't be assumed: %v", err)
	}
	if got := NewKeys(c, file(t, "deploy: {access: bootstrap}\n"), nil).Role("222222222222"); got != "arn:aws:iam::222222222222:role/cdk-hnb659fds-lookup-role-222222222222-eu-west-1" {
		t.Errorf("the role is %s", got)
	}
}
