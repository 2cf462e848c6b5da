package enter

import (
	"slices"
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
	for policy, want := range map[string]bool{
		plan.LoginPolicy: true, "arn:aws:iam::aws:policy/" + plan.LoginPolicy: true, "AdministratorAccess": true, "IAMFullAccess": false,
	} {
		p := planned(policy)
		facts, err := FromPlan(p, "Ada")
		if err != nil {
			t.Fatal(err)
		}
		if way := facts.login(facts.Accounts[0]); p.Ways().Login != want || prepared(way) != want {
			t.Errorf("%s: the plan says %v, and enter %+v", policy, p.Ways().Login, way)
		}
	}
	if needs := (Facts{Regions: []string{"us-east-1"}}).login(Account{Number: "222222222222"}).Needs; !strings.Contains(strings.Join(needs, "\n"),
		"which is not here") {
		t.Errorf("without a configuration: %q", needs)
	}
}

// prepared reports whether a way can be taken; one that is not prepared has nothing that looks as if it could.
func prepared(w Way) bool { return w.NotPrepared == "" || len(w.Needs)+len(w.Steps) > 0 }

// TestTheWayByKeySaysWhetherThereIsAKey: only a user whom the file allows a sealed key can have one.
func TestTheWayByKeySaysWhetherThereIsAKey(t *testing.T) {
	p := planned("IAMFullAccess")
	p.Config.Users[0].AccessKey = config.AccessKeySealed
	for user, want := range map[string]bool{"Ada": true, "Bob": false} {
		facts, err := FromPlan(p, user)
		if err != nil {
			t.Fatal(err)
		}
		if way := facts.byKey(facts.Accounts[0]); prepared(way) != want {
			t.Errorf("%s: %+v", user, way)
		}
	}
	// Whoever has a sealed key has one, whatever the file allows.
	bobs, err := FromPlan(p, "Bob")
	if err != nil {
		t.Fatal(err)
	}
	if facts, err := bobs.Merge(Facts{Hub: bobs.Hub, User: "Bob", Role: "BreakGlassRole", SealedKey: true}); err != nil ||
		!prepared(facts.byKey(facts.Accounts[0])) {
		t.Errorf("with a key in the hand: %+v, %v", facts, err)
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

// TestTheARNsAreEnough: without a configuration and without a sealed file, the ARNs of role and device say all that is needed.
func TestTheARNsAreEnough(t *testing.T) {
	const role, device = "arn:aws:iam::222222222222:role/BreakGlassRole", "arn:aws:iam::111111111111:mfa/Ada"
	f, err := FromARNs(role, device, "")
	if err != nil || f.Hub != "111111111111" || f.User != "Ada" || f.Role != "BreakGlassRole" || f.Device != device || len(f.Regions) < 3 {
		t.Fatalf("%+v, %v", f, err)
	}
	if a, err := f.Find(role); err != nil || f.RoleIn(a) != role {
		t.Errorf("%+v, %v", a, err)
	}
	if f, err := FromARNs("111111111111", device, "Bob"); err != nil || f.User != "Bob" {
		t.Errorf("the hub account: %+v, %v", f, err)
	}
	for _, test := range [][3]string{
		{"222222222222", device, "pass the ARN of the role"},
		{"production", device, "pass the ARN of the role"},
		{role, "GAHT12345678", "is not the ARN of a virtual MFA device"},
		{role, "arn:aws:iam::111111111111:u2f/user/Ada/safe", "is not the ARN of a virtual MFA device"},
		{role, "arn:aws:iam::1:mfa/Ada", "is not the ARN of a virtual MFA device"},
	} {
		if f, err := FromARNs(test[0], test[1], ""); err == nil || !strings.Contains(err.Error(), test[2]) {
			t.Errorf("%q: %+v, %v", test, f, err)
		}
	}
	planned, err := FromPlan(planned("IAMFullAccess"), "Ada")
	if err != nil {
		t.Fatal(err)
	}
	if a, err := planned.Find(role); err != nil || a.Name != "production" {
		t.Errorf("with a configuration: %+v, %v", a, err)
	}
	if _, err := planned.Find("arn:aws:iam::222222222222:role/Other"); err == nil || !strings.Contains(err.Error(), "the role is BreakGlassRole, and not Other") {
		t.Errorf("another role: %v", err)
	}
}

// TestARegionThatIsNotWatchedIsNamed: there, nobody is alerted, and the announcement must not say so.
func TestARegionThatIsNotWatchedIsNamed(t *testing.T) {
	const says = "But eu-central-1 is not watched: what it answers raises no alert. Tell those on the call list."
	for _, c := range []struct {
		watched []string
		want    bool
	}{{[]string{"us-east-1"}, true}, {[]string{"us-east-1", "eu-central-1"}, false}, {nil, false}} {
		r := Request{Facts: Facts{Regions: []string{"eu-central-1", "us-east-1"}, Watched: c.watched}}
		if got := slices.Contains(r.Announcement(false, false), says); got != c.want {
			t.Errorf("%q are watched: %v, want %v", c.watched, got, c.want)
		}
	}
}
