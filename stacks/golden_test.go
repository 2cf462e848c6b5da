package stacks

import (
	"path/filepath"
	"testing"

	"go.yaml.in/yaml/v3"

	"example.com/breakglass/internal/reviewed"
)

// TestTemplatesAreTheReviewedOnes compares a stack of each kind with its golden template, laid out as cdk synth shows it, and the
// patterns of the rules, too.
// After a change on purpose: go test ./stacks -run Reviewed -update, and review the difference.
func TestTemplatesAreTheReviewedOnes(t *testing.T) {
	small := synth(t, "testdata/small.yaml")
	goldens := map[string]template{
		"hub":                    small["BreakGlass-Hub"],
		"forwarder":              small["BreakGlass-Forwarder-eu-west-1"],
		"role":                   small["BreakGlass-Role-222222222222"],
		"standby":                wholeApp(t)["BreakGlass-Standby"],
		"integrity":              small["BreakGlass-Integrity-us-east-1"],
		"heartbeats":             small["BreakGlass-Heartbeats-americas"],
		"heartbeats-standby":     wholeApp(t)["BreakGlass-Heartbeats-standby"],
		"dashboard":              small["BreakGlass-Dashboard"],
		"trail":                  wholeApp(t)["BreakGlass-Trail"],
		"chat":                   wholeApp(t)["BreakGlass-Chat-us-east-1"],
		"composer":               small["BreakGlass-Composer-us-east-1"],
		"dead-mans-switch":       wholeApp(t)["BreakGlass-Heartbeats-americas"],
		"notifications":          wholeApp(t)["BreakGlass-Notifications"],
		"links":                  synth(t, "testdata/full.yaml")["BreakGlass-Links-1"],
		"role-inline-and-bounds": wholeApp(t)["BreakGlass-Role-333333333333"],
	}
	for name, one := range goldens {
		t.Run(name, func(t *testing.T) { golden(t, name, one) })
	}
}

// golden compares a template with its golden one.
func golden(t *testing.T, name string, one template) {
	t.Helper()
	var plain any
	if err := yaml.Unmarshal(one.text, &plain); err != nil {
		t.Fatal(err)
	}
	all, _ := plain.(map[string]any)
	resources, _ := all["Resources"].(map[string]any)
	for _, r := range resources {
		properties, _ := r.(map[string]any)["Properties"].(map[string]any)
		layOut(t, r.(map[string]any)["Type"].(string), properties)
	}
	reviewed.Text(t, filepath.Join("golden", name+".yaml"), asYAML(t, plain))
}
