package plan

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/breakglass/config"
	"example.com/breakglass/watch"
)

// opening begins a file.
const opening = `version: 1
hub: {account: "111111111111"}
alerts: {email: [security-team@example.com]}
`

func parsed(t *testing.T, file string) *config.Config {
	t.Helper()
	c, err := config.Parse("breakglass.yaml", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestTargetAlarmsNameTheirAccounts: each account has an alarm of its own while there are few, and many share one that has all
// their names, as far as there is room.
func TestTargetAlarmsNameTheirAccounts(t *testing.T) {
	for _, n := range []int{0, 1, 100, 101, 1000} {
		file := opening + "observers: {regions: [us-east-1], organization: o-ab12cd34ef}\n"
		if n > 0 {
			file += "targets:\n"
		}
		for i := range n {
			file += fmt.Sprintf("  - {account: %q, name: %q}\n", fmt.Sprint(200000000000+i), fmt.Sprintf("account-%04d of some team", i))
		}
		c := parsed(t, file)
		seen := map[string]bool{}
		e, _ := watch.ByID(watch.TargetAccess)
		for _, l := range targetAlarms(c) {
			for _, a := range l.Accounts {
				if seen[a] || !strings.Contains(l.Which, a+" account-") {
					t.Errorf("%d: %s is seen twice, or not named in %q", n, a, l.Which)
				}
				seen[a] = true
			}
			if text := e.Counts[0].TextInHub(l.Which, "ap-southeast-7", c.Alerts.Instructions); len(text) > watch.MaxAlarmText {
				t.Errorf("%d: the alarm says %d characters", n, len(text))
			}
		}
		if len(seen) != n || len(targetAlarms(c)) > mostTargetAlarms || n <= mostTargetAlarms && len(targetAlarms(c)) != n {
			t.Errorf("%d accounts: %d of them heard, by %d alarms", n, len(seen), len(targetAlarms(c)))
		}
	}
}

// TestTargetAlarmsFillABusAndNoMore: as many alarms as the plan allows fill the bus to its quota, whatever else is on it.
func TestTargetAlarmsFillABusAndNoMore(t *testing.T) {
	var targets strings.Builder
	for i := range 90 {
		fmt.Fprintf(&targets, "  - {account: %q}\n", fmt.Sprint(200000000000+i))
	}
	accounts := "observers: {regions: [us-east-1], organization: o-ab12cd34ef}\ntargets:\n" + targets.String()
	unit := "  - {organizationalUnit: ou-ab12-11111111}\nstackSets: {retainOnAccountRemoval: true}\n"
	off := "monitoring: {tampering: false, deliveryFailures: false, newRegions: false, heartbeats: false}\n"
	const begin = "version: 1\nregions: all\nalerts: {email: [security-team@example.com]}\n"
	const full, hubAndStandby = "hub: {account: \"111111111111\", region: eu-south-1}\n", "hub: {account: \"111111111111\", region: us-west-2, standby: af-south-1}\n"
	before := 0
	for _, rest := range []string{full + accounts + unit, full + accounts, hubAndStandby + accounts, full + off + accounts} {
		p, err := New(parsed(t, begin+rest))
		if err != nil {
			t.Fatal(err)
		}
		region := p.Config.Hub.Region
		if p.Config.Hub.Standby != "" {
			region = p.Config.Hub.Standby
		}
		n, alarms := sum(p.rulesOn()[p.Config.HubIn(region)]), targetAlarmsFit(p.Config)
		placed := len(slices.DeleteFunc(targetAlarms(p.Config), func(a TargetAlarm) bool { return a.Accounts == nil }))
		if n-placed+alarms != rulesOnBus(region) || placed > alarms {
			t.Errorf("%d rules, %d of them for target accounts, of which %d fit", n, placed, alarms)
		}
		if alarms == before {
			t.Errorf("%d alarms, whatever else is on the bus", alarms)
		}
		before = alarms
	}
}

// TestBootstrapCommandsAreForExactlyTheseAccountsAndRegions, with rights for what is deployed there, and one for each account: a
// second one would take back what the first gave.
func TestBootstrapCommandsAreForExactlyTheseAccountsAndRegions(t *testing.T) {
	const (
		regions = "regions: [us-east-1, ap-east-2]\n"
		tail    = "observers: {regions: [us-east-1], organization: o-ab12cd34ef}\ndeploy: {access: bootstrap}\npipeline: {source: {codeCommit: {repository: breakglass, branch: main}}}\n"
		as      = " --cloudformation-execution-policies arn:aws:iam::"
		hub     = "npx cdk bootstrap aws://111111111111/ap-east-2 aws://111111111111/eu-west-1 aws://111111111111/us-east-1" + as + "aws:policy/AdministratorAccess"
		two     = "breakglass execution-policy 222222222222 > breakglass-execution-222222222222.json && " +
			"{ aws iam create-policy --policy-name breakglass-execution --policy-document file://breakglass-execution-222222222222.json" +
			" || aws iam create-policy-version --set-as-default --policy-arn arn:aws:iam::222222222222:policy/breakglass-execution --policy-document file://breakglass-execution-222222222222.json; } && " +
			"npx cdk bootstrap aws://222222222222/eu-west-1 aws://222222222222/us-east-1 --trust 111111111111" + as + "222222222222:policy/breakglass-execution"
	)
	for name, c := range map[string]struct {
		targets string
		want    []string
	}{
		"the hub account as a target, too": {
			`[{account: "222222222222", region: eu-west-1}, {account: "111111111111"}]`,
			[]string{hub, two},
		},
		"stack sets in the hub account": {
			`[{account: "222222222222", region: eu-west-1}, {organizationalUnit: ou-ab12-11111111}]
stackSets: {managementAccount: "111111111111", retainOnAccountRemoval: true}`,
			[]string{hub, two},
		},
		"the hub account as a target in a Region that nobody watches": {
			`[{account: "111111111111", region: sa-east-1}]`,
			[]string{strings.Replace(hub, "eu-west-1", "sa-east-1", 1)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := Of(parsed(t, opening+regions+"targets: "+c.targets+"\n"+tail))
			if diff := cmp.Diff(c.want, p.BootstrapCommands("", nil)); diff != "" {
				t.Error(diff)
			}
			// With an account's profile, each of its commands that asks AWS has it.
			for i, command := range p.BootstrapCommands("", func(account string) string { return " --profile of-" + account }) {
				want := c.want[i] + " --profile of-111111111111"
				if i > 0 {
					want = strings.NewReplacer(".json || ", ".json --profile of-222222222222 || ", ".json; }",
						".json --profile of-222222222222; }").Replace(c.want[i]) + " --profile of-222222222222"
				}
				if command != want {
					t.Errorf("%s, not\n%s", command, want)
				}
			}
		})
	}
}
