package watch

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"example.com/breakglass/names"
)

// MaxTemplate is how many characters the text of a rule's target may have (EventBridge API, InputTemplate).
const MaxTemplate = 8192

// CountPeriod is how long a Count counts.
const CountPeriod = 5 * time.Minute

// MaxAlarmText is how many characters the description of an alarm may have (CloudWatch API, PutMetricAlarm).
const MaxAlarmText = 1024

// What an empty answer means: a record that lacks a field leaves it empty.
const (
	noMFASaid  = "no answer on MFA means that this record does not say; the alert of the sign-in does."
	noRoleSaid = "no role means the user's own rights, no answer on MFA means without, " +
		"AWS Internal means a switch in the console; the alert of the sign-in has its address."
	refusedSaid = "of a refused call AWS may leave out what was asked for, and the MFA device; the record in CloudTrail has the rest."
)

// mendIt comes before the instructions of an alert that is no emergency yet.
const mendIt = "mend it as said above. If somebody did this on purpose: "

// The lines that most alerts share, in the order in which a reader asks: who, where, when, from where, with or without
// MFA. Whatever the actor writes freely stays out of the text, such as the user agent or the role that a refused call
// asked for: EventBridge escapes nothing, and a line of the actor's own could pass for one of ours. Names that AWS has
// accepted can't hold a line end.
const (
	who        = "Who: <user>"
	where      = "Account and Region: <account>, <region>"
	when       = "When (UTC): <time>"
	from       = "From address: <address>"
	sessionMFA = "With MFA: <mfa>"
	callMFA    = "With MFA: <mfa><device>"
)

// paths says where in an event a field's value stands. A path that the event lacks leaves the field empty.
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

// Lines is the whole text of the alert, with <field> where a field's value goes. The detail type comes first: that is
// where a drill says that it is one.
func (a Alert) Lines(instructions, hubRegion string) []string {
	lines := []string{"<kind>: " + a.Title + ", account <account>, <region>"}
	lines = append(lines, a.Facts...)
	lines = append(lines, whatToDo(a.First+instructions)...)
	if a.Hint != "" {
		lines = append(lines, "How to read this: "+a.Hint)
	}
	record := a.Record
	if record == "" {
		record = "CloudTrail event ID: <event>"
	}
	return append(lines, fmt.Sprintf("Told by the hub in %s. %s", hubRegion, record))
}

// Template is the alert's text as the InputTemplate of a rule's target. EventBridge wants each line of a text in
// quotation marks, and delivers them with it.
func (a Alert) Template(instructions, hubRegion string) string {
	lines := a.Lines(instructions, hubRegion)
	for i, line := range lines {
		lines[i] = `"` + line + `"`
	}
	return strings.Join(lines, "\n")
}

// Paths is the InputPathsMap that goes with Template.
func (a Alert) Paths(instructions, hubRegion string) map[string]string {
	used := map[string]string{}
	for _, m := range field.FindAllStringSubmatch(a.Template(instructions, hubRegion), -1) {
		used[m[1]] = paths[m[1]]
	}
	return used
}

// Fill is the text as its readers see it, for an event in its JSON form.
func (a Alert) Fill(instructions, hubRegion string, event Fields) string {
	return field.ReplaceAllStringFunc(a.Template(instructions, hubRegion), func(name string) string {
		return valueAt(event, paths[strings.Trim(name, "<>")])
	})
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

// Text is the description of the count's alarm, which CloudWatch puts into its notification.
func (c Count) Text(e Entry, account, hubRegion, instructions string) string {
	return fmt.Sprintf("%s: %s, at least %d in %.0f minutes, in account %s. Each one, with its address and Region: aws logs tail %s --since 15m --region %s (a drill counts too, and says DRILL there).\n%s",
		c.Title, e.Title, c.AtLeast, CountPeriod.Minutes(), account, names.Ledger, hubRegion, strings.Join(whatToDo(instructions), "\n"))
}

func whatToDo(instructions string) []string {
	return strings.Split("What to do now: "+strings.TrimSpace(instructions), "\n")
}
