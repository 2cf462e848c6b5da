package watch

import (
	"fmt"
	"strings"
	"time"

	"example.com/breakglass/names"
)

const (
	// AliveSource is the source of the event that a hub's composer puts on its bus when a heartbeat has passed a rule, the
	// composer, the topic and its key.
	AliveSource = "breakglass.alive"
	// AliveType is its detail type.
	AliveType = "alive"
)

// AlivePattern returns the pattern of a rule for what the composer of one hub reports.
func AlivePattern(s Scope, hub string) Fields {
	return live(Fields{"account": []string{s.Account}, "region": []string{hub}, "source": []string{AliveSource}})
}

// AliveDescription returns the description of the rule that counts what a hub's composer reports.
func AliveDescription(hub string) string {
	return "Counts the rules of the hub in " + hub + " that carry a heartbeat to its topic"
}

// ForwardAliveDescription returns the description of the rule that forwards it to the other hub.
func ForwardAliveDescription(hub string) string {
	return "Forwards to the other hub what the composer in " + hub + " reports"
}

// DeadMansSwitchDescription is the description of the rule that posts it to a monitor outside AWS.
const DeadMansSwitchDescription = "Posts what the hub's composer reports to a monitor outside AWS, which notifies people when it stops"

// AliveText returns the description of an alarm on the rules, the composer and the topic of a hub.
func AliveText(hub string, expected int, instructions string) string {
	return fmt.Sprintf("State ALARM: THE ALERTING IN %s DOES NOT FULLY WORK: for %d hours, not all of the %d rules that alert have carried an hourly heartbeat through the composer to SNS. "+
		"Until this is fixed, alerts may be missing. Find the cause: breakglass check. Restore: breakglass deploy --revert-drift. State OK: everything works (again, or for the first time).\n%s",
		hub, int(HeartbeatsMissed*HeartbeatPeriod/time.Hour), expected, strings.Join(whatToDo(fixIt+instructions), "\n"))
}

// ComposerThrottledText returns the description of the alarm on a composer that Step Functions slows down.
func ComposerThrottledText(region, instructions string) string {
	return fmt.Sprintf("BREAK GLASS ALERTS ARE LATE: Step Functions throttles the composer %s in %s. Read the events in the ledger: "+
		"%s. Something else in the account may use up its quota of state transitions.\n%s",
		names.Composer, region, ReadLedger(region), strings.Join(whatToDo(fixIt+instructions), "\n"))
}
