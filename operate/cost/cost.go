// Package cost estimates the monthly cost of a plan at list prices, which are data with their date and source. It may import the
// plan and what the plan is made from; it asks AWS nothing and prints nothing.
package cost

import (
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

// PricesOf is the month that the prices are of: list prices in USD for us-east-1, before tax.
const PricesOf = "November 2026"

// Price of something for a month, or for a number of it.
type Price struct {
	// Item is what is paid for.
	Item string
	// USD for each Unit.
	USD float64
	// Unit is what one of it is.
	Unit string
	// Note names the source of the price, and what is free.
	Note string
}

// The prices. A note "from memory" marks one that was not looked up.
var (
	Key            = Price{"customer managed KMS key", 1.00, "key", "AWS's price list, an older copy; 1.00 more after each of the first two yearly rotations"}
	Alarm          = Price{"CloudWatch alarm", 0.10, "alarm", "from memory; ten of an account are free, these counted among them"}
	CompositeAlarm = Price{"CloudWatch composite alarm", 0.50, "alarm", "from memory"}
	Dashboard      = Price{"CloudWatch dashboard", 3.00, "dashboard", "from memory; three of an account are free, this one counted as one of them"}
	Forwarded      = Price{"heartbeats carried by EventBridge", 1.00, "million events", "from memory"}
	Logged         = Price{"heartbeats written into a log", 0.50, "GB", "from memory; 5 GB of an account are free"}
	Transitions    = Price{"heartbeats through the composers", 25.00, "million steps", "from memory; 4,000 of an account are free, these counted among them"}
	Actions        = Price{
		"CodePipeline, four runs", 0.002, "minute of actions", "from memory; 100 minutes of an account are free. Each run: a minute a stack, and the builds",
	}
	Builds = Price{"CodeBuild, four runs", 0.005, "minute", "from memory; 100 minutes of an account are free. Each run: 20 minutes on the smallest Linux machine"}
)

const (
	// hoursOfMonth is a month as AWS bills it.
	hoursOfMonth = 730
	// recordBytes is CloudTrail's record of a canary's call in a log: the event, and what CloudWatch Logs adds.
	recordBytes = 2000
	// beatBytes is a heartbeat in a log: the event of some 300 bytes, and 26 that CloudWatch Logs adds.
	beatBytes = 330
	// stepsOfBeat is the number of states that a composer's execution enters for a heartbeat, and stepsOfAlive that of the states
	// behind them for the last one of an hour. A test compares them with the composer.
	stepsOfBeat, stepsOfAlive = 2, 4
	// What an account has free each month: dashboards, alarms and steps.
	freeDashboards, freeAlarms, freeSteps = 3, 10, 4000
	// pipelineRuns are the pipeline's in a month. A run builds for so many minutes: tests and templates, the differences,
	// and the proof at the end.
	pipelineRuns = 4
	buildMinutes = 20
)

// Line is one item of an estimate.
type Line struct {
	Price Price
	// Quantity in the price's unit.
	Quantity float64
	// USD a month.
	USD float64
}

// Estimate returns what the plan costs a month when nobody signs in. Usage-based charges come to cents, except for
// SMS messages and for the trail's bucket.
func Estimate(p plan.Plan) []Line {
	var keys, alarms, composite, dashboards, beats, logged, steps, actions, builds float64
	for _, at := range p.Placements {
		if at.Kind.Info().Topic {
			keys++
		}
		switch at.Kind {
		case plan.Dashboard:
			dashboards++
		case plan.Pipeline:
			if read(p, at) {
				keys++
			}
			builds = pipelineRuns * buildMinutes
			// Reading the source is an action, too.
			actions += pipelineRuns + builds
		case plan.Artifacts:
			if read(p, at) {
				keys++
			}
		}
		if at.Stage != "" || at.OfPipeline() {
			actions += pipelineRuns
		}
	}
	for _, a := range p.Alarms() {
		if a.Composite() {
			composite++
		} else {
			alarms++
		}
	}
	if p.Config.Monitoring.Heartbeats {
		scope := plan.ScopeOf(p.Config)
		for _, hub := range p.Config.HubRegions() {
			steps += float64(len(scope.Composed())*stepsOfBeat+stepsOfAlive) * hoursOfMonth
			for _, region := range p.Config.Regions {
				const times = hoursOfMonth * float64(60*60)
				each := float64(scope.BeatsExpected(region, hub)) * times / watch.HeartbeatPeriod.Seconds()
				records := float64(scope.RecordsExpected()) * times / watch.HeartbeatPeriod.Seconds()
				if region != hub {
					beats += each + records
				}
				// The standby writes down the hub's only.
				if hub == p.Config.Hub.Region || region == p.Config.Hub.Region {
					logged += each*beatBytes + records*recordBytes
				}
			}
		}
	}
	lines := []Line{
		line(Key, keys),
		line(Alarm, alarms),
		line(CompositeAlarm, composite),
		line(Dashboard, dashboards),
		line(Forwarded, beats/1e6),
		line(Logged, logged/1e9),
		line(Transitions, steps/1e6),
		line(Actions, actions),
		line(Builds, builds),
	}
	for i, free := range map[int]float64{1: freeAlarms, 3: freeDashboards, 6: freeSteps / 1e6} {
		lines[i].USD = max(0, lines[i].Quantity-free) * lines[i].Price.USD
	}
	return lines
}

// read reports whether other accounts read the pipeline's templates in a Region, which takes a key of its own there.
func read(p plan.Plan, artifacts plan.Placement) bool {
	for _, at := range p.Placements {
		if at.Stage != "" && at.Region == artifacts.Region && at.Account != artifacts.Account {
			return true
		}
	}
	return false
}

func line(p Price, quantity float64) Line {
	return Line{Price: p, Quantity: quantity, USD: quantity * p.USD}
}

// Total returns the sum of an estimate in USD a month.
func Total(lines []Line) float64 {
	total := 0.0
	for _, l := range lines {
		total += l.USD
	}
	return total
}
