package watch

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/breakglass/names"
)

const (
	// HeartbeatSource is the source of the hourly sign of life that each Region's schedule puts on that Region's bus.
	HeartbeatSource = "breakglass.heartbeat"
	// HeartbeatType is its detail type.
	HeartbeatType = "heartbeat"
	// HeartbeatSchedule is when: half past every hour, far from the ends of the hours that an alarm counts.
	HeartbeatSchedule = "cron(30 * * * ? *)"
	// HeartbeatPeriod is how often.
	HeartbeatPeriod = time.Hour
	// HeartbeatsMissed is for how many periods in a row too few beats have to arrive before an alarm rings: EventBridge's
	// metrics are best effort, and a single hour may lack one.
	HeartbeatsMissed = 3
	// HeartbeatDays is how long beats are kept: long enough to see since when a Region is silent.
	HeartbeatDays = 30
)

// beat is a branch of every forwarding rule: a rule that is switched off carries no beat.
var beat = Fields{"source": []string{HeartbeatSource}}

// Beat is the pattern of a hub's rule that counts the beats of one Region.
func Beat(s Scope, region string) Fields {
	return Fields{"account": []string{s.Account}, "region": []string{region}, "source": []string{HeartbeatSource}}
}

// BeatsExpected is how many times each beat of a Region arrives in a hub: once for every rule that forwards it. In the
// hub's own Region nothing forwards it, and it arrives by itself.
func (s Scope) BeatsExpected(region, hub string) int {
	if region == hub {
		return 1
	}
	return len(s.Forwarded(region))
}

// OtherHub tells whether a Region is that of the other hub, whose silence people are told of by itself.
func (s Scope) OtherHub(region, hub string) bool {
	return region != hub && slices.Contains(s.Hubs, region)
}

// SilenceText is the description of the alarm on a Region's beats.
func SilenceText(region, hub string, expected int) string {
	hours := int(HeartbeatsMissed * HeartbeatPeriod / time.Hour)
	if region == hub {
		return fmt.Sprintf("%s IS SILENT: for %d hours the hub's own hourly heartbeat did not arrive on its bus. Look at the schedule %s there.",
			region, hours, names.Heartbeat)
	}
	return fmt.Sprintf("%s IS SILENT, OR ONE OF ITS RULES IS OFF: for %d hours fewer than %d heartbeats an hour arrived in %s, one for each forwarding rule. "+
		"Until that is mended, a sign-in there may go unseen. aws events list-rules --region %s shows the rules' state; npx cdk deploy --revert-drift %s%s puts them back.",
		region, hours, expected, hub, region, names.ForwarderStack, region)
}

// WorldPart is a part of the world whose Regions share a stack of heartbeat alarms: all of them don't fit into one
// template, and a Region must never move from one stack into another.
type WorldPart struct {
	// Name ends the stack's name.
	Name string
	// Prefixes of the Regions' codes.
	Prefixes []string
}

// WorldParts cover every commercial Region; the last has those that no other names.
var WorldParts = []WorldPart{
	{"asia-pacific", []string{"ap-"}},
	{"europe-africa", []string{"af-", "eu-", "il-", "me-"}},
	{"americas", nil},
}

// WorldPartOf is the part of the world that a Region is in.
func WorldPartOf(region string) string {
	for _, part := range WorldParts {
		if slices.ContainsFunc(part.Prefixes, func(prefix string) bool { return len(region) > len(prefix) && region[:len(prefix)] == prefix }) {
			return part.Name
		}
	}
	return WorldParts[len(WorldParts)-1].Name
}

// SilentText is the description of the alarm that tells people that any Region of a part of the world is silent.
func SilentText(part, hub, instructions string) string {
	return fmt.Sprintf("If the state is ALARM: A WATCHED REGION IS SILENT (%s). Its heartbeat no longer reaches the hub in %s by every rule, and a sign-in there may "+
		"go unseen. The reason above names the alarm, which ends in the Region. Look: aws events list-rules --region REGION. Mend: npx cdk deploy --revert-drift %sREGION. "+
		"If the state is OK: all are heard again; so it is within an hour of the first deployment, too.\n%s",
		part, hub, names.ForwarderStack, strings.Join(whatToDo(mendIt+instructions), "\n"))
}
