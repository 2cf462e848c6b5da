package drill

import (
	"slices"
	"time"

	"example.com/breakglass/compose"
)

// Pace is the pause between two messages of a hub to people, after the first ones.
const Pace = compose.Pace

const (
	// mailPace is the pause between two drills of a hub's Region: half of what its composer sends in a second, which is far below the
	// ten messages a second at which SNS disables an email subscription (SNS developer guide).
	mailPace = 2 * time.Second / compose.PerSecond
	// Burst is how many drills that people receive are sent without waiting for the composer's limit to have room again. It stays below
	// the limit, since some drills arrive faster than others.
	Burst = compose.Burst - 2
)

// due returns when each drill of a Region is sent, from the first on. A hub sends so many messages at once, and then one after another
// (compose.Machine); what exceeds that never reaches people. All other drills take no room there.
func (r *Run) due(region string, drills []Drill) []time.Duration {
	times := make([]time.Duration, len(drills))
	if !slices.Contains(r.Hubs, region) {
		return times
	}
	at, messages := time.Duration(0), 0
	for i, d := range drills {
		if i > 0 {
			at += r.pace
		}
		if d.ToPeople {
			if messages++; messages > Burst {
				at = max(at, time.Duration(messages-Burst)*r.room)
			}
		}
		times[i] = at
	}
	return times
}

// Sending returns how long sending the drills takes.
func (r *Run) Sending() time.Duration {
	longest := time.Duration(0)
	for _, region := range r.Regions {
		if times := r.due(region, r.in(region)); len(times) > 0 {
			longest = max(longest, times[len(times)-1])
		}
	}
	return longest
}

// in returns the drills of a Region.
func (r *Run) in(region string) []Drill {
	return slices.DeleteFunc(slices.Clone(r.Drills), func(d Drill) bool { return d.Region != region })
}
