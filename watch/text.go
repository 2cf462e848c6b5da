package watch

import (
	"fmt"
	"strings"
	"time"

	"example.com/breakglass/names"
)

// CountPeriod is the period of a Count.
const CountPeriod = 5 * time.Minute

// MaxAlarmText is the most characters that the description of an alarm may have (CloudWatch API, PutMetricAlarm).
const MaxAlarmText = 1024

// fixIt precedes the instructions, which are for an emergency, in an alert that need not be one.
const fixIt = "Fix this as described above. If you suspect an intruder: "

// Text returns the description of the count's alarm, which CloudWatch includes in its notification.
func (c Count) Text(e Entry, account, hubRegion, instructions string) string {
	return fmt.Sprintf("%s in account %s: %d or more in %.0f minutes. %s. %s\n%s",
		c.Title, account, c.AtLeast, CountPeriod.Minutes(), e.Title, lookUp(hubRegion), strings.Join(whatToDo(instructions), "\n"))
}

// ReadLedger returns the command that prints the last quarter of an hour of a hub's ledger, without the heartbeats. It works with versions 1
// and 2 of the AWS CLI; aws logs tail is in version 2 only.
func ReadLedger(hubRegion string) string {
	return "aws logs filter-log-events --region " + hubRegion + " --log-group-name " + names.Ledger +
		" --filter-pattern '{ $.source != \"" + HeartbeatSource + "\" }' --start-time $(( ($(date +%s) - 900) * 1000 ))"
}

// lookUp returns how to find the records behind a count.
func lookUp(hubRegion string) string {
	return fmt.Sprintf("List them, with user, source IP address and Region: %s (drills count too; they are marked DRILL).", ReadLedger(hubRegion))
}

func whatToDo(instructions string) []string {
	return strings.Split("What to do now: "+strings.TrimSpace(instructions), "\n")
}
