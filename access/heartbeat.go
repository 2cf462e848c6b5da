package access

import (
	"slices"
	"strings"

	"example.com/breakglass/place"
	"example.com/breakglass/watch"
)

// HeartbeatTrust lets the Region's schedules, and no others, assume the heartbeat role: those of the default group, which
// is as narrow as EventBridge Scheduler allows: "do not scope the aws:SourceArn statement to a specific schedule" (user guide,
// confused deputy prevention). A group of the project's own would be open to whoever may make a schedule in it. So the entry
// foreign-target alerts on a schedule of somebody's own that has the role.
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
// With a canary, they also make its calls: one sets the one tag that the rules for CloudTrail's records have anyway, on those rules;
// the other supports no resource and uses nothing of the account (service authorization reference, EventBridge).
func Heartbeat(hub place.Place, canary Canary) Document {
	statements := []Statement{{
		"Sid": "PutBeatsOnTheOwnBus", "Effect": "Allow", "Action": putEvents,
		"Resource":  hub.In(place.Any).Bus(),
		"Condition": eventsFrom(watch.HeartbeatSource),
	}}
	if len(canary.Rules) > 0 {
		var rules []string
		for _, name := range canary.Rules {
			rules = append(rules, hub.In(place.Any).Rule(name))
		}
		statements = append(statements,
			Statement{"Sid": "CanaryReads", "Effect": "Allow", "Action": "events:" + watch.RecordedRead, "Resource": "*"},
			Statement{
				"Sid": "CanaryTagsItsRule", "Effect": "Allow", "Action": "events:" + watch.RecordedWrite, "Resource": list(rules),
				"Condition": map[string]any{
					"StringEquals":              map[string]any{"aws:RequestTag/" + watch.RecordedTag: watch.RecordedTagValue},
					"ForAllValues:StringEquals": map[string]any{"aws:TagKeys": watch.RecordedTag},
				},
			},
		)
	}
	return document(statements...)
}

// Canary is what the canary's calls may touch.
type Canary struct {
	// Rules are the names of the rules that one of its calls tags; none without a canary.
	Rules []string
}

const putEvents = "events:PutEvents"

// eventsFrom returns the condition that all events of a call have one of some sources, of which one may end in a *. A request may
// name several sources (the service authorization reference calls the key an array), hence ForAllValues, which is also true when
// there is none: the second condition is against that.
func eventsFrom(sources ...string) map[string]any {
	operator, named := "ForAllValues:StringEquals", any(list(sources))
	if slices.ContainsFunc(sources, func(s string) bool { return strings.HasSuffix(s, "*") }) {
		operator = "ForAllValues:StringLike"
	}
	if len(sources) == 1 {
		named = sources[0]
	}
	return map[string]any{
		operator: map[string]any{"events:source": named},
		"Null":   map[string]any{"events:source": "false"},
	}
}
