package access

import (
	"example.com/breakglass/place"
	"example.com/breakglass/watch"
)

// HeartbeatTrust lets the Region's schedules, and no others, assume the heartbeat role: those of the default group, which
// is as narrow as EventBridge Scheduler allows (user guide, confused deputy prevention).
func HeartbeatTrust(hub place.Place) Document {
	return document(Statement{
		"Sid": "Schedules", "Effect": "Allow",
		"Principal": map[string]any{"Service": scheduler}, "Action": "sts:AssumeRole",
		"Condition": map[string]any{
			"StringEquals": map[string]any{"aws:SourceAccount": hub.Account},
			"ArnLike":      map[string]any{"aws:SourceArn": hub.In(place.Any).ScheduleGroup("default")},
		},
	})
}

// Heartbeat lets the schedules put beats, and nothing else, on the default bus of their Region. One role serves all
// Regions, so the Region stays open.
//
// A request may name several sources (the service authorization reference calls the key an array), hence ForAllValues,
// which is also true when there is none: the second condition is against that.
func Heartbeat(hub place.Place) Document {
	return document(Statement{
		"Sid": "PutBeatsOnTheOwnBus", "Effect": "Allow", "Action": "events:PutEvents",
		"Resource": hub.In(place.Any).Bus(),
		"Condition": map[string]any{
			"ForAllValues:StringEquals": map[string]any{"events:source": watch.HeartbeatSource},
			"Null":                      map[string]any{"events:source": "false"},
		},
	})
}
