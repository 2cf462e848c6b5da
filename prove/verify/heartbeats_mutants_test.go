//go:build verify

package verify

import (
	"strings"
	"testing"

	"example.com/breakglass/names"
	"example.com/breakglass/watch"
)

// heartbeatMutants break one thing each in the whole app.
var heartbeatMutants = []struct {
	name   string
	spoil  func(*testing.T, *Assembly)
	caught string
}{
	{"a schedule's source", func(t *testing.T, app *Assembly) {
		target := app.schedule(t, names.ForwarderStack+"eu-west-1", names.Heartbeat)
		target["EventBridgeParameters"].(map[string]any)["Source"] = "breakglass.heartbeats"
	}, "us-east-1 hears eu-west-1 by 0 alarms"},
	{"a schedule's bus", func(t *testing.T, app *Assembly) {
		app.schedule(t, names.ForwarderStack+"eu-west-1", names.Heartbeat)["Arn"] = "arn:aws:events:eu-west-2:111111111111:event-bus/default"
	}, "eu-west-2 has 2 schedules"},
	{"a canary's call that changes something", func(t *testing.T, app *Assembly) {
		app.schedule(t, names.ForwarderStack+"eu-west-1", names.CanaryWrite)["Arn"] = "arn:aws:scheduler:::aws-sdk:eventbridge:untagResource"
	}, fewer(hubRegion, "eu-west-1", 1)},
	{"a canary of another role", func(t *testing.T, app *Assembly) {
		app.schedule(t, names.HeartbeatsStack+"americas", names.CanaryRead)["RoleArn"] = iamARN("role/" + names.ForwardRole)
	}, fewer(hubRegion, hubRegion, 1)},
	{"records that nobody carries", func(t *testing.T, app *Assembly) {
		p := app.rule(t, names.ForwarderStack+hubRegion, "forward-breakglass-recorded")
		p["$or"] = p["$or"].([]any)[:2]
	}, fewer(standbyRegion, hubRegion, 2)},
	{"records that nobody counts", func(t *testing.T, app *Assembly) {
		p := app.rule(t, names.HeartbeatsStack+"europe-africa", "capture-breakglass-heartbeat-eu-west-1")
		at(p["$or"].([]any)[1])["source"] = []any{"aws.event"}
	}, fewer(hubRegion, "eu-west-1", 2)},
	{"a record that alerts", func(t *testing.T, app *Assembly) {
		p := app.rule(t, names.IntegrityStack+hubRegion, "capture-breakglass-rule-change")
		at(p["$or"].([]any)[0])["detail"] = watch.Fields{"eventName": []any{"TagResource"}}
	}, "the beat of us-east-1 gets from us-east-1 to " + composerARN(hubRegion)},
	{"a rule without the beat", func(t *testing.T, app *Assembly) {
		p := app.rule(t, names.ForwarderStack+"eu-west-1", "capture-breakglass-trail-change")
		p["$or"] = p["$or"].([]any)[:2]
	}, oneBeatLess(hubRegion, "eu-west-1")},
	{"a rule to one hub only", func(t *testing.T, app *Assembly) {
		r := app.ruleProperties(t, names.ForwarderStack+hubRegion, "forward-breakglass-key-change")
		r["Targets"] = []any{map[string]any{"Arn": "arn:aws:events:eu-west-1:111111111111:event-bus/default"}}
	}, oneBeatLess(standbyRegion, hubRegion)},
	{"a rule that nobody counts", func(t *testing.T, app *Assembly) {
		for _, id := range app.Stacks[names.HeartbeatsStack+"americas"].OfType("AWS::CloudWatch::Alarm") {
			if alarm := app.Stacks[names.HeartbeatsStack+"americas"].Resources[id].Properties; alarm["AlarmName"] == names.HeartbeatAlarm("us-east-2") {
				alarm["Dimensions"].([]any)[0].(map[string]any)["Value"] = "capture-breakglass-heartbeat"
			}
		}
	}, "us-east-1 hears us-east-2 by 0 alarms"},
	{"silence is fine", func(t *testing.T, app *Assembly) {
		app.alarm(t, names.HeartbeatsStack+"standby", names.HeartbeatAlarm(hubRegion))["TreatMissingData"] = "notBreaching"
	}, "the alarm in us-west-2 on us-east-1 has TreatMissingData notBreaching, want breaching"},
	{"a Region missing in its group", func(t *testing.T, app *Assembly) {
		group := app.only(t, names.HeartbeatsStack+"europe-africa", "AWS::CloudWatch::CompositeAlarm")
		group["AlarmRule"] = strings.Replace(group["AlarmRule"].(string), `ALARM("breakglass-heartbeat-eu-west-1") OR `, "", 1)
	}, "BreakGlass-Heartbeats-europe-africa: nobody is notified of breakglass-heartbeat-eu-west-1"},
	{"a group that notifies nobody", func(t *testing.T, app *Assembly) {
		delete(app.only(t, names.HeartbeatsStack+"americas", "AWS::CloudWatch::CompositeAlarm"), "AlarmActions")
	}, "BreakGlass-Heartbeats-americas: nobody is notified of breakglass-heartbeat-us-east-1"},
	{"a beat of another Region for the composer", func(t *testing.T, app *Assembly) {
		delete(at(app.rule(t, names.HubStack, "capture-breakglass-root-sign-in")["$or"].([]any)[1]), "region")
	}, "the beat of eu-west-1 gets from us-east-1 to " + composerARN(hubRegion)},
	{"a beat that alerts", func(t *testing.T, app *Assembly) {
		r := app.ruleProperties(t, names.IntegrityStack+hubRegion, "capture-breakglass-rule-change")
		r["Targets"] = append(list(r["Targets"]), map[string]any{"Arn": "arn:aws:sns:us-east-1:111111111111:" + names.Topic})
	}, "the beat of us-east-1 gets from us-east-1 to arn:aws:sns:us-east-1:111111111111:" + names.Topic},
	{"a hub's rule without the beat", func(t *testing.T, app *Assembly) {
		p := app.rule(t, names.StandbyStack, "capture-breakglass-user-sign-in-standby")
		at(p["$or"].([]any)[1])["source"] = []any{"breakglass.heartbeats"}
	}, oneStartLess(standbyRegion)},
	{"a rule that starts another composer", func(t *testing.T, app *Assembly) {
		for _, target := range list(app.ruleProperties(t, names.HubStack, "capture-breakglass-user-sign-in")["Targets"]) {
			if target := target.(map[string]any); target["Arn"] == composerARN(hubRegion) {
				target["Arn"] = composerARN(hubRegion) + "-2"
			}
		}
	}, oneStartLess(hubRegion)},
	{"nobody notified of a deaf hub", func(t *testing.T, app *Assembly) {
		delete(app.alarm(t, names.HeartbeatsStack+"standby", names.AliveAlarm(hubRegion)), "AlarmActions")
	}, "BreakGlass-Heartbeats-standby: nobody is notified of breakglass-alive-us-east-1"},
}

// schedule returns the target of a stack's schedule.
func (app *Assembly) schedule(t *testing.T, stack, name string) map[string]any {
	t.Helper()
	for _, id := range app.Stacks[stack].OfType("AWS::Scheduler::Schedule") {
		if p := app.Stacks[stack].Resources[id].Properties; p["Name"] == name {
			return p["Target"].(map[string]any)
		}
	}
	t.Fatalf("%s has no schedule %s", stack, name)
	return nil
}

// only returns the properties of the one resource of a type in a stack.
func (app *Assembly) only(t *testing.T, stack, kind string) map[string]any {
	t.Helper()
	ids := app.Stacks[stack].OfType(kind)
	if len(ids) != 1 {
		t.Fatalf("%s has %d resources of type %s", stack, len(ids), kind)
	}
	return app.Stacks[stack].Resources[ids[0]].Properties
}
