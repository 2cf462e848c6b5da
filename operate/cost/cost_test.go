package cost

import (
	"fmt"
	"math"
	"os"
	"strings"
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

// counts returns the number of alarms that count records of some entries, where nothing else is deployed.
func counts(entries []watch.Entry) (n float64) {
	for _, e := range entries {
		if e.Always() {
			n += float64(len(e.Counts))
		}
	}
	return n
}

// outsideHubs returns the number of entries that every Region forwards where there is no pipeline.
func outsideHubs(entries []watch.Entry) (n float64) {
	for _, e := range entries {
		if !e.HubsOnly && e.Always() {
			n++
		}
	}
	return n
}

// composed returns the number of entries about which a composer writes where there is no pipeline.
func composed(entries []watch.Entry) (n float64) {
	for _, e := range entries {
		if len(e.Messages) > 0 && e.Always() {
			n++
		}
	}
	return n
}

func TestEstimate(t *testing.T) {
	all := estimate(t, "regions: all\n")
	regions := float64(len(config.AllRegions()))
	for item, quantity := range map[string]float64{
		// A heartbeat of each Region, a dead-letter queue of each forwarder and 2 of the hub, the counts, 1 for the topic, 1 for what the hub alerts on, 1 for a throttled composer.
		Key.Item: 1, Alarm.Item: regions + (regions - 1 + 2) + counts(watch.Catalogue) + 3, CompositeAlarm.Item: 3, Dashboard.Item: 1,
		Transitions.Item: (composed(watch.Catalogue)*stepsOfBeat + stepsOfAlive) * 730 / 1e6,
		Forwarded.Item:   (regions - 1) * (outsideHubs(watch.Catalogue) + 1) * 730 / 1e6,
	} {
		if got := all[item].Quantity; math.Abs(got-quantity) > 1e-9 {
			t.Errorf("%s: %v, want %v", item, got, quantity)
		}
	}
	if all[Dashboard.Item].USD != 0 {
		t.Errorf("the first dashboard costs %v", all[Dashboard.Item].USD)
	}
	if got, want := all[Alarm.Item].USD, (all[Alarm.Item].Quantity-10)*0.10; math.Abs(got-want) > 1e-9 {
		t.Errorf("the alarms cost %v, want %v: ten are free", got, want)
	}
	if got, want := all[Transitions.Item].USD, (all[Transitions.Item].Quantity*1e6-4000)*0.000025; math.Abs(got-want) > 1e-9 {
		t.Errorf("the steps cost %v, want %v: 4,000 are free", got, want)
	}
}

// TestThePageSaysWhatIsFree: who uses up what an account has free pays that much more.
func TestThePageSaysWhatIsFree(t *testing.T) {
	var free float64
	for _, line := range estimate(t, "regions: all\n") {
		free += line.Quantity*line.Price.USD - line.USD
	}
	page, err := os.ReadFile("../../docs/cost.md")
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("add %.2f if your hub account uses them up already", free); !strings.Contains(string(page), want) {
		t.Errorf("docs/cost.md does not say: %s", want)
	}
}

// TestTheSumStaysUnderFifteenDollars estimates 34 Regions with everything on, a standby included; only observers and a pipeline have costs
// of their own.
func TestTheSumStaysUnderFifteenDollars(t *testing.T) {
	var regions []string
	for _, r := range config.AllRegions()[:34] {
		regions = append(regions, r.Code)
	}
	c, err := config.Parse("breakglass.yaml", fmt.Appendf(nil,
		"version: 1\nhub: {account: \"111111111111\", region: %s, standby: %s}\nalerts: {email: [a@example.com]}\nregions: [%s]\n"+
			"monitoring: {canary: true, deadMansSwitch: {url: \"https://example.com/ping\"}}\nchat: {slack: {workspace: T0123ABCDEF, channel: C0123ABCDEF}}\n"+
			"userNotifications: {email: [a@example.com]}\ntrail: create\n", regions[0], regions[1],
		strings.Join(regions, ", ")))
	if err != nil {
		t.Fatal(err)
	}
	if sum := Total(Estimate(plan.Of(c))); sum >= 15 || sum < 5 {
		t.Errorf("%.2f USD a month", sum)
	}
}

func TestAPipelineCosts(t *testing.T) {
	const source = "deploy: {access: bootstrap}\npipeline: {source: {s3: {bucket: source, key: source.zip}}}\nregions: [us-east-1, eu-west-1, ap-east-2]\n"
	quiet := "monitoring: {heartbeats: false, tampering: false, deliveryFailures: false, newRegions: false, dashboard: false}\n"
	alone := estimate(t, quiet+source)
	// The composer, the hub, a forwarder, the pipeline and its bucket; the other Region has no CodePipeline. S3's own keys do where no other account reads.
	for item, quantity := range map[string]float64{Key.Item: 1, Builds.Item: 4 * 20, Actions.Item: 4 * (1 + 20 + 5)} {
		if got := alone[item].Quantity; got != quantity {
			t.Errorf("%s: %v, want %v", item, got, quantity)
		}
	}
	shared := estimate(t,
		quiet+source+"targets: [{account: \"222222222222\"}, {account: \"333333333333\", region: eu-west-1}, {account: \"444444444444\", region: eu-west-1}]\n")
	if got := shared[Key.Item].Quantity; got != 3 {
		t.Errorf("%v keys, want the topic's and one in each Region with a target's stack", got)
	}
	const three = "deploy: {access: bootstrap}\npipeline: {source: {s3: {bucket: source, key: source.zip}}}\nregions: [us-east-1, eu-west-1, sa-east-1]\n"
	one := estimate(t, quiet+three+"targets: [{account: \"333333333333\", region: eu-west-1}]\n")
	if got := one[Key.Item].Quantity; got != 2 {
		t.Errorf("%v keys, want the topic's and one in the Region with a target's stack", got)
	}
}

// TestAHeartbeatTakesAsManyStepsAsAreCounted follows one through the composer.
func TestAHeartbeatTakesAsManyStepsAsAreCounted(t *testing.T) {
	c, err := config.Parse("breakglass.yaml", []byte("version: 1\nhub: {account: \"111111111111\"}\nalerts: {email: [a@example.com]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	states := plan.Of(c).ComposerOf("us-east-1").Definition()["States"].(map[string]any)
	walk := func(at string) (steps int) {
		for ; at != ""; steps++ {
			at, _ = states[at].(map[string]any)["Next"].(string)
		}
		return steps
	}
	// A choice tells a heartbeat from an event, and all but the last one of an hour end with the next state.
	if beat, alive := 1+walk("Carried"), walk("Beat"); beat != stepsOfBeat || alive != stepsOfAlive {
		t.Errorf("%d and %d steps, where %d and %d are paid for", beat, alive, stepsOfBeat, stepsOfAlive)
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

// TestALedgerHoldsWhatItsHubSees: the hub's holds the heartbeats and canaries of each Region, and the standby's those of the hub's Region.
func TestALedgerHoldsWhatItsHubSees(t *testing.T) {
	const hours, beat, record, calls = 730, 330, 2000, 2
	hub := "monitoring: {canary: true}\nregions: [us-east-1, eu-west-1, sa-east-1]\n"
	outside := outsideHubs(watch.Catalogue) + 1
	for name, c := range map[string]struct {
		more               string
		forwarded, records float64
		logged             float64
	}{
		"a hub alone":                  {"regions: [us-east-1]\n", 0, 0, beat},
		"two Regions more":             {"regions: [us-east-1, eu-west-1, sa-east-1]\n", 2 * outside, 0, (1 + 2*outside) * beat},
		"two Regions more, and canary": {hub, 2 * outside, 2 * calls, (1+2*outside)*beat + 3*calls*record},
	} {
		all := estimate(t, c.more)
		if got, want := all[Forwarded.Item].Quantity, (c.forwarded+c.records)*hours/1e6; math.Abs(got-want) > 1e-9 {
			t.Errorf("%s: %v million events are carried, want %v", name, got, want)
		}
		if got, want := all[Logged.Item].Quantity, c.logged*hours/1e9; math.Abs(got-want) > 1e-9 {
			t.Errorf("%s: %v GB are written down, want %v", name, got, want)
		}
	}
	alone := estimate(t, hub)[Logged.Item].Quantity
	c, err := config.Parse("breakglass.yaml", []byte("version: 1\nhub: {account: \"111111111111\", standby: eu-west-1}\nalerts: {email: [a@example.com]}\n"+hub))
	if err != nil {
		t.Fatal(err)
	}
	p := plan.Of(c)
	scope, both := plan.ScopeOf(c), 0.0
	for _, line := range Estimate(p) {
		if line.Price.Item == Logged.Item {
			both = line.Quantity
		}
	}
	hubs := float64(scope.BeatsExpected("us-east-1", "eu-west-1"))*beat + calls*record
	own := float64(scope.BeatsExpected("eu-west-1", "us-east-1")) - outside
	if got, want := both-alone, (hubs+own*beat)*hours/1e9; math.Abs(got-want) > 1e-9 {
		t.Errorf("a standby writes down %v GB, want %v", got, want)
	}
}
