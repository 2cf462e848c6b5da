package enter

import (
	"strings"
	"testing"
	"time"

	"example.com/breakglass/config"
	"example.com/breakglass/plan"
)

func planned(policies ...string) plan.Plan {
	return plan.Of(&config.Config{
		Hub: config.Hub{Account: "111111111111", Region: "us-east-1"}, Regions: []string{"us-east-1"},
		Users: []config.User{{Name: "Ada"}, {Name: "Bob"}}, Role: config.Role{Name: "BreakGlassRole"},
		UserAccess: config.UserAccess{ManagedPolicies: policies}, Alerts: config.Alerts{Email: []string{"security-team@example.com"}},
		Targets: []config.Target{{Account: "222222222222", Name: "production", Region: "us-east-1", SessionDuration: time.Hour}},
	})
}

// TestTheWaysAgreeWithThePlanOnAwsLogin: the cards print what the plan says of aws login, and enter says the same.
func TestTheWaysAgreeWithThePlanOnAwsLogin(t *testing.T) {
	for policy, want := range map[string]bool{plan.LoginPolicy: true, "arn:aws:iam::aws:policy/" + plan.LoginPolicy: true, "AdministratorAccess": true, "IAMFullAccess": false} {
		p := planned(policy)
		facts, err := FromPlan(p, "Ada")
		if err != nil {
			t.Fatal(err)
		}
		needs := strings.Join(facts.login(facts.Accounts[0]).Needs, "\n")
		if there, not := strings.Contains(needs, "its permissions are there"), strings.Contains(needs, "IT IS NOT THERE"); p.Ways().Login != want || there != want || not == want {
			t.Errorf("%s: the plan says %v, and enter %q", policy, p.Ways().Login, needs)
		}
	}
	if needs := (Facts{Regions: []string{"us-east-1"}}).login(Account{Number: "222222222222"}).Needs; !strings.Contains(strings.Join(needs, "\n"), "which is not here") {
		t.Errorf("without a configuration: %q", needs)
	}
}

// TestTheWayByKeySaysWhetherThereIsAKey: only a user whom the file allows a sealed key can have one.
func TestTheWayByKeySaysWhetherThereIsAKey(t *testing.T) {
	p := planned("IAMFullAccess")
	p.Config.Users[0].AccessKey = config.AccessKeySealed
	for user, want := range map[string]string{"Ada": "accessKey: sealed for Ada in the file: it is there", "Bob": "accessKey: sealed for Bob in the file: IT IS NOT THERE"} {
		facts, err := FromPlan(p, user)
		if err != nil {
			t.Fatal(err)
		}
		if needs := strings.Join(facts.byKey(facts.Accounts[0]).Needs, "\n"); !strings.Contains(needs, want) {
			t.Errorf("%s: %q", user, needs)
		}
	}
	if needs := (Facts{}).byKey(Account{}).Needs; !strings.Contains(strings.Join(needs, "\n"), "which is not here") {
		t.Errorf("without a configuration: %q", needs)
	}
}

// TestAnAccountThatIsNoTargetIsDoubted: a wrong number looks like any other.
func TestAnAccountThatIsNoTargetIsDoubted(t *testing.T) {
	facts, err := FromPlan(planned("IAMFullAccess"), "Ada")
	if err != nil {
		t.Fatal(err)
	}
	for number, want := range map[string]bool{"222222222222": false, "111111111111": false, "333333333333": true} {
		if a, err := facts.Find(number); err != nil || (a.Doubt() != "") != want {
			t.Errorf("%s: %q, %v", number, a.Doubt(), err)
		}
	}
	if a, err := (Facts{}).Find("333333333333"); err != nil || a.Doubt() != "" {
		t.Errorf("without a configuration: %q, %v", a.Doubt(), err)
	}
}

func TestAUserOfTheFileIsChosen(t *testing.T) {
	for user, says := range map[string]string{"": "name one: --user Ada, --user Bob", "Eve": `unknown user "Eve"; the users are Ada, Bob`} {
		if _, err := FromPlan(planned("IAMFullAccess"), user); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %q", user, err, says)
		}
	}
	if f, err := FromPlan(planned("IAMFullAccess"), "Bob"); err != nil || f.Device != "arn:aws:iam::111111111111:mfa/Bob" {
		t.Errorf("%+v, %v", f, err)
	}
}
