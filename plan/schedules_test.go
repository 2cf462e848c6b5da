package plan

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/names"
	"example.com/breakglass/watch"
)

const trying = "monitoring: {canary: true}\n"

// schedulesOf returns the schedules of each Region.
func schedulesOf(p Plan) map[string][]Schedule {
	all := map[string][]Schedule{}
	for _, at := range p.Placements {
		if some := p.Schedules(at); len(some) > 0 {
			all[at.Region] = append(all[at.Region], some...)
		}
	}
	return all
}

func TestEveryRegionHasItsSchedulesOnce(t *testing.T) {
	for more, want := range map[string][]string{
		"": {names.Heartbeat}, trying: {names.Heartbeat, names.CanaryRead, names.CanaryWrite}, "monitoring: {heartbeats: false}\n": nil,
	} {
		p := of(t, everything+more)
		by := schedulesOf(p)
		for _, region := range p.Config.Regions {
			var got []string
			for _, s := range by[region] {
				got = append(got, s.Name)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%q: %s has %q", more, region, got)
			}
		}
	}
}

// Each call is one of the drill's, with the request that EventBridge takes, and tags the rule that its Region has.
func TestTheCanaryMakesTheDrillsCalls(t *testing.T) {
	p := of(t, everything+trying)
	for region, rule := range map[string]string{
		"eu-west-1": "capture-breakglass-recorded", "eu-central-1": "capture-breakglass-recorded-standby", "ap-south-1": "capture-breakglass-recorded",
	} {
		var read struct{ EventPattern, Event string }
		var write struct {
			ResourceARN string
			Tags        []struct{ Key, Value string }
		}
		for i, request := range map[int]any{1: &read, 2: &write} {
			s := schedulesOf(p)[region][i]
			if err := json.Unmarshal([]byte(s.Input), request); err != nil || s.Source != "" || s.Role != "arn:aws:iam::111111111111:role/breakglass-heartbeat-role" ||
				s.Expression != watch.CanarySchedule {
				t.Errorf("%v %+v", err, s)
			}
			if want := "arn:aws:scheduler:::aws-sdk:eventbridge:" + []string{"testEventPattern", "tagResource"}[i-1]; s.Target != want {
				t.Errorf("%s calls %s", s.Name, s.Target)
			}
		}
		pattern, event := watch.RecordedEvent("111111111111", region)
		if read.EventPattern != pattern || read.Event != event {
			t.Errorf("%+v", read)
		}
		if write.ResourceARN != "arn:aws:events:"+region+":111111111111:rule/"+rule || len(write.Tags) != 1 || write.Tags[0].Key != watch.RecordedTag ||
			write.Tags[0].Value != watch.RecordedTagValue {
			t.Errorf("%+v", write)
		}
	}
	if got := p.CanaryOf().Rules; !slices.Equal(got, []string{"capture-breakglass-recorded", "capture-breakglass-recorded-standby"}) {
		t.Errorf("the role may tag %q", got)
	}
	if got := of(t, everything).CanaryOf().Rules; got != nil {
		t.Errorf("without a canary it may tag %q", got)
	}
}

// The alarm of each Region expects two records more, and there is no further alarm.
func TestACanaryRaisesTheThresholdOfEachSilenceAlarm(t *testing.T) {
	without, with := of(t, everything).Alarms(), of(t, everything+trying).Alarms()
	if len(without) != len(with) {
		t.Fatalf("%d alarms, %d with a canary", len(without), len(with))
	}
	n := 0
	for i, a := range with {
		more := 0.0
		if a.Kind == SilenceAlarm {
			more, n = 2, n+1
		}
		if got := a.Metric.Threshold - without[i].Metric.Threshold; got != more || a.Name != without[i].Name {
			t.Errorf("%s expects %v more", a.Name, got)
		}
		if isNew := a.Description != without[i].Description; isNew != (a.Kind == SilenceAlarm || a.Kind == GroupAlarm) {
			t.Errorf("%s: another text is %v", a.Name, isNew)
		}
	}
	if n < 30 {
		t.Errorf("only %d alarms", n)
	}
}

func TestTheNotesSayThatTheCanaryHasNotBeenTried(t *testing.T) {
	has := func(p Plan) bool {
		return slices.ContainsFunc(p.Notes, func(note string) bool { return strings.Contains(note, "monitoring.canary has not been run on AWS") })
	}
	if !has(of(t, everything+trying)) || has(of(t, everything)) {
		t.Error("the note is missing, or there without a canary")
	}
}
