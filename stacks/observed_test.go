package stacks

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/config"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

func observedApp(t *testing.T) map[string]template { return sharedApp(t, "testdata/observed.yaml") }

func TestObserversTemplatesAreTheReviewedOnes(t *testing.T) {
	app := observedApp(t)
	golden(t, "role-observed", app["BreakGlass-Role-222222222222"])
	golden(t, "observer", app["BreakGlass-Observer-ap-northeast-1-222222222222"])
	golden(t, "observed", app["BreakGlass-Observed-us-east-1-1"])
}

// TestEveryTargetIsObservedInEveryRegionOfTheFile, by rules that carry to both hubs; and its role has one stack, wherever it is.
func TestEveryTargetIsObservedInEveryRegionOfTheFile(t *testing.T) {
	app := observedApp(t)
	c, err := config.Load("testdata/observed.yaml")
	if err != nil {
		t.Fatal(err)
	}
	seen, senders := map[string]int{}, map[string]int{}
	for _, one := range app {
		account := strings.Split(strings.TrimPrefix(one.manifest.Environment, "aws://"), "/")[0]
		for name, rule := range one.rules() {
			if !strings.HasPrefix(name, "observe-") {
				continue
			}
			seen[account+" "+one.region()]++
			var hubs []string
			for _, target := range rule["Targets"].([]any) {
				hubs = append(hubs, text(target.(map[string]any)["Arn"]))
			}
			if want := []string{
				"arn:aws:events:us-east-1:111111111111:event-bus/default", "arn:aws:events:eu-west-1:111111111111:event-bus/default",
			}; !slices.Equal(hubs, want) {
				t.Errorf("%s: %s carries to %q", one.stack, name, hubs)
			}
		}
		for _, r := range one.ofType("AWS::IAM::Role") {
			if r.Properties["RoleName"] == "breakglass-observer-role" {
				senders[account]++
			}
		}
	}
	wantSeen, wantSenders := map[string]int{}, map[string]int{}
	for _, account := range []string{"222222222222", "333333333333"} {
		wantSenders[account] = 1
		for _, region := range c.Observers.Regions {
			wantSeen[account+" "+region] = len(watch.Observed)
		}
	}
	if !maps.Equal(seen, wantSeen) || !maps.Equal(senders, wantSenders) {
		t.Errorf("observers %v, want %v; their roles %v", seen, wantSeen, senders)
	}
}

// TestTheHubsAcceptOnlyTheListedAccounts: each bus has one statement, with the accounts of the file and sources that only AWS has.
func TestTheHubsAcceptOnlyTheListedAccounts(t *testing.T) {
	statements := map[string]map[string]any{}
	for _, one := range observedApp(t) {
		for _, r := range one.ofType("AWS::Events::EventBusPolicy") {
			if statements[one.region()] != nil {
				t.Errorf("%s has a second statement", one.region())
			}
			statements[one.region()] = r.Properties["Statement"].(map[string]any)
		}
	}
	for _, region := range []string{"us-east-1", "eu-west-1"} {
		got := statements[region]
		if got == nil {
			t.Fatalf("%s hears nobody", region)
		}
		if compact(t, got["Principal"]) != `{"AWS":["arn:aws:iam::222222222222:root","arn:aws:iam::333333333333:root"]}` ||
			got["Resource"] != "arn:aws:events:"+region+":111111111111:event-bus/default" || got["Action"] != "events:PutEvents" ||
			compact(t, got["Condition"].(map[string]any)["ForAllValues:StringEquals"]) != `{"events:source":["aws.cloudformation","aws.iam","aws.signin"]}` {
			t.Errorf("%s: %s", region, compact(t, got))
		}
	}
	if len(statements) != 2 {
		t.Errorf("%d buses have a policy", len(statements))
	}
	for _, one := range wholeApp(t) {
		if len(one.ofType("AWS::Events::EventBusPolicy")) > 0 {
			t.Errorf("%s: without observers, a bus hears other accounts", one.stack)
		}
	}
}

// TestNoRuleOfAHubTakesAnotherAccountsEvent: only the rules for the observers' records do, and these alert nobody directly.
func TestNoRuleOfAHubTakesAnotherAccountsEvent(t *testing.T) {
	for file, app := range map[string]map[string]template{"observed": observedApp(t), "units": unitsApp(t)} {
		heard := 0
		for _, one := range app {
			if !strings.Contains(one.manifest.Environment, "111111111111") {
				continue
			}
			for name, rule := range one.rules() {
				pattern := rule["EventPattern"].(map[string]any)
				if compact(t, pattern["account"]) == `["111111111111"]` {
					continue
				}
				heard++
				for _, target := range rule["Targets"].([]any) {
					if id := target.(map[string]any)["Id"]; id != "ledger" || !strings.HasPrefix(name, "capture-breakglass-target-") {
						t.Errorf("%s: %s: %s hands what other accounts do to %v", file, one.stack, name, id)
					}
				}
			}
		}
		if heard == 0 {
			t.Errorf("%s: nothing hears the observers", file)
		}
	}
}

// TestTheObserversFitWhateverTheFile: a file that is let through has to fit, or a deployment would fail where the file was
// found good.
func TestTheObserversFitWhateverTheFile(t *testing.T) {
	const asManyAsFit = 0
	for _, f := range []struct {
		name                                               string
		users, letters, instructions, targets, rules, most int
		organization                                       string
	}{
		{"one of each", 1, 14, asManyAsFit, 1, 1, 1, ""},
		{"two hundred accounts without an organization", 1, 14, asManyAsFit, 200, 100, 2, ""},
		{"a thousand accounts", asManyAsFit, 14, 150, 1000, 100, 10, "o-ab12cd34ef"},
		{"long names of users", asManyAsFit, 64, 150, 1000, 100, 10, "o-ab12cd34ef"},
	} {
		t.Run(f.name, func(t *testing.T) {
			written := func(users, instructions int) string {
				var b strings.Builder
				b.WriteString("version: 1\nhub: {account: \"111111111111\", region: ap-southeast-1, standby: ap-southeast-2}\n")
				b.WriteString("regions: [ap-southeast-1, ap-southeast-2]\nalerts: {email: [security-team@example.com], instructions: " + strings.Repeat("x",
					instructions) + "}\n")
				b.WriteString("observers: {regions: [us-east-1]")
				if f.organization != "" {
					b.WriteString(", organization: " + f.organization)
				}
				b.WriteString("}\nusers:\n")
				for i := range users {
					fmt.Fprintf(&b, "  - name: \"%s\"\n", userName(i, f.letters))
				}
				b.WriteString("targets:\n")
				for i := range f.targets {
					fmt.Fprintf(&b, "  - {account: \"%012d\", name: %s}\n", i, strings.Repeat("n", 30))
				}
				return b.String()
			}
			if f.users == asManyAsFit {
				f.users = mostAccepted(t, 60, func(n int) string { return written(n, f.instructions) })
			}
			if f.instructions == asManyAsFit {
				f.instructions = mostAccepted(t, config.MaxInstructions, func(n int) string { return written(f.users, n) })
			}
			file := filepath.Join(t.TempDir(), "file.yaml")
			if err := os.WriteFile(file, []byte(written(f.users, f.instructions)), 0o600); err != nil {
				t.Fatal(err)
			}
			rules, largest := map[string]bool{}, 0
			check := func(stack string) {
				for name, one := range synthOnly(t, file, stack) {
					if n := sentSize(t, one); n > plan.MaxTemplate || len(one.text) > plan.MaxTemplate {
						t.Errorf("%s: %d bytes", name, n)
					} else if strings.HasPrefix(name, "BreakGlass-Obs") || strings.HasPrefix(name, "BreakGlass-Role") {
						largest = max(largest, n)
					}
					for rule, r := range one.rules() {
						pattern := r["EventPattern"].(map[string]any)
						if n := watch.Size(pattern); n > watch.MaxPattern {
							t.Errorf("%s: the pattern of %s has %d characters", name, rule, n)
						}
						if strings.HasPrefix(rule, "capture-breakglass-target-access-") {
							rules[one.region()+" "+rule] = true
							if from, _ := pattern["account"].([]any); len(from) > f.most {
								t.Errorf("%s: %s hears %d accounts", name, rule, len(from))
							}
						}
					}
					for _, alarm := range one.ofType("AWS::CloudWatch::Alarm") {
						if n := len([]rune(text(alarm.Properties["AlarmDescription"]))); n > watch.MaxAlarmText {
							t.Errorf("%s: an alarm's text has %d characters", name, n)
						}
					}
				}
			}
			check("BreakGlass-Observed-*")
			check("BreakGlass-Role-000000000000")
			check("BreakGlass-Observer-us-east-1-000000000000")
			if len(rules) != 2*f.rules {
				t.Errorf("%d rules, want %d in each of two hubs", len(rules), f.rules)
			}
			t.Logf("the largest of the observers' templates has %d bytes", largest)
		})
	}
}
