package watch

import "example.com/breakglass/names"

// Query is a saved search of CloudWatch Logs Insights.
type Query struct {
	// Name in the list of saved queries.
	Name string
	// Why somebody would run it; it stands as a comment above the text.
	Why string
	// Group is the log group that it searches.
	Group string
	// Text in Logs Insights QL. Each line of a log group is an event as EventBridge had it, so that a field's name is its
	// path in the event; a name with a hyphen stands in backticks.
	Text string
}

// MaxQuery is how many characters a query may have (CloudWatch Logs API, PutQueryDefinition).
const MaxQuery = 10000

// Saved is the text with its reason, as it is saved.
func (q Query) Saved() string { return "# " + q.Why + "\n" + q.Text }

// What several queries ask for. A record may lack any of these fields; the first that it has counts.
const (
	// The other account's record of a role switch names the user as the one that the switch came from.
	queryWho  = `coalesce(detail.userIdentity.userName, detail.additionalEventData.SwitchFrom, detail.userIdentity.arn) as who`
	queryAt   = `coalesce(detail.eventTime, time) as at`
	queryWhat = "coalesce(detail.eventName, `detail-type`) as what"
	// queryOn is what an event is about: a role, a user, or a part of the alarm.
	queryOn = `coalesce(detail.requestParameters.roleArn, detail.additionalEventData.SwitchTo, detail.requestParameters.userName,
    detail.requestParameters.groupName, detail.requestParameters.roleName, detail.requestParameters.policyArn,
    detail.requestParameters.name, detail.requestParameters.Name, detail.requestParameters.rule, detail.requestParameters.queueUrl,
    detail.requestParameters.alarmName, detail.requestParameters.alarmNames.0, detail.requestParameters.topicArn,
    detail.requestParameters.subscriptionArn, detail.requestParameters.resourceArn, detail.requestParameters.keyId,
    detail.requestParameters.trailName, detail.requestParameters.logGroupName, detail.requestParameters.logGroupIdentifier,
    detail.requestParameters.policyName, detail.requestParameters.changeSetName,
    detail.requestParameters.stackName, detail.alarmName, detail.regionName) as target`
	// An API call that went well has no result.
	queryResult = `coalesce(detail.errorCode, detail.responseElements.ConsoleLogin, detail.responseElements.SwitchRole) as result`

	queryEvent = queryAt + ", " + queryWho + ", " + queryWhat + ",\n  " + queryOn + ",\n  " + queryResult +
		", region, detail.sourceIPAddress as address"
)

// The queries that the dashboard shows, too.
var (
	TimelineQuery = Query{
		Name:  "Timeline",
		Why:   "Everything in the ledger, newest first; drills are left out.",
		Group: names.Ledger,
		Text: `filter source != "breakglass.drill"
| fields ` + queryEvent + `
| sort at desc`,
	}
	RolesQuery = Query{
		Name:  "Roles and accounts",
		Why:   "Which accounts the users went into: role switches, role assumptions and temporary credentials, by account. A user's own ARN as the role means the user's own rights; a call that went well has no result.",
		Group: names.Ledger,
		Text: `filter source != "breakglass.drill" and detail.eventName in ["SwitchRole", "AssumeRole", "GetSessionToken", "GetFederationToken"]
| fields coalesce(detail.requestParameters.roleArn, detail.additionalEventData.SwitchTo, detail.userIdentity.arn) as role,
  ` + queryWho + `,
  ` + queryResult + `
| parse role /arn:[^:]*:[^:]*::(?<inAccount>[0-9]+):/
| stats count(*) as times, max(@timestamp) as lastTime by inAccount, role, who, detail.eventName as call, result
| sort inAccount asc, lastTime desc`,
	}
	HeartbeatsQuery = Query{
		Name:  "Heartbeats",
		Why:   "The last heartbeat of every Region, the oldest first, and how many rules carried one in the last hour: as many as the Region has, and 1 in the hub's own. Search 3 hours or more: a Region without any beat in that time is not in the list.",
		Group: names.Heartbeats,
		Text: `filter source = "breakglass.heartbeat"
| stats max(@timestamp) as lastBeat, sum(toMillis(@timestamp) > now() * 1000 - 3600000) as rulesInTheLastHour by region
| sort lastBeat asc, region asc`,
	}
)

// Queries are for the investigation of an emergency, and for the look at the alarm twice a year.
var Queries = []Query{
	TimelineQuery,
	{
		Name:  "By user",
		Why:   "What each user did, from the first event to the last; drills are left out. To see one user, add: | filter who = \"BreakglassUser\"",
		Group: names.Ledger,
		Text: `filter source != "breakglass.drill" and ispresent(detail.eventName)
| fields ` + queryEvent + `
| sort who asc, at asc`,
	},
	{
		Name:  "Failed sign-ins",
		Why:   "Wrong passwords and codes, by hour, address and user. Many addresses are somebody who guesses; one may be a colleague who lost a device.",
		Group: names.Ledger,
		Text: `filter source != "breakglass.drill" and detail.eventName = "ConsoleLogin" and detail.responseElements.ConsoleLogin = "Failure"
| fields ` + queryWho + `
| stats count(*) as failures, max(@timestamp) as lastTime by bin(1h) as hour, detail.sourceIPAddress as address, who, region
| sort hour desc, failures desc`,
	},
	RolesQuery,
	{
		Name:  "Without MFA",
		Why:   "Sign-ins, sessions and access keys without MFA. The guard denies the users nearly everything without it, so each row is a mistake or an intruder.",
		Group: names.Ledger,
		Text: `filter source != "breakglass.drill"
| filter (detail.additionalEventData.MFAUsed = "No" and detail.eventName = "ConsoleLogin"
      and (detail.responseElements.ConsoleLogin = "Success" or not ispresent(detail.responseElements.ConsoleLogin)))
    or (detail.userIdentity.type = "IAMUser" and detail.userIdentity.sessionContext.attributes.mfaAuthenticated = "false")
    or (detail.userIdentity.accessKeyId like /^AKIA/ and not ispresent(detail.requestParameters.serialNumber))
| fields ` + queryAt + ", " + queryWho + `, detail.eventName as what, detail.userIdentity.accessKeyId as accessKey,
  ` + queryResult + `, region, detail.sourceIPAddress as address
| sort at desc`,
	},
	{
		Name:  "Refused",
		Why:   "Calls that AWS refused: what somebody tried and could not do.",
		Group: names.Ledger,
		Text: `filter source != "breakglass.drill" and ispresent(detail.errorCode)
| fields ` + queryAt + ", " + queryWho + `, detail.eventName as what, detail.errorCode as result, detail.errorMessage as reason,
  region, detail.sourceIPAddress as address
| sort at desc`,
	},
	{
		Name:  "Changes of the alarm",
		Why:   "Who changed the alarm itself: rules, schedules, queues, alarms, the trail, the topic, its key, the ledger, the roles that carry the events, the stacks. By cloudformation.amazonaws.com means a deployment.",
		Group: names.Ledger,
		Text: `filter source != "breakglass.drill"
| filter detail.eventSource in ["events.amazonaws.com", "scheduler.amazonaws.com", "sqs.amazonaws.com", "monitoring.amazonaws.com",
      "cloudtrail.amazonaws.com", "sns.amazonaws.com", "kms.amazonaws.com", "logs.amazonaws.com", "cloudformation.amazonaws.com"]
    or (detail.eventSource = "iam.amazonaws.com" and (detail.requestParameters.roleName like /(?i)^breakglass-/
      or detail.requestParameters.policyArn like /(?i):policy\/breakglass/))
| fields ` + queryEvent + `, detail.userIdentity.invokedBy as invokedBy
| sort at desc`,
	},
	{
		Name:  "Drills",
		Why:   "The last receipt of a drill, by entry and Region. A Region that lacks an entry has not answered in the searched time.",
		Group: names.Ledger,
		Text: "filter source = \"breakglass.drill\"\n" +
			"| stats max(@timestamp) as lastReceipt, count(*) as receipts by `detail-type` as entry, region\n" +
			"| sort entry asc, region asc",
	},
	HeartbeatsQuery,
}
