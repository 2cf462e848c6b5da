package config

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
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
    - {name: Pilot, targets: ["222222222222"]}
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
	if !slices.Equal(got.Observers.Regions, []string{"eu-west-1", "us-east-1"}) {
		t.Errorf("observed in %v", got.Observers.Regions)
	}
	wantWaves := []Wave{
		{Name: "Pilot", Targets: []string{"222222222222"}},
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
