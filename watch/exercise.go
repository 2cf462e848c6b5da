package watch

const (
	// ExerciseSource is the source of the events that an exercise of the emergency access writes into the ledgers, so that the evidence
	// says which records were an exercise. No rule matches it, and no alert changes: people must not see on an alert that it is one.
	ExerciseSource = "breakglass.exercise"
	// ExerciseBegins is the detail type of the first event, ExerciseEnds that of the second.
	ExerciseBegins = "exercise begins"
	ExerciseEnds   = "exercise ends"
)

// IsExercise reports whether an event in a ledger is one of an exercise.
func IsExercise(event Fields) bool { return event["source"] == ExerciseSource }
