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
