package watch

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"example.com/breakglass/names"
)

// MaxTemplate is the most characters that the text of a rule's target may have (EventBridge API, InputTemplate).
const MaxTemplate = 8192

// CountPeriod is the period of a Count.
const CountPeriod = 5 * time.Minute

// MaxAlarmText is the most characters that the description of an alarm may have (CloudWatch API, PutMetricAlarm).
const MaxAlarmText = 1024

// Hints on empty values: a field that the record lacks has one.
const (
	emptyMFA    = "Empty MFA: not in this record; see the sign-in alert."
	emptyOfCall = "Empty role: the user's own permissions. Empty MFA: no MFA. " +
		"Source IP address AWS Internal: a role switch in the console; see the sign-in alert for the user's address."
	emptyOfFailure = "Empty MFA: unknown; CloudTrail may omit it for a failed call. For what was requested, see the CloudTrail record."
)

// fixIt precedes the instructions, which are for an emergency, in an alert that need not be one.
const fixIt = "Fix this as described above. If you suspect an intruder: "

// The lines that most alerts share, in the order in which a reader asks: who, where, when, from where, with or without
// MFA. Text that the caller controls stays out, such as the user agent or the role that a failed call requested:
// EventBridge escapes nothing, and a line that the caller wrote could pass for one of ours. Names that AWS has accepted
// cannot contain a line break.
const (
	who        = "Who: <user>"
	where      = "Account and Region: <account>, <region>"
	when       = "Time (UTC): <time>"
	from       = "Source IP address: <address>"
	sessionMFA = "MFA: <mfa>"
	callMFA    = "MFA: <mfa><device>"
)

// paths maps a field to the path of its value in an event; any other field is a request parameter. A path that the event
// lacks leaves the field empty.
var paths = map[string]string{
	"kind":       "$.detail-type",
	"account":    "$.account",
	"region":     "$.region",
	"time":       "$.detail.eventTime",
	"at":         "$.time",
	"event":      "$.detail.eventID",
	"id":         "$.id",
	"call":       "$.detail.eventName",
	"error":      "$.detail.errorCode",
	"address":    "$.detail.sourceIPAddress",
	"user":       "$.detail.userIdentity.userName",
	"arn":        "$.detail.userIdentity.arn",
	"mfa":        "$.detail.userIdentity.sessionContext.attributes.mfaAuthenticated",
	"mfaUsed":    "$.detail.additionalEventData.MFAUsed",
	"switchTo":   "$.detail.additionalEventData.SwitchTo",
	"switchFrom": "$.detail.additionalEventData.SwitchFrom",
	"role":       "$.detail.requestParameters.roleArn",
	"device":     "$.detail.requestParameters.serialNumber",
	"onUser":     "$.detail.requestParameters.userName",
	"signIn":     "$.detail.responseElements.ConsoleLogin",
	"switched":   "$.detail.responseElements.SwitchRole",

	"recoveryRequested": "$.detail.responseElements.PasswordRecoveryRequested",
	"recovered":         "$.detail.responseElements.PasswordRecoveryCompleted",
	"passwordUpdated":   "$.detail.responseElements.PasswordUpdated",
	"emailUpdated":      "$.detail.responseElements.EmailUpdated",

	"alarm":        "$.detail.alarmName",
	"newRegion":    "$.detail.regionName",
	"name":         "$.detail.requestParameters.name",
	"rule":         "$.detail.requestParameters.rule",
	"permission":   "$.detail.requestParameters.statementId",
	"queue":        "$.detail.requestParameters.queueUrl",
	"oneAlarm":     "$.detail.requestParameters.alarmName",
	"alarms":       "$.detail.requestParameters.alarmNames[0]",
	"muted":        "$.detail.requestParameters.muteTargets.alarmNames[0]",
	"topic":        "$.detail.requestParameters.topicArn",
	"subscription": "$.detail.requestParameters.subscriptionArn",
	"resource":     "$.detail.requestParameters.resourceArn",
	"smsLimit":     "$.detail.requestParameters.attributes.MonthlySpendLimit",
	"key":          "$.detail.requestParameters.keyId",
	"trail":        "$.detail.requestParameters.trailName",
	"logGroup":     "$.detail.requestParameters.logGroupName",
	"logGroupID":   "$.detail.requestParameters.logGroupIdentifier",
	"logResource":  "$.detail.requestParameters.resourceIdentifier",
	"policyName":   "$.detail.requestParameters.policyName",
	"policy":       "$.detail.requestParameters.policyArn",
	"onRole":       "$.detail.requestParameters.roleName",
}

var field = regexp.MustCompile(`<([A-Za-z]+)>`)

// Lines returns the whole text of the alert, with <field> where a field's value goes. The detail type comes first, because
// it marks a drill.
func (a Alert) Lines(instructions, hubRegion string) []string {
	lines := []string{"<kind>: " + a.Title + ", account <account>, <region>"}
	lines = append(lines, a.Facts...)
	lines = append(lines, whatToDo(a.First+instructions)...)
	if a.Hint != "" {
		lines = append(lines, a.Hint)
	}
	record := a.Record
	if record == "" {
		record = "CloudTrail event ID: <event>"
	}
	return append(lines, fmt.Sprintf("Sent by the hub in %s. %s", hubRegion, record))
}

// Template returns the alert's text as the InputTemplate of a rule's target. EventBridge requires quotation marks around
// each line of a text, and delivers them too.
func (a Alert) Template(instructions, hubRegion string) string {
	lines := a.Lines(instructions, hubRegion)
	for i, line := range lines {
		lines[i] = `"` + line + `"`
	}
	return strings.Join(lines, "\n")
}

// Paths returns the InputPathsMap for Template.
func (a Alert) Paths(instructions, hubRegion string) map[string]string {
	return pathsIn(a.Template(instructions, hubRegion))
}

// Fill returns the text that people receive for an event in its JSON form.
func (a Alert) Fill(instructions, hubRegion string, event Fields) string {
	return field.ReplaceAllStringFunc(a.Template(instructions, hubRegion), func(name string) string {
		return valueAt(event, pathOf(strings.Trim(name, "<>")))
	})
}

func pathsIn(template string) map[string]string {
	used := map[string]string{}
	for _, name := range fieldsIn(template) {
		used[name] = pathOf(name)
	}
	return used
}

func valueAt(event Fields, path string) string {
	var at any = event
	for _, key := range strings.Split(strings.TrimPrefix(path, "$."), ".") {
		key, first := strings.CutSuffix(key, "[0]")
		inner, ok := at.(Fields)
		if !ok {
			return ""
		}
		at = inner[key]
		if list, ok := at.([]any); first && ok && len(list) > 0 {
			at = list[0]
		}
	}
	switch v := at.(type) {
	case nil:
		return ""
	case bool:
		return strconv.FormatBool(v)
	default:
		return fmt.Sprint(v)
	}
}

// Text returns the description of the count's alarm, which CloudWatch includes in its notification.
func (c Count) Text(e Entry, account, hubRegion, instructions string) string {
	return fmt.Sprintf("%s in account %s: %d or more in %.0f minutes. %s. %s\n%s",
		c.Title, account, c.AtLeast, CountPeriod.Minutes(), e.Title, lookUp(hubRegion), strings.Join(whatToDo(instructions), "\n"))
}

// lookUp returns how to find the records behind a count.
func lookUp(hubRegion string) string {
	return fmt.Sprintf("List them, with user, source IP address and Region: aws logs tail %s --since 15m --region %s (drills count too; they are marked DRILL).",
		names.Ledger, hubRegion)
}

func whatToDo(instructions string) []string {
	return strings.Split("What to do now: "+strings.TrimSpace(instructions), "\n")
}
