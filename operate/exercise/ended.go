package exercise

import (
	"slices"
	"time"

	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

// Streams begins the names of the log streams of a ledger in which exercises write about themselves.
const Streams = "exercise-"

// Due is the longest time between two exercises of a user by the same way.
const Due = 90 * 24 * time.Hour

// WaysOf returns the ways that the plan opens to a user.
func WaysOf(w plan.Ways, user string) []Way {
	ways := []Way{Console}
	if w.Login {
		ways = append(ways, Login)
	}
	if slices.Contains(w.SealedKeys, user) {
		ways = append(ways, Key)
	}
	return ways
}

// Ended is what a ledger says of an exercise that has ended.
type Ended struct {
	ID, User string
	Way      Way
	At       time.Time
	// OK means that everything came that it waited for.
	OK bool
}

// ReadEnd returns the end of an exercise in an event of a ledger; false means that the event is none.
func ReadEnd(event watch.Fields) (Ended, bool) {
	if !watch.IsExercise(event) || watch.Text(event, "detail-type") != watch.ExerciseEnds {
		return Ended{}, false
	}
	at, err := time.Parse(time.RFC3339, watch.Text(event, "time"))
	detail, _ := event["detail"].(map[string]any)
	ok, _ := detail["ok"].(bool)
	out := Ended{
		ID: watch.Text(event, "detail.eventID"), User: watch.Text(event, "detail.user"), Way: Way(watch.Text(event, "detail.way")), At: at.UTC(), OK: ok,
	}
	return out, err == nil
}
