package drill

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"

	"example.com/breakglass/plan"
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

// A Region that cannot be opened is told by each question about it: nothing is sent there, and what nobody could ask is no answer.
func TestARegionThatCannotBeOpened(t *testing.T) {
	s := unreached(t, withStandby, errors.New("no way in"))
	d := s.Drills[0]
	s.results, s.open, s.mute = map[string]*Result{d.ID: s.expected(d)}, map[string]int{}, map[string]*Broken{}
	s.put(t.Context(), d.Region, []Drill{d})
	if got := s.results[d.ID]; got.NotSent != "no way in" || !got.Sent.IsZero() {
		t.Errorf("it was sent: %+v", got)
	}
	for name, ask := range map[string]func() error{
		"a call":   func() error { return s.callOne(t.Context(), d) },
		"a key":    func() error { _, err := s.findKey(t.Context(), "us-east-1"); return err },
		"a ledger": func() error { return s.lookInto(t.Context(), "us-east-1", time.Now(), func(string, time.Time) {}) },
		"a queue":  func() error { _, err := s.openBox(t.Context(), "us-east-1"); return err },
		"trails":   func() error { _, err := s.unrecorded(t.Context(), "us-east-1", nil); return err },
		"a trail":  func() error { return s.logs(t.Context(), types.Trail{HomeRegion: aws.String("us-east-1")}).err },
	} {
		if err := ask(); err == nil || err.Error() != "no way in" {
			t.Errorf("%s: %v", name, err)
		}
	}
	// The finding on the rule, which is asked for with the same credentials, says why.
	if b := s.composerState(t.Context(), "us-east-1"); b != nil {
		t.Errorf("of the composer: %v", b)
	}
	if b := s.deadLetter(t.Context(), hop{region: "us-east-1"}, "arn:aws:sqs:us-east-1:111111111111:letters", d.ID); b != nil {
		t.Errorf("of the dead letters: %v", b)
	}
	if b := s.topicState(t.Context(), "us-east-1"); b != nil {
		t.Errorf("of the topic: %v", b)
	}
}

// What of a rule may not be read is said, and a rule that is not planned is none that is well.
func TestARuleThatMayNotBeRead(t *testing.T) {
	server := working(t, "us-east-1")
	s := &state{Run: newRun(t, Options{}), aws: in(server)}
	if got := s.lookAt(t.Context(), hop{region: "eu-west-1"}); got.broken == nil || got.broken.What != "the plan has no rule for it in eu-west-1" {
		t.Errorf("%v", got.broken)
	}
	if got := s.find("eu-west-1", "a target", func(plan.Rule) bool { return false }); got.region != "eu-west-1" || got.rule.Name != "" || got.ruleTarget != "" {
		t.Errorf("%+v", got)
	}
	at := hop{region: "eu-west-1"}
	at.rule.Name, at.rule.Pattern = "capture-x", map[string]any{}
	for action, want := range map[string]string{
		"ListTargetsByRule": "diagnosing the targets of rule capture-x in eu-west-1: ", "DescribeRule": "diagnosing rule capture-x in eu-west-1: ",
	} {
		refusing := working(t, "us-east-1")
		refusing.Fail("events:"+action, "AccessDeniedException", "User: x is not authorized to perform: events:"+action+" on resource: y")
		s.aws = in(refusing)
		if got := s.lookAt(t.Context(), at); got.broken == nil || !strings.HasPrefix(got.broken.What, want+"the permission events:"+action+" is missing") {
			t.Errorf("%s: %v", action, got.broken)
		}
	}
}

// What was found of a hub's composer or of a rule is not asked for again.
func TestWhatIsKnownIsNotAskedForAgain(t *testing.T) {
	asked := 0
	composers, l := &composerStates{found: map[string]func() *Broken{}}, &looks{found: map[string]func() finding{}}
	for range 2 {
		for _, hub := range []string{"us-east-1", "us-west-2"} {
			if b := composers.at(hub, func(hub string) *Broken { asked++; return &Broken{What: hub} }); b.What != hub {
				t.Errorf("%s: %v", hub, b)
			}
			if f := l.at(hop{region: hub}, func(at hop) finding { asked++; return finding{queue: at.region} }); f.queue != hub {
				t.Errorf("%s: %v", hub, f)
			}
		}
	}
	if asked != 4 {
		t.Errorf("asked %d times", asked)
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
