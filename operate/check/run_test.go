package check

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"
	"github.com/aws/smithy-go"

	"example.com/breakglass/config"
	"example.com/breakglass/plan"
)

// lockedCloud is a cloud in which some accounts cannot be entered.
type lockedCloud struct {
	*cloud
	locked []string
}

func (c lockedCloud) In(ctx context.Context, account, region string) (aws.Config, error) {
	if slices.Contains(c.locked, account) {
		return aws.Config{}, denied("sts:AssumeRole")
	}
	return c.cloud.In(ctx, account, region)
}

// saying returns the findings of a check that have the words.
func saying(found []Finding, check, words string) (said []Finding) {
	for _, f := range found {
		if f.Check == check && strings.Contains(f.What, words) {
			said = append(said, f)
		}
	}
	return said
}

// An account that cannot be entered is a problem, unless only the hub was asked for.
func TestAnAccountThatCannotBeEnteredIsAProblem(t *testing.T) {
	w := well(t, hub)
	var mutex sync.Mutex
	total, steps, asked := 0, map[string]bool{}, []int{}
	o := w.options(t)
	o.Keys, o.By, o.File, o.Tool = lockedCloud{w.cloud(t), []string{"222222222222"}}, "arn:aws:iam::111111111111:user/operator", "breakglass.yaml", "breakglass 1"
	o.Total = func(n int) { total, asked = n, append(asked, n) }
	o.Step = func(name string) { mutex.Lock(); defer mutex.Unlock(); steps[name] = true }
	report, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	found := bad(report.Findings)
	if len(found) != 1 || found[0].Check != "roles" || found[0].Severity != Problem || found[0].Places() != "222222222222" ||
		!strings.HasPrefix(found[0].What, "not checked, out of reach: ") || !strings.Contains(found[0].What, "sts:AssumeRole") || found[0].Fix == "" {
		t.Errorf("%+v", found)
	}
	if !report.Failed(false) || report.Problems != 1 || !strings.Contains(report.Coverage, "0 of 1 target accounts entered") {
		t.Errorf("%d problems, %s", report.Problems, report.Coverage)
	}
	if len(asked) != 2 || asked[0] != 1 { // a clock runs while the hub is entered
		t.Errorf("totals: %v", asked)
	}
	if total != len(steps) || !steps["us-east-1"] || !steps["account 222222222222"] || !steps["stack sets"] {
		t.Errorf("%d steps of %d: %v", len(steps), total, steps)
	}
	if report.By != o.By || report.File != o.File || report.Tool != o.Tool || report.SHA256 != w.s.config.SHA256() || !report.Began.Equal(now) ||
		report.Took == "" || report.HubAccount != "111111111111" {
		t.Errorf("%+v", report)
	}
	o.HubOnly = true
	if report, err = Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if len(bad(report.Findings)) > 0 || report.Failed(true) || !report.HubOnly || !strings.Contains(report.Coverage, "target accounts not checked (--hub-only)") {
		t.Errorf("of the hub only: %+v, %s", bad(report.Findings), report.Coverage)
	}
}

func TestFailed(t *testing.T) {
	for _, c := range []struct {
		report       Report
		usual, wrong bool
	}{
		{Report{Notes: 1}, false, false}, {Report{Warnings: 1}, false, true}, {Report{Problems: 1}, true, true},
	} {
		if c.report.Failed(false) != c.usual || c.report.Failed(true) != c.wrong {
			t.Errorf("%+v", c.report)
		}
	}
}

// The hub account may be a target, too. Its stacks are those of the hub's Regions, and nobody bootstraps it for itself.
func TestTheHubAccountAsATarget(t *testing.T) {
	w := well(t, hub)
	c := *w.s.config
	target := c.Targets[0]
	target.Account = c.Hub.Account
	c.Targets = []config.Target{target}
	w.s.config, w.s.plan = &c, plan.Of(&c)
	ask := func() []Finding {
		t.Helper()
		r, err := enterHub(t.Context(), w.options(t))
		if err != nil {
			t.Fatal(err)
		}
		before := len(r.results)
		r.results = append(r.results, r.targetJob(t.Context(), target)...)
		var found []Finding
		for _, one := range r.results[before:] {
			found = append(found, one.found...)
		}
		if got := r.report().Tallies[accountsReachable]; got != (Tally{1, 1}) {
			t.Errorf("the tally is %+v", got)
		}
		return found
	}
	// Until its stack exists, only what the stack needs is looked for.
	if found := ask(); len(found) != 1 || !strings.Contains(found[0].What, "there is no policy Fence, which role BreakGlassRole is to have") {
		t.Errorf("%+v", found)
	}
	w.leave("BreakGlass-Role-111111111111")
	found := ask()
	if len(found) != 2 ||
		!strings.HasPrefix(found[0].What,
			"role BreakGlassRole is arn:aws:iam::222222222222:role/BreakGlassRole, not arn:aws:iam::111111111111:role/BreakGlassRole") || found[1].Check != "roles" {
		t.Errorf("%+v", found)
	}
}

// The management account may own the stack sets.
func TestStackSetsOfTheManagementAccount(t *testing.T) {
	const owner = "999999999999"
	w := well(t, hub)
	c := *w.s.config
	c.StackSets.ManagementAccount = owner
	w.s.config, w.s.plan = &c, plan.Of(&c)
	ask := func(change func(owned *world), locked ...string) []Finding {
		t.Helper()
		owned := well(t, hub)
		owned.account = owner
		change(owned)
		all := w.cloud(t)
		all.worlds[[2]string{owner, hub}] = owned
		o := w.options(t)
		o.Keys = lockedCloud{all, locked}
		r, err := enterHub(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		r.results = r.stackSetsJob(t.Context())
		return bad(r.report().Findings)
	}
	if found := ask(func(*world) {}); len(found) > 0 {
		t.Errorf("of what is well: %+v", found)
	}
	if found := ask(func(*world) {}, owner); len(found) != 1 || found[0].Check != "stacksets" || found[0].Places() != owner ||
		!strings.HasPrefix(found[0].What, "not checked, out of reach: ") {
		t.Errorf("out of reach: %+v", found)
	}
	if found := ask(func(owned *world) { delete(owned.stacks, "BreakGlass-StackSet-ou-ab12-11111111") }); len(found) != 1 ||
		found[0].What != "not deployed: BreakGlass-StackSet-ou-ab12-11111111" || !slices.Equal(found[0].Where, []string{hub + " in " + owner}) {
		t.Errorf("without its stack: %+v", found)
	}
	const former = "BreakGlass-StackSet-ou-ab12-22222222"
	if found := ask(func(owned *world) { owned.leave(former); owned.leave("BreakGlass-Hub-of-another") }); len(found) != 1 || found[0].Severity != Warning ||
		found[0].What != "deployed, but not in breakglass.yaml: "+former || !slices.Equal(found[0].Where, []string{hub + " in " + owner}) ||
		!strings.Contains(found[0].Fix, "delete-stack --region us-east-1 --stack-name "+former) {
		t.Errorf("of a unit that the file no longer has: %+v", found)
	}
	if found := ask(func(owned *world) { owned.sets[theSet].AutoDeployment = nil }); len(found) != 1 ||
		!strings.Contains(found[0].What, "automatic deployment disabled") {
		t.Errorf("without automatic deployment: %+v", found)
	}
}

// What of the organization's policies cannot be read for another reason than a permission is not passed over.
func TestPoliciesThatCannotBeRead(t *testing.T) {
	for name, do := range map[string]func(w *world){
		"AWS fails": func(w *world) {
			w.refused["DescribePolicy"] = &types.ServiceException{Message: aws.String("try again")}
		},
		"AWS fails to list them": func(w *world) {
			w.refused["ListPoliciesForTarget"] = &types.ServiceException{Message: aws.String("try again")}
		},
		"one is no policy": func(w *world) { w.units.control("r-ab12", "p-1", serviceControl, "Odd", "?") },
	} {
		w := well(t, hub)
		do(w)
		if found := bad(w.ask(t)); len(found) != 1 || !strings.Contains(found[0].What, "so not checked: the policies of the organization") {
			t.Errorf("%s: %+v", name, found)
		}
	}
}

func TestTheAddressesOfUserNotificationsAreSaidToBeUnchecked(t *testing.T) {
	const words = "the addresses of userNotifications are not checked"
	w := well(t, hub)
	if said := saying(w.ask(t), "subscribers", words); len(said) > 0 {
		t.Errorf("there are none: %+v", said)
	}
	w.s.config.UserNotifications.Email = []string{"a@example.com"}
	if said := saying(w.ask(t), "subscribers", words); len(said) != 1 || said[0].Severity != Note {
		t.Errorf("%+v", said)
	}
}

// Of many things, a few are named.
func TestSome(t *testing.T) {
	all := []string{"a", "b", "c", "d", "e", "f", "g"}
	for n, want := range map[int]string{0: "", 1: "a", 5: "a, b, c, d, e", 6: "a, b, c, d, e and 1 more", 7: "a, b, c, d, e and 2 more"} {
		if got := some(all[:n]); got != want {
			t.Errorf("%d: %q", n, got)
		}
	}
}

// One permission that is missing for several things is granted once.
func TestOnePermissionOnSeveralThings(t *testing.T) {
	r := of("group")
	for _, user := range []string{"a", "b"} {
		r.unanswered("", "user "+user,
			&smithy.GenericAPIError{
				Code: "AccessDenied", Message: "User: x is not authorized to perform: iam:GetUser on resource: arn:aws:iam::111111111111:user/" + user,
			})
	}
	for n, want := range []string{"grant it to these credentials on arn:aws:iam::111111111111:user/a", "grant it to these credentials"} {
		found := bad(well(t, hub).s.merge(r.found[:n+1]))
		if len(found) != 1 || !strings.HasPrefix(found[0].What, "the permission iam:GetUser is missing, so not checked: user a") || found[0].Fix != want {
			t.Errorf("%+v", found)
		}
	}
}
