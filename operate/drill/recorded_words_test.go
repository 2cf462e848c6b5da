package drill

import (
	"testing"
	"time"
)

func TestAnInterruptedRunOfRecordedCallsSaysWhatItMade(t *testing.T) {
	made, open := Result{Sent: time.Unix(1, 0)}, Result{}
	for want, results := range map[string][]Result{
		"nothing was called": {open, open},
		"1 of 2 calls were made, and CloudTrail records them nevertheless": {made, open},
	} {
		if got := (Outcome{Recorded: true, Results: results}).Interrupted(2); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if err := (Outcome{Recorded: true, Results: []Result{{NotSent: "denied"}}}).Err(); err == nil || err.Error() != "no call could be made: denied" {
		t.Errorf("%v", err)
	}
}
