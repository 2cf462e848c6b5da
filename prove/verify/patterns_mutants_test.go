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
		func(p watch.Fields) { delete(at(p, "detail", "userIdentity"), "userName") },
		"a sign-in of a stranger, in us-east-1: capture-breakglass-user-sign-in matches",
	},
	{
		"any account", names.HubStack, "capture-breakglass-user-sign-in",
		func(p watch.Fields) { delete(p, "account") },
		"a sign-in of the same name in another account, in us-east-1: capture-breakglass-user-sign-in matches",
	},
	{
		"failures published", names.StandbyStack, "capture-breakglass-user-sign-in-standby",
		func(p watch.Fields) { delete(at(p, "detail"), "responseElements") },
		"a wrong password, in us-west-2: capture-breakglass-user-sign-in-standby matches",
	},
	{
		"only successes", names.HubStack, "capture-breakglass-user-sign-in",
		func(p watch.Fields) {
			at(p, "detail")["responseElements"] = watch.Fields{"ConsoleLogin": []any{"Success"}}
		},
		"a sign-in whose record has no result, in us-east-1: capture-breakglass-user-sign-in does not match",
	},
	{
		"distant drills published", names.HubStack, "capture-breakglass-user-sign-in",
		func(p watch.Fields) { delete(p["$or"].([]any)[1].(watch.Fields), "region") },
		"drill: a sign-in with MFA, in eu-south-2: capture-breakglass-user-sign-in matches",
	},
	{
		"one spelling", names.HubStack, "capture-breakglass-user-sign-in",
		func(p watch.Fields) {
			p["$or"].([]any)[0].(watch.Fields)["detail-type"] = []any{"AWS Console Sign In via CloudTrail"}
		},
		"a sign-in with the other spelling, in us-east-1: capture-breakglass-user-sign-in does not match",
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
		"a beat published", names.HubStack, "capture-breakglass-user-sign-in",
		func(p watch.Fields) {
			delete(p, "detail")
			p["$or"] = append(p["$or"].([]any), watch.Fields{"source": []any{watch.HeartbeatSource}})
		},
		"a heartbeat, in us-east-1: capture-breakglass-user-sign-in matches",
	},
	{
		"the standby's key", names.IntegrityStack + hubRegion, "capture-breakglass-key-change",
		func(p watch.Fields) { detailOr(p, 0)["requestParameters"] = ofKey("99999999") },
		"the key switched off, in us-east-1: capture-breakglass-key-change does not match",
	},
	{
		"any key", names.ForwarderStack + standbyRegion, "forward-breakglass-key-change",
		func(p watch.Fields) { recordOr(p, 0)["requestParameters"] = ofKey("") },
		"another key switched off, in us-west-2: forward-breakglass-key-change matches",
	},
	{
		"the other hub's key unseen", names.IntegrityStack + hubRegion, "capture-breakglass-key-change",
		func(p watch.Fields) { detailOr(p, 2)["awsRegion"] = []any{hubRegion} },
		"the key switched off, in us-west-2: capture-breakglass-key-change does not match",
	},
	{
		"alerts on deployments", names.IntegrityStack + hubRegion, "capture-breakglass-rule-change",
		func(p watch.Fields) { delete(at(p, "detail"), "userIdentity") },
		"a rule written by a stack, in us-east-1: capture-breakglass-rule-change matches",
	},
	{
		"unmade by a stack", names.IntegrityStack + standbyRegion, "capture-breakglass-deployment-standby",
		func(p watch.Fields) { detailOr(p, 2)["readOnly"] = []any{true} },
		"a rule switched off, by a stack, in eu-south-2: capture-breakglass-deployment-standby does not match",
	},
	{
		"alerts on refusals", names.IntegrityStack + hubRegion, "capture-breakglass-rule-change",
		func(p watch.Fields) { delete(at(p, "detail"), "errorCode") },
		"a rule switched off that was refused, in eu-south-2: capture-breakglass-rule-change matches",
	},
	{
		"anybody's rules", names.ForwarderStack + "eu-west-1", "capture-breakglass-rule-change",
		func(p watch.Fields) { delete(recordOr(p, 0), "requestParameters") },
		"another rule switched off, in eu-west-1: capture-breakglass-rule-change matches",
	},
	{
		"the end of a failure", names.IntegrityStack + hubRegion, "capture-breakglass-undelivered",
		func(p watch.Fields) { delete(at(p, "detail"), "state") },
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
		"distant drills in the channel", names.ChatStack + hubRegion, "chat-breakglass-user-sign-in",
		func(p watch.Fields) { delete(p["$or"].([]any)[1].(watch.Fields), "region") },
		"drill: a sign-in with MFA, in us-west-2: chat-breakglass-user-sign-in matches",
	},
	{
		"failures in the channel", names.ChatStack + hubRegion, "chat-breakglass-user-sign-in",
		func(p watch.Fields) { delete(at(p, "detail"), "responseElements") },
		"a wrong password, in us-east-1: chat-breakglass-user-sign-in matches",
	},
	{
		"another topic in the channel", names.ChatStack + standbyRegion + "-integrity", "chat-breakglass-topic-change-standby",
		func(p watch.Fields) { delete(at(p, "detail"), "$or") },
		"a subscriber of another topic, in us-west-2: chat-breakglass-topic-change-standby matches",
	},
}

// at goes down into a pattern.
func at(value any, path ...string) watch.Fields {
	for _, key := range path {
		value = value.(watch.Fields)[key]
	}
	return value.(watch.Fields)
}

// detailOr returns an alternative in a hub's pattern, recordOr in that of a forwarder.
func detailOr(p watch.Fields, i int) watch.Fields {
	return at(p, "detail")["$or"].([]any)[i].(watch.Fields)
}

func recordOr(p watch.Fields, i int) watch.Fields {
	return detailOr(p["$or"].([]any)[0].(watch.Fields), i)
}

func ofKey(end string) watch.Fields {
	return watch.Fields{"keyId": []any{watch.Fields{"suffix": end}}}
}
