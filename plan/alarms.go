package plan

import (
	"slices"

	"example.com/breakglass/names"
	"example.com/breakglass/watch"
)

// AlarmKind is what an alarm is about.
type AlarmKind string

// The kinds of alarm.
const (
	// CountAlarm counts events that a stranger can cause, and deployments.
	CountAlarm AlarmKind = "count"
	// SilenceAlarm waits for the heartbeats of a Region.
	SilenceAlarm AlarmKind = "silence"
	// GroupAlarm rings with any of the silence alarms of a part of the world.
	GroupAlarm AlarmKind = "group"
	// DeadLettersAlarm rings when something could not be delivered to its target.
	DeadLettersAlarm AlarmKind = "dead letters"
	// UndeliveredAlarm rings when the topic could not reach a subscriber.
	UndeliveredAlarm AlarmKind = "undelivered"
)

// Alarm is a CloudWatch alarm that the plan stands for.
type Alarm struct {
	Kind   AlarmKind
	Name   string
	Region string
	// Of is the Region whose heartbeats an alarm waits for.
	Of string
	// Composite alarms have a price of their own.
	Composite bool
	// Tells people by itself. The others are told of by a group alarm or, where the Region has no topic, by an event that is
	// forwarded.
	Tells bool
}

// ARN of the alarm.
func (a Alarm) ARN(partition, account string) string {
	return "arn:" + partition + ":cloudwatch:" + a.Region + ":" + account + ":alarm:" + a.Name
}

// Alarms are all alarms of the plan, stack by stack.
func (p Plan) Alarms() []Alarm {
	var all []Alarm
	for _, at := range p.Placements {
		add := func(kind AlarmKind, name, of string) {
			tells := kind != SilenceAlarm || len(at.Beats) == 1 || p.Config.Scope().OtherHub(of, at.Region)
			if kind == DeadLettersAlarm && at.Kind == Forwarder {
				tells = false
			}
			all = append(all, Alarm{Kind: kind, Name: name, Region: at.Region, Of: of, Composite: kind == GroupAlarm, Tells: tells})
		}
		suffix := ""
		if at.Region == p.Config.Hub.Standby {
			suffix = names.StandbySuffix
		}
		switch at.Kind {
		case Hub, Standby, Integrity:
			for _, e := range p.entriesOf(at.Kind) {
				for _, c := range e.Counts {
					add(CountAlarm, e.Rule+c.Suffix+suffix, "")
				}
			}
		case Observed:
			heard, _ := watch.ByID(watch.TargetAccess)
			for _, l := range at.Listeners {
				add(CountAlarm, heard.Rule+l.Suffix+suffix, "")
			}
			if deployed, _ := watch.ByID(watch.TargetDeployment); at.First {
				add(CountAlarm, deployed.Rule+suffix, "")
			}
		case Heartbeats:
			for _, region := range at.Beats {
				add(SilenceAlarm, names.HeartbeatAlarm(region), region)
			}
			if slices.ContainsFunc(at.Beats, func(region string) bool { return len(at.Beats) > 1 && !p.Config.Scope().OtherHub(region, at.Region) }) {
				add(GroupAlarm, names.SilentAlarm+at.Group, "")
			}
		}
		if p.Config.Monitoring.DeliveryFailures {
			switch at.Kind {
			case Integrity:
				add(UndeliveredAlarm, names.UndeliveredAlarm+suffix, "")
				fallthrough
			case Hub, Standby, Forwarder, Chat, Observed:
				add(DeadLettersAlarm, names.DeadLettersAlarm+at.DeadLetters(), "")
			}
		}
	}
	return all
}

// DeadLetters is what the alarm on the stack's dead-letter queue ends in.
func (p Placement) DeadLetters() string {
	if p.Group != "" {
		return string(p.Kind) + "-" + p.Group
	}
	return string(p.Kind)
}

// entriesOf are the entries of the catalogue that a kind of stack tells people of.
func (p Plan) entriesOf(kind Kind) []watch.Entry {
	if kind == Integrity {
		return p.Config.Scope().Of(IntegrityParts...)
	}
	return p.Config.Scope().Of(watch.Access)
}

// IntegrityParts are the parts of the catalogue that stand in the integrity stacks.
var IntegrityParts = []watch.Part{watch.Tampering, watch.DeliveryFailures, watch.NewRegions}
