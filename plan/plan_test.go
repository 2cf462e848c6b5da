package plan

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/config"
)

// head is a file up to its targets.
const head = `version: 1
hub: {account: "111111111111"}
alerts: {email: [security-team@example.com]}
`

func of(t testing.TB, file string) Plan {
	t.Helper()
	c, err := config.Parse("breakglass.yaml", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	return Of(c)
}

func ofKind(p Plan, kind Kind) []Placement {
	return slices.DeleteFunc(slices.Clone(p.Placements), func(at Placement) bool { return at.Kind != kind })
}

func count(t *testing.T, p Plan, want map[Kind]int) {
	t.Helper()
	got := map[Kind]int{}
	for _, at := range p.Placements {
		got[at.Kind]++
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the stacks are %v, want %v", got, want)
	}
}

func stacks(all []Placement) []string {
	var names []string
	for _, at := range all {
		names = append(names, at.Stack)
	}
	return names
}

func in(p Plan, stack string) *Placement {
	if i := slices.IndexFunc(p.Placements, func(at Placement) bool { return at.Stack == stack }); i >= 0 {
		return &p.Placements[i]
	}
	return nil
}

func TestASmallFileHasAHubForwardersAndARole(t *testing.T) {
	p := of(t, head+`targets: [{account: "222222222222", name: production}]`)
	count(t, p, map[Kind]int{Composer: 1, Hub: 1, Integrity: 1, Heartbeats: 3, Dashboard: 1, Forwarder: 16, Role: 1})
	hub := p.Placements[1]
	if hub.Stack != "BreakGlass-Hub" || hub.Account != "111111111111" || hub.Region != "us-east-1" {
		t.Errorf("the second stack is %+v", hub)
	}
	want := config.AlwaysOnRegions()
	want = slices.DeleteFunc(want, func(r string) bool { return r == "us-east-1" })
	for i, at := range ofKind(p, Forwarder) {
		if at.Stack != "BreakGlass-Forwarder-"+want[i] || at.Region != want[i] || at.Account != "111111111111" {
			t.Errorf("%s in %s of %s, want the forwarder of %s", at.Stack, at.Region, at.Account, want[i])
		}
		if !slices.Equal(at.To, []string{"us-east-1"}) || !slices.Equal(at.After, []string{"BreakGlass-Hub"}) {
			t.Errorf("%s carries to %q after %q", at.Stack, at.To, at.After)
		}
	}
	role := p.Placements[len(p.Placements)-1]
	if role.Stack != "BreakGlass-Role-222222222222" || role.Account != "222222222222" || role.Region != "us-east-1" {
		t.Errorf("the last stack is %+v", role)
	}
	if role.Target != &p.Config.Targets[0] || !strings.Contains(role.Why, "production") {
		t.Errorf("the role is of %+v, for %s", role.Target, role.Why)
	}
}

// With a standby, the hub's and the standby's own Region are carried to the other hub, and only there: nothing arrives
// twice.
func TestWithAStandbyEveryRegionReachesBothHubsOnce(t *testing.T) {
	p := of(t, `version: 1
hub: {account: "111111111111", region: eu-west-1, standby: eu-central-1}
regions: all
alerts: {email: [security-team@example.com]}
targets: [{account: "222222222222", region: sa-east-1}, {account: "333333333333"}]
`)
	count(t, p, map[Kind]int{Composer: 2, Hub: 1, Standby: 1, Integrity: 2, Heartbeats: 4, Dashboard: 1, Forwarder: len(config.AllRegions()), Role: 2})
	standby := p.Placements[3]
	if standby.Stack != "BreakGlass-Standby" || standby.Account != "111111111111" || standby.Region != "eu-central-1" {
		t.Errorf("the second stack is %+v", standby)
	}
	if !slices.Equal(standby.After, []string{"BreakGlass-Hub", "BreakGlass-Composer-eu-central-1"}) {
		t.Errorf("the standby comes after %q", standby.After)
	}
	for _, at := range ofKind(p, Forwarder) {
		want := []string{"eu-west-1", "eu-central-1"}
		switch at.Region {
		case "eu-west-1":
			want = []string{"eu-central-1"}
		case "eu-central-1":
			want = []string{"eu-west-1"}
		}
		if !slices.Equal(at.To, want) {
			t.Errorf("%s carries to %q, want %q", at.Region, at.To, want)
		}
		if !slices.Equal(at.After, []string{"BreakGlass-Hub", "BreakGlass-Standby"}) {
			t.Errorf("%s comes after %q", at.Stack, at.After)
		}
	}
	roles := ofKind(p, Role)
	if roles[0].Region != "sa-east-1" || roles[1].Region != "eu-west-1" {
		t.Errorf("the roles are in %s and %s, want the target's Region and the hub's", roles[0].Region, roles[1].Region)
	}
}

func TestAnUnwatchedRegionHasNoStack(t *testing.T) {
	p := of(t, head+`regions: all
unwatched: [{region: ap-east-2, reason: denied by policy}]
`)
	count(t, p, map[Kind]int{Composer: 1, Hub: 1, Integrity: 1, Heartbeats: 3, Dashboard: 1, Forwarder: len(config.AllRegions()) - 2})
	for _, at := range p.Placements {
		if at.Region == "ap-east-2" {
			t.Errorf("%s is in the unwatched Region", at.Stack)
		}
	}
}

func TestAHubAloneForwardsNothing(t *testing.T) {
	p := of(t, head+"regions: [us-east-1]\n")
	if got := stacks(p.Placements); !slices.Equal(got,
		[]string{"BreakGlass-Composer-us-east-1", "BreakGlass-Hub", "BreakGlass-Integrity-us-east-1", "BreakGlass-Heartbeats-americas", "BreakGlass-Dashboard"}) {
		t.Errorf("the stacks are %q", got)
	}
	if links := in(p, "BreakGlass-Hub").Links(); len(links) > 0 {
		t.Errorf("without targets, the hub puts out %v", links)
	}
}

func TestTheHubAccountCanBeATarget(t *testing.T) {
	p := of(t, head+`targets: [{account: "111111111111", name: hub}]`)
	role := in(p, "BreakGlass-Role-111111111111")
	if role == nil || role.Account != "111111111111" || role.Kind != Role || len(role.After) > 0 {
		t.Errorf("its role is %+v", role)
	}
}

// many is a file with targets in no order, whose names and role are of a length.
func many(targets int, role, name string) string {
	var b strings.Builder
	b.WriteString(head + "regions: all\nrole: {name: \"" + role + "\"}\ntargets:\n")
	for i := range targets {
		fmt.Fprintf(&b, "  - {account: \"%012d\", name: \"%s\"}\n", account(i, targets), name)
	}
	return b.String()
}

// account numbers of targets leap up and down: 7919 is prime.
func account(i, of int) int { return 200000000000 + i*7919%of }

func TestAThousandTargetsKeepTheirOrderAndFit(t *testing.T) {
	for name, file := range map[string]string{
		"ordinary names":    many(1000, "BreakGlassRole", "production"),
		"the longest names": many(1000, strings.Repeat("=", 64), strings.Repeat("=", 64)),
	} {
		t.Run(name, func(t *testing.T) {
			p := of(t, file)
			linksHold(t, p)
			if n := len(ofKind(p, Links)); n == 0 {
				t.Error("no stack of addresses: the hub can't hold them all")
			}
			roles := ofKind(p, Role)
			if len(roles) != 1000 {
				t.Fatalf("%d roles", len(roles))
			}
			for i, at := range roles {
				if want := fmt.Sprintf("%012d", account(i, 1000)); at.Account != want || at.Target.Account != want {
					t.Fatalf("role %d is in %s for %s, want %s", i, at.Account, at.Target.Account, want)
				}
			}
		})
	}
}

// linksHold checks that each target's address is put out once, in the file's order, and that every stack can hold its.
func linksHold(t *testing.T, p Plan) {
	t.Helper()
	var outputs, addresses []string
	stack := 0
	for _, at := range p.Placements {
		room := (MaxTemplate - p.HubSize())
		switch at.Kind {
		case Hub:
		case Links:
			stack++
			room = MaxTemplate
			if want := fmt.Sprint("BreakGlass-Links-", stack); at.Stack != want || at.Account != p.Config.Hub.Account || at.Region != p.Config.Hub.Region {
				t.Errorf("%s in %s of %s, want %s beside the hub", at.Stack, at.Region, at.Account, want)
			}
			if len(at.Links()) == 0 {
				t.Errorf("%s is empty", at.Stack)
			}
		default:
			if len(at.Links()) > 0 {
				t.Errorf("%s puts out addresses", at.Stack)
			}
		}
		// TopicArn and UserNames are outputs too.
		if n := len(at.Links()) + 2; n > 200 {
			t.Errorf("%s has %d outputs", at.Stack, n)
		}
		for _, g := range at.Links() {
			outputs = append(outputs, g.Output)
			addresses = append(addresses, g.Addresses...)
			if room -= LinkBytes(g); room < 0 {
				t.Errorf("%s has no room for %s", at.Stack, g.Output)
			}
			if n := len(g.Addresses); n == 0 || n > 30 {
				t.Errorf("%s has %d addresses", g.Output, n)
			}
		}
	}
	for i, output := range outputs {
		if want := fmt.Sprint("SwitchRoleUrls", i+1); output != want {
			t.Errorf("output %d is %s, want %s", i, output, want)
		}
	}
	if len(addresses) != len(p.Config.Targets) {
		t.Fatalf("%d addresses for %d targets", len(addresses), len(p.Config.Targets))
	}
	for i, target := range p.Config.Targets {
		if want := switchRole(p.Config, target); addresses[i] != want {
			t.Fatalf("address %d is %s, want %s", i, addresses[i], want)
		}
	}
}

func TestAddressesOfAFewTargetsStayInTheHub(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing runs side by side here")
	}
	// As many as fit, in outputs of 30, however much of the template the rules take.
	room, fit := MaxTemplate-of(t, head).HubSize(), 0
	for fit < 60 && fitting(linkGroups(of(t, many(fit+1, "BreakGlassRole", "production")).Config), room) == (fit+30)/30 {
		fit++
	}
	if fit == 0 {
		t.Fatal("the hub has no room for a single address")
	}
	for _, n := range []int{1, min(fit, 29), min(fit, 30), fit} {
		p := of(t, many(n, "BreakGlassRole", "production"))
		linksHold(t, p)
		if got, want := len(in(p, "BreakGlass-Hub").Links()), (n+29)/30; got != want {
			t.Errorf("%d targets: the hub has %d outputs with addresses, want %d", n, got, want)
		}
	}
}

func TestAFullHubPutsOutNoAddress(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing runs side by side here")
	}
	file := func(n int) string {
		var subscribers strings.Builder
		for i := range n {
			fmt.Fprintf(&subscribers, "%s%03d@example.com, ", strings.Repeat("a", 28), i)
		}
		return strings.Replace(many(40, "BreakGlassRole", "production"), "security-team@example.com", subscribers.String(), 1)
	}
	p := of(t, file(mostAccepted(t, file)))
	linksHold(t, p)
	if n := len(in(p, "BreakGlass-Hub").Links()); n > 0 {
		t.Fatalf("the hub puts out %d groups of addresses", n)
	}
	links := ofKind(p, Links)
	if got := stacks(links); !slices.Equal(got, []string{"BreakGlass-Links-1"}) {
		t.Fatalf("the stacks of addresses are %q", got)
	}
	if room := (MaxTemplate - p.HubSize()); room < 0 || LinkBytes(links[0].Links()[0]) <= room {
		t.Errorf("the hub has room for %d bytes, and puts out nothing", room)
	}
}

// every is a plan with all kinds of stacks.
func every(t *testing.T) Plan {
	t.Helper()
	file := strings.Replace(many(1000, "BreakGlassRole", "production"), `"111111111111"}`, `"111111111111", standby: us-west-2}`, 1)
	return of(t, file+"trail: create\nuserNotifications: {email: [oncall@example.com]}\nchat: {slack: {workspace: T0123ABCDEF, channel: C0123ABCDEF}}\n")
}

func TestTheOrderIsThatOfDeployment(t *testing.T) {
	p := every(t)
	order := []Kind{Trail, Composer, Hub, Standby, Links, Integrity, Heartbeats, Chat, Notifications, Dashboard, Forwarder, Role}
	var kinds []Kind
	for _, at := range p.Placements {
		kinds = append(kinds, at.Kind)
	}
	if got := slices.Compact(kinds); !slices.Equal(got, order) {
		t.Errorf("the kinds come as %q, want %q", got, order)
	}
	earlier := map[string]bool{}
	for _, at := range p.Placements {
		if earlier[at.Stack] {
			t.Errorf("%s is there twice", at.Stack)
		}
		for _, before := range at.After {
			if !earlier[before] {
				t.Errorf("%s comes after %s, which is not before it", at.Stack, before)
			}
		}
		earlier[at.Stack] = true
		if at.Why == "" {
			t.Errorf("%s does not say why it is there", at.Stack)
		}
		if at.Account == "" || at.Region == "" {
			t.Errorf("%s is nowhere", at.Stack)
		}
	}
	regions := []string{}
	for _, at := range ofKind(p, Forwarder) {
		regions = append(regions, at.Region)
	}
	if !slices.IsSorted(regions) {
		t.Errorf("the forwarders come as %q", regions)
	}
}

// Role stacks wait for nothing, so that one can be deployed with its account's own credentials; nor do the addresses.
func TestRolesAndLinksWaitForNobody(t *testing.T) {
	p := every(t)
	for _, at := range append(ofKind(p, Role), ofKind(p, Links)...) {
		if len(at.After) > 0 {
			t.Errorf("%s waits for %q", at.Stack, at.After)
		}
	}
	if hub := p.Placements[0]; len(hub.After) > 0 {
		t.Errorf("the hub waits for %q", hub.After)
	}
}

func BenchmarkPlan1000Targets(b *testing.B) {
	c := of(b, many(1000, "BreakGlassRole", "production")).Config
	b.ReportAllocs()
	for b.Loop() {
		Of(c)
	}
}
