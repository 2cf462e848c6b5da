package access

import (
	"strings"
	"testing"
)

func TestHeartbeatPutsBeatsAndNothingElse(t *testing.T) {
	s := bySid(t, Heartbeat(here), "PutBeatsOnTheOwnBus")
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
