package exercise

import (
	"strings"
	"time"

	"example.com/breakglass/watch"
)

// Record is what CloudTrail recorded of a step.
type Record struct {
	Event string    `json:"event"`
	What  string    `json:"what"`
	At    time.Time `json:"at"`
	// Region where it was recorded.
	Region string `json:"region"`
	MFA    bool   `json:"mfa"`
	From   string `json:"from,omitempty"`
	// Hubs whose ledgers have it.
	Hubs  []string `json:"hubs"`
	Entry string   `json:"entry"`
}

// record returns the record in an event of a ledger, and why it is no step: empty for one that succeeded.
func (r *Run) record(event watch.Fields) (Record, string) {
	text := func(path string) string { return watch.Text(event, "detail."+path) }
	out := Record{Event: text("eventID"), What: text("eventName"), Region: text("awsRegion"), From: text("sourceIPAddress"), MFA: withMFA(event)}
	if out.Region == "" {
		out.Region = watch.Text(event, "region")
	}
	for _, at := range []string{text("eventTime"), watch.Text(event, "time")} {
		if t, err := time.Parse(time.RFC3339, at); err == nil {
			out.At = t.UTC()
			break
		}
	}
	if e, drill, ok := r.recognizer.Entry(event); ok && !drill {
		out.Entry = e.ID
	}
	switch code := text("errorCode"); {
	case code != "":
		return out, out.What + " was refused: " + code + " " + text("errorMessage")
	case text("responseElements.ConsoleLogin") == "Failure":
		return out, "a sign-in failed: the password or the code was refused"
	case text("responseElements.SwitchRole") == "Failure":
		return out, "a role switch failed"
	case r.Options.Scenario == Gone && out.Region == goneRegion:
		return out, out.What + " went through " + goneRegion + ", which is gone in this scenario: use another Region's address"
	}
	return out, ""
}

// withMFA reports whether a record says that MFA was used. GetSessionToken with an access key says so by the device.
func withMFA(event watch.Fields) bool {
	return watch.Text(event, "detail.additionalEventData.MFAUsed") == "Yes" ||
		watch.Text(event, "detail.userIdentity.sessionContext.attributes.mfaAuthenticated") == "true" ||
		watch.Text(event, "detail.requestParameters.serialNumber") != ""
}

// leastTyped is how much of an event's ID a person types: nobody guesses it.
const leastTyped = 8

// shown reports whether what a person typed is the event ID that the alert of a record shows, or its beginning.
func (r Record) shown(typed string) bool {
	typed = strings.ToLower(strings.TrimSpace(typed))
	return len(typed) >= leastTyped && strings.HasPrefix(strings.ToLower(r.Event), typed)
}
