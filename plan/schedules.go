package plan

import (
	"slices"

	"example.com/breakglass/access"
	"example.com/breakglass/names"
	"example.com/breakglass/watch"
)

// Schedule is a schedule of EventBridge Scheduler with all its properties. The template is rendered from it, and the readiness check
// compares the deployed schedule with it.
type Schedule struct {
	// ID is the path of the schedule's construct in its stack, from which the CDK derives the logical ID.
	ID                string
	Name, Description string
	Expression        string
	// Target is the ARN of a bus, or of a call to AWS, and Role that of the role that the schedule uses.
	Target, Role string
	// Source and DetailType are those of the event that it puts on a bus; empty for a call.
	Source, DetailType string
	// Input is the detail of the event, or the request of the call, as JSON.
	Input string
}

// Schedules returns the schedules of a stack: a Region has one for its heartbeat and, with a canary, one for each of its calls. The
// hub's own Region may have no forwarder, which has those of another Region.
func (p Plan) Schedules(at Placement) []Schedule {
	own := at.Region == p.Config.Hub.Region
	switch {
	case !p.Config.Monitoring.Heartbeats:
		return nil
	case at.Kind == Forwarder && !own:
	case at.Kind == Heartbeats && own && slices.Contains(at.Beats, at.Region):
	default:
		return nil
	}
	in := at.Place()
	role := in.Role(names.HeartbeatRole)
	schedules := []Schedule{{
		ID: "Heartbeat", Name: names.Heartbeat, Description: "Hourly heartbeat, which every forwarding rule sends to the hub",
		Expression: watch.HeartbeatSchedule, Target: in.Bus(), Role: role,
		Source: watch.HeartbeatSource, DetailType: watch.HeartbeatType,
		Input: `{"scheduled":"<aws.scheduler.scheduled-time>"}`,
	}}
	if !p.Config.Monitoring.Canary {
		return schedules
	}
	pattern, event := watch.RecordedEvent(in.Account, in.Region)
	call := func(id, name, call, action string, request map[string]any) Schedule {
		return Schedule{
			ID: "Canary/" + id, Name: name, Description: watch.CanaryDescription(call), Expression: watch.CanarySchedule,
			Target: in.ScheduledCall("eventbridge:" + action), Role: role, Input: string(asJSON(request)),
		}
	}
	return append(schedules,
		call("Read", names.CanaryRead, watch.RecordedRead, "testEventPattern", map[string]any{"EventPattern": pattern, "Event": event}),
		call("Write", names.CanaryWrite, watch.RecordedWrite, "tagResource", map[string]any{
			"ResourceARN": in.Rule(p.Recorded(at.Region)), "Tags": []any{map[string]any{"Key": watch.RecordedTag, "Value": watch.RecordedTagValue}},
		}),
	)
}

// CanaryOf returns what the canary's calls may touch: the rule of each Region that one of them tags.
func (p Plan) CanaryOf() access.Canary {
	if !p.Config.Monitoring.Canary {
		return access.Canary{}
	}
	var rules []string
	for _, region := range p.Config.Regions {
		if name := p.Recorded(region); !slices.Contains(rules, name) {
			rules = append(rules, name)
		}
	}
	slices.Sort(rules)
	return access.Canary{Rules: rules}
}
