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

// A call that is refused is said, with the rule that it was to tag.
func TestACallThatIsRefused(t *testing.T) {
	for want, fail := range map[string][2]string{
		"tagging rule capture-breakglass-recorded in eu-west-1: the permission events:TagResource is missing": {
			"AccessDeniedException", "User: x is not authorized to perform: events:TagResource on resource: y",
		},
		"rule capture-breakglass-recorded in eu-west-1 was deleted, or never deployed; breakglass deploy --revert-drift --only BreakGlass-Forwarder-eu-west-1": {"ResourceNotFoundException", "gone"},
	} {
		s := working(t, "us-east-1", "us-west-2")
		s.Fail("events:TagResource", fail[0], fail[1])
		o, err := newRun(t, Options{Recorded: true, Regions: []string{"eu-west-1"}, Wait: time.Minute}).Do(t.Context(), in(s), nil, Progress{})
		if err != nil || len(o.Results) != 2 || !o.Results[0].OK() || !strings.HasPrefix(o.Results[1].NotSent, want) ||
			!slices.Equal(o.Silent(), []string{"eu-west-1"}) {
			t.Errorf("%v: %+v", err, o.Results)
		}
	}
}

// Where no trail logs a call, that is why its record is missing; where one does, CloudTrail may be late.
func TestWhyARecordIsMissing(t *testing.T) {
	r := newRun(t, Options{Recorded: true, Regions: []string{"us-east-1"}})
	s := working(t, "us-east-1", "us-west-2")
	s.Answer("events:TestEventPattern", `{"Result": true}`)
	s.Answer("events:TagResource", "{}")
	rule := (&state{Run: r}).recordedWay(r.Drills[0], "us-east-1")[0]
	s.Answer("events:DescribeRule@us-east-1", inJSON(t, map[string]any{"State": "ENABLED", "EventPattern": rule.rule.PatternText()}))
	s.Answer("events:ListTargetsByRule@us-east-1", inJSON(t, map[string]any{"Targets": []any{map[string]any{"Id": "1", "Arn": rule.ruleTarget}}}))
	s.Answer("cloudtrail:GetEventSelectors", `{"EventSelectors": [{"ReadWriteType": "WriteOnly"}]}`)
	o, err := r.Do(t.Context(), in(s), nil, Progress{})
	if err != nil || len(o.Results) != 2 {
		t.Fatalf("%v %+v", err, o)
	}
	for i, want := range []string{
		"no trail there logs management events that only read", "a trail logs it, and the rules, targets and dead-letter queues on its way are correct",
	} {
		if b := o.Results[i].Receipts[0].Broken; b == nil || !strings.HasPrefix(b.What, want) || b.Fix == "" {
			t.Errorf("%s: it says %v", o.Results[i].Alert, b)
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
		want := map[string]string{
			"us-east-1": "whether a trail logs it is not known: finding the trails of eu-west-1: ",
			"us-west-2": "capture-breakglass-recorded-standby in us-west-2 was deleted",
		}[at.Hub]
		if at.Broken == nil || !strings.Contains(at.Broken.What, want) {
			t.Errorf("%s: %+v", at.Hub, at.Broken)
		}
	}
}
