package proof

import (
	"encoding/json"
	"testing"
	"time"

	"example.com/breakglass/watch"
)

// TestActivityIsCountedAndNotListed: what the role's sessions did may be thousands of lines, of which nobody was alerted; what they
// changed in the role itself stays among the uses.
func TestActivityIsCountedAndNotListed(t *testing.T) {
	l := &ledger{Recognizer: watch.NewRecognizer(watch.SampleTargetScope), events: map[string]*found{}, unreadable: map[string]int{}}
	want := 0
	for i, s := range watch.ActivitySamples {
		if s.Entry == "" {
			continue
		}
		event := s.Event()
		event["id"], event["detail"].(watch.Fields)["eventID"] = s.Name, s.Name
		text, err := json.Marshal(event)
		if err != nil {
			t.Fatal(err)
		}
		l.add("us-east-1", string(text), time.Time{})
		if s.Entry == watch.ActivityCalls {
			want++
		} else if i == 0 {
			t.Fatal("the first sample alerts")
		}
	}
	listed, counted := 0, 0
	for _, s := range l.sections() {
		listed += len(s.Records)
		if s.ID == "activity" && len(s.Kinds) == 1 {
			counted = s.Kinds[0].Count
		}
	}
	if listed != 1 || counted != want || want < 4 {
		t.Errorf("%d listed, %d counted, want 1 and %d", listed, counted, want)
	}
	if all := (&ledger{}).sections(); len(all) != len(sections) {
		t.Errorf("without any, %d sections", len(all))
	}
}
