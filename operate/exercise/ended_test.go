package exercise

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

// TestTheEndIsReadAsItWasWritten: what an exercise writes last is what others read from the ledger.
func TestTheEndIsReadAsItWasWritten(t *testing.T) {
	for _, ok := range []bool{true, false} {
		f, o := &fake{}, options(Console)
		if ok {
			f.records = both(signIn("eu-west-1"), assumed("eu-west-1"))
		} else {
			o.Wait = 60 * time.Millisecond
		}
		e := ran(t, o, f, nil)
		var ends []Ended
		for _, event := range f.written {
			text, err := json.Marshal(event)
			if err != nil {
				t.Fatal(err)
			}
			var read watch.Fields
			if err := json.Unmarshal(text, &read); err != nil {
				t.Fatal(err)
			}
			if end, is := ReadEnd(read); is {
				ends = append(ends, end)
			}
		}
		want := Ended{ID: e.ID, User: "BreakglassUser", Way: Console, At: e.Ended.Truncate(time.Second), OK: ok}
		if len(f.written) != 4 || len(ends) != 2 || ends[0] != want || ends[1] != want || !strings.HasPrefix(e.ID, Streams) {
			t.Errorf("%+v of %d events, want two of %+v", ends, len(f.written), want)
		}
	}
	for _, other := range []watch.Fields{
		{"source": "aws.signin", "detail-type": watch.ExerciseEnds, "time": "2026-11-26T03:00:00Z"},
		{"source": watch.ExerciseSource, "detail-type": watch.ExerciseEnds, "time": "yesterday"},
		{"source": watch.ExerciseSource, "detail-type": watch.ExerciseEnds},
		{},
	} {
		if end, is := ReadEnd(other); is {
			t.Errorf("%v was read as %+v", other, end)
		}
	}
}

func TestTheWaysThatAreOpen(t *testing.T) {
	for _, c := range []struct {
		ways plan.Ways
		want []Way
	}{
		{plan.Ways{}, []Way{Console}},
		{plan.Ways{Login: true}, []Way{Console, Login}},
		{plan.Ways{SealedKeys: []string{"alice"}}, []Way{Console, Key}},
		{plan.Ways{SealedKeys: []string{"bob"}, Login: true}, []Way{Console, Login}},
	} {
		if got := WaysOf(c.ways, "alice"); !slices.Equal(got, c.want) {
			t.Errorf("%+v: %v, want %v", c.ways, got, c.want)
		}
	}
}

func TestTheDocumentSaysWhenExercisesAreDue(t *testing.T) {
	text, err := os.ReadFile("../../docs/exercise.md")
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("each way at least every %d days", Due/(24*time.Hour)); !strings.Contains(strings.Join(strings.Fields(string(text)), " "), want) {
		t.Errorf("docs/exercise.md does not say %q", want)
	}
}
