package watch

import (
	"fmt"
	"strings"

	"example.com/breakglass/names"
)

// A drill of CloudTrail makes two harmless calls of EventBridge in each Region, and waits for what CloudTrail records of them. Both
// kinds of call matter: a trail, or a rule, may leave out those that only read.
const (
	// RecordedRead is the call that reads. EventBridge matches any event against any pattern for it, and uses nothing of the account.
	RecordedRead = "TestEventPattern"
	// RecordedWrite is the call that writes: it sets the tag that the Region's rule for the records has anyway.
	RecordedWrite = "TagResource"
	// RecordedTag is the key of that tag, and RecordedTagValue its value.
	RecordedTag      = "breakglass-recorded"
	RecordedTagValue = "write"
	// recordedApp begins the application ID of the calls, which the user agent of their records has. Whether the record of a call has
	// its request is up to the service; it always has the user agent.
	recordedApp = "breakglass-recorded-"
	// RecordedSource is the source of the records on a bus.
	RecordedSource = "aws.events"
)

// RecordedApp returns the application ID of the calls of a run. An ID may have 50 characters (AWS SDKs reference guide, application ID).
func RecordedApp(run string) string { return recordedApp + run }

// RecordedDescription is the description of the rules for the records.
const RecordedDescription = "Carries CloudTrail's records of the calls of breakglass drill --recorded; no alert is sent."

// RecordedCalls returns the names of the calls, in the order in which they are made.
func RecordedCalls() []string { return []string{RecordedRead, RecordedWrite} }

// record returns the pattern of the records of a drill's calls that were not refused.
func record() Fields {
	return Fields{"source": []string{RecordedSource}, "detail-type": apiCall, "detail": Fields{
		"eventName": RecordedCalls(), "errorCode": absent, "userAgent": []any{Fields{"wildcard": "* app/" + recordedApp + "*"}},
	}}
}

// Recorded returns the pattern of a hub's rule for the records of a drill's calls, in any Region.
func Recorded(s Scope) Fields {
	pattern := record()
	pattern["account"] = []string{s.Account}
	return live(pattern)
}

// ForwardRecorded returns the pattern of the rule that carries the records of one Region to a hub, and the Region's heartbeat.
func ForwardRecorded(s Scope, region string) Fields {
	return live(Fields{"account": []string{s.Account}, "region": []string{region}, "$or": append([]any{record(), beat}, s.canaryRecords()...)})
}

// RecordedCall is what a record says of the call of a drill.
type RecordedCall struct {
	// Run is the name of the drill, and Region where the call was made.
	Run, Region string
	// Call is RecordedRead or RecordedWrite.
	Call string
}

// RecordedCallOf returns the call of a drill that a record is about.
func RecordedCallOf(event Fields) (RecordedCall, bool) {
	if event["source"] != RecordedSource {
		return RecordedCall{}, false
	}
	_, app, ok := strings.Cut(Text(event, "detail.userAgent"), " app/"+recordedApp)
	run, _, _ := strings.Cut(app, " ")
	one := RecordedCall{Run: run, Region: Text(event, "region"), Call: Text(event, "detail.eventName")}
	return one, ok && run != "" && (one.Call == RecordedRead || one.Call == RecordedWrite)
}

// RecordedEvent returns a pattern and an event that it matches, for RecordedRead.
func RecordedEvent(account, region string) (pattern, event string) {
	return fmt.Sprintf(`{"source":[%q]}`, names.Recorded),
		fmt.Sprintf(`{"id":"1","account":%q,"source":%q,"time":"2026-01-01T00:00:00Z","region":%q,"resources":[],"detail-type":"recorded","detail":{}}`, account,
			names.Recorded, region)
}
