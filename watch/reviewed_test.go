package watch

import (
	"slices"
	"testing"
	"time"

	"example.com/breakglass/internal/reviewed"
)

// fullScope has everything on, with two users and two hubs.
func fullScope() Scope {
	s := SampleScope
	s.Users, s.UserARNs = []string{"Ada", "Bob"}, []string{"arn:aws:iam::111111111111:user/Ada", "arn:aws:iam::111111111111:user/Bob"}
	s.Parts = append([]Part{TargetAccounts}, s.Parts...)
	return s
}

// TestTheCatalogueIsReviewed compares every entry, with the patterns of its rules and the texts of its alerts, with what somebody has
// read: a value that is lost from a pattern is an alert that is never sent.
func TestTheCatalogueIsReviewed(t *testing.T) {
	s := fullScope()
	type said struct {
		Suffix, Path                      string   `json:",omitempty"`
		In                                []string `json:",omitempty"`
		Subject, After, What, First, Note string
		Facts                             []Fact
	}
	type counted struct {
		Count
		Text, InHub string
	}
	type entry struct {
		ID, Rule, Title, Why, Response, Description, InHub, WhereForwarded, DrillType string
		Part                                                                          Part
		Severity                                                                      Severity
		HubsOnly, OfPipeline, OfBootstrap, AnyService                                 bool
		Sources, DetailTypes, Suffixes                                                []string
		Hub, Forward, Target                                                          Fields
		Messages                                                                      []said    `json:",omitempty"`
		Counts                                                                        []counted `json:",omitempty"`
	}
	var all []entry
	for _, e := range s.Entries() {
		one := entry{
			ID: e.ID, Rule: e.Rule, Title: e.Title, Why: e.Why, Response: e.Response, Part: e.Part, Severity: e.Severity(), HubsOnly: e.HubsOnly,
			OfPipeline: e.OfPipeline, OfBootstrap: e.OfBootstrap,
			AnyService: e.AnyService, Sources: e.Sources, DetailTypes: e.DetailTypes, Suffixes: e.Suffixes(), Description: e.Description(), InHub: e.DescriptionInHub(),
			WhereForwarded: e.DescriptionWhereForwarded(), DrillType: e.DrillType(),
		}
		if e.Part == TargetAccounts {
			one.Hub, one.Target = e.PatternInHub(s, []any{"222222222222"}, "us-east-1"), e.PatternInTarget(s, "222222222222", "eu-west-1")
		} else {
			one.Hub, one.Forward = e.InHub(s, "us-east-1"), e.Forward(s, "eu-west-1")
		}
		for _, m := range e.Messages {
			with := said{Suffix: m.Suffix, Path: m.When.Path, Subject: m.Subject, After: m.After, What: m.What, First: m.First, Note: m.Note, Facts: m.Facts}
			if m.When.In != nil {
				with.In = m.When.In(s)
			}
			one.Messages = append(one.Messages, with)
		}
		for _, c := range e.Counts {
			one.Counts = append(one.Counts, counted{c, c.Text(e, "111111111111", "us-east-1", "Call them."), c.TextInHub("222222222222", "us-east-1", "Call them.")})
		}
		all = append(all, one)
	}
	reviewed.JSON(t, "catalogue.json", all)
}

// TestTheSamplesAreReviewed: the judges and the drills are fed with them.
func TestTheSamplesAreReviewed(t *testing.T) {
	type sample struct {
		Name, Entry, Alert, Disguised string
		Beat                          bool
		Record                        string
		Set                           Fields
	}
	var all []sample
	for _, s := range slices.Concat(Samples, TargetSamples) {
		all = append(all, sample{s.Name, s.Entry, s.Alert, s.Disguised, s.Beat, s.record, s.set})
	}
	reviewed.JSON(t, "samples.json", all)
}

// TestWhatElseIsDeployedIsReviewed: what rules, alarms, queries and drills have besides the entries.
func TestWhatElseIsDeployedIsReviewed(t *testing.T) {
	s := fullScope()
	const steps = "Call them.\nTwice."
	drills := map[string]Fields{}
	for i, e := range s.Entries() {
		if i > 2 && e.Part != NewRegions && e.Part != DeliveryFailures {
			continue // the other ones are alike
		}
		for _, suffix := range e.Suffixes() {
			drills[e.ID+suffix] = e.Drill(s, suffix, "eu-west-1", "drill-1", time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
		}
	}
	parts := map[string]string{}
	for _, region := range []string{"us-east-1", "sa-east-1", "ca-west-1", "mx-central-1", "eu-west-1", "af-south-1", "il-central-1", "me-south-1", "ap-east-2"} {
		parts[region] = WorldPartOf(region)
	}
	expected := map[string]int{}
	for _, region := range []string{"us-east-1", "us-west-2", "eu-west-1"} {
		for _, hub := range s.Hubs {
			expected[region+" in "+hub] = s.BeatsExpected(region, hub)
		}
	}
	other, withCanary := s, s
	other.Hubs, withCanary.Canary = s.Hubs[:1], true
	reviewed.JSON(t, "others.json", map[string]any{
		"AlivePattern": AlivePattern(s, "us-east-1"), "AliveDescription": AliveDescription("us-east-1"),
		"ForwardAliveDescription": ForwardAliveDescription("us-east-1"),
		"AliveText":               AliveText("us-east-1", 12, steps), "ComposerThrottledText": ComposerThrottledText("us-east-1", steps),
		"DeadLettersText": DeadLettersText("eu-west-1"),
		"UndeliveredText": UndeliveredText("us-east-1"), "BeatDescription": BeatDescription("eu-west-1"), "Beat": Beat(s, "eu-west-1"),
		"SilenceText": []string{
			SilenceText("us-east-1", "us-east-1", 1, 0), SilenceText("us-west-2", "us-east-1", 9, 0), SilenceText("eu-west-1", "us-east-1", 9, 0),
		},
		"SilenceText, canary": []string{SilenceText("us-east-1", "us-east-1", 1, 2), SilenceText("eu-west-1", "us-east-1", 9, 2)},
		"Canary":              []Fields{Beat(withCanary, "eu-west-1"), ForwardRecorded(withCanary, "eu-west-1")},
		"SilentText, canary":  SilentText("americas", "us-east-1", steps, true),
		"SilentText":          SilentText("americas", "us-east-1", steps, false),
		"DistantDrills":       []Fields{DistantDrills(s, "us-east-1"), DistantDrills(other, "us-east-1")},
		"Queries":             Queries, "Drills": drills, "WorldParts": parts, "Expected": expected, "TargetSources": TargetSources(),
		"ReadLedger": ReadLedger("us-east-1"),
		"Notices":    Notices(s.Of(Access), s, true), "Immediate notices": len(Notices(s.Entries(), s, false)), "AllOthers": s.AllOthers([]string{"222222222222"}),
		"Constants": []any{
			HeartbeatSource, HeartbeatType, HeartbeatSchedule, HeartbeatMinute, HeartbeatPeriod, HeartbeatsMissed, HeartbeatDays, AliveSource, AliveType,
			DeadMansSwitchDescription,
			DeadLettersKept, CountPeriod, MaxAlarmText, maxNoticePattern, maxQuery,
		},
	})
}
