package config

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/breakglass/watch"
)

// TestUnitsObserversAndPipeline reads the keys of those who have many accounts.
func TestUnitsObserversAndPipeline(t *testing.T) {
	got := mustParse(t, base+`role: {sessionDuration: 2h}
targets:
  - account: "222222222222"
  - {organizationalUnit: ou-ab12-11111111, name: workloads, managedPolicies: [ReadOnlyAccess], permissionsBoundary: Boundary}
  - {account: "111111111111", name: hub}
  - {organizationalUnit: ou-ab12-22222222}
stackSets: {managementAccount: "333333333333", region: eu-west-1, retainOnAccountRemoval: false}
observers: {regions: [us-east-1, eu-west-1], organization: o-ab12cd34ef}
deploy: {access: bootstrap}
pipeline:
  source: {s3: {bucket: breakglass-source, key: breakglass.zip}}
  approval: true
  waves:
    - {name: Canary, targets: ["222222222222"]}
    - {name: Units, targets: [ou-ab12-11111111, ou-ab12-22222222], approval: true}
    - name: Rest
`)
	var targets []string
	for _, u := range got.Targets {
		targets = append(targets, u.ID())
	}
	if !slices.Equal(targets, []string{"222222222222", "111111111111"}) || len(got.Units) != 2 {
		t.Errorf("targets %q, units %v", targets, got.Units)
	}
	wantUnit := Target{
		OrganizationalUnit: "ou-ab12-11111111", Name: "workloads", Region: "us-east-1",
		ManagedPolicies: []string{"ReadOnlyAccess"}, PermissionsBoundary: "Boundary", SessionDuration: 2 * time.Hour,
	}
	if diff := cmp.Diff(wantUnit, got.Units[0]); diff != "" {
		t.Error(diff)
	}
	if got.Units[1].Name != "ou-ab12-22222222" {
		t.Errorf("a unit without a name is called %s", got.Units[1].Name)
	}
	if want := (StackSets{ManagementAccount: "333333333333", Region: "eu-west-1"}); got.StackSets != want || got.StackSetAccount() != "333333333333" {
		t.Errorf("stack sets %+v", got.StackSets)
	}
	if o := got.Observed(); len(o) != 1 || o[0].Account != "222222222222" || !slices.Equal(got.Observers.Regions, []string{"eu-west-1", "us-east-1"}) {
		t.Errorf("%v observed in %v", o, got.Observers.Regions)
	}
	wantWaves := []Wave{
		{Name: "Canary", Targets: []string{"222222222222"}},
		{Name: "Units", Targets: []string{"ou-ab12-11111111", "ou-ab12-22222222"}, Approval: true},
		{Name: "Rest", Targets: []string{"111111111111"}},
	}
	if diff := cmp.Diff(wantWaves, got.Pipeline.Waves); diff != "" {
		t.Error(diff)
	}
}

// TestAPipelineWithoutWavesAsksOnce: all targets in one wave, behind an approval.
func TestAPipelineWithoutWavesAsksOnce(t *testing.T) {
	got := mustParse(t, base+`targets: [{account: "222222222222"}]
deploy: {access: bootstrap}
pipeline: {source: {codeCommit: {repository: breakglass, branch: main}}}
`)
	if diff := cmp.Diff([]Wave{{Name: "Targets", Targets: []string{"222222222222"}, Approval: true}}, got.Pipeline.Waves); diff != "" {
		t.Error(diff)
	}
	if got = mustParse(t, base); got.Pipeline.On() {
		t.Error("a file without a pipeline has one")
	}
}

// TestListenersNameTheirAccounts: each account has an alarm of its own while there are few, and many share one that has all
// their names, as far as there is room.
func TestListenersNameTheirAccounts(t *testing.T) {
	for _, n := range []int{0, 1, 100, 101, 1000} {
		file := base + "observers: {regions: [us-east-1], organization: o-ab12cd34ef}\n"
		if n > 0 {
			file += "targets:\n"
		}
		for i := range n {
			file += fmt.Sprintf("  - {account: %q, name: %q}\n", fmt.Sprint(200000000000+i), fmt.Sprintf("account-%04d of some team", i))
		}
		c := mustParse(t, file)
		seen := map[string]bool{}
		e, _ := watch.ByID(watch.TargetAccess)
		for _, l := range c.Listeners() {
			for _, a := range l.Accounts {
				if seen[a] || !strings.Contains(l.Which, a+" account-") {
					t.Errorf("%d: %s is seen twice, or not named in %q", n, a, l.Which)
				}
				seen[a] = true
			}
			if text := e.Counts[0].HeardText(l.Which, "ap-southeast-7", c.Alerts.Instructions); len(text) > watch.MaxAlarmText {
				t.Errorf("%d: the alarm says %d characters", n, len(text))
			}
		}
		if len(seen) != n || len(c.Listeners()) > mostListeners || n <= mostListeners && len(c.Listeners()) != n {
			t.Errorf("%d accounts: %d of them heard, by %d alarms", n, len(seen), len(c.Listeners()))
		}
	}
}

// TestBootstrapCommandsAreForExactlyTheseAccountsAndRegions, with rights for what is deployed there, and one for each account: a
// second one would take back what the first gave.
func TestBootstrapCommandsAreForExactlyTheseAccountsAndRegions(t *testing.T) {
	const (
		head = "regions: [us-east-1, ap-east-2]\n"
		tail = "observers: {regions: [us-east-1], organization: o-ab12cd34ef}\n"
		as   = " --cloudformation-execution-policies arn:aws:iam::aws:policy/"
		role = "IAMFullAccess,arn:aws:iam::aws:policy/AmazonEventBridgeFullAccess,arn:aws:iam::aws:policy/AmazonSQSFullAccess"
		set  = "AWSCloudFormationFullAccess"
		hub  = "npx cdk bootstrap aws://111111111111/ap-east-2 aws://111111111111/eu-west-1 aws://111111111111/us-east-1" + as + "AdministratorAccess"
		two  = "npx cdk bootstrap aws://222222222222/eu-west-1 aws://222222222222/us-east-1 --trust 111111111111" + as + role
	)
	for name, c := range map[string]struct {
		targets string
		want    []string
	}{
		"the stack sets in a management account that is no target": {
			`[{account: "222222222222", region: eu-west-1}, {account: "111111111111"}, {organizationalUnit: ou-ab12-11111111}]
stackSets: {managementAccount: "333333333333", retainOnAccountRemoval: true}`,
			[]string{hub, two, "npx cdk bootstrap aws://333333333333/us-east-1 --trust 111111111111" + as + set},
		},
		"in one that is a target, too": {
			`[{account: "333333333333", region: eu-west-1}, {organizationalUnit: ou-ab12-11111111}]
stackSets: {managementAccount: "333333333333", retainOnAccountRemoval: true}`,
			[]string{hub, "npx cdk bootstrap aws://333333333333/eu-west-1 aws://333333333333/us-east-1 --trust 111111111111" + as + role + ",arn:aws:iam::aws:policy/" + set},
		},
		"in the hub account": {
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
			got := mustParse(t, base+head+"targets: "+c.targets+"\n"+tail).BootstrapCommands()
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
