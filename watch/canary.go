package watch

import (
	"fmt"
	"strings"

	"example.com/breakglass/names"
)

// A canary makes the calls of a drill of CloudTrail each hour, by EventBridge Scheduler. A heartbeat proves the way from a Region's bus
// to the hub; CloudTrail's records of these calls also prove the way from CloudTrail to that bus.
const (
	// CanarySchedule is ten minutes past every hour: CloudTrail may take a quarter of an hour, and a record counts in the hour in which it
	// arrives.
	CanarySchedule = "cron(10 * * * ? *)"
	// CanaryMinute is the minute of CanarySchedule.
	CanaryMinute = 10
)

// canaryRecords returns the pattern of CloudTrail's records of the canary's calls that were not refused, as a branch of another pattern;
// nil without a canary. The role of the schedules tells them from other calls: only schedules can assume it.
func (s Scope) canaryRecords() []any {
	if !s.Canary {
		return nil
	}
	return []any{Fields{"source": []string{RecordedSource}, "detail-type": apiCall, "detail": Fields{
		"eventName": RecordedCalls(), "errorCode": absent,
		"userIdentity": Fields{"sessionContext": Fields{"sessionIssuer": Fields{"userName": []string{names.HeartbeatRole}}}},
	}}}
}

// RecordsExpected returns how many records of a Region's canary arrive in a hub each hour: one of each call, by one rule.
func (s Scope) RecordsExpected() int {
	if !s.Canary {
		return 0
	}
	return len(RecordedCalls())
}

// CanaryCallOf returns the Region and the call of a canary that a record is about. One that was refused proves as much of the way, but
// the rules do not take it.
func CanaryCallOf(event Fields) (region, call string, ok bool) {
	region, call = Text(event, "region"), Text(event, "detail.eventName")
	ok = event["source"] == RecordedSource && (call == RecordedRead || call == RecordedWrite) &&
		Text(event, "detail.userIdentity.sessionContext.sessionIssuer.userName") == names.HeartbeatRole
	return region, call, ok
}

// CanaryDescription returns the description of a canary's schedule.
func CanaryDescription(call string) string {
	return "Hourly call of events:" + call + " that changes nothing: CloudTrail's record of it has to reach the hub"
}

// findMissing says how to find out which part is missing, where an alarm waits for more than heartbeats.
const findMissing = "Find out which part is missing: breakglass check. "

// canarySilenceText returns the description of the alarm on the beats of a Region with a canary. The alarm's reason has the number that
// arrived, which says what is missing where it is all of one kind.
func canarySilenceText(region, hub string, hours, beats, records int) string {
	calls := strings.Join(RecordedCalls(), " and ")
	if region == hub {
		return fmt.Sprintf("%s IS SILENT, OR CLOUDTRAIL'S RECORDS ARE MISSING: for %d hours, fewer than %d events an hour have reached the hub's event bus: its own heartbeat, and CloudTrail's records of the canary's "+
			"%d calls (%s). If the reason has 1, only the records are missing. %sCheck the trail, and the schedules %s in that Region.",
			region, hours, beats+records, records, calls, findMissing, strings.Join(names.Schedules(), ", "))
	}
	return fmt.Sprintf("%s IS SILENT, ONE OF ITS RULES IS DISABLED, OR CLOUDTRAIL'S RECORDS ARE MISSING: for %d hours, fewer than %d events an hour have arrived in %s: %d heartbeats, one for each forwarding rule, "+
		"and CloudTrail's records of the canary's %d calls (%s). If the reason has %d and no rule is disabled, only the records are missing. %sUntil this is fixed, a sign-in there may go unseen. "+
		"Check the trail, the schedules %s, and the rules: aws events list-rules --region %s. Restore: breakglass deploy --revert-drift --only %s%s.",
		region, hours, beats+records, hub, beats, records, calls, beats, findMissing, strings.Join(names.Schedules(), ", "), region, names.ForwarderStack, region)
}
