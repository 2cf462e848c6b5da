//go:build verify

package verify

import (
	"strings"

	"example.com/breakglass/names"
	"example.com/breakglass/watch"
)

// patternMutants break one rule each, in a stack of the whole app, and name what the matcher has to find.
var patternMutants = []struct {
	name, stack, rule string
	spoil             func(pattern watch.Fields)
	caught            string
}{
	{
		"any user", names.HubStack, "capture-breakglass-user-sign-in",
		func(p watch.Fields) { delete(at(inHub(p)["$or"].([]any)[0], "userIdentity"), "userName") },
		"a sign-in of a stranger, in us-east-1: capture-breakglass-user-sign-in matches",
	},
	{
		"any account", names.HubStack, "capture-breakglass-user-sign-in",
		func(p watch.Fields) { delete(p, "account") },
		"a sign-in of the same name in another account, in us-east-1: capture-breakglass-user-sign-in matches",
	},
	{
		"failures published", names.StandbyStack, "capture-breakglass-user-sign-in-standby",
		func(p watch.Fields) { delete(inHub(p), "responseElements") },
		"a wrong password, in us-west-2: capture-breakglass-user-sign-in-standby matches",
	},
	{
		"only successes", names.HubStack, "capture-breakglass-user-sign-in",
		func(p watch.Fields) {
			inHub(p)["responseElements"] = watch.Fields{"ConsoleLogin": []any{"Success"}}
		},
		"a sign-in whose record has no result, in us-east-1: capture-breakglass-user-sign-in does not match",
	},
	{
		"distant beats", names.HubStack, "capture-breakglass-user-sign-in",
		func(p watch.Fields) { delete(p["$or"].([]any)[1].(watch.Fields), "region") },
		"a heartbeat, in eu-south-2: capture-breakglass-user-sign-in matches",
	},
	{
		"one spelling", names.HubStack, "capture-breakglass-user-sign-in",
		func(p watch.Fields) {
			p["$or"].([]any)[0].(watch.Fields)["detail-type"] = []any{"AWS Console Sign In via CloudTrail"}
		},
		"a sign-in with the other spelling, in us-east-1: capture-breakglass-user-sign-in does not match",
	},
	{
		"any program's calls", names.ForwarderStack + "eu-west-1", "capture-breakglass-recorded",
		func(p watch.Fields) { delete(at(p["$or"].([]any)[0], "detail"), "userAgent") },
		"the same call by another program, in eu-west-1: capture-breakglass-recorded matches",
	},
	{
		"a circle", names.ForwarderStack + hubRegion, "forward-breakglass-user-assume-role",
		func(p watch.Fields) { delete(p, "region") },
		"an assumption by CLI, in us-west-2: forward-breakglass-user-assume-role matches",
	},
	{
		"another Region", names.ForwarderStack + "eu-west-1", "capture-breakglass-user-sign-in",
		func(p watch.Fields) { p["region"] = []any{"eu-west-2"} },
		"a sign-in with MFA, in eu-west-1: capture-breakglass-user-sign-in does not match",
	},
	{
		"no drill", names.ForwarderStack + "eu-west-1", "capture-breakglass-root-sign-in",
		func(p watch.Fields) { at(p["$or"].([]any)[1])["source"] = []any{"breakglass.drills"} },
		"drill: a sign-in of root, in eu-west-1: capture-breakglass-root-sign-in does not match",
	},
	{
		"no such operator", names.ForwarderStack + "eu-west-1", "capture-breakglass-user-sign-in",
		func(p watch.Fields) { p["region"] = []any{watch.Fields{"anything-butt": "eu-west-2"}} },
		"is refused",
	},
	{
		"too long", names.ForwarderStack + "eu-west-1", "capture-breakglass-user-sign-in",
		func(p watch.Fields) { p["region"] = []any{strings.Repeat("x", watch.MaxPattern)} },
		"capture-breakglass-user-sign-in is too long",
	},
	{
		"no beat", names.ForwarderStack + "eu-west-1", "capture-breakglass-user-sign-in",
		func(p watch.Fields) { p["$or"] = p["$or"].([]any)[:2] },
		"a heartbeat, in eu-west-1: capture-breakglass-user-sign-in does not match",
	},
	{
		"records of every role", names.ForwarderStack + "eu-west-1", "capture-breakglass-recorded",
		func(p watch.Fields) { delete(at(at(p["$or"].([]any)[2])["detail"]), "userIdentity") },
		"the same call by another program, in eu-west-1: capture-breakglass-recorded matches",
	},
	{
		"refused calls count", names.HeartbeatsStack + "americas", "capture-breakglass-heartbeat-us-east-1",
		func(p watch.Fields) { delete(at(at(p["$or"].([]any)[1])["detail"]), "errorCode") },
		"a canary's call that was refused, in us-east-1: capture-breakglass-heartbeat-us-east-1 matches",
	},
	{
		"beats of every Region", names.HeartbeatsStack + "europe-africa", "capture-breakglass-heartbeat-eu-west-1",
		func(p watch.Fields) { delete(p, "region") },
		"a heartbeat, in eu-west-2: capture-breakglass-heartbeat-eu-west-1 matches",
	},
	{
		"beats of every account", names.HeartbeatsStack + "standby", "capture-breakglass-heartbeat-us-east-1",
		func(p watch.Fields) {
			delete(p, "account")
			p["region"] = []any{standbyRegion}
		},
		"a heartbeat of another account, in us-west-2: capture-breakglass-heartbeat-us-east-1 matches",
	},
	{
		"no beat in the hub", names.StandbyStack, "capture-breakglass-user-sign-in-standby",
		func(p watch.Fields) { at(p["$or"].([]any)[1])["source"] = []any{"breakglass.heartbeats"} },
		"a heartbeat, in us-west-2: capture-breakglass-user-sign-in-standby does not match",
	},
	{
		"no distant drills", names.HubStack, "capture-breakglass-user-sign-in",
		func(p watch.Fields) {
			p["$or"].([]any)[0].(watch.Fields)["source"] = []any{"aws.signin"}
		},
		"drill: a sign-in with MFA, in eu-south-2: capture-breakglass-user-sign-in does not match",
	},
	{
		"the standby's key", names.IntegrityStack + hubRegion, "capture-breakglass-key-change",
		func(p watch.Fields) { keyOr(p, 0)["requestParameters"] = ofKey("99999999") },
		"the key switched off, in us-east-1: capture-breakglass-key-change does not match",
	},
	{
		"any key", names.ForwarderStack + standbyRegion, "forward-breakglass-key-change",
		func(p watch.Fields) { keyOr(p, 0)["requestParameters"] = ofKey("") },
		"another key switched off, in us-west-2: forward-breakglass-key-change matches",
	},
	{
		"the other hub's key unseen", names.IntegrityStack + hubRegion, "capture-breakglass-key-change",
		func(p watch.Fields) { keyOr(p, 2)["awsRegion"] = []any{hubRegion} },
		"the key switched off, in us-west-2: capture-breakglass-key-change does not match",
	},
	{
		"the alias forgotten", names.IntegrityStack + hubRegion, "capture-breakglass-key-change",
		func(p watch.Fields) { recordOr(p, 1)["eventName"] = []any{"CreateAlias"} },
		"the key's alias removed, in us-east-1: capture-breakglass-key-change does not match",
	},
	{
		"tokens forgotten", names.HubStack, "capture-breakglass-user-sign-in",
		func(p watch.Fields) { inHub(p)["eventName"] = []any{"ConsoleLogin"} },
		"a token for the console, for a federated session of the user, in us-east-1: capture-breakglass-user-sign-in does not match",
	},
	{
		"one spelling of a user", names.StandbyStack, "capture-breakglass-user-sign-in-standby",
		func(p watch.Fields) {
			at(inHub(p)["$or"].([]any)[0], "userIdentity")["userName"] = []any{watch.SampleScope.Users[0]}
		},
		"a sign-in of the user, whose name is spelled otherwise, in us-west-2: capture-breakglass-user-sign-in-standby does not match",
	},
	{
		"root's keys of users in another spelling", names.HubStack, "capture-breakglass-root-sign-in",
		func(p watch.Fields) { delete(recordOr(p, 3), "requestParameters") },
		"a key that root makes for the user, whose name was typed otherwise, in us-east-1: capture-breakglass-root-sign-in matches",
	},
	{
		"queues of every account", names.IntegrityStack + hubRegion, "capture-breakglass-queue-change",
		func(p watch.Fields) { requestOr(inHub(p), 0)["queueUrl"] = wildcard("*/BreakGlass-*") },
		"a dead-letter queue of another account purged, in us-east-1: capture-breakglass-queue-change matches",
	},
	{
		"queues that are emptied into others", names.IntegrityStack + hubRegion, "capture-breakglass-queue-change",
		func(p watch.Fields) { requestOr(inHub(p), 1)["sourceArn"] = wildcard("*/BreakGlass-*") },
		"what could not be delivered carried elsewhere, in us-east-1: capture-breakglass-queue-change does not match",
	},
	{
		"no dashboard", names.IntegrityStack + hubRegion, "capture-breakglass-alarm-change",
		func(p watch.Fields) { requestOr(recordOr(p, 0), 3)["dashboardNames"] = []any{"BreakGlass-Hub"} },
		"the dashboard deleted, in us-east-1: capture-breakglass-alarm-change does not match",
	},
	{
		"topics of every account", names.IntegrityStack + hubRegion, "capture-breakglass-topic-change",
		func(p watch.Fields) {
			requestOr(recordOr(p, 0), 0)["topicArn"] = []any{watch.Fields{"suffix": ":" + names.Topic}}
		},
		"a subscriber of another account's topic, in us-east-1: capture-breakglass-topic-change matches",
	},
	{
		"no limits of SMS", names.IntegrityStack + hubRegion, "capture-breakglass-topic-change",
		func(p watch.Fields) { recordOr(p, 2)["eventName"] = []any{"SetSMSAttributes"} },
		"SMS stopped by a rule against countries, in us-east-1: capture-breakglass-topic-change does not match",
	},
	{
		"tables that end so", names.IntegrityStack + hubRegion, "capture-breakglass-composer-change",
		func(p watch.Fields) {
			requestOr(recordOr(p, 0), 4)["tableName"] = []any{watch.Fields{"suffix": names.AlertsTable}}
		},
		"a table whose name ends like the composer's deleted, in us-east-1: capture-breakglass-composer-change matches",
	},
	{
		"pipes to anything", names.IntegrityStack + hubRegion, "capture-breakglass-composer-change",
		func(p watch.Fields) { delete(recordOr(p, 2), "requestParameters") },
		"a pipe that starts something else, in us-east-1: capture-breakglass-composer-change matches",
	},
	{
		"buses that end so", names.IntegrityStack + hubRegion, "capture-breakglass-bus-change",
		func(p watch.Fields) {
			at(recordOr(p, 0), "requestParameters")["eventBusName"] = []any{watch.Fields{"exists": false}, watch.Fields{"suffix": "default"}}
		},
		"a bus with a name that ends like the default bus opened, in us-east-1: capture-breakglass-bus-change matches",
	},
	{
		"alerts on looks", names.IntegrityStack + hubRegion, "capture-breakglass-composer-change",
		func(p watch.Fields) { delete(recordOr(p, 0), "readOnly") },
		"a look at the composer, in us-east-1: capture-breakglass-composer-change matches",
	},
	{
		"saved queries forgotten", names.IntegrityStack + hubRegion, "capture-breakglass-ledger-change",
		func(p watch.Fields) { requestOr(recordOr(p, 0), 2)["name"] = []any{"Timeline"} },
		"a saved query that hides something, in us-east-1: capture-breakglass-ledger-change does not match",
	},
	{
		"alerts on deployments", names.IntegrityStack + hubRegion, "capture-breakglass-rule-change",
		func(p watch.Fields) { delete(inHub(p), "userIdentity") },
		"a rule written by a stack, in us-east-1: capture-breakglass-rule-change matches",
	},
	{
		"unmade by a stack", names.IntegrityStack + standbyRegion, "capture-breakglass-deployment-standby",
		func(p watch.Fields) { at(p, "detail")["readOnly"] = []any{true} },
		"a rule switched off, by a stack, in eu-south-2: capture-breakglass-deployment-standby does not match",
	},
	{
		"alerts on refusals", names.IntegrityStack + hubRegion, "capture-breakglass-rule-change",
		func(p watch.Fields) { delete(inHub(p), "errorCode") },
		"a rule switched off that was refused, in eu-south-2: capture-breakglass-rule-change matches",
	},
	{
		"anybody's rules", names.ForwarderStack + "eu-west-1", "capture-breakglass-rule-change",
		func(p watch.Fields) { delete(recordOr(p, 0), "requestParameters") },
		"another rule switched off, in eu-west-1: capture-breakglass-rule-change matches",
	},
	{
		"the end of a failure", names.IntegrityStack + hubRegion, "capture-breakglass-undelivered",
		func(p watch.Fields) { delete(inHub(p), "state") },
		"a dead-letter queue that is empty again, in eu-south-2: capture-breakglass-undelivered matches",
	},
	{
		"a Region forgotten", names.ForwarderStack + "eu-west-1", "capture-breakglass-new-region",
		func(p watch.Fields) {
			at(p["$or"].([]any)[0], "detail")["regionName"] = []any{watch.Fields{"anything-but": []any{"us-east-1"}}}
		},
		"a watched Region switched on, in eu-west-1: capture-breakglass-new-region matches",
	},
	{
		"drills of alerts written twice", names.HubStack, "record-breakglass-drills",
		func(p watch.Fields) { delete(p, "detail-type") },
		"drill: a sign-in with MFA, in eu-south-2: record-breakglass-drills matches",
	},
	{
		"a composer's report that goes round", names.ForwarderStack + hubRegion, "forward-breakglass-alive",
		func(p watch.Fields) { delete(p, "region") },
		"what a composer reports, in us-west-2: forward-breakglass-alive matches",
	},
	{
		"the hub's own report instead of the other's", names.HeartbeatsStack + "standby", "capture-breakglass-alive-us-east-1",
		func(p watch.Fields) { p["region"] = []any{standbyRegion} },
		"what a composer reports, in us-east-1: capture-breakglass-alive-us-east-1 does not match",
	},
}

// at goes down into a pattern.
func at(value any, path ...string) watch.Fields {
	for _, key := range path {
		value = value.(watch.Fields)[key]
	}
	return value.(watch.Fields)
}

// inHub returns the detail of the records in a hub's pattern of an entry that the composer writes about.
func inHub(p watch.Fields) watch.Fields { return at(p["$or"].([]any)[0], "detail") }

// detailOr returns an alternative in a hub's pattern that an alarm counts, recordOr in any other.
func detailOr(p watch.Fields, i int) watch.Fields {
	return at(p, "detail")["$or"].([]any)[i].(watch.Fields)
}

func recordOr(p watch.Fields, i int) watch.Fields {
	return detailOr(p["$or"].([]any)[0].(watch.Fields), i)
}

// keyOr returns an alternative of the calls on keys, requestOr one of the request of a record.
func keyOr(p watch.Fields, i int) watch.Fields {
	return recordOr(p, 0)["$or"].([]any)[i].(watch.Fields)
}

func requestOr(record watch.Fields, i int) watch.Fields {
	return at(record, "requestParameters")["$or"].([]any)[i].(watch.Fields)
}

func wildcard(text string) []any { return []any{watch.Fields{"wildcard": text}} }

func ofKey(end string) watch.Fields {
	return watch.Fields{"keyId": []any{watch.Fields{"suffix": end}}}
}
