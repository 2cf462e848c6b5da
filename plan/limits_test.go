package plan

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"example.com/breakglass/config"
	"example.com/breakglass/watch"
)

// fullBus is a file with all that puts rules on a hub's bus, in a Region whose buses hold 100.
const fullBus = `version: 1
hub: {account: "111111111111", region: eu-south-1, standby: us-west-2}
regions: all
alerts: {email: [security-team@example.com]}
chat: {slack: {workspace: T0123ABCDEF, channel: C0123ABCDEF}}
observers: {regions: [us-east-1], organization: o-ab12cd34ef}
stackSets: {retainOnAccountRemoval: true}
targets:
  - {organizationalUnit: ou-ab12-11111111}
  - {account: "222222222222"}
  - {account: "333333333333"}
  - {account: "444444444444"}
  - {account: "555555555555"}
  - {account: "666666666666"}
`

// TestRulesThatDoNotFitTheBusAreRefused: alerts are added to the catalogue until a bus that holds 100 rules is too small.
func TestRulesThatDoNotFitTheBusAreRefused(t *testing.T) {
	c := parsed(t, fullBus)
	if _, err := New(c); err != nil {
		t.Fatalf("it does not fit as it is: %v", err)
	}
	before := watch.Catalogue
	defer func() { watch.Catalogue = before }()
	for added := range 100 {
		watch.Catalogue = slices.Concat(before, slices.Repeat(before[:1], added+1))
		_, err := New(c)
		if err == nil {
			continue
		}
		var problems config.Problems
		if !errors.As(err, &problems) || len(problems) != 1 || problems[0].Line != 2 {
			t.Fatalf("the error is %v", err)
		}
		for _, want := range []string{
			"breakglass.yaml:2: hub.region: 10", " rules on the event bus, where EventBridge allows 100 (", "hub ", "integrity ", "observed ",
			`; "eu-south-1". Choose another Region`,
		} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%v lacks %q", err, want)
			}
		}
		if strings.Contains(err.Error(), " 0") {
			t.Errorf("%v names stacks without rules", err)
		}
		t.Log(err)
		return
	}
	t.Error("a hundred more alerts fit on a bus that holds 100 rules")
}

// The key of the file is that of the Region whose bus is full, and problems are in the order of the lines.
func TestAFullBusIsThatOfItsRegion(t *testing.T) {
	before := watch.Catalogue
	defer func() { watch.Catalogue = before }()
	watch.Catalogue = slices.Concat(before, slices.Repeat(before[:1], 100))
	for file, want := range map[string][]string{
		"hub: {account: \"111111111111\", region: us-east-1, standby: eu-south-1}\nregions: [us-east-1, eu-south-1]\n":                   {"hub.standby"},
		"hub: {account: \"111111111111\", region: us-east-1}\nregions: [us-east-1, eu-south-1]\n":                                        {"regions"},
		"hub: {account: \"111111111111\", region: af-south-1}\nregions: [af-south-1, eu-south-1]\n":                                      {"hub.region", "regions"},
		"regions: [af-south-1, eu-south-1, ca-central-1]\nhub: {account: \"111111111111\", region: ca-central-1, standby: af-south-1}\n": {"regions", "hub.standby"},
	} {
		_, err := New(parsed(t, "version: 1\nalerts: {email: [a@example.com]}\n"+file))
		var problems config.Problems
		if !errors.As(err, &problems) {
			t.Errorf("%s: %v", file, err)
			continue
		}
		var keys []string
		for _, p := range problems {
			if strings.Contains(p.String(), " rules on the event bus, where EventBridge allows 100") {
				keys = append(keys, p.Key)
			}
		}
		if !slices.Equal(keys, want) {
			t.Errorf("%s: %q, want %q", file, keys, want)
		}
	}
}

// Each way in which listed accounts can be too many to observe says what to do.
func TestTooManyAccountsToObserve(t *testing.T) {
	file := func(n int, observers, more string) string {
		var b strings.Builder
		b.WriteString("version: 1\nhub: {account: \"111111111111\"}\nregions: [us-east-1]\nalerts: {email: [a@example.com]}\nobservers: {regions: [us-east-1]" +
			observers + "}\n" + more + "targets:\n")
		for i := range n {
			b.WriteString("  - {account: \"" + strconv.Itoa(200000000000+i) + "\"}\n")
		}
		return b.String()
	}
	const organization = ", organization: o-ab12cd34ef"
	unit := "  - {organizationalUnit: ou-ab12-11111111}\n"
	for _, c := range []struct{ file, want, fix string }{
		{file(100, organization, ""), "", ""},
		{
			file(5000, organization, ""), "observers: 5000 target accounts to observe; the alarms that name them have room for ",
			"Name organizational units instead of accounts, or shorten alerts.instructions.",
		},
		{
			file(600, organization, "stackSets: {retainOnAccountRemoval: true}\n") + unit,
			"observers: 600 target accounts make the event pattern of capture-breakglass-target-access-units ",
			"Name organizational units instead of accounts, or have fewer users.",
		},
		{
			file(400, "", ""), "observers: 400 target accounts make the policy of the hub's bus ", "Add observers.organization: the policy then names the organization.",
		},
	} {
		_, err := New(parsed(t, c.file))
		if (err == nil) != (c.want == "") || err != nil && (!strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.fix)) {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
}
