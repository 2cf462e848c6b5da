//go:build emulator

package drill

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"example.com/breakglass/internal/whole"
	"example.com/breakglass/names"
	"example.com/breakglass/watch"
)

// TestLiveRecorded plays the records of CloudTrail, which the local AWS does not make as AWS does: each passes the rule of its Region and
// reaches the heartbeat log of both hubs, and no ledger. The calls themselves are made, and the missing trail is named.
func TestLiveRecorded(t *testing.T) {
	l := newLive(t, liveFile)
	evidence := filepath.Join(t.TempDir(), "recorded.json")
	out, code := l.drill(t, "--recorded", "--wait", "10s", "--evidence", evidence)
	if code != 1 || strings.Count(out, "the hub account has no trail there: CloudTrail puts no record on the bus") != 1 || strings.Contains(out, "not sent") {
		t.Errorf("exit %d", code)
	}
	if text, err := os.ReadFile(evidence); err != nil || !strings.Contains(string(text), `"recorded": true`) {
		t.Errorf("%v %s", err, text)
	}
	for _, region := range l.Config.Regions {
		for _, s := range watch.Samples {
			if s.Recorded || s.Canary || s.Name == "a canary's call that was refused" || s.Name == "the same call by another program" ||
				s.Name == "a recorded call that was refused" {
				check(t, l.Play(t.Context(), watch.InRegion(s.Event(), region)))
			}
		}
	}
	var want []string
	for _, region := range l.Config.Regions {
		for _, call := range watch.RecordedCalls() {
			want = append(want, recordedID("k3v7", region, call))
		}
	}
	slices.Sort(want)
	for _, hub := range l.Config.HubRegions() {
		var got []string
		for end := time.Now().Add(time.Minute); time.Now().Before(end) && len(got) < len(want); time.Sleep(time.Second) {
			got = l.records(t, hub, names.Heartbeats)
		}
		if !slices.Equal(got, want) {
			t.Errorf("the heartbeat log in %s has %q, want %q", hub, got, want)
		}
		if got := l.records(t, hub, names.Ledger); len(got) > 0 {
			t.Errorf("the ledger in %s has %q", hub, got)
		}
	}
	l.canary(t)
	l.canaryAlarm(t, "eu-west-1")
}

// records returns the IDs of the calls whose records a log group of a hub has.
func (l *live) records(t *testing.T, hub, group string) []string {
	t.Helper()
	return l.found(t, hub, group, func(event watch.Fields) string {
		call, ok := watch.RecordedCallOf(event)
		if !ok || call.Run != "k3v7" {
			return ""
		}
		return recordedID(call.Run, call.Region, call.Call)
	})
}

// found returns what a function makes of the events of a log group of a hub, without the empty texts.
func (l *live) found(t *testing.T, hub, group string, of func(watch.Fields) string) []string {
	t.Helper()
	var ids []string
	pages := cloudwatchlogs.NewFilterLogEventsPaginator(cloudwatchlogs.NewFromConfig(l.AWS(hub)),
		&cloudwatchlogs.FilterLogEventsInput{LogGroupName: aws.String(group)})
	events := func(page *cloudwatchlogs.FilterLogEventsOutput) []types.FilteredLogEvent { return page.Events }
	for line, err := range whole.Each(t.Context(), pages, events) {
		check(t, err)
		var event watch.Fields
		if json.Unmarshal([]byte(aws.ToString(line.Message)), &event) != nil {
			continue
		}
		if id := of(event); id != "" {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}
