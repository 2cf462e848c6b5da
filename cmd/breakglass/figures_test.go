package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"example.com/breakglass/config"
	"example.com/breakglass/operate/cost"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

// figures sets variables to the numbers of a file that change with each new alert, so that no script states them: the lines of
// its cost as they are printed, in number_ITEM and usd_ITEM, and the alerts and events of a drill of everything.
func figures(ts *testscript.TestScript, _ bool, args []string) {
	c, err := config.Load(ts.MkAbs(args[0]))
	ts.Check(err)
	set := func(name, format string, value any) {
		ts.Setenv(strings.ReplaceAll(name, " ", "_"), fmt.Sprintf(format, value))
	}
	lines := cost.Estimate(plan.Of(c))
	for _, l := range lines {
		set("number_"+l.Price.Item, "%-6s", quantity(l.Quantity))
		set("usd_"+l.Price.Item, "%6.2f", l.USD)
	}
	set("usd_total", "%6.2f", cost.Total(lines))

	alerts, events := 0, 0
	for _, e := range plan.ScopeOf(c).Of(watch.Access, watch.Tampering, watch.DeliveryFailures, watch.NewRegions) {
		n := max(1, len(e.Messages))
		alerts += n
		for _, region := range c.Regions {
			switch {
			case slices.Contains(c.HubRegions(), region):
				events += n
			case !e.HubsOnly:
				events++ // one rule forwards all alerts of the entry
			}
		}
	}
	set("alerts", "%d", alerts)
	set("events", "%d", events)
}
