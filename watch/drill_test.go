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
		Key: "99999999-8888-7777-6666-555555555555", KeyRegion: "eu-central-1", Parts: []Part{Tampering, DeliveryFailures, NewRegions},
	},
	"one with several users, of odd names": {
		Account: "222222222222", Users: []string{"in=case,of@fire", "BreakglassUsers2"},
		UserARNs: []string{"arn:aws:iam::222222222222:user/in=case,of@fire", "arn:aws:iam::222222222222:user/BreakglassUsers2"},
		Hubs:     []string{"us-west-2", "eu-west-1"}, Known: []string{"ap-south-1", "eu-west-1", "us-west-2"},
		Key: "99999999-8888-7777-6666-555555555555", KeyRegion: "us-west-2", Parts: []Part{Tampering, DeliveryFailures, NewRegions},
	},
}

func suffixes(e Entry) []string {
	if len(e.Alerts) == 0 {
		return []string{""}
	}
	var all []string
	for _, a := range e.Alerts {
		all = append(all, a.Suffix)
	}
	return all
}

func TestADrillOfEachAlertPassesItsOwnRulesAndNoOther(t *testing.T) {
	at := time.Date(2027, 3, 4, 5, 6, 7, 0, time.UTC)
	for name, s := range drillScopes {
		for _, e := range Catalogue {
			for _, suffix := range suffixes(e) {
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
						var alerts []string
						for _, other := range Catalogue {
							for _, a := range other.Alerts {
								if matches(asJSON(other.Publish(s, a, hub)), event) {
									alerts = append(alerts, other.ID+a.Suffix)
								}
							}
							if len(other.Counts) > 0 && matches(asJSON(other.Tally(s, hub)), event) {
								alerts = append(alerts, other.ID)
							}
						}
						var want []string
						if region == hub {
							want = []string{e.ID + suffix}
						}
						if !slices.Equal(alerts, want) {
							t.Errorf("from %s the hub alerts with %q, want %q", region, alerts, want)
						}
						if got := matches(asJSON(DistantDrills(s, hub)), event); got != (region != hub) {
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
		for _, suffix := range suffixes(e) {
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
			for _, a := range e.Alerts {
				if a.Suffix == suffix {
					mail := a.Fill("Call.", "eu-central-1", event)
					if !strings.Contains(mail, "drill-x") || !strings.HasPrefix(mail, `"DRILL: `+e.ID+": ") {
						t.Errorf("the text of a drill of %s%s does not show its ID, or that it is one:\n%s", e.ID, suffix, mail)
					}
				}
			}
		}
	}
	if e, _ := ByID("sign-in"); e.Drill(s, "-refused", "eu-central-1", "drill-x", time.Now()) != nil {
		t.Error("a drill of an alert that there is not")
	}
}
