package proof

import (
	"encoding/json"
	"strings"
	"time"

	"example.com/breakglass/config"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

// signal is something that every Region is due to send each hour.
type signal struct {
	// id names it in the report.
	id string
	// log is the name of the log group with it.
	log string
	// minute of the hour at which it is sent.
	minute int
	// late is how long after its minute it is not missed yet.
	late time.Duration
	// on reports whether a file has it on, and key names the file's key. It is empty for what is off by default.
	on  func(*config.Config) bool
	key string
	// fromFirst is set where the hours are due from the first that arrived in the hub: the stacks do not show since when it is on.
	fromFirst bool
	// duties returns where it is due.
	duties func(plan.Plan) []duty
	// sent reads a line of the log: the Region that sent the signal, and when.
	sent func(message string) (region string, at time.Time, ok bool)
}

// duty is a signal of a Region that is due in a hub.
type duty struct {
	region, hub string
	// rules that carry it.
	rules int
	// stacks that it needs, by their Region: it is due when all of them are there.
	stacks []stackIn
}

type stackIn struct{ region, name string }

var signals = []signal{
	{
		id: "heartbeats", log: names.Heartbeats, minute: watch.HeartbeatMinute, late: late,
		on: func(c *config.Config) bool { return c.Monitoring.Heartbeats }, key: "monitoring.heartbeats",
		duties: beats, sent: readBeat,
	},
	{
		// What a composer reports when every rule that starts it has carried the heartbeat of its hub.
		id: "alive", log: names.Heartbeats, minute: watch.HeartbeatMinute, late: late,
		on: func(c *config.Config) bool { return c.Monitoring.Heartbeats }, key: "monitoring.heartbeats",
		duties: alive, sent: readAlive,
	},
	canary("canary-read", watch.RecordedRead),
	canary("canary-write", watch.RecordedWrite),
}

// canary returns the signal of CloudTrail's records of one of the canary's calls.
func canary(id, call string) signal {
	return signal{
		id: id, log: names.Heartbeats, minute: watch.CanaryMinute, late: lateRecord, fromFirst: true,
		on: func(c *config.Config) bool { return c.Monitoring.Canary },
		duties: func(p plan.Plan) []duty {
			all := beats(p)
			for i := range all {
				all[i].rules = 1
			}
			return all
		},
		sent: func(message string) (region string, at time.Time, ok bool) {
			var event watch.Fields
			if !strings.Contains(message, watch.RecordedSource) || json.Unmarshal([]byte(message), &event) != nil {
				return "", time.Time{}, false
			}
			region, made, ok := watch.CanaryCallOf(event)
			at, err := time.Parse(time.RFC3339, watch.Text(event, "detail.eventTime"))
			return region, at, ok && made == call && err == nil
		},
	}
}

// beats returns the heartbeats that are due: those that a stack of alarms waits for.
func beats(p plan.Plan) []duty {
	scope := plan.ScopeOf(p.Config)
	senders := map[string]string{}
	for _, at := range p.Placements {
		if at.Kind == plan.Forwarder {
			senders[at.Region] = at.Stack
		}
	}
	var all []duty
	for _, at := range p.Placements {
		for _, region := range at.Beats {
			d := duty{region: region, hub: at.Region, rules: scope.BeatsExpected(region, at.Region), stacks: []stackIn{{at.Region, at.Stack}}}
			if sender := senders[region]; sender != "" && region != at.Region { // nothing forwards the hub's own
				d.stacks = append(d.stacks, stackIn{region, sender})
			}
			all = append(all, d)
		}
	}
	return all
}

// alive returns the reports of composers that are due: those that an alarm waits for.
func alive(p plan.Plan) []duty {
	var all []duty
	for _, at := range p.Placements {
		for _, of := range at.Alive {
			d := duty{region: of, hub: at.Region, rules: 1, stacks: []stackIn{{at.Region, at.Stack}, {of, names.ComposerStack + of}}}
			all = append(all, d)
		}
	}
	return all
}

func readBeat(message string) (region string, at time.Time, ok bool) {
	return readOf(watch.HeartbeatSource, message)
}

func readAlive(message string) (region string, at time.Time, ok bool) {
	return readOf(watch.AliveSource, message)
}

func readOf(source, message string) (region string, at time.Time, ok bool) {
	var event struct {
		Region, Source string
		Time           time.Time
	}
	err := json.Unmarshal([]byte(message), &event)
	return event.Region, event.Time, err == nil && event.Source == source && !event.Time.IsZero()
}
