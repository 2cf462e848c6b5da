//go:build verify

package verify

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"example.com/breakglass/names"
	"example.com/breakglass/watch"
)

var observersAssembly = sync.OnceValues(func() (synthesized, error) { return synthesize("prove/verify/testdata/observers.yaml") })

// inTargets are the accounts of observers.yaml, with the suffix of the rule of the hubs that matches its events.
var inTargets = map[string]string{"222222222222": "-1", "333333333333": "-2"}

// fromTarget returns a sample of a target account as that one records it, or makes it up, in a Region.
func fromTarget(s watch.Sample, account, region string) probe {
	text := strings.ReplaceAll(jsonOf(watch.InRegion(s.Event(), region)), watch.SampleTarget, account)
	return probe{what: fmt.Sprintf("%s, of %s in %s", s.Name, account, region), event: json.RawMessage(text)}
}

// heardBy returns the rule of a hub that matches an entry; for counted deployments, one rule covers all accounts.
func heardBy(entry watch.Entry, listener, suffix string) string {
	if entry.ID == watch.TargetDeployment {
		listener = ""
	}
	return names.Capture + entry.Rule + listener + suffix
}

// observedProbes returns what happens in target accounts, and what somebody there could make up, for every stack of an app with
// observers: the observers of that account and Region carry it, one rule of each hub matches it, and no other rule of the hub
// account does.
func observedProbes(stack *Stack) []probe {
	suffix := ""
	if stack.Region == standbyRegion {
		suffix = names.StandbySuffix
	}
	var probes []probe
	for _, region := range []string{hubRegion, standbyRegion, "eu-west-1"} {
		for account, listener := range inTargets {
			for _, s := range watch.TargetSamples {
				p := fromTarget(s, account, region)
				entry, real := watch.ByID(s.Entry)
				switch {
				case !real:
				case strings.HasPrefix(stack.Name, names.HubObservedStack):
					p.want = []string{heardBy(entry, listener, suffix)}
				case stack.Account == account && stack.Region == region:
					p.want = []string{names.Observe + entry.Rule}
				}
				probes = append(probes, p)
			}
		}
	}
	if strings.HasPrefix(stack.Name, names.HubObservedStack) {
		probes = append(probes, observedDrills(stack, suffix)...)
	}
	return probes
}

// observedDrills returns the drills that the hub account puts on the hub's own bus. They reach one rule in that Region: a drill
// must not trigger the alarms of all accounts at once.
func observedDrills(stack *Stack, suffix string) []probe {
	var probes []probe
	for _, region := range []string{hubRegion, standbyRegion, "eu-west-1"} {
		for _, s := range watch.TargetSamples {
			entry, real := watch.ByID(s.Entry)
			if !real {
				continue
			}
			event := watch.InRegion(s.AsDrill(), region)
			event["account"] = stack.Account
			p := probe{what: "drill: " + s.Name + ", in " + region, event: json.RawMessage(jsonOf(event))}
			if region == stack.Region {
				p.want = []string{heardBy(entry, "-1", suffix)}
			}
			probes = append(probes, p)
		}
	}
	return probes
}

// observedMutants open one rule each, and name who gets through then.
var observedMutants = []struct {
	name, stack, rule string
	spoil             func(watch.Fields)
	caught            string
}{
	{"a hub that hears any source", names.HubObservedStack + hubRegion + "-1", "capture-breakglass-target-access-1",
		func(p watch.Fields) { delete(p["$or"].([]any)[0].(watch.Fields), "source") }, "a made-up change, of 222222222222"},
	{"a hub that hears any account", names.HubObservedStack + standbyRegion + "-1", "capture-breakglass-target-access-2-standby",
		func(p watch.Fields) { delete(p, "account") }, "a trust that somebody changes, of 222222222222"},
	{"a hub that takes a drill of any account", names.HubObservedStack + hubRegion + "-1", "capture-breakglass-target-access-1",
		func(p watch.Fields) { delete(p["$or"].([]any)[1].(watch.Fields), "account") }, "a made-up drill of the observers, of 222222222222"},
	{"a sign-in of any account", names.HubStack, "capture-breakglass-user-sign-in",
		func(p watch.Fields) { delete(p, "account") }, "a real sign-in of a user of that name in the target account"},
	{"a forwarder of any account", names.ForwarderStack + standbyRegion, "forward-breakglass-user-sign-in",
		func(p watch.Fields) { delete(p, "account") }, "a made-up heartbeat"},
	{"an observer of another Region", names.ObserverStack + standbyRegion + "-222222222222", "observe-breakglass-target-access",
		func(p watch.Fields) { delete(p, "region") }, "in us-east-1"},
	{"an observer that carries fabricated events", names.RoleStack + "222222222222", "observe-breakglass-target-access",
		func(p watch.Fields) { delete(p, "source") }, "a made-up change, of 222222222222"},
	{"a hub that does not hear the switch", names.HubObservedStack + hubRegion + "-1", "capture-breakglass-target-access-1",
		func(p watch.Fields) { p["$or"].([]any)[0].(watch.Fields)["source"] = []any{"aws.iam"} }, "a switch as the target account records it"},
}

// TestObserversPatterns puts everything that can come from a target account before every rule of the app, by EventBridge's
// own matcher.
func TestObserversPatterns(t *testing.T) {
	app := orFatal(t, observersAssembly).Assembly
	both := []string{hubRegion, standbyRegion}
	var e exam
	tried := map[string]bool{}
	for _, stack := range app.Stacks {
		if len(stack.rules()) == 0 {
			continue
		}
		tried[stack.Account] = true
		// The hub's own samples reach the hub's own rules, and no others.
		probes := append(observedProbes(stack), app.probes(stack, both, "")...)
		if strings.HasPrefix(stack.Name, names.HubObservedStack) {
			probes = append(probes, probesOf(app.arriving(stack, both, ""), func(happening) []string { return nil })...)
		}
		e.add("app", stack, probes, "")
	}
	if len(tried) != 3 {
		t.Errorf("rules in %v, want the hub's account and two targets", tried)
	}
	for _, m := range observedMutants {
		mutant := app.Copy()
		m.spoil(mutant.rule(t, m.stack, m.rule))
		e.add(m.name, mutant.Stacks[m.stack], observedProbes(mutant.Stacks[m.stack]), m.rule)
	}
	problems := e.sit(t)
	t.Logf("%d cases", len(e.cases))
	for _, p := range app.blindAlarms() {
		if !strings.Contains(p, "no alarm looks at") { // the queues in the target accounts have none
			t.Error(p)
		}
	}
	for i, p := range problems["app"] {
		if i == 20 {
			t.Errorf("and %d more", len(problems["app"])-i)
			break
		}
		t.Error(p)
	}
	for _, m := range observedMutants {
		t.Run("mutant/"+m.name, func(t *testing.T) {
			if !slices.ContainsFunc(problems[m.name], func(p string) bool { return strings.Contains(p, m.caught) }) {
				t.Errorf("%q is not reported, only %q", m.caught, problems[m.name])
			}
		})
	}
}

// TestObserversOfAUnit: what a stack set makes in an account carries that account's records and no others; the hub's rule for the
// units matches every account, but those that are listed have rules of their own.
func TestObserversOfAUnit(t *testing.T) {
	app := orFatal(t, unitsAssembly).Assembly
	const account, standby = "444444444444", "eu-west-1" // units.yaml
	inner := carried(t, app, account)
	var e exam
	tried := 0
	probesIn := func(stack *Stack, want func(entry watch.Entry, of, region string) []string) []probe {
		var probes []probe
		for _, region := range []string{hubRegion, standby} {
			for _, of := range []string{account, "222222222222"} {
				for _, s := range watch.TargetSamples {
					p := fromTarget(s, of, region)
					if entry, real := watch.ByID(s.Entry); real {
						p.want = want(entry, of, region)
					} else if s.Name == notObserved {
						continue // an account of the organization, here
					}
					probes = append(probes, p)
				}
			}
		}
		return probes
	}
	for _, stack := range inner.Stacks {
		if len(stack.rules()) == 0 || strings.Contains(stack.Name, "ou-ab12-33333333") {
			continue // the same as that of another unit
		}
		tried++
		e.add("carried", stack, probesIn(stack, func(entry watch.Entry, of, region string) []string {
			if of != account || region != stack.Region {
				return nil
			}
			return []string{names.Observe + entry.Rule}
		}), "")
	}
	for _, region := range []string{hubRegion, standby} {
		stack, suffix := app.Stacks[names.HubObservedStack+region+"-1"], ""
		if region == standby {
			suffix = names.StandbySuffix
		}
		e.add("hub", stack, probesIn(stack, func(entry watch.Entry, of, _ string) []string {
			if of == account {
				return []string{heardBy(entry, "-units", suffix)}
			}
			return []string{heardBy(entry, "-1", suffix)}
		}), "")
	}
	if tried == 0 {
		t.Fatal("no stack set carries a rule")
	}
	for group, problems := range e.sit(t) {
		for _, p := range problems {
			t.Errorf("%s: %s", group, p)
		}
	}
}

// notObserved is the sample of an account that no list names.
const notObserved = "a change in an account that nobody observes"
