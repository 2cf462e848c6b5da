package check

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	regions "github.com/aws/aws-sdk-go-v2/service/account/types"
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	st "github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"example.com/breakglass/names"
)

func TestRegions(t *testing.T) {
	breakEach(t, []broken{
		{
			"one is enabled but not watched", "", func(w *world) { w.regions["af-south-1"] = regions.RegionOptStatusEnabled }, "regions", Problem,
			"enabled but not watched", "add it to regions",
		},
		{
			"one is new to this program", "", func(w *world) { w.regions["xx-new-1"] = regions.RegionOptStatusEnabledByDefault }, "regions", Problem,
			"enabled but not watched", "add it to regions",
		},
		{
			"one is being enabled", "", func(w *world) { w.regions["af-south-1"] = regions.RegionOptStatusEnabling }, "regions", Warning,
			"being enabled, but not watched", "add it",
		},
		{
			"one is in a state of later", "", func(w *world) { w.regions["af-south-1"] = "LOCAL_ONLY" }, "regions", Warning,
			"in a state that this program does not know: LOCAL_ONLY", "add it to regions",
		},
		{
			"a watched one is being enabled", "", func(w *world) { w.regions["eu-west-1"] = regions.RegionOptStatusEnabling }, "regions", Warning,
			"not everything can be deployed yet", "wait",
		},
		{
			"a watched one is off", "", func(w *world) { w.regions["eu-west-1"] = regions.RegionOptStatusDisabled }, "regions", Problem,
			"not enabled in the hub account", "enable-region --region-name eu-west-1",
		},
		{"a watched one is unknown to AWS", "", func(w *world) { delete(w.regions, "eu-west-1") }, "regions", Problem, "not enabled in the hub account", ""},
	})
	w := well(t, hub)
	w.regions["eu-west-1"] = regions.RegionOptStatusDisabled
	r, in := w.s.regions(t.Context(), w)
	if off := in.off; len(off) != 1 || off[0] != "eu-west-1" || !slices.Equal(in.enabled, []string{"sa-east-1", "us-east-1", "us-west-2"}) ||
		r.tallies[regionsWatched] != (Tally{2, 3}) {
		t.Errorf("the Regions are %+v, the tally is %+v", in, r.tallies)
	}
}

func TestHeartbeats(t *testing.T) {
	breakEach(t, []broken{
		{
			"the schedule is off", forwarder, func(w *world) { w.schedule.State = st.ScheduleStateDisabled }, "heartbeats", Problem, "is disabled",
			"--revert-drift --only BreakGlass-Forwarder-eu-west-1",
		},
		{"the schedule is missing", forwarder, func(w *world) { w.schedule = nil }, "heartbeats", Problem, "is missing", ""},
		{
			"the schedule is rarer", forwarder, func(w *world) { w.schedule.ScheduleExpression = aws.String("rate(1 day)") }, "heartbeats", Problem, "is rate(1 day)",
			"",
		},
		{
			"the schedule goes elsewhere", forwarder, func(w *world) { w.schedule.Target.Arn = aws.String("arn:x") }, "heartbeats", Problem, `has the target "arn:x"`,
			"",
		},
		{
			"the schedule says something else", forwarder, func(w *world) { w.schedule.Target.EventBridgeParameters.Source = nil }, "heartbeats", Problem,
			`has the source ""`, "",
		},
		{
			"a Region is not heard of", "", func(w *world) { w.beats = w.beats[1:] }, "heartbeats", Problem, "no heartbeat reached the hub for 3 hours",
			"see the other findings",
		},
	})
	w := well(t, hub)
	w.beats = append(w.beats[:1], logs.FilteredLogEvent{Message: aws.String("no JSON")},
		logs.FilteredLogEvent{Message: aws.String(`{"source": "other", "region": "us-west-2"}`)})
	r, last := w.s.beats(t.Context(), w, hub, map[string]time.Time{"us-west-2": now.Add(-time.Hour), "eu-west-1": {}})
	if r.tallies[regionsBeating] != (Tally{1, 3}) || !last.Equal(now.Add(-10*time.Minute)) {
		t.Errorf("the tally is %+v, the last was at %s", r.tallies, last)
	}
	if found := w.s.merge(r.found); len(bad(found)) != 0 || !strings.Contains(found[len(found)-1].What, "deployed less than 3 hours ago") {
		t.Errorf("of a Region that is new: %+v", found)
	}
}

func TestLedger(t *testing.T) {
	breakEach(t, []broken{
		{
			"it is missing", "", func(w *world) { delete(w.kept, names.Ledger) }, "ledger", Problem, names.Ledger + " is missing",
			"--revert-drift --only BreakGlass-Hub",
		},
		{"it is kept for too short", "", func(w *world) { w.kept[names.Ledger] = 7 }, "ledger", Problem, "kept for 7 days; breakglass.yaml sets 3653", ""},
		{"it is never expires", "", func(w *world) { w.kept[names.Heartbeats] = 0 }, "ledger", Note, "never expires", ""},
		{"nobody may write", "", func(w *world) { delete(w.policies, names.LedgerPolicy) }, "ledger", Problem, "EventBridge can't write", ""},
		{"others may write", "", func(w *world) { w.policies[names.LedgerPolicy] = "{}" }, "ledger", Problem, "it lacks MakeStreams, WriteEvents", ""},
		{"the heartbeats' log is missing", "", func(w *world) { delete(w.kept, names.Heartbeats) }, "ledger", Problem, names.Heartbeats + " is missing", ""},
		{
			"a policy of others is none", "", func(w *world) { w.policies["other"] = "?" }, "ledger", Warning, "resource policy other can't be parsed: ",
			"describe-resource-policies --region us-east-1",
		},
		{"a policy of others denies all but something", "", func(w *world) {
			w.policies["other"] = `{"Statement": {"Effect": "Deny", "Principal": "*", "Action": "logs:PutLogEvents", "NotResource": "arn:x"}}`
		}, "ledger", Problem, "resource policy other denies access to the ledger", "delete-resource-policy --region us-east-1 --policy-name other"},
	})
}
