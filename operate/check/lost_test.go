package check

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestALostRegionCostsOneFindingAndLittleTime: us-east-1 hangs, with all that AWS runs there for every Region. The report says so
// once, and what the standby has received.
func TestALostRegionCostsOneFindingAndLittleTime(t *testing.T) {
	// No second is waited for, and a slow machine takes no longer.
	synctest.Test(t, func(t *testing.T) {
		w := well(t, hub)
		w.hangs = true
		began := time.Now()
		report := w.report(t)
		if took := time.Since(began); took > 3*patience {
			t.Errorf("it took %s", took)
		}
		var lost []Finding
		for _, f := range bad(report.Findings) {
			if f.Check == "answers" {
				lost = append(lost, f)
			} else {
				t.Errorf("besides: %+v", f)
			}
		}
		if len(lost) != 1 || !strings.HasPrefix(lost[0].What, "no answer in time, so not checked: ") ||
			!strings.Contains(lost[0].What, "everything in the Region (us-east-1)") {
			t.Errorf("%+v", lost)
		}
		says := func(check, words string) bool {
			return slices.ContainsFunc(report.Of(check, Fine), func(f Finding) bool { return strings.Contains(f.What+f.Places(), words) })
		}
		if !says("heartbeats", "received in the standby (us-west-2) from 3 of 3 Regions") || !says("rules", "us-west-2") {
			t.Errorf("of the standby it says %+v", report.Findings)
		}
	})
}

// A Region of a target account that nothing is planned in, and that hangs, takes no time from the rest of the account.
func TestALostRegionOfATargetThatHasNothingThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := well(t, hub)
		o := w.options(t)
		o.Keys.(*cloud).worlds[[2]string{"222222222222", "sa-east-1"}].hangs = true
		report, err := Run(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if found := bad(report.Findings); len(found) > 0 {
			t.Errorf("%+v", found)
		}
		if found := saying(report.Findings, "stacks", "not searched for observers"); len(found) != 1 || found[0].Places() != "sa-east-1 in 222222222222" {
			t.Errorf("%+v", found)
		}
	})
}
