package plan

import (
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/config"
	"example.com/breakglass/names"
)

func stacksOf(all []Placement) (stacks []string) {
	for _, at := range all {
		stacks = append(stacks, strings.TrimPrefix(at.Stack, "BreakGlass-"))
	}
	return stacks
}

func find(t *testing.T, p Plan, stack string) Placement {
	t.Helper()
	i := slices.IndexFunc(p.Placements, func(at Placement) bool { return at.Stack == stack })
	if i < 0 {
		t.Fatalf("the plan has no %s", stack)
	}
	return p.Placements[i]
}

// The topic of a Region is in the stack of its hub, and in no other.
func TestTheHubStackOfARegion(t *testing.T) {
	p := of(t, everythingOn)
	for region, want := range map[string]string{"us-east-1": names.HubStack, "us-west-2": names.StandbyStack, "eu-west-1": ""} {
		if at, ok := p.HubStack(region); at.Stack != want || ok != (want != "") {
			t.Errorf("%s: %q", region, at.Stack)
		}
	}
}

// Rules without their composer send no alert; the roles of both composers are in the first one's stack.
func TestStacksWithTheirComposers(t *testing.T) {
	p := of(t, everythingOn)
	for stack, want := range map[string]string{
		"BreakGlass-Hub":                  "Composer-us-east-1 Hub",
		"BreakGlass-Standby":              "Composer-us-east-1 Composer-us-west-2 Standby",
		"BreakGlass-Forwarder-eu-west-1":  "Forwarder-eu-west-1",
		"BreakGlass-Role-222222222222":    "Role-222222222222",
		"BreakGlass-Composer-us-west-2":   "Composer-us-west-2",
		"BreakGlass-Observed-us-west-2-1": "Observed-us-west-2-1",
	} {
		got := strings.Join(stacksOf(p.WithComposers([]Placement{find(t, p, stack)})), " ")
		if got != want {
			t.Errorf("%s: %s, want %s", stack, got, want)
		}
	}
}

// What a stack attaches has to exist before: the policies of the users' group, or those of a target's role and its boundary.
func TestWhatAStackAttaches(t *testing.T) {
	p := of(t,
		strings.Replace(everythingOn, "role: {managedPolicies: [ReadOnlyAccess]",
			"userAccess: {managedPolicies: [job-function/ViewOnlyAccess, \"arn:aws:iam::111111111111:policy/x\"]}\nrole: {managedPolicies: [ReadOnlyAccess]", 1))
	for stack, want := range map[string]string{
		"BreakGlass-Hub":                             "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess arn:aws:iam::111111111111:policy/x",
		"BreakGlass-Role-222222222222":               "arn:aws:iam::aws:policy/ReadOnlyAccess",
		"BreakGlass-Role-333333333333":               "arn:aws:iam::333333333333:policy/Fence arn:aws:iam::aws:policy/ReadOnlyAccess",
		"BreakGlass-Standby":                         "",
		"BreakGlass-Forwarder-eu-west-1":             "",
		"BreakGlass-StackSet-ou-ab12-11111111":       "",
		"BreakGlass-Observer-eu-west-1-222222222222": "",
	} {
		if got := strings.Join(p.Attaches(find(t, p, stack)), " "); got != want {
			t.Errorf("%s: %s, want %s", stack, got, want)
		}
	}
}

// The hub account deploys everything of its own, so nothing confines it.
func TestTheAccountsThatAreConfined(t *testing.T) {
	p := of(t, everythingOn)
	if got := p.Confined(); !slices.Equal(got, []string{"222222222222", "333333333333"}) {
		t.Errorf("%q", got)
	}
	for _, account := range append(p.Confined(), "111111111111", "999999999999") {
		if _, confined := p.Execution(account); confined != slices.Contains(p.Confined(), account) {
			t.Errorf("%s: %v", account, confined)
		}
	}
	// The observers' role has its boundary where the hub account is trusted.
	at := p.Config.HubPlace().Of("222222222222")
	if got := ObserverBoundary(p.Config, at); got != "" {
		t.Errorf("without trust: %s", got)
	}
	trusting := *p.Config
	trusting.Deploy.Access = config.AccessBootstrap
	if got := ObserverBoundary(&trusting, at); got != "arn:aws:iam::222222222222:policy/breakglass-execution" {
		t.Errorf("with trust: %s", got)
	}
	if got := ObserverBoundary(&trusting, at.Of("999999999999")); got != "" {
		t.Errorf("in an account of a unit: %s", got)
	}
}

func TestTheUserWithAName(t *testing.T) {
	one, two := Ways{Users: []string{"Ada"}}, Ways{Users: []string{"Ada", "Grace"}}
	for _, c := range []struct {
		ways       Ways
		name, want string
	}{
		{one, "", "Ada"}, {one, "Ada", "Ada"}, {two, "Grace", "Grace"},
		{two, "", "the file has several users; name one: --user Ada, --user Grace"},
		{one, "Grace", `unknown user "Grace"; the users are Ada`}, {two, "ada", `unknown user "ada"; the users are Ada, Grace`},
	} {
		got, err := c.ways.User(c.name)
		if err != nil {
			got += err.Error()
		}
		if got != c.want {
			t.Errorf("%q of %q: %s, want %s", c.name, c.ways.Users, got, c.want)
		}
	}
}

// Of stacks that are alike, the one with the longest Region is measured: its texts are the longest.
func TestTheLongestOfStacksThatAreAlikeIsMeasured(t *testing.T) {
	p := of(t,
		strings.Replace(everythingOn, "regions: [us-east-1, us-west-2, eu-west-1, ap-east-2]",
			"regions: [us-east-1, us-west-2, eu-west-1, ap-northeast-1, ca-central-1]", 1))
	var forwarders []string
	for _, at := range p.longest() {
		if at.Kind == Forwarder {
			forwarders = append(forwarders, at.Region)
		}
	}
	// Those of the hubs' own Regions forward to the other hub only.
	if !slices.Equal(forwarders, []string{"ap-northeast-1", "us-east-1"}) {
		t.Errorf("measured are the forwarders of %q", forwarders)
	}
}

// What a session does in an account is admitted with all of its sources, and not as anything else.
func TestTheBusAdmitsActivityWhereItIsRecorded(t *testing.T) {
	admits := func(more string) string {
		return string(asJSON(BusPolicy(of(t,
			everythingOn[:strings.Index(everythingOn, "observers:")]+"observers: {regions: [us-east-1], organization: o-ab12cd34ef"+more+"}\n").Config, "us-east-1")))
	}
	if usual := admits(""); strings.Contains(usual, "events:detail-type") || !strings.Contains(usual, `"aws.signin"`) || strings.Contains(usual, `"aws.*"`) {
		t.Errorf("%s", usual)
	}
	if all := admits(", activity: true"); !strings.Contains(all, `"events:detail-type"`) || !strings.Contains(all, `"AWS API Call via CloudTrail"`) ||
		!strings.Contains(all, `"aws.*"`) {
		t.Errorf("%s", all)
	}
}

// A name is cut where there is no room for it; the number never is.
func TestANameIsShortened(t *testing.T) {
	for room, want := range map[int]string{
		40: "222222222222 production of team", 31: "222222222222 production of team", 30: "222222222222 production of t..", 22: "222222222222 product..",
		15: "222222222222 ..", 0: "222222222222 ..",
	} {
		if got := shortened(config.Target{Account: "222222222222", Name: "production of team"}, room); got != want {
			t.Errorf("%d: %q, want %q", room, got, want)
		}
	}
	if got := shortened(config.Target{Account: "222222222222", Name: "222222222222"}, 0); got != "222222222222" {
		t.Errorf("%q", got)
	}
	if got := shortened(config.Target{Account: "222222222222", Name: "production of team"}, 26); got != "222222222222 production.." {
		t.Errorf("a blank before the dots: %q", got)
	}
}
