package cost

import (
	"math"
	"testing"

	"example.com/breakglass/config"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

func estimate(t *testing.T, more string) map[string]Line {
	t.Helper()
	c, err := config.Parse("breakglass.yaml", []byte("version: 1\nhub: {account: \"111111111111\"}\nalerts: {email: [a@example.com]}\n"+more))
	if err != nil {
		t.Fatal(err)
	}
	lines := map[string]Line{}
	for _, l := range Estimate(plan.Of(c)) {
		lines[l.Price.Item] = l
	}
	return lines
}

// counts returns the number of alarms that count records of some entries.
func counts(entries []watch.Entry) (n float64) {
	for _, e := range entries {
		n += float64(len(e.Counts))
	}
	return n
}

// outsideHubs returns the number of entries that every Region forwards.
func outsideHubs(entries []watch.Entry) (n float64) {
	for _, e := range entries {
		if !e.HubsOnly {
			n++
		}
	}
	return n
}

func TestEstimate(t *testing.T) {
	all := estimate(t, "regions: all\n")
	for item, quantity := range map[string]float64{
		// 34 heartbeats, 33 + 2 dead-letter queues, the counts, 1 for the topic.
		Key.Item: 1, Alarm.Item: 34 + 35 + counts(watch.Catalogue) + 1, CompositeAlarm.Item: 3, Dashboard.Item: 1,
		Forwarded.Item: 33 * outsideHubs(watch.Catalogue) * 730 / 1e6,
	} {
		if got := all[item].Quantity; math.Abs(got-quantity) > 1e-9 {
			t.Errorf("%s: %v, want %v", item, got, quantity)
		}
	}
	if all[Dashboard.Item].USD != 0 {
		t.Errorf("the first dashboard costs %v", all[Dashboard.Item].USD)
	}
}

func TestAPipelineCosts(t *testing.T) {
	const source = "deploy: {access: bootstrap}\npipeline: {source: {s3: {bucket: source, key: source.zip}}}\nregions: [us-east-1, eu-west-1, ap-east-2]\n"
	quiet := "monitoring: {heartbeats: false, tampering: false, deliveryFailures: false, newRegions: false, dashboard: false}\n"
	alone := estimate(t, quiet+source)
	// The hub and a forwarder; the other Region has no CodePipeline. S3's own keys do where no other account reads.
	for item, quantity := range map[string]float64{Key.Item: 1, Builds.Item: 4 * 20, Actions.Item: 4 * (1 + 20 + 2)} {
		if got := alone[item].Quantity; got != quantity {
			t.Errorf("%s: %v, want %v", item, got, quantity)
		}
	}
	shared := estimate(t, quiet+source+"targets: [{account: \"222222222222\"}, {account: \"333333333333\", region: eu-west-1}, {account: \"444444444444\", region: eu-west-1}]\n")
	if got := shared[Key.Item].Quantity; got != 3 {
		t.Errorf("%v keys, want the topic's and one in each Region with a target's stack", got)
	}
}

func TestWhatIsOffCostsNothing(t *testing.T) {
	off := estimate(t, "monitoring: {heartbeats: false, tampering: false, deliveryFailures: false, newRegions: false, dashboard: false}\n")
	if got, want := off[Alarm.Item].Quantity, counts(watch.SampleScope.Of(watch.Access)); got != want {
		t.Errorf("%v alarms are left, want the %v that count uses of the emergency access", got, want)
	}
	for _, item := range []string{CompositeAlarm.Item, Dashboard.Item, Forwarded.Item, Logged.Item, Actions.Item, Builds.Item} {
		if off[item].Quantity != 0 {
			t.Errorf("%s: %v", item, off[item].Quantity)
		}
	}
}
