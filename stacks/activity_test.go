package stacks

import (
	"strings"
	"testing"

	"example.com/breakglass/names"
)

// TestActivityTemplatesAreTheReviewedOnes: an observer that also carries what the role's sessions do, and the hub's half.
func TestActivityTemplatesAreTheReviewedOnes(t *testing.T) {
	app := sharedApp(t, "testdata/activity.yaml")
	golden(t, "role-activity", app["BreakGlass-Role-222222222222"])
	golden(t, "observer-activity", app["BreakGlass-Observer-eu-west-1-222222222222"])
	golden(t, "observed-activity", app["BreakGlass-Observed-us-east-1-1"])
}

// TestActivityReachesTheLedgerAndNobody: its rules end in the hubs' buses and in the ledger, and no alarm counts them.
func TestActivityReachesTheLedgerAndNobody(t *testing.T) {
	found := map[string]int{}
	for _, one := range sharedApp(t, "testdata/activity.yaml") {
		for name, rule := range one.rules() {
			if !strings.HasSuffix(name, "breakglass-target-activity") {
				continue
			}
			found[name]++
			for _, target := range rule["Targets"].([]any) {
				if arn := text(target.(map[string]any)["Arn"]); !strings.HasSuffix(arn, ":event-bus/default") && !strings.HasSuffix(arn, names.Ledger) &&
					!strings.Contains(arn, "Ledger") {
					t.Errorf("%s: %s hands it to %s", one.stack, name, arn)
				}
			}
		}
		for _, alarm := range one.ofType("AWS::CloudWatch::Alarm") {
			if strings.Contains(compact(t, alarm.Properties), "target-activity") {
				t.Errorf("%s: an alarm counts it", one.stack)
			}
		}
	}
	if found["observe-breakglass-target-activity"] != 2 || found["record-breakglass-target-activity"] != 1 {
		t.Errorf("rules: %v", found)
	}
}
