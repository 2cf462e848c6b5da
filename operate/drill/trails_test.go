package drill

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/breakglass/internal/stub"
	"example.com/breakglass/internal/trail"
	"example.com/breakglass/watch"
)

// trailsOf answers with trails of eu-west-1, whose states and selectors are given by name.
func trailsOf(s *stub.Server, logging map[string]bool, selectors map[string]string) {
	var all []string
	for _, name := range []string{"one", "two"} {
		if _, ok := logging[name]; ok {
			all = append(all, fmt.Sprintf(`{"Name": %q, "TrailARN": "arn:aws:cloudtrail:eu-west-1:111111111111:trail/%s", "HomeRegion": "eu-west-1"}`, name, name))
		}
	}
	s.Answer("cloudtrail:DescribeTrails", `{"trailList": [`+strings.Join(all, ", ")+`]}`)
	of := func(request string) string {
		for name := range logging {
			if strings.Contains(request, "trail/"+name) {
				return name
			}
		}
		return ""
	}
	s.Handle("cloudtrail:GetTrailStatus", func(_, request string) string { return fmt.Sprintf(`{"IsLogging": %v}`, logging[of(request)]) })
	s.Handle("cloudtrail:GetEventSelectors", func(_, request string) string { return "{" + selectors[of(request)] + "}" })
}

func TestWhatNoTrailRecordsIsNamed(t *testing.T) {
	const (
		reads     = `"EventSelectors": [{"ReadWriteType": "ReadOnly"}]`
		writes    = `"EventSelectors": [{"ReadWriteType": "WriteOnly"}]`
		data      = `"EventSelectors": [{"IncludeManagementEvents": false}]`
		notEvents = `"AdvancedEventSelectors": [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}, {"Field": "eventSource", "NotEquals": ["events.amazonaws.com"]}]}]`
		notKMS    = `"AdvancedEventSelectors": [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}, {"Field": "eventSource", "NotEquals": ["kms.amazonaws.com"]}]}]`
		onlyReads = "no trail there logs management events that write, so changes are not detected"
		onlyWrite = "no trail there logs management events that only read, so AssumeRole is not detected"
		notAll    = "no trail there logs every management event, so nothing, or not everything, is detected"
	)
	on := map[string]bool{"one": true}
	both := map[string]bool{"one": true, "two": true}
	for name, c := range map[string]struct {
		logging   map[string]bool
		selectors map[string]string
		// read and write are what is said of each call.
		read, write string
	}{
		"none": {nil, nil, "the hub account has no trail there: CloudTrail puts no record on the bus, and nothing is detected",
			"the hub account has no trail there: CloudTrail puts no record on the bus, and nothing is detected"},
		"one that logs all": {on, nil, "", ""},
		"one that is stopped": {
			map[string]bool{"one": false}, nil, "no trail there is logging, so nothing is detected; stopped: one",
			"no trail there is logging, so nothing is detected; stopped: one",
		},
		"two that are stopped": {
			map[string]bool{"one": false, "two": false}, nil, "no trail there is logging, so nothing is detected; stopped: one, two",
			"no trail there is logging, so nothing is detected; stopped: one, two",
		},
		"one is stopped, one logs data":   {map[string]bool{"one": false, "two": true}, map[string]string{"two": data}, notAll, notAll},
		"one is stopped, one logs all":    {map[string]bool{"one": false, "two": true}, nil, "", ""},
		"one that reads":                  {on, map[string]string{"one": reads}, "", onlyReads},
		"one that writes":                 {on, map[string]string{"one": writes}, onlyWrite, ""},
		"one that reads, one that writes": {both, map[string]string{"one": reads, "two": writes}, "", ""},
		"one that writes, one that reads": {both, map[string]string{"one": writes, "two": reads}, "", ""},
		"one that leaves the events out":  {on, map[string]string{"one": notEvents}, notAll, notAll},
		"one that leaves another out":     {on, map[string]string{"one": notKMS}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			stubbed := working(t, "us-east-1", "us-west-2")
			trailsOf(stubbed, c.logging, c.selectors)
			s := &state{Run: newRun(t, Options{Recorded: true}), aws: in(stubbed)}
			lacks, err := s.unrecorded(t.Context(), "eu-west-1", &trailLogs{found: map[string]func() logging{}})
			if err != nil {
				t.Fatal(err)
			}
			for call, want := range map[string]string{watch.RecordedRead: c.read, watch.RecordedWrite: c.write} {
				switch got := lacks[call]; {
				case want == "" && got != nil, want != "" && (got == nil || got.What != want || got.Fix != trail.Fix):
					t.Errorf("of %s it says %v, want %q", call, got, want)
				}
			}
		})
	}
}

// Whoever may not read what a trail logs is told which trail that is.
func TestATrailThatCannotBeReadIsNamed(t *testing.T) {
	for _, operation := range []string{"GetTrailStatus", "GetEventSelectors"} {
		stubbed := working(t, "us-east-1", "us-west-2")
		trailsOf(stubbed, map[string]bool{"one": true}, nil)
		stubbed.Fail("cloudtrail:"+operation, "AccessDeniedException", "User: x is not authorized to perform: cloudtrail:"+operation+" on resource: *")
		s := &state{Run: newRun(t, Options{Recorded: true}), aws: in(stubbed)}
		_, err := s.unrecorded(t.Context(), "eu-west-1", &trailLogs{found: map[string]func() logging{}})
		if err == nil || !strings.Contains(err.Error(), "reading trail one") || !strings.Contains(err.Error(), "cloudtrail:"+operation) {
			t.Errorf("%s: %v", operation, err)
		}
	}
}

// A trail of every Region is asked once, in its home Region, and nobody waits for records that no trail makes.
func TestATrailOfManyRegionsIsAskedOnce(t *testing.T) {
	s := working(t, "us-east-1", "us-west-2")
	trailsOf(s, map[string]bool{"one": true}, map[string]string{"one": `"EventSelectors": [{"ReadWriteType": "ReadOnly"}]`})
	o, err := newRun(t, Options{Recorded: true, Wait: time.Minute}).Do(t.Context(), in(s), nil, Progress{})
	if err != nil || len(o.Results) != 6 {
		t.Fatalf("%v %+v", err, o)
	}
	asked := slices.DeleteFunc(s.Calls(), func(call string) bool { return !strings.HasPrefix(call, "cloudtrail:Get") })
	slices.Sort(asked)
	if !slices.Equal(asked, []string{"cloudtrail:GetEventSelectors@eu-west-1", "cloudtrail:GetTrailStatus@eu-west-1"}) {
		t.Errorf("it calls %q", asked)
	}
}
