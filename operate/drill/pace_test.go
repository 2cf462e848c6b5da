package drill

import (
	"testing"
	"time"

	"example.com/breakglass/compose"
)

// TestNoDrillExceedsTheLimitOfItsHub sends every alert through the composer's bucket, with deliveries that take up to five seconds.
func TestNoDrillExceedsTheLimitOfItsHub(t *testing.T) {
	r, err := New(load(t, withStandby), Options{All: true}, "x", []string{"tiger", "walnut"})
	if err != nil {
		t.Fatal(err)
	}
	for _, hub := range r.Hubs {
		drills := r.in(hub)
		due, messages := r.due(hub, drills), 0
		for late := range 6 {
			idle := time.Duration(-1)
			for i, d := range drills {
				if !d.ToPeople {
					continue
				}
				messages++
				arrives := due[i]
				if i%3 == 0 {
					arrives += time.Duration(late) * time.Second
				}
				switch {
				case idle < arrives:
					idle = arrives + compose.Pace
				case idle <= arrives+(compose.Burst-1)*compose.Pace:
					idle += compose.Pace
				default:
					t.Fatalf("%s: drill %d, sent after %s, is one too many", hub, i, due[i])
				}
			}
			if i := len(due) - 1; due[i] > r.Sending() {
				t.Errorf("sending takes %s, not %s", due[i], r.Sending())
			}
		}
		if messages/6 <= compose.Burst {
			t.Errorf("%d messages show nothing", messages/6)
		}
	}
	// Half of what the composer sends in a second, and not slower than it has to be.
	if least := time.Duration(len(r.in("us-east-1"))-Burst) * compose.Pace; r.Sending() > least {
		t.Errorf("sending takes %s, more than %s", r.Sending(), least)
	}
	if mailPace < time.Second/5 {
		t.Errorf("a message every %v comes near the limit of ten a second", mailPace)
	}
}

func TestWhatPeopleDoNotReceiveTakesNoTime(t *testing.T) {
	for region, alert := range map[string]string{"eu-west-1": "iam-change", "us-east-1": "failed-sign-in"} {
		r, err := New(load(t, withStandby), Options{Alerts: []string{alert}, Regions: []string{region}}, "x", nil)
		if err != nil || len(r.Drills) == 0 {
			t.Fatalf("%v %+v", err, r)
		}
		if took := r.Sending(); took > time.Second {
			t.Errorf("%s of %s takes %s", alert, region, took)
		}
	}
}
