package deploy

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLine(t *testing.T) {
	for want, o := range map[string]Outcome{
		"Hub: deployed in 2.5 s":                 {Stack: "Hub", State: Deployed, Seconds: 2.5},
		"Hub: deployed":                          {Stack: "Hub", State: Deployed},
		"Hub: no changes":                        {Stack: "Hub", State: Unchanged, Seconds: 2.5},
		"Hub: failed after 1.0 s: it is in use":  {Stack: "Hub", State: Failed, Seconds: 1, Reason: "it is in use"},
		"Hub: blocked: it depends on another":    {Stack: "Hub", State: Held, Reason: "it depends on another"},
		"Hub: not verified after 3.0 s: no idea": {Stack: "Hub", State: Unverified, Seconds: 3, Reason: "no idea"},
	} {
		if got := o.Line(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestSummary(t *testing.T) {
	var all []Outcome
	for _, s := range []State{Waiting, Underway, Deployed, Deployed, Unchanged, Unverified, Failed, Held, NotEnabled, Refused, Later} {
		all = append(all, Outcome{State: s})
	}
	if got, want := Summary(all), "11 stacks: 2 deployed, 1 no changes, 1 not verified, 1 failed, 1 blocked, 1 no access, 1 Region not enabled, 1 deferred, 1 in progress, 1 not started"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := Summary(all[2:3]), "1 stack: 1 deployed"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// What a state means for the exit code, and for what depends on the stack.
func TestStates(t *testing.T) {
	for s, want := range map[State]struct{ wrong, blocks bool }{
		Waiting: {true, false}, Underway: {true, false}, Deployed: {}, Unchanged: {}, Unverified: {true, false},
		Failed: {true, true}, Held: {true, true}, Refused: {true, true}, NotEnabled: {false, true}, Later: {false, true},
	} {
		if s.Wrong() != want.wrong || s.blocks() != want.blocks {
			t.Errorf("%s: wrong %v, blocks %v", s, s.Wrong(), s.blocks())
		}
	}
}

func TestCauses(t *testing.T) {
	got := Causes([]Outcome{
		{Stack: "A", Account: "1", Region: "eu-west-1", State: Failed, Reason: "A in eu-west-1 of 1 is bad", Fix: "x"},
		{Stack: "B", Account: "2", Region: "eu-west-2", State: Failed, Reason: "B in eu-west-2 of 2 is bad", Fix: "x"},
		{Stack: "C", Account: "2", Region: "eu-west-2", State: Failed, Reason: "C in eu-west-2 of 2 is bad", Fix: "y"},
		{Stack: "D", Account: "2", Region: "eu-west-2", State: Refused, Reason: "D in eu-west-2 of 2 is bad"},
		{Stack: "E", State: Failed, Reason: "alone"}, {Stack: "F", State: Failed}, {Stack: "G", State: Deployed, Reason: "x"},
		{Stack: "H", State: Later, Reason: "x"},
		{Stack: "I", Account: "1", Region: "eu-west-1", State: Failed, Reason: "I of 1: eu-west-1 does not answer"},
		{Stack: "J", Account: "2", Region: "eu-west-1", State: Failed, Reason: "J of 2: eu-west-1 does not answer"},
	})
	want := []Cause{
		{State: Failed, Reason: "STACK in REGION of ACCOUNT is bad", Fixes: []string{"x", "y"}, Of: []string{"A", "B", "C"}},
		{State: Refused, Reason: "D in eu-west-2 of 2 is bad", Of: []string{"D"}},
		{State: Failed, Reason: "alone", Of: []string{"E"}},
		{State: Failed, Reason: "STACK of ACCOUNT: eu-west-1 does not answer", Of: []string{"I", "J"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
