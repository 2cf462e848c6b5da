package deploy

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/breakglass/internal/cdkcli"
	"example.com/breakglass/plan"
)

var one = plan.Placement{Stack: "BreakGlass-Role-222222222222", Account: "222222222222", Region: "us-east-1"}

// What CloudFormation says of a stack whose end the CDK CLI did not report.
func TestRecord(t *testing.T) {
	for name, c := range map[string]struct {
		v         verdict
		succeeded bool
		want      Outcome
		tells     int
	}{
		"failed":               {verdict{touched: true, failure: "why", seconds: 2}, false, Outcome{State: Failed, Reason: "why", Seconds: 2}, 1},
		"failed, says the CLI": {verdict{failure: "why"}, true, Outcome{State: Failed, Reason: "why"}, 1},
		"missing after success": {
			verdict{missing: true}, true, Outcome{State: Failed, Reason: "the CDK CLI reports success, but CloudFormation has no such stack"}, 1,
		},
		"missing after failure": {verdict{missing: true}, false, Outcome{State: Waiting}, 0},
		"deployed":              {verdict{touched: true, seconds: 3}, false, Outcome{State: Deployed, Seconds: 3}, 1},
		"unchanged":             {verdict{}, true, Outcome{State: Unchanged}, 1},
		"not attempted":         {verdict{}, false, Outcome{State: Waiting}, 0},
	} {
		tells := 0
		b := newBoard([]plan.Placement{one}, func(Outcome) { tells++ })
		b.of[one.Stack].State = Underway
		b.record(one.Stack, c.v, c.succeeded)
		c.want.Stack, c.want.Account, c.want.Region = one.Stack, one.Account, one.Region
		if diff := cmp.Diff([]Outcome{c.want}, b.outcomes()); diff != "" || tells != c.tells {
			t.Errorf("%s: told %d times\n%s", name, tells, diff)
		}
	}
}

// What the CDK CLI reports.
func TestProgress(t *testing.T) {
	b := newBoard([]plan.Placement{one}, func(Outcome) {})
	if b.progress(cdkcli.Event{Kind: cdkcli.Done, Stack: "another"}) {
		t.Error("a stack of somebody else ended")
	}
	if b.progress(cdkcli.Event{Kind: cdkcli.Started, Stack: one.Stack}) || b.of[one.Stack].State != Underway {
		t.Errorf("%+v", b.of[one.Stack])
	}
	if !slices.Equal(b.open([]string{one.Stack}), []string{one.Stack}) {
		t.Error("one that is underway has ended")
	}
	if !b.progress(cdkcli.Event{Kind: cdkcli.Done, Stack: one.Stack, Took: 1234 * time.Millisecond}) || b.of[one.Stack].Seconds != 1.2 {
		t.Errorf("%+v", b.of[one.Stack])
	}
	if !b.progress(cdkcli.Event{Kind: cdkcli.Unchanged, Stack: one.Stack}) {
		t.Error("unchanged is no end")
	}
	b.settle(one.Stack, Deployed, "")
	if len(b.open([]string{one.Stack})) > 0 {
		t.Error("one that is deployed has not ended")
	}
}
