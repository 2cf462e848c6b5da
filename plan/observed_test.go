package plan

import (
	"fmt"
	"strings"
	"testing"

	"example.com/breakglass/config"
)

// TestTheRulesOfAHubFitItsBus, with everything on and as many observed accounts as there may be: a bus holds 300 rules, in two
// Regions 100 (EventBridge quotas).
func TestTheRulesOfAHubFitItsBus(t *testing.T) {
	for hub, room := range map[string]int{"us-east-1": 300, "af-south-1": 100, "eu-south-1": 100} {
		for _, units := range []bool{false, true} {
			var b strings.Builder
			b.WriteString("version: 1\nhub: {account: \"111111111111\", region: " + hub + ", standby: us-west-2}\nregions: all\n" +
				"alerts: {email: [security-team@example.com]}\nchat: {slack: {workspace: T0123ABCDEF, channel: C0123ABCDEF}}\n" +
				"observers: {regions: [us-east-1], organization: o-ab12cd34ef}\nstackSets: {retainOnAccountRemoval: true}\ntargets:\n")
			if units {
				b.WriteString("  - {organizationalUnit: ou-ab12-11111111}\n")
			}
			for i := range 50 {
				fmt.Fprintf(&b, "  - {account: \"%012d\", name: n}\n", i)
			}
			c, err := config.Parse("file.yaml", []byte(b.String()))
			if err != nil {
				t.Fatal(err)
			}
			p, rules := Of(c), 0
			for _, at := range p.Placements {
				if at.Account == c.Hub.Account && at.Region == hub {
					rules += len(p.Rules(at, Refs{}))
				}
			}
			if rules > room || rules < 90 {
				t.Errorf("the bus in %s holds %d rules, and gets %d (units %v)", hub, room, rules, units)
			}
		}
	}
}
