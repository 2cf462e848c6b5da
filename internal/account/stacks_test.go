package account

import (
	"strings"
	"testing"
)

func TestWhoChangesStacksAndUsers(t *testing.T) {
	c, err := caller(t, "sts:AssumeRole fail AccessDenied User: x is not authorized to perform: sts:AssumeRole on resource: y")
	if err != nil {
		t.Fatal(err)
	}
	bootstrap := NewKeys(c, file(t, "deploy: {access: bootstrap}\n"), nil)
	if got := bootstrap.StacksRole("222222222222", "eu-west-1"); got != "arn:aws:iam::222222222222:role/cdk-hnb659fds-deploy-role-222222222222-eu-west-1" {
		t.Errorf("the role is %s", got)
	}
	if _, err := bootstrap.Stacks(t.Context(), "222222222222", "eu-west-1"); err == nil || !strings.Contains(err.Error(), "deploy-role-222222222222-eu-west-1") {
		t.Errorf("a role that can't be assumed: %v", err)
	}
	// Whoever names a profile for an account means it for stacks, too.
	named := NewKeys(c, file(t, "deploy: {access: bootstrap}\n"), map[string]string{"222222222222": "nobody"})
	if _, err := named.Stacks(t.Context(), "222222222222", "eu-west-1"); err == nil || !strings.Contains(err.Error(), "nobody") {
		t.Errorf("an account with a profile of its own: %v", err)
	}
	// The caller's own account needs no role to be assumed, and its users are changed by the caller.
	if _, err := bootstrap.Stacks(t.Context(), "111111111111", "us-east-1"); err != nil {
		t.Error(err)
	}
	if cfg, err := bootstrap.Own(t.Context(), "111111111111", "us-east-1"); err != nil || cfg.Region != "us-east-1" {
		t.Errorf("%s, %v", cfg.Region, err)
	}
	if _, err := bootstrap.Own(t.Context(), "222222222222", "us-east-1"); err == nil || !strings.Contains(err.Error(), "--account-profile 222222222222=PROFILE") {
		t.Errorf("another account: %v", err)
	}
	organization := NewKeys(c, file(t, "deploy: {access: organization}\n"), nil)
	if organization.StacksRole("222222222222", "eu-west-1") != organization.Role("222222222222") {
		t.Error("organization has one role for everything")
	}
	if _, err := organization.Own(t.Context(), "222222222222", "us-east-1"); err == nil {
		t.Error("a role that can't be assumed gives no rights on users")
	}
}
