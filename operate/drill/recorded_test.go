package drill

import (
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/breakglass/names"
	"example.com/breakglass/plan"
)

func TestEachRecordedCallHasToReachEveryHeartbeatLog(t *testing.T) {
	s := working(t, "us-east-1", "us-west-2")
	r := newRun(t, Options{Recorded: true, Wait: time.Minute})
	o, err := r.Do(t.Context(), in(s), nil, Progress{})
	if err != nil || !o.OK() || len(o.Results) != 6 {
		t.Fatalf("%v %+v", err, o)
	}
	for _, result := range o.Results {
		var ways []string
		for _, at := range result.Receipts {
			ways = append(ways, place(at.Where, at.Hub))
		}
		if !slices.Equal(ways, []string{"heartbeat log us-east-1", "heartbeat log us-west-2"}) {
			t.Errorf("%s of %s arrives by %q", result.Alert, result.Region, ways)
		}
	}
	if m := r.Messages(); m.Total() != 0 || o.Queues != 0 {
		t.Errorf("people get %+v, and %d queues were made", m, o.Queues)
	}
	for _, call := range s.Calls() {
		if strings.HasPrefix(call, "events:PutEvents") || strings.HasPrefix(call, "sns:") || strings.HasPrefix(call, "sqs:") {
			t.Errorf("it calls %s", call)
		}
	}
}

// The write is on the Region's own rule, which the standby has under another name.
func TestTheWritingCallTagsTheRuleOfItsRegion(t *testing.T) {
	s := working(t, "us-east-1", "us-west-2")
	tagged := map[string]string{}
	s.Handle("events:TagResource", func(region, request string) string {
		tagged[region] = request
		return "{}"
	})
	if _, err := newRun(t, Options{Recorded: true}).Do(t.Context(), in(s), nil, Progress{}); err != nil {
		t.Fatal(err)
	}
	for region, rule := range map[string]string{"us-east-1": "", "us-west-2": "-standby", "eu-west-1": ""} {
		want := `"ResourceARN":"arn:aws:events:` + region + `:111111111111:rule/capture-breakglass-recorded` + rule + `"`
		if !strings.Contains(tagged[region], want) || !strings.Contains(tagged[region], `"Key":"breakglass-recorded","Value":"write"`) {
			t.Errorf("in %s: %s", region, tagged[region])
		}
	}
}

// Another run's records, and those that are no records, are not taken for this one's.
func TestARecordOfAnotherRunIsNoReceipt(t *testing.T) {
	for line, want := range map[string]string{
		`{"source": "aws.events", "region": "eu-west-1", "detail": {"eventName": "TagResource", "userAgent": "aws-sdk-go-v2/1 app/breakglass-recorded-x api/1"}}`:     "x-eu-west-1-TagResource",
		`{"source": "aws.events", "region": "eu-west-1", "detail": {"eventName": "TagResource", "userAgent": "aws-sdk-go-v2/1 app/breakglass-recorded-other api/1"}}`: "other-eu-west-1-TagResource",
		`{"source": "breakglass.heartbeat", "region": "eu-west-1", "detail": {}}`:                                                                                     "",
		`no JSON`: "",
	} {
		if got := recordedIn(line); got != want {
			t.Errorf("%s is read as %q", line, got)
		}
	}
}

func TestWithoutAHeartbeatLogNothingIsCalled(t *testing.T) {
	_, err := New(load(t, withStandby+"monitoring: {heartbeats: false}\n"), Options{Recorded: true}, "x", nil)
	if err == nil || !strings.Contains(err.Error(), "monitoring.heartbeats is disabled") {
		t.Errorf("%v", err)
	}
}

// Who may not read the trails makes the calls nevertheless, and is told so if a record is missing.
func TestTrailsThatCannotBeReadAreNamedLast(t *testing.T) {
	s := working(t, "us-east-1", "us-west-2")
	s.Fail("cloudtrail:DescribeTrails", "AccessDeniedException", "User: x is not authorized to perform: cloudtrail:DescribeTrails on resource: *")
	s.Answer("events:TestEventPattern", `{"Result": true}`)
	s.Answer("events:TagResource", "{}")
	r := newRun(t, Options{Recorded: true, Regions: []string{"eu-west-1"}})
	for _, at := range r.plan.Placements {
		for _, rule := range r.plan.Rules(at, plan.Refs{}) {
			if !strings.Contains(rule.Name, names.Recorded) || at.Region == "us-west-2" || at.Region == "us-east-1" && at.Kind == plan.Forwarder {
				continue
			}
			pattern := rule.PatternText()
			s.Answer("events:DescribeRule@"+at.Region, inJSON(t, map[string]any{"Name": rule.Name, "State": "ENABLED", "EventPattern": pattern}))
			var targets []any
			for _, target := range rule.Targets {
				targets = append(targets, map[string]any{"Id": target.ID, "Arn": target.ARN})
			}
			s.Answer("events:ListTargetsByRule@"+at.Region, inJSON(t, map[string]any{"Targets": targets}))
		}
	}
	s.Fail("events:DescribeRule@us-west-2", "ResourceNotFoundException", "gone")
	o, err := r.Do(t.Context(), in(s), nil, Progress{})
	if err != nil || o.OK() {
		t.Fatalf("%v %+v", err, o)
	}
	for _, at := range o.Results[0].Receipts {
		want := map[string]string{"us-east-1": "whether a trail logs it is not known: finding the trails of eu-west-1: ", "us-west-2": "capture-breakglass-recorded-standby in us-west-2 was deleted"}[at.Hub]
		if at.Broken == nil || !strings.Contains(at.Broken.What, want) {
			t.Errorf("%s: %+v", at.Hub, at.Broken)
		}
	}
}
