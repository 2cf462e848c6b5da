package plan

import (
	"errors"
	"slices"
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
		for _, want := range []string{"breakglass.yaml:2: hub.region: 10", " rules on the event bus, where EventBridge allows 100 (", "hub ", "integrity ", "observed ", `; "eu-south-1". Choose another Region`} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%v lacks %q", err, want)
			}
		}
		t.Log(err)
		return
	}
	t.Error("a hundred more alerts fit on a bus that holds 100 rules")
}
