package stacks

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/config"
	"example.com/breakglass/watch"
)

func TestForwardersWaitForTheHubsAndRolesForNobody(t *testing.T) {
	for stack, one := range wholeApp(t) {
		waits := slices.DeleteFunc(slices.Clone(one.manifest.Dependencies), func(d string) bool { return strings.HasSuffix(d, ".assets") })
		slices.Sort(waits)
		var want []string
		switch {
		case strings.HasPrefix(stack, "BreakGlass-Forwarder-"):
			want = []string{"BreakGlass-Hub", "BreakGlass-Standby"}
		case stack == "BreakGlass-Chat-us-east-1":
			want = []string{"BreakGlass-Chat-us-west-2", "BreakGlass-Hub"}
		case stack == "BreakGlass-Hub", stack == "BreakGlass-Composer-us-west-2":
			want = []string{"BreakGlass-Composer-us-east-1"} // which has the roles
		case stack == "BreakGlass-Standby":
			want = []string{"BreakGlass-Composer-us-west-2", "BreakGlass-Hub"}
		case stack == "BreakGlass-Notifications", stack == "BreakGlass-Trail", strings.HasPrefix(stack, "BreakGlass-Role-"), stack == "BreakGlass-Composer-us-east-1":
		case strings.HasSuffix(stack, "-us-west-2"), stack == "BreakGlass-Heartbeats-standby":
			want = []string{"BreakGlass-Standby"}
		default:
			want = []string{"BreakGlass-Hub"}
		}
		if !slices.Equal(waits, want) {
			t.Errorf("%s waits for %q, want %q", stack, waits, want)
		}
	}
}

// TestEveryRegionReachesEachHubOnce follows a sign-in from each Region through the rules that the templates deploy.
func TestEveryRegionReachesEachHubOnce(t *testing.T) {
	app := wholeApp(t)
	buses := map[string][]string{}
	for _, one := range app {
		rule, ok := one.rules()["capture-breakglass-user-sign-in"]
		if !ok {
			rule, ok = one.rules()["forward-breakglass-user-sign-in"]
		}
		if !ok || !strings.HasPrefix(one.stack, "BreakGlass-Forwarder-") {
			continue
		}
		for _, target := range rule["Targets"].([]any) {
			arn := text(target.(map[string]any)["Arn"])
			buses[one.region()] = append(buses[one.region()], strings.Split(arn, ":")[3])
		}
	}
	for _, hub := range []string{"us-east-1", "us-west-2"} {
		suffix := ""
		stack := "BreakGlass-Hub"
		if hub == "us-west-2" {
			stack, suffix = "BreakGlass-Standby", "-standby"
		}
		if app[stack].rules()["capture-breakglass-user-sign-in"+suffix] == nil {
			t.Errorf("%s does not capture its own Region", stack)
		}
		for region, to := range buses {
			n := 0
			for _, r := range to {
				if r == hub {
					n++
				}
			}
			if want := 1; region == hub && n != 0 || region != hub && n != want {
				t.Errorf("a sign-in in %s reaches the hub in %s %d times", region, hub, n)
			}
		}
	}
	if want := len(config.AllRegions()) - 1; len(buses) != want {
		t.Errorf("%d Regions are carried, want %d: all without the unwatched one", len(buses), want)
	}
}

// TestEveryRegionHasTheWholeCatalogue but what is about the pipeline, which the file does not have.
func TestEveryRegionHasTheWholeCatalogue(t *testing.T) {
	for stack, one := range wholeApp(t) {
		if !strings.HasPrefix(stack, "BreakGlass-Forwarder-") {
			continue
		}
		hub := one.region() == "us-east-1" || one.region() == "us-west-2"
		for _, e := range watch.Catalogue {
			if found := one.rules()["capture-"+e.Rule] != nil || one.rules()["forward-"+e.Rule] != nil; found != (e.Always() && (hub || !e.HubsOnly)) {
				t.Errorf("%s has %s: %v", stack, e.ID, found)
			}
		}
	}
}

// TestNoRuleNameIsInTwoStacksOfARegion covers the day on which a standby is added or removed, too: the stacks of the
// file with and without it stand side by side for a while.
func TestNoRuleNameIsInTwoStacksOfARegion(t *testing.T) {
	seen := map[string]string{}
	for _, app := range []map[string]template{wholeApp(t), synth(t, "testdata/small.yaml")} {
		for stack, one := range app {
			for rule := range one.rules() {
				key := one.region() + " " + rule
				if other := seen[key]; other != "" && other != stack {
					t.Errorf("%s is in %s and in %s", key, other, stack)
				}
				seen[key] = stack
			}
		}
	}
}

func TestDeployAccessDecidesWhoseRightsDeploy(t *testing.T) {
	for stack, one := range wholeApp(t) {
		account := strings.Split(strings.TrimPrefix(one.manifest.Environment, "aws://"), "/")[0]
		if got, want := one.manifest.Properties.AssumeRoleArn, "arn:aws:iam::"+account+":role/OrganizationAccountAccessRole"; got != want {
			t.Errorf("%s is deployed by %q, want %q", stack, got, want)
		}
		if one.manifest.Properties.Tags["team"] != "security" {
			t.Errorf("%s has tags %v", stack, one.manifest.Properties.Tags)
		}
	}
	for stack, one := range synth(t, "testdata/small.yaml") {
		if got := one.manifest.Properties.AssumeRoleArn; got != "" {
			t.Errorf("%s is deployed by %q, want the caller", stack, got)
		}
	}
}

func TestBootstrapDeploysThroughTheRolesOfCDKBootstrap(t *testing.T) {
	small, err := os.ReadFile("testdata/small.yaml")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "bootstrap.yaml")
	if err := os.WriteFile(file, append(small, "monitoring: {heartbeats: false, tampering: false, deliveryFailures: false, newRegions: false, dashboard: false}\nregions: [us-east-1, eu-west-1]\ndeploy: {access: bootstrap}\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	app := newApp(t, dir)
	if _, err := build(app, file); err != nil {
		t.Fatal(err)
	}
	app.Synth(nil)
	stacks := 0
	for id, a := range manifest(t, dir) {
		if a.Type != "aws:cloudformation:stack" {
			continue
		}
		stacks++
		if role := a.Properties.AssumeRoleArn; !strings.Contains(role, ":role/cdk-hnb659fds-deploy-role-") {
			t.Errorf("%s is deployed by %q", id, role)
		}
	}
	if stacks != 4 {
		t.Errorf("%d stacks, want the composer, the hub, a forwarder and a role", stacks)
	}
}
