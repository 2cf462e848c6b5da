package watch

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
)

// drillScopes are deployments that differ from that of the samples in every value that a pattern matches.
var drillScopes = map[string]Scope{
	"the samples' own": SampleScope,
	"a small one": {
		Account: "333333333333", Users: []string{"BreakglassUser"}, UserARNs: []string{"arn:aws:iam::333333333333:user/BreakglassUser"},
		Hubs: []string{"eu-central-1"}, Known: []string{"eu-central-1", "eu-west-1"},
		Key: "99999999-8888-7777-6666-555555555555", KeyRegion: "eu-central-1", Parts: []Part{Tampering, DeliveryFailures, NewRegions}, Bootstrap: true,
	},
	"one with several users, of odd names": {
		Account: "222222222222", Users: []string{"in=case,of@fire", "BreakglassUsers2"},
		UserARNs: []string{"arn:aws:iam::222222222222:user/in=case,of@fire", "arn:aws:iam::222222222222:user/BreakglassUsers2"},
		Hubs:     []string{"us-west-2", "eu-west-1"}, Known: []string{"ap-south-1", "eu-west-1", "us-west-2"},
		Key: "99999999-8888-7777-6666-555555555555", KeyRegion: "us-west-2", Parts: []Part{Tampering, DeliveryFailures, NewRegions}, Bootstrap: true,
	},
}

func TestADrillOfEachAlertPassesItsOwnRulesAndNoOther(t *testing.T) {
	at := time.Date(2027, 3, 4, 5, 6, 7, 0, time.UTC)
	for name, s := range drillScopes {
		for _, e := range Catalogue {
			for _, suffix := range e.Suffixes() {
				t.Run(name+"/"+e.ID+suffix, func(t *testing.T) {
					hub := s.Hubs[0]
					for _, region := range []string{hub, "ap-south-1"} {
						if region != hub && e.HubsOnly {
							continue
						}
						event := asJSON(e.Drill(s, suffix, region, "drill-x", at))
						for _, other := range s.Forwarded(region) {
							if got := matches(asJSON(other.Forward(s, region)), event); got != (other.ID == e.ID) {
								t.Errorf("the rule of %s forwards it from %s: %v", other.ID, region, got)
							}
						}
						var want []string
						if region == hub || len(e.Messages) > 0 {
							want = []string{e.ID}
						}
						if got := caught(s, event, hub); !slices.Equal(got, want) {
							t.Errorf("from %s it reaches %q in the hub, want %q", region, got, want)
						}
						if got := matches(asJSON(DistantDrills(s, hub)), event); got != (len(want) == 0) {
							t.Errorf("from %s it is a distant drill: %v", region, got)
						}
					}
				})
			}
		}
	}
}

func TestADrillShowsItsIDAndNobodyElsesNames(t *testing.T) {
	s := drillScopes["a small one"]
	for _, e := range Catalogue {
		for _, suffix := range e.Suffixes() {
			event := e.Drill(s, suffix, "eu-central-1", "drill-x", time.Date(2027, 3, 4, 5, 6, 7, 0, time.UTC))
			text, err := json.Marshal(event)
			if err != nil {
				t.Fatal(err)
			}
			for _, stranger := range []string{"111111111111", "222222222222", SampleKey, "us-east-1", "2026-11-22T08:15:00Z\",\"eventType"} {
				if strings.Contains(string(text), stranger) {
					t.Errorf("a drill of %s%s names %s: %s", e.ID, suffix, stranger, text)
				}
			}
			if detail := event["detail"].(Fields); detail["eventID"] != "drill-x" {
				t.Errorf("the event ID of a drill of %s is %v", e.ID, detail["eventID"])
			}
		}
	}
	if e, _ := ByID("sign-in"); e.Drill(s, "-refused", "eu-central-1", "drill-x", time.Now()) != nil {
		t.Error("a drill of an alert that there is not")
	}
}
