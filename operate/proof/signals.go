package proof

import (
	"encoding/json"
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
	// on reports whether a file has it on, and key names the file's key.
	on  func(*config.Config) bool
	key string
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
		id: "heartbeats", log: names.Heartbeats, minute: watch.HeartbeatMinute,
		on: func(c *config.Config) bool { return c.Monitoring.Heartbeats }, key: "monitoring.heartbeats",
		duties: beats, sent: readBeat,
	},
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
			if sender := senders[region]; sender != "" {
				d.stacks = append(d.stacks, stackIn{region, sender})
			}
			all = append(all, d)
		}
	}
	return all
}

func readBeat(message string) (region string, at time.Time, ok bool) {
	var beat struct {
		Region, Source string
		Time           time.Time
	}
	err := json.Unmarshal([]byte(message), &beat)
	return beat.Region, beat.Time, err == nil && beat.Source == watch.HeartbeatSource && !beat.Time.IsZero()
}
