package drill

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
)

// The ledgers are asked for drills only, from a little before the run on, and on every page.
func TestTheLedgerIsReadToItsEnd(t *testing.T) {
	s := working(t, "us-east-1", "us-west-2")
	var asked []struct {
		LogGroupName, FilterPattern string
		StartTime                   int64
	}
	s.Handle("logs:FilterLogEvents", func(_, request string) string {
		var in struct {
			LogGroupName, FilterPattern, NextToken string
			StartTime                              int64
		}
		_ = json.Unmarshal([]byte(request), &in)
		asked = append(asked, struct {
			LogGroupName, FilterPattern string
			StartTime                   int64
		}{in.LogGroupName, in.FilterPattern, in.StartTime})
		if in.NextToken == "" {
			return `{"events": [{"message": "broken"}, {"message": "{\"detail\": {\"eventID\": \"one\"}}"}], "nextToken": "2"}`
		}
		return `{"events": [{"message": "{\"detail\": {\"eventID\": \"two\"}}"}]}`
	})
	state := &state{Run: newRun(t, Options{}), aws: in(s)}
	var found []string
	since := time.UnixMilli(1700000000000)
	if err := state.lookInto(t.Context(), "us-east-1", since, func(id string, at time.Time) {
		if found = append(found, id); time.Since(at) > time.Minute {
			t.Errorf("found at %v", at)
		}
	}); err != nil || !slices.Equal(found, []string{"one", "two"}) {
		t.Errorf("%q, %v", found, err)
	}
	for _, in := range asked {
		if in.LogGroupName != "/aws/events/breakglass-ledger" || in.FilterPattern != `{ $.source = "breakglass.drill" }` || in.StartTime != 1700000000000 {
			t.Errorf("%+v", in)
		}
	}
	s.Fail("logs:FilterLogEvents", "AccessDenied", "no")
	if err := state.lookInto(t.Context(), "us-east-1", since, func(string, time.Time) {}); err == nil {
		t.Error("a refusal is no answer")
	}
}

// A ledger that nobody may read ends the run; one that is gone is a finding, and all of them gone is the end.
func TestLedgersBeforeARun(t *testing.T) {
	for name, c := range map[string]struct {
		regions string
		code    string
		want    string
	}{
		"refused": {"@us-west-2", "AccessDenied", "reading the ledger in us-west-2: "},
	} {
		s := working(t, "us-east-1", "us-west-2")
		s.Fail("logs:FilterLogEvents"+c.regions, c.code, "User: x is not authorized to perform: logs:FilterLogEvents on resource: y")
		o, err := newRun(t, Options{}).Do(t.Context(), in(s), nil, Progress{})
		if err == nil || !strings.HasPrefix(err.Error(), c.want) || len(o.Results) > 0 || slices.Contains(s.Calls(), "sqs:CreateQueue@us-east-1") {
			t.Errorf("%s: %v, %q", name, err, s.Calls())
		}
	}
}

// The ledger is asked often at first, and then less often.
func TestTheLedgerIsAskedLessOftenInTime(t *testing.T) {
	r := &Run{look: time.Second}
	for looks, want := range map[int]time.Duration{
		0: time.Second, manyLooks - 1: time.Second, manyLooks: slower * time.Second, 10 * manyLooks: slower * time.Second,
	} {
		if got := r.afterLook(looks); got != want {
			t.Errorf("after %d queries it waits %v, want %v", looks, got, want)
		}
	}
	if perSecond := time.Second / ledgerLook; perSecond < 1 || perSecond > 4 || slower < 2 {
		t.Errorf("%d queries a second, then one in %d of them", perSecond, slower)
	}
}
