//go:build unix

package deploy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
	"example.com/breakglass/operate/discover"
	"example.com/breakglass/plan"
)

// What is found when something is not as it should be.
func TestFindNamesWhatIsWrong(t *testing.T) {
	c := newCloud(t)
	c.Fail("organizations:DescribeOrganization", "AWSOrganizationsNotInUseException", "Your account is not a member of an organization.")
	r, _ := request(t, c, oneStack)
	r.Only = "BreakGlass-Nothing"
	if _, err := Find(t.Context(), r); err == nil ||
		err.Error() != `invalid --only "BreakGlass-Nothing": no stack has such a name; list them with breakglass plan` {
		t.Errorf("%v", err)
	}
	r.Only = "[x"
	if _, err := Find(t.Context(), r); err == nil || !strings.Contains(err.Error(), `invalid --only "[x": not a pattern`) {
		t.Errorf("%v", err)
	}
	r.Only = ""
	f, err := Find(t.Context(), r)
	if err != nil || f.OrganizationID != "" || f.NoOrganization != nil || f.NotManagement() {
		t.Errorf("no organization: %+v, %v", f, err)
	}
	c.Fail("organizations:DescribeOrganization", "AccessDeniedException",
		"User: x is not authorized to perform: organizations:DescribeOrganization on resource: y")
	if f, _ := Find(t.Context(), r); f.NoOrganization == nil || !strings.Contains(f.NoOrganization.Error(), "asking which organization this is: ") {
		t.Errorf("%v", f.NoOrganization)
	}
	// A hub that cannot be entered: nothing else is asked for.
	c.Answer("organizations:DescribeOrganization", inOrganization)
	r, _ = request(t, c, strings.Replace(oneStack, `hub: {account: "111111111111"}`, `hub: {account: "222222222222"}`, 1))
	if f, err = Find(t.Context(), r); err != nil || f.NoHub == nil || f.Accounts != 0 {
		t.Errorf("%+v, %v", f, err)
	}
	if err := f.Blocked(); err == nil || !strings.Contains(err.Error(), "the hub account 222222222222 cannot be entered; nothing was changed\n  ") ||
		!strings.Contains(err.Error(), "\n  or is hub.account wrong? The file names 222222222222 in line 2, and") {
		t.Errorf("%v", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := Find(ctx, r); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// Whether the organization lets the stack sets be is asked where the run makes some.
func TestFindAsksAboutTheUnits(t *testing.T) {
	c := newCloud(t)
	c.Answer("organizations:DescribeOrganization", inOrganization)
	c.Answer("organizations:ListDelegatedAdministrators", `{"DelegatedAdministrators":[]}`)
	c.Answer("organizations:ListParents", `{"Parents":[{"Id":"r-ab12","Type":"ROOT"}]}`)
	c.Answer("cloudformation:DescribeOrganizationsAccess",
		"<DescribeOrganizationsAccessResponse><DescribeOrganizationsAccessResult><Status>ENABLED</Status></DescribeOrganizationsAccessResult></DescribeOrganizationsAccessResponse>")
	r, shown := request(t, c,
		strings.Replace(oneStack, `targets: [{account: "111111111111"}]`,
			"targets: [{organizationalUnit: ou-ab12-11111111}]\nstackSets: {retainOnAccountRemoval: true}", 1))
	for only, asks := range map[string]bool{"": true, "BreakGlass-StackSet-*": true, "BreakGlass-Hub": false} {
		r.Only, shown.what, shown.total, shown.done = only, nil, 0, 0
		f, err := Find(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		if asked := slices.Contains(shown.what, "asking the organization about its units"); asked != asks || shown.open || asks != (len(f.Units.MayNot) == 1) ||
			asks != (f.Misplaced() != nil) {
			t.Errorf("%q: %+v, %+v", only, shown, f.Units)
		}
	}
	// Who cannot open the account of the sets does not know.
	none := func(context.Context, string, string) (aws.Config, error) {
		return aws.Config{}, errors.New("no way in")
	}
	if u := askUnits(t.Context(), none, r.Config); len(u.Unknown) != 1 || u.Unknown[0].Error() != "no way in" || len(u.MayNot)+len(u.Twice) > 0 {
		t.Errorf("%+v", u)
	}
}

// What the pipeline deploys is left to it, and who asks for it is told so.
func TestWhatThePipelineDeploysIsNotSelected(t *testing.T) {
	p := staged(t)
	if _, err := Select(p, "BreakGlass-Hub", false); err == nil ||
		err.Error() != `invalid --only "BreakGlass-Hub": the pipeline deploys BreakGlass-Hub; start the pipeline, or pass --all-stages to deploy without it` {
		t.Errorf("%v", err)
	}
	some, err := Select(p, "BreakGlass-Pipeline", false)
	if err != nil || len(some) != 1 || some[0].Stack != "BreakGlass-Pipeline" {
		t.Errorf("%v, %v", some, err)
	}
	if all, err := Select(p, "", false); err != nil || len(all) != len(p.ByHand()) || len(all) == len(p.Placements) {
		t.Errorf("%d, %v", len(all), err)
	}
}

// Everything that keeps all stacks from being deployed is named, once.
func TestBlocked(t *testing.T) {
	stacks := []plan.Placement{{Stack: "A", Account: "1"}, {Stack: "B", Account: "2"}, {Stack: "C", Account: "3"}}
	f := &Found{Stacks: stacks, Refused: []Refusal{{Account: "1", Reason: "no role in 1"}, {Account: "2", Region: "eu-west-1", Reason: "no role in 2"}},
		Left: map[string]Outcome{"A": {State: Refused}, "B": {State: Refused}}}
	if err := f.Blocked(); err != nil {
		t.Errorf("one can be deployed: %v", err)
	}
	f.Left["C"] = Outcome{State: Later, Reason: "it depends on D", Fix: "wait"}
	want := "nothing can be deployed; nothing was changed\n  1, 2 eu-west-1: no role in ACCOUNT\n  C: it depends on D; wait"
	if err := f.Blocked(); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

func TestMisplaced(t *testing.T) {
	f := &Found{Units: Units{MayNot: []discover.Clash{{What: "a", Fix: "b"}}, Twice: []discover.Clash{{What: "c", Fix: "d"}, {What: "e", Fix: "f"}}}}
	want := "the stack sets cannot be created; nothing was changed (--only deploys other stacks):\n  a; b\ntargets lists accounts of its organizational units; nothing was changed:\n  c; d\n  e; f"
	if err := f.Misplaced(); err == nil || err.Error() != want {
		t.Errorf("%v", err)
	}
	f.Stacks = []plan.Placement{{Stack: "BreakGlass-Hub", Kind: plan.Hub}, {Stack: "R", Kind: plan.Role}}
	f.Left = map[string]Outcome{"BreakGlass-Hub": {State: Failed, Reason: "x"}, "R": {State: Failed, Reason: "y"}}
	f.Units = Units{}
	if err := f.Misplaced(); err == nil || err.Error() != "BreakGlass-Hub cannot be deployed; nothing was changed: x; correct userAccess.managedPolicies" {
		t.Errorf("%v", err)
	}
}

func TestConcernsUnits(t *testing.T) {
	for _, kind := range []plan.Kind{plan.StackSet, plan.Pipeline, plan.Hub} {
		f := &Found{Request: Request{Config: &config.Config{Units: make([]config.Target, 1)}}, Stacks: []plan.Placement{{Kind: plan.Role}, {Kind: kind}}}
		if f.concernsUnits() != (kind != plan.Hub) {
			t.Errorf("%s: %v", kind, f.concernsUnits())
		}
		if f.Config.Units = nil; f.concernsUnits() {
			t.Errorf("%s without units", kind)
		}
	}
}

// The access role usually trusts the management account only.
func TestNotManagement(t *testing.T) {
	c := newCloud(t)
	c.Answer("organizations:DescribeOrganization", inOrganization)
	r, _ := request(t, c, oneStack+"deploy: {access: organization}\n")
	f := &Found{Request: r, Management: "999999999999", Stacks: []plan.Placement{{Account: "222222222222"}}}
	if !f.NotManagement() {
		t.Error("the caller is elsewhere")
	}
	for name, change := range map[string]func(*Found){
		"no organization": func(f *Found) { f.Management = "" },
		"management":      func(f *Found) { f.Management = "111111111111" },
		"a profile each": func(f *Found) {
			f.Keys = account.NewKeys(r.Caller, r.Config, map[string]string{"222222222222": "p"})
		},
		"no stacks":   func(f *Found) { f.Stacks = nil },
		"credentials": func(f *Found) { config := *r.Config; config.Deploy.Access = "credentials"; f.Config = &config },
	} {
		other := *f
		if change(&other); other.NotManagement() {
			t.Error(name)
		}
	}
}

// Through whose account a stack is deployed, counts too: the CDK asks the Region's own STS there.
func TestARegionThatTheCallerHasNotEnabled(t *testing.T) {
	server, caller, keys, p := asking(t, "organization", assumed)
	asked := 0
	server.Handle("account:POST/listRegions", func(_, request string) string {
		status := "ENABLED"
		if asked++; !strings.Contains(request, "222222222222") && asked > 1 {
			status = "DISABLED"
		}
		return fmt.Sprintf(`{"Regions":[{"RegionName":"us-east-1","RegionOptStatus":"ENABLED_BY_DEFAULT"},{"RegionName":"eu-south-2","RegionOptStatus":%q},{"RegionName":"ap-east-1","RegionOptStatus":"ENABLED"}]}`, status)
	})
	disabled, unknown := DisabledRegions(t.Context(), keys, caller, p.Config, p.Placements)
	if diff := cmp.Diff([]Disabled{{Account: "222222222222", Region: "eu-south-2", Caller: true}}, disabled); diff != "" || len(unknown) > 0 {
		t.Errorf("%v %s", unknown, diff)
	}
	// With credentials of its own in each account, the caller's does not matter.
	_, caller, keys, p = asking(t, "credentials", "account:POST/listRegions fail AccessDeniedException no\n")
	if disabled, unknown := DisabledRegions(t.Context(), keys, caller, p.Config, p.Placements); len(disabled) > 0 || len(unknown) != 1 ||
		unknown["222222222222"] == nil {
		t.Errorf("%v, %v", disabled, unknown)
	}
}

func TestEnabledRegions(t *testing.T) {
	_, _, keys, _ := asking(t, "organization", assumed+`account:POST/listRegions {"Regions":[{"RegionName":"us-east-1","RegionOptStatus":"ENABLED_BY_DEFAULT"},{"RegionName":"eu-south-2","RegionOptStatus":"DISABLED"},`+
		`{"RegionName":"ap-east-1","RegionOptStatus":"ENABLED"},{"RegionName":"ap-east-2","RegionOptStatus":"ENABLING"},{"RegionName":"af-south-1","RegionOptStatus":"DISABLING"},{"RegionName":"xx-new-1","RegionOptStatus":"ODD"}]}`)
	codes, err := EnabledRegions(t.Context(), keys, "222222222222", "us-east-1")
	if diff := cmp.Diff([]string{"af-south-1", "ap-east-1", "ap-east-2", "us-east-1", "xx-new-1"}, codes); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	cfg, err := keys.In(t.Context(), "222222222222", "us-east-1")
	if err != nil {
		t.Fatal(err)
	}
	on, err := enabled(t.Context(), cfg, "222222222222")
	want := map[string]bool{"us-east-1": true, "eu-south-2": false, "ap-east-1": true, "ap-east-2": false, "af-south-1": false, "xx-new-1": true}
	if diff := cmp.Diff(want, on); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
}
