package drill

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// unreached returns a state of a run in which no Region can be opened.
func unreached(t *testing.T, text string, err error) *state {
	t.Helper()
	r, wrong := New(load(t, text), Options{Wait: time.Second}, "x", []string{"tiger", "walnut"})
	if wrong != nil {
		t.Fatal(wrong)
	}
	return &state{
		Run: r, lost: map[string]*Broken{}, away: map[string]*Broken{},
		aws: func(context.Context, string) (aws.Config, error) { return aws.Config{}, err },
	}
}

// TestATopicThatDoesNotAnswer is a finding while there is another hub, and ends the drill where there is none.
func TestATopicThatDoesNotAnswer(t *testing.T) {
	s := unreached(t, withStandby, context.DeadlineExceeded)
	if _, err := s.openBoxes(t.Context()); err != nil || len(s.lost) != 2 {
		t.Errorf("with a standby: %v, lost are %v", err, s.lost)
	}
	s = unreached(t, strings.Replace(withStandby, ", standby: us-west-2", "", 1), context.DeadlineExceeded)
	if _, err := s.openBoxes(t.Context()); err == nil || !strings.Contains(err.Error(), "--no-queue") || len(s.lost) > 0 {
		t.Errorf("without: %v, lost are %v", err, s.lost)
	}
}

// TestARuleThatCannotBeAskedForSaysWhy, rather than that it is in order.
func TestARuleThatCannotBeAskedForSaysWhy(t *testing.T) {
	s := unreached(t, withStandby, errors.New("no way in"))
	at := hop{region: "eu-west-1"}
	at.rule.Name = "capture-x"
	if got := s.lookAt(t.Context(), at); got.broken == nil || got.broken.What != "no way in" {
		t.Errorf("it says %v", got.broken)
	}
}

// TestADrillWaitsForWhatABusMayHaveAccepted: CloudTrail and EventBridge need seconds.
func TestADrillWaitsForWhatABusMayHaveAccepted(t *testing.T) {
	s := unreached(t, withStandby, nil)
	if s.late < 5*time.Second || s.asking < 10*time.Second || s.look <= 0 || s.pace <= 0 || s.room <= 0 {
		t.Errorf("late %s, asking %s, look %s, pace %s, room %s", s.late, s.asking, s.look, s.pace, s.room)
	}
}

// TestTheTrailsOfTheOrganizationCount: they live in another account or Region, and AWS names them only when asked to.
func TestTheTrailsOfTheOrganizationCount(t *testing.T) {
	server := working(t, "us-east-1", "us-west-2")
	server.Handle("cloudtrail:DescribeTrails", func(_, request string) string {
		if !strings.Contains(request, `"includeShadowTrails":true`) {
			return `{"trailList": []}`
		}
		return `{"trailList": [{"Name": "organization", "HomeRegion": "us-east-1", "IsMultiRegionTrail": true, "TrailARN": "arn:aws:cloudtrail:us-east-1:999999999999:trail/organization"}]}`
	})
	r := newRun(t, Options{Recorded: true, Wait: time.Minute})
	o, err := r.Do(t.Context(), in(server), nil, Progress{})
	if err != nil || !o.OK() {
		t.Errorf("%v; silent: %q", err, o.Silent())
	}
	for _, result := range o.Results {
		for _, at := range result.Receipts {
			if at.Broken != nil {
				t.Errorf("%s of %s: %v", result.Alert, result.Region, at.Broken)
			}
		}
	}
}
