package access

import (
	"strings"
	"testing"
)

func TestHeartbeatPutsBeatsAndNothingElse(t *testing.T) {
	s := bySid(t, Heartbeat(here, Canary{}), "PutBeatsOnTheOwnBus")
	same(t, "action", s["Action"], "events:PutEvents")
	if resource := s["Resource"].(string); resource != "arn:"+partition+":events:*:"+account+":event-bus/default" {
		t.Errorf("it puts events on %s", resource)
	}
	// The first alone is true for a request that names no source.
	same(t, "only beats", s["Condition"], map[string]any{
		"ForAllValues:StringEquals": map[string]any{"events:source": "breakglass.heartbeat"},
		"Null":                      map[string]any{"events:source": "false"},
	})
}

func TestOnlySchedulesOfTheAccountTakeTheHeartbeatRole(t *testing.T) {
	s := bySid(t, HeartbeatTrust(here), "Schedules")
	same(t, "principal", s["Principal"], map[string]any{"Service": "scheduler.amazonaws.com"})
	same(t, "condition", s["Condition"], map[string]any{
		"StringEquals": map[string]any{"aws:SourceAccount": account},
		"ArnLike":      map[string]any{"aws:SourceArn": strings.Join([]string{"arn", partition, "scheduler:*", account, "schedule-group/default"}, ":")},
	})
}

// A canary's calls change nothing: one tag of one value, on the rules for its records.
func TestTheCanaryTagsItsRulesOnly(t *testing.T) {
	rules := []string{"capture-breakglass-recorded", "capture-breakglass-recorded-standby"}
	document := Heartbeat(here, Canary{Rules: rules})
	same(t, "the heartbeat's", bySid(t, document, "PutBeatsOnTheOwnBus"), bySid(t, Heartbeat(here, Canary{}), "PutBeatsOnTheOwnBus"))
	same(t, "what it reads", bySid(t, document, "CanaryReads")["Action"], "events:TestEventPattern")
	s := bySid(t, document, "CanaryTagsItsRule")
	same(t, "action", s["Action"], "events:TagResource")
	same(t, "rules", s["Resource"], []any{
		"arn:" + partition + ":events:*:" + account + ":rule/capture-breakglass-recorded",
		"arn:" + partition + ":events:*:" + account + ":rule/capture-breakglass-recorded-standby",
	})
	// The first alone lets other tags in, the second alone is true for a request without any.
	same(t, "one tag", s["Condition"], map[string]any{
		"StringEquals":              map[string]any{"aws:RequestTag/breakglass-recorded": "write"},
		"ForAllValues:StringEquals": map[string]any{"aws:TagKeys": "breakglass-recorded"},
	})
	if got := len(document["Statement"].([]any)); got != 3 {
		t.Errorf("%d statements", got)
	}
}
