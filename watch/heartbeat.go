package watch

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/breakglass/names"
)

const (
	// HeartbeatSource is the source of the hourly heartbeat that each Region's schedule puts on that Region's bus.
	HeartbeatSource = "breakglass.heartbeat"
	// HeartbeatType is its detail type.
	HeartbeatType = "heartbeat"
	// HeartbeatSchedule is half past every hour, far from the ends of the hours in which an alarm counts.
	HeartbeatSchedule = "cron(30 * * * ? *)"
	// HeartbeatMinute is the minute of HeartbeatSchedule.
	HeartbeatMinute = 30
	// HeartbeatPeriod is the time between two beats.
	HeartbeatPeriod = time.Hour
	// HeartbeatsMissed is the number of consecutive periods with too few beats after which an alarm triggers: EventBridge's
	// metrics are best effort, and a single hour may lack one.
	HeartbeatsMissed = 3
	// HeartbeatDays is how many days beats are kept: long enough to see since when a Region has been silent.
	HeartbeatDays = 30
)

// beat is a branch in the pattern of every forwarding rule: a disabled rule carries no beat.
var beat = Fields{"source": []string{HeartbeatSource}}

// Beat returns the pattern of a hub's rule that counts the beats of one Region, and the records of its canary's calls.
func Beat(s Scope, region string) Fields {
	pattern := Fields{"account": []string{s.Account}, "region": []string{region}}
	if records := s.canaryRecords(); records != nil {
		pattern["$or"] = append([]any{beat}, records...)
	} else {
		pattern["source"] = []string{HeartbeatSource}
	}
	return live(pattern)
}

// Composed returns the entries that a hub's composer writes about, each of which has a rule that starts it.
func (s Scope) Composed() []Entry {
	return slices.DeleteFunc(s.Entries(), func(e Entry) bool { return len(e.Messages) == 0 })
}

// BeatsExpected returns how many times each beat of a Region arrives in a hub: once for every rule that forwards it. In the
// hub's own Region no rule forwards it: the schedule puts it on the hub's bus, once.
func (s Scope) BeatsExpected(region, hub string) int {
	if region == hub {
		return 1
	}
	return len(s.Forwarded(region)) + 1 // one for the records of a drill's calls
}

// OtherHub reports whether a Region is the other hub's, whose silence has a notification of its own.
func (s Scope) OtherHub(region, hub string) bool {
	return region != hub && slices.Contains(s.Hubs, region)
}

// SilenceText returns the description of the alarm on a Region's beats and, where a canary makes any, the records of its calls.
func SilenceText(region, hub string, beats, records int) string {
	hours := int(HeartbeatsMissed * HeartbeatPeriod / time.Hour)
	if records > 0 {
		return canarySilenceText(region, hub, hours, beats, records)
	}
	if region == hub {
		return fmt.Sprintf("%s IS SILENT: the hub's own hourly heartbeat has not reached its event bus for %d hours. Check the schedule %s in that Region.",
			region, hours, names.Heartbeat)
	}
	return fmt.Sprintf("%s IS SILENT, OR ONE OF ITS RULES IS DISABLED: for %d hours, fewer than %d heartbeats an hour (one for each forwarding rule) have arrived in %s. "+
		"Until this is fixed, a sign-in there may go unseen. Check the rules: aws events list-rules --region %s. Restore them: breakglass deploy --revert-drift --only %s%s.",
		region, hours, beats, hub, region, names.ForwarderStack, region)
}

// WorldPart is a part of the world whose Regions share a stack of heartbeat alarms: one template has no room for all Regions,
// and a Region must never move from one stack to another.
type WorldPart struct {
	// Name is the last part of the stack's name.
	Name string
	// Prefixes of the Regions' codes.
	Prefixes []string
}

// WorldParts covers every commercial Region; the last part has the Regions that no other part names.
var WorldParts = []WorldPart{
	{"asia-pacific", []string{"ap-"}},
	{"europe-africa", []string{"af-", "eu-", "il-", "me-"}},
	{"americas", nil},
}

// WorldPartOf returns the name of the part of the world that a Region is in.
func WorldPartOf(region string) string {
	for _, part := range WorldParts {
		if slices.ContainsFunc(part.Prefixes, func(prefix string) bool { return len(region) > len(prefix) && region[:len(prefix)] == prefix }) {
			return part.Name
		}
	}
	return WorldParts[len(WorldParts)-1].Name
}

// SilentText returns the description of the alarm that notifies people when any Region in a part of the world is silent.
func SilentText(part, hub, instructions string, canary bool) string {
	missing, heard, find := "Not all of its heartbeats reach", "all heartbeats arrive", "Check the rules: aws events list-rules --region REGION. "
	if canary {
		missing, heard, find = "Not all of its heartbeats and CloudTrail's records reach", "all of them arrive", findMissing
	}
	return fmt.Sprintf("State ALARM: A WATCHED REGION IS SILENT (%s). %s the hub in %s, so a sign-in there may "+
		"go unseen. The reason above names an alarm that ends in the Region's code. %sRestore them: breakglass deploy --revert-drift --only %sREGION. "+
		"State OK: %s (again, or for the first time).\n%s",
		part, missing, hub, find, names.ForwarderStack, heard, strings.Join(whatToDo(fixIt+instructions), "\n"))
}
