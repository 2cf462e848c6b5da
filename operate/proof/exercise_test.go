package proof

import (
	"encoding/json"
	"testing"
	"time"

	"example.com/breakglass/watch"
)

func TestExercisesAreListedApart(t *testing.T) {
	l := &ledger{Recognizer: watch.NewRecognizer(watch.SampleScope), events: map[string]*found{}, unreadable: map[string]int{}}
	for _, kind := range []string{watch.ExerciseBegins, watch.ExerciseEnds} {
		detail := watch.Fields{"eventID": "exercise-x", "user": "BreakglassUser", "way": "console", "scenario": "us-east-1-gone"}
		if kind == watch.ExerciseEnds {
			detail["result"] = "Success"
		}
		text, err := json.Marshal(watch.Fields{
			"source": watch.ExerciseSource, "detail-type": kind, "account": watch.SampleScope.Account, "region": "us-west-2", "time": "2026-11-26T03:00:00Z",
			"detail": detail,
		})
		if err != nil {
			t.Fatal(err)
		}
		l.add("us-west-2", string(text), time.Time{})
	}
	for _, s := range l.sections() {
		want := 0
		if s.ID == "exercises" {
			want = 2
		}
		if len(s.Records) != want {
			t.Errorf("%s has %d records: %+v", s.ID, len(s.Records), s.Records)
		}
		for _, r := range s.Records {
			if r.Who != "BreakglassUser" || r.On != "console, us-east-1-gone" || r.What == watch.ExerciseEnds && r.Result != "Success" {
				t.Errorf("record %+v", r)
			}
		}
	}
	at := time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC)
	logs := []*reading{{Log: Log{Hub: "us-east-1", From: at, To: at.Add(24 * time.Hour)}}, {Log: Log{Hub: "us-west-2", From: at, To: at.Add(24 * time.Hour)}}}
	if lacking := l.lacking(logs); len(lacking) != 0 {
		t.Errorf("us-east-1 lacks what was not written there: %+v", lacking)
	}
}
