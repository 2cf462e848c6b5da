package watch

import (
	"regexp"
	"slices"
	"testing"
)

// TestWhoOnlyLooksChangesNothing: the rules see calls that only read, too, such as those of breakglass check. Whatever changes the alerting
// has calls beside it that look at the same thing with the same request.
func TestWhoOnlyLooksChangesNothing(t *testing.T) {
	verb, looked := regexp.MustCompile(`^[A-Z][a-z]+`), 0
	for _, s := range Samples {
		call := Text(s.Event(), "detail.eventName")
		if e, ok := ByID(s.Entry); !ok || e.Part != Tampering || call == "" {
			continue
		}
		for _, look := range []string{"Describe", "Get", "List"} {
			read := s.Event()
			put(read, "detail.eventName", verb.ReplaceAllString(call, look))
			put(read, "detail.readOnly", true)
			looked++
			if slices.Contains(caught(SampleScope, read, hub), s.Entry) {
				t.Errorf("%s: %s is called a change, %s", s.Name, Text(read, "detail.eventName"), s.Entry)
			}
		}
	}
	if looked < 100 {
		t.Errorf("only %d calls were made", looked)
	}
}
