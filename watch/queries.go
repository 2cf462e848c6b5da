package watch

import (
	"slices"
	"strings"

	"example.com/breakglass/names"
)

// Query is a saved search of CloudWatch Logs Insights.
type Query struct {
	// Name is what the list of saved queries shows.
	Name string
	// Why describes what the query shows; it is saved as a comment above the text.
	Why string
	// Group is the log group that the query searches.
	Group string
	// Text is the query in Logs Insights QL. Each log event is the event from EventBridge, so a field's name is its path in
	// that event; a name with a hyphen needs backticks.
	Text string
}

// maxQuery is the most characters that a query may have (CloudWatch Logs API, PutQueryDefinition).
const maxQuery = 10000

// Saved returns the query as it is saved: the text below its reason.
func (q Query) Saved() string { return "# " + q.Why + "\n" + q.Text }

// Columns of several queries. A record may lack any of these fields; the first present one counts.
const (
	// The role's account records a role switch with the user in SwitchFrom.
	queryWho  = `coalesce(detail.userIdentity.userName, detail.additionalEventData.SwitchFrom, detail.userIdentity.arn) as who`
	queryAt   = `coalesce(detail.eventTime, time) as at`
	queryWhat = "coalesce(detail.eventName, `detail-type`) as what"
	// A successful API call has no result.
	queryResult = `coalesce(detail.errorCode, detail.responseElements.ConsoleLogin, detail.responseElements.SwitchRole) as result`
)

// queryEvent are the columns of an event: when, who, what, on what, with what result, from where.
var queryEvent = queryAt + ", " + queryWho + ", " + queryWhat + ",\n  coalesce(" + inLines(targets()) + ") as target,\n  " + queryResult +
	", region, detail.sourceIPAddress as address"

// inLines returns a list with a few of its words in each line.
func inLines(words []string) string {
	var lines []string
	for few := range slices.Chunk(words, 3) {
		lines = append(lines, strings.Join(few, ", "))
	}
	return strings.Join(lines, ",\n    ")
}

// alertingServices are the services, as CloudTrail names them, whose calls can change the alerting. Of IAM, S3, STS and AWS Sign-In,
// only some calls do.
var alertingServices = func() string {
	var services []string
	for _, e := range Catalogue {
		for _, source := range e.Sources {
			service := `"` + strings.TrimPrefix(source, "aws.") + `.amazonaws.com"`
			if e.Part == Tampering && !slices.Contains([]string{"aws.iam", "aws.s3", "aws.signin", "aws.sts"}, source) && !slices.Contains(services, service) {
				services = append(services, service)
			}
		}
	}
	return strings.Join(services, ", ")
}()

// The queries that are also on the dashboard.
var (
	TimelineQuery = Query{
		Name:  "Timeline",
		Why:   "Everything in the ledger except drills and heartbeats, newest first.",
		Group: names.Ledger,
		Text: `filter source != "breakglass.drill" and source != "breakglass.heartbeat"
| fields ` + queryEvent + `
| sort at desc`,
	}
	RolesQuery = Query{
		Name:  "Roles and accounts",
		Why:   "Accounts that the users entered: role switches, role assumptions and temporary credentials, by account. The user's own ARN as the role means the user's own permissions; a successful call has no result.",
		Group: names.Ledger,
		Text: `filter source != "breakglass.drill" and source != "breakglass.heartbeat" and detail.eventName like /^(SwitchRole|` + strings.Join(credentialCalls, "|") + `)$/
| fields coalesce(detail.requestParameters.roleArn, detail.additionalEventData.SwitchTo, detail.userIdentity.arn) as role,
  ` + queryWho + `,
  ` + queryResult + `
| parse role /arn:[^:]*:[^:]*::(?<inAccount>[0-9]+):/
| stats count(*) as times, max(@timestamp) as lastTime by inAccount, role, who, detail.eventName as call, result
| sort inAccount asc, lastTime desc`,
	}
	HeartbeatsQuery = Query{
		Name:  "Heartbeats",
		Why:   "The last heartbeat of each Region, oldest first, and how many rules carried one in the last hour: every forwarding rule of the Region, and 1 in the hub's own Region. Search at least 3 hours: a Region without a heartbeat in that time is not listed.",
		Group: names.Heartbeats,
		Text: `filter source = "breakglass.heartbeat"
| stats max(@timestamp) as lastBeat, sum(toMillis(@timestamp) > now() * 1000 - 3600000) as rulesInTheLastHour by region
| sort lastBeat asc, region asc`,
	}
)

// Queries lists the saved queries: for the investigation of an emergency, and for the regular review of the alerting.
var Queries = []Query{
	TimelineQuery,
	{
		Name:  "By user",
		Why:   "What each user did, from the first event to the last, without drills. For one user, add: | filter who = \"BreakglassUser\"",
		Group: names.Ledger,
		Text: `filter source != "breakglass.drill" and source != "breakglass.heartbeat" and ispresent(detail.eventName)
| fields ` + queryEvent + `
| sort who asc, at asc`,
	},
	{
		Name:  "Failed sign-ins",
		Why:   "Failed sign-ins by hour, IP address and user. Many addresses suggest an attacker guessing passwords; a single one may be a colleague who lost an MFA device.",
		Group: names.Ledger,
		Text: `filter source != "breakglass.drill" and source != "breakglass.heartbeat" and detail.eventName = "ConsoleLogin" and detail.responseElements.ConsoleLogin = "Failure"
| fields ` + queryWho + `
| stats count(*) as failures, max(@timestamp) as lastTime by bin(1h) as hour, detail.sourceIPAddress as address, who, region
| sort hour desc, failures desc`,
	},
	RolesQuery,
	{
		Name:  "Without MFA",
		Why:   "Sign-ins, sessions and access keys without MFA. The guard policy denies the users nearly everything without MFA, so each row is a mistake or an intruder.",
		Group: names.Ledger,
		Text: `filter source != "breakglass.drill" and source != "breakglass.heartbeat"
| filter (detail.additionalEventData.MFAUsed = "No" and detail.eventName = "ConsoleLogin"
      and (detail.responseElements.ConsoleLogin = "Success" or not ispresent(detail.responseElements.ConsoleLogin)))
    or (detail.userIdentity.type = "IAMUser" and detail.userIdentity.sessionContext.attributes.mfaAuthenticated = "false")
    or (detail.userIdentity.accessKeyId like /^AKIA/ and not ispresent(detail.requestParameters.serialNumber))
| fields ` + queryAt + ", " + queryWho + `, detail.eventName as what, detail.userIdentity.accessKeyId as accessKey,
  ` + queryResult + `, region, detail.sourceIPAddress as address
| sort at desc`,
	},
	{
		Name:  "Failed calls",
		Why:   "Calls that AWS denied or that failed: what someone tried without success.",
		Group: names.Ledger,
		Text: `filter source != "breakglass.drill" and source != "breakglass.heartbeat" and ispresent(detail.errorCode)
| fields ` + queryAt + ", " + queryWho + `, detail.eventName as what, detail.errorCode as result, detail.errorMessage as reason,
  region, detail.sourceIPAddress as address
| sort at desc`,
	},
	{
		Name:  "Changes to the alerting",
		Why:   "Who changed the alerting itself: rules, schedules, queues, alarms, the trail, the topic, its key, the composer, the ledger, the channels, the roles, the pipeline, the roles that deploy, the stacks, the account. Invoked by cloudformation.amazonaws.com means a deployment.",
		Group: names.Ledger,
		Text: `filter source != "breakglass.drill" and source != "breakglass.heartbeat"
| filter detail.eventSource in [` + alertingServices + `]
    or (detail.eventSource = "iam.amazonaws.com" and (detail.requestParameters.roleName like /(?i)^breakglass/
      or detail.requestParameters.policyArn like /(?i):policy\/breakglass/))
    or (detail.eventSource = "s3.amazonaws.com" and detail.requestParameters.bucketName like /^breakglass-/)
    or detail.requestParameters.roleArn like /:role\/cdk-/
    or detail.additionalEventData.SwitchTo like /:role\/cdk-/
    or detail.eventName like /(ConsoleAuthorizationConfiguration|ResourcePermissionStatement|UpdateAccountPasswordPolicy|RevokeSessions)$/
    or detail.status = "DISABLING"
| fields ` + queryEvent + `, detail.userIdentity.invokedBy as invokedBy
| sort at desc`,
	},
	{
		Name:  "Drills",
		Why:   "The last confirmed drill of each entry and Region. A Region that is missing for an entry has not answered in the searched time.",
		Group: names.Ledger,
		Text: "filter source = \"breakglass.drill\"\n" +
			"| stats max(@timestamp) as lastReceipt, count(*) as receipts by `detail-type` as entry, region\n" +
			"| sort entry asc, region asc",
	},
	HeartbeatsQuery,
}
