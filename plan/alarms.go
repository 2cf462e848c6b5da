package plan

import (
	"fmt"
	"strings"
	"time"

	"example.com/breakglass/names"
	"example.com/breakglass/watch"
)

// AlarmKind is the kind of an alarm.
type AlarmKind string

// The kinds of alarm.
const (
	// CountAlarm counts events that a stranger can cause, and deployments.
	CountAlarm AlarmKind = "count"
	// SilenceAlarm waits for the heartbeats of a Region.
	SilenceAlarm AlarmKind = "silence"
	// GroupAlarm goes into alarm with any of the silence alarms of a part of the world.
	GroupAlarm AlarmKind = "group"
	// DeadLettersAlarm goes into alarm when an event could not be delivered to its target.
	DeadLettersAlarm AlarmKind = "dead letters"
	// AliveAlarm waits for the heartbeats that a hub's composer has sent to its topic.
	AliveAlarm AlarmKind = "alive"
	// composerAlarm goes into alarm when a composer is throttled.
	composerAlarm AlarmKind = "composer"
	// UndeliveredAlarm goes into alarm when the topic could not reach a subscriber.
	UndeliveredAlarm AlarmKind = "undelivered"
)

// Alarm is a CloudWatch alarm with all its properties. The template is rendered from it, and the readiness check compares the
// deployed alarm with it.
type Alarm struct {
	// ID is the path of the alarm's construct in its stack, from which the CDK derives the logical ID.
	ID                string
	Kind              AlarmKind
	Name, Description string
	// Region is where the alarm is.
	Region string
	// Of is the Region whose heartbeats an alarm waits for.
	Of string
	// Metric is what the alarm watches; zero for a composite alarm.
	Metric Metric
	// AnyOf lists the alarms with any of which a composite alarm goes into alarm.
	AnyOf []string
	// Actions and OKActions are the ARNs of the topics that it notifies in state ALARM and OK. An alarm without actions is
	// part of a group or, where the Region has no topic, its change of state is forwarded as an event.
	Actions, OKActions []string
}

// Metric is the metric that an alarm watches, and its threshold.
type Metric struct {
	Namespace, Name string
	// Dimension is the only one, and Value what it has. The value is empty where Refs lack it.
	Dimension, Value string
	Statistic        string
	// Period of a data point. The alarm evaluates the last Periods, and at least Datapoints of them must breach the threshold.
	Period              time.Duration
	Periods, Datapoints int
	// Operator and Missing are CloudWatch's ComparisonOperator and TreatMissingData.
	Operator  string
	Threshold float64
	Missing   string
}

// Composite reports whether the alarm is a composite alarm, which has a price of its own.
func (a Alarm) Composite() bool { return len(a.AnyOf) > 0 }

// Rule returns the expression of a composite alarm; empty for another.
func (a Alarm) Rule() string {
	var any []string
	for _, name := range a.AnyOf {
		any = append(any, fmt.Sprintf("ALARM(%q)", name))
	}
	return strings.Join(any, " OR ")
}

// Alarms returns all alarms of the plan, stack by stack, without what only Refs know.
func (p Plan) Alarms() []Alarm {
	var all []Alarm
	for _, at := range p.Placements {
		all = append(all, p.AlarmsOf(at, Refs{})...)
	}
	return all
}

// AlarmsOf returns the alarms of a stack with all their properties. A composite alarm comes after those that it names.
func (p Plan) AlarmsOf(at Placement, refs Refs) []Alarm {
	in := p.part(at, refs)
	var alarms []Alarm
	if in.info.alarms != nil {
		alarms = in.info.alarms(in)
	}
	if in.info.alarmed && p.Config.Monitoring.DeliveryFailures {
		alarms = append(alarms, in.deadLetters())
	}
	for i := range alarms {
		alarms[i].Region = at.Region
	}
	return alarms
}

// notified returns the topics of a hub that an alarm notifies: the alert topic, and the chat's where there is one.
func (p part) notified() []string {
	topics := []string{p.topic()}
	if p.Config.Chat.On() {
		topics = append(topics, p.at.Place().Topic(names.ChatTopic))
	}
	return topics
}

// count returns an alarm that notifies once, however often the rule matches: it stays in alarm while matches continue, and
// does not notify when they end. EventBridge emits nothing at zero, so missing data is fine.
func (p part) count(id, name, text, rule string, atLeast int) Alarm {
	return Alarm{
		ID: id, Kind: CountAlarm, Name: name, Description: text, Actions: p.notified(),
		// The default bus's metrics carry the rule's name only (EventBridge user guide, monitoring).
		Metric: atLeastOf(float64(atLeast), Metric{Namespace: "AWS/Events", Name: "Invocations", Dimension: "RuleName", Value: rule, Statistic: "Sum"}),
	}
}

// atLeastOf completes the metric of an alarm on something that should not occur: missing data is fine.
func atLeastOf(threshold float64, m Metric) Metric {
	m.Period, m.Periods, m.Datapoints = watch.CountPeriod, 1, 1
	m.Operator, m.Threshold, m.Missing = "GreaterThanOrEqualToThreshold", threshold, "notBreaching"
	return m
}

func (p part) counts() []Alarm {
	var alarms []Alarm
	for _, e := range p.entries() {
		for _, c := range e.Counts {
			alarms = append(alarms, p.count("Alerting/"+e.ID+c.Suffix+"-alarm", e.Rule+c.Suffix+p.suffix,
				c.Text(e, p.at.Account, p.at.Region, p.instructions()), p.captured(e), c.AtLeast))
		}
	}
	return alarms
}

// hubObservedAlarms returns the alarms for the events that observers forward; each notifies once at a time, whatever somebody
// causes.
func (p part) hubObservedAlarms() []Alarm {
	var alarms []Alarm
	add := func(entry, suffix, which string) {
		e, _ := watch.ByID(entry)
		for _, c := range e.Counts {
			alarms = append(alarms, p.count(e.ID+suffix+"-alarm", e.Rule+c.Suffix+suffix+p.suffix,
				c.TextInHub(which, p.at.Region, p.instructions()), names.Capture+e.Rule+suffix+p.suffix, c.AtLeast))
		}
	}
	for _, l := range p.at.TargetAlarms().Alarms {
		add(watch.TargetAccess, l.Suffix, l.Which)
	}
	if p.at.TargetAlarms().First {
		add(watch.TargetDeployment, "", "a target account")
	}
	return alarms
}

// silence returns an alarm for each Region, which goes into alarm when fewer heartbeats arrive than rules forward them.
//
// One notification is sent for the group, by an alarm on any of those alarms, which names the one in alarm: as many emails as
// Regions, when a deployment is new or EventBridge's metrics are late, could make a mail provider block the address. The alarm
// on the other hub sends its own notification: no other Region's silence hides that of a hub.
func (p part) silence() []Alarm {
	var alarms []Alarm
	var group []string
	hub := p.at.Region
	for _, region := range p.at.Beats {
		var notified []string
		if len(p.at.Beats) == 1 || p.scope.OtherHub(region, hub) {
			notified = p.notified()
		} else {
			group = append(group, names.HeartbeatAlarm(region))
		}
		beats, records := p.scope.BeatsExpected(region, hub), p.scope.RecordsExpected()
		alarms = append(alarms, Alarm{
			ID: "Silence/" + region + "-alarm", Kind: SilenceAlarm, Of: region,
			Name: names.HeartbeatAlarm(region), Description: watch.SilenceText(region, hub, beats, records),
			Metric: fewerThan(beats+records, names.Capture+names.HeartbeatAlarm(region)), Actions: notified, OKActions: notified,
		})
	}
	if len(group) > 0 {
		alarms = append(alarms, Alarm{
			ID: "Silence/Any", Kind: GroupAlarm, Name: names.SilentAlarm + p.at.Group, AnyOf: group,
			Description: watch.SilentText(p.at.Group, hub, p.instructions(), p.scope.Canary), Actions: p.notified(), OKActions: p.notified(),
		})
	}
	for _, of := range p.at.Alive {
		alarms = append(alarms, Alarm{
			ID: "Alive/" + of + "-alarm", Kind: AliveAlarm, Of: of, Name: names.AliveAlarm(of),
			Description: watch.AliveText(of, len(p.scope.Composed()), p.instructions()),
			// A composer reports once an hour, when all of its hub's rules have carried a heartbeat.
			Metric: fewerThan(1, names.Capture+names.AliveAlarm(of)), Actions: p.notified(), OKActions: p.notified(),
		})
	}
	return alarms
}

// fewerThan returns the metric of an alarm on a rule that matches less often in an hour than heartbeats are due.
func fewerThan(expected int, rule string) Metric {
	return Metric{
		Namespace: "AWS/Events", Name: "Invocations", Dimension: "RuleName", Value: rule, Statistic: "Sum",
		Period: watch.HeartbeatPeriod, Periods: watch.HeartbeatsMissed, Datapoints: watch.HeartbeatsMissed,
		// EventBridge emits nothing at zero, and silence is what this is for.
		Operator: "LessThanThreshold", Threshold: float64(expected), Missing: "breaching",
	}
}

func (p part) integrity() []Alarm {
	alarms := p.counts()
	if p.Config.Monitoring.DeliveryFailures {
		alarms = append(alarms, p.undelivered(), p.composerThrottled())
	}
	return alarms
}

// undelivered returns the alarm on a topic that could not reach a subscriber.
func (p part) undelivered() Alarm {
	return Alarm{
		ID: "Undelivered", Kind: UndeliveredAlarm, Name: names.UndeliveredAlarm + p.suffix, Description: watch.UndeliveredText(p.at.Region), Actions: p.notified(),
		Metric: atLeastOf(1, Metric{Namespace: "AWS/SNS", Name: "NumberOfNotificationsFailed", Dimension: "TopicName", Value: names.Topic, Statistic: "Sum"}),
	}
}

// composerThrottled returns the alarm on a composer that Step Functions slows down. That one failed is counted as an event.
func (p part) composerThrottled() Alarm {
	return Alarm{
		ID: "ComposerThrottled", Kind: composerAlarm, Name: names.ComposerThrottledAlarm + p.suffix,
		Description: watch.ComposerThrottledText(p.at.Region, p.instructions()), Actions: p.notified(),
		Metric: atLeastOf(1, Metric{
			Namespace: "AWS/States", Name: "ExecutionThrottled", Dimension: "StateMachineArn", Value: p.at.Place().StateMachine(names.Composer), Statistic: "Sum",
		}),
	}
}

// deadLetters returns the alarm on any message in the stack's dead-letter queue. In a Region without a topic it has no action:
// its change of state is an event, which is forwarded.
func (p part) deadLetters() Alarm {
	alarm := Alarm{
		ID: "DeadLetters/Alarm", Kind: DeadLettersAlarm, Name: names.DeadLettersAlarm + p.at.DeadLetters(), Description: watch.DeadLettersText(p.at.Region),
		Metric: atLeastOf(1, Metric{
			Namespace: "AWS/SQS", Name: "ApproximateNumberOfMessagesVisible", Dimension: "QueueName", Value: p.refs.Queue, Statistic: "Maximum",
		}),
	}
	if len(p.at.To) == 0 {
		alarm.Actions = p.notified()
	}
	return alarm
}

// DeadLetters returns the end of the name of the alarm on the stack's dead-letter queue.
func (p Placement) DeadLetters() string {
	if p.Group != "" {
		return string(p.Kind) + "-" + p.Group
	}
	return string(p.Kind)
}
