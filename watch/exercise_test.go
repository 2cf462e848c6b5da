package watch

import (
	"slices"
	"testing"
)

// TestNoRuleTakesAnExercise: no rule that alerts, counts, records or forwards matches its events.
func TestNoRuleTakesAnExercise(t *testing.T) {
	const hub = "us-east-1"
	s := SampleScope
	event := Fields{
		"source": ExerciseSource, "detail-type": ExerciseBegins, "account": s.Account, "region": hub, "time": "2026-11-26T03:00:00Z",
		// What it says of a user must not make it look like a record of that user.
		"detail": Fields{"eventID": "exercise-x", "eventName": "ConsoleLogin", "userIdentity": Fields{"type": "IAMUser", "userName": s.Users[0]}},
	}
	if !IsExercise(event) || Matches(DistantDrills(s, hub), event) {
		t.Error("it is taken for a drill")
	}
	for _, e := range slices.Concat(Catalogue, Observed) {
		for name, pattern := range map[string]Fields{"in the hub": e.InHub(s, hub), "forwarded": e.Forward(s, hub)} {
			if Matches(pattern, event) {
				t.Errorf("%s matches %s", e.ID, name)
			}
		}
	}
	if e, drill, ok := NewRecognizer(s).Entry(event); drill || ok {
		t.Errorf("it is taken for %s (a drill: %v)", e.ID, drill)
	}
}
