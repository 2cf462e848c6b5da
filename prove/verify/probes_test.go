//go:build verify

package verify

import (
	"encoding/json"
	"slices"
	"strings"

	"example.com/breakglass/names"
	"example.com/breakglass/watch"
)

// probe is an event and the rules of a stack that it has to reach; all others it must not.
type probe struct {
	what  string
	event json.RawMessage
	want  []string
}

// happening is a sample, or the drill of one, in a Region.
type happening struct {
	watch.Sample
	drill  bool
	region string
	// keyed means that it names the key of a topic; it is then the one of the Region, if that has one.
	keyed bool
	what  string
	event json.RawMessage
}

// happenings returns all samples in a Region, and the drills of those that belong to an entry. With a user, they are those of
// that user.
func (app *Assembly) happenings(region, user string) []happening {
	var all []happening
	add := func(s watch.Sample, event watch.Fields, drill bool) {
		h := happening{Sample: s, drill: drill, region: region, what: s.Name + ", in " + region}
		if s.Entry != "" && drill {
			h.what = "drill: " + h.what
		}
		text := jsonOf(watch.InRegion(event, region))
		if h.keyed = strings.Contains(text, watch.SampleKey); h.keyed {
			text = strings.ReplaceAll(text, watch.SampleKey, app.keyIn(region))
		}
		if user != "" {
			// The group's name begins with the user's, and stays.
			other := strings.NewReplacer(names.Group, names.Group, watch.SampleScope.Users[0], user).Replace(text)
			if other == text {
				return // not about a user
			}
			text, h.what = other, h.what+", of "+user
		}
		h.event = json.RawMessage(text)
		all = append(all, h)
	}
	for _, s := range watch.Samples {
		event := s.Event()
		add(s, event, event["source"] == watch.DrillSource) // a silent sample may look like a drill
		if s.Entry != "" {
			add(s, s.AsDrill(), true)
		}
		if stack, event := byStack(s); stack.Name != "" {
			add(stack, event, false)
		}
	}
	return all
}

// unseenFromStacks are the changes by hand that go unseen when CloudFormation makes them: the pattern of deployments finds what
// has a name of ours, and has no room for more (docs/limits.md). CloudFormation makes neither a replay nor SMS settings.
var unseenFromStacks = []string{
	"old events replayed", "no more SMS",
	"a rule of somebody's own that acts as the forwarding role", "a rule of somebody's own that has the forwarding role",
	"an alarm of somebody's own that notifies the topic", "an alarm of somebody's own that notifies the topic when it is OK",
	"an alarm of somebody's own that notifies the topic without data",
	"a policy of another name for every log group", "an account policy that masks every log group",
}

// byStack returns a change to the alerting as CloudFormation makes it for somebody: whoever makes it with a stack of their own, under
// any name, must not go unseen. The sample has no name when it is no change by hand.
func byStack(s watch.Sample) (watch.Sample, watch.Fields) {
	entry, _ := watch.ByID(s.Entry)
	event := s.Event()
	if entry.Part != watch.Tampering || entry.ID == "deployment" || entry.ID == "trail-change" { // those alert on stacks anyway
		return watch.Sample{}, nil
	}
	if slices.Contains(unseenFromStacks, s.Name) {
		return watch.Sample{}, nil
	}
	event["detail"].(watch.Fields)["userIdentity"].(watch.Fields)["invokedBy"] = "cloudformation.amazonaws.com"
	s.Name, s.Entry, s.Alert = s.Name+", by a stack", "deployment", ""
	return s, event
}

// keyIn returns the ID of the key of a Region's topic; where there is none, of some other.
func (app *Assembly) keyIn(region string) string {
	for _, stack := range app.Stacks {
		if ids := stack.OfType("AWS::KMS::Key"); stack.Region == region && len(ids) > 0 {
			key, _ := stack.ref(ids[0])
			return key
		}
	}
	return watch.SampleKey
}

func jsonOf(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // events and patterns are JSON
	}
	return string(text)
}

// arriving returns what comes to a hub's bus: everything of its own Region, and of two others what their rules may forward.
// What only hubs have is not forwarded from elsewhere: the forwarders' own probes show that.
func (app *Assembly) arriving(stack *Stack, hubs []string, user string) []happening {
	var all []happening
	for _, region := range []string{hubRegion, standbyRegion, optInRegion} {
		for _, h := range app.happenings(region, user) {
			entry, _ := watch.ByID(h.Entry)
			if !slices.Contains(hubs, region) && (entry.HubsOnly || h.keyed) {
				continue
			}
			all = append(all, h)
		}
	}
	return all
}

// otherKey is the one event that a hub believes the other hub's Region: it can't tell the keys there apart, and the
// forwarding rule there, which can, does not carry it.
const otherKey = "another key switched off"

// hubRules returns the rule of a hub that an event reaches: the one of its alert, wherever it comes from. A drill does so only
// from the hub's own Region.
func hubRules(stack *Stack, hubs []string, prefix, suffix string, counts bool, has func(watch.Part) bool) func(happening) []string {
	return func(h happening) []string {
		if h.Name == otherKey && h.region != stack.Region && slices.Contains(hubs, h.region) {
			h.Entry = "key-change"
		}
		entry, ok := watch.ByID(h.Entry)
		if !ok || !has(entry.Part) || h.drill && h.region != stack.Region || len(entry.Alerts) == 0 && !counts {
			return nil
		}
		return []string{prefix + entry.Rule + h.Alert + suffix}
	}
}

// probes returns those of a stack with rules; hubs are the Regions of the hub and the standby.
func (app *Assembly) probes(stack *Stack, hubs []string, user string) []probe {
	suffix := ""
	if stack.Region == standbyRegion && slices.Contains(hubs, standbyRegion) {
		suffix = names.StandbySuffix
	}
	access := func(p watch.Part) bool { return p == watch.Access }
	integrity := func(p watch.Part) bool { return p != watch.Access }
	group, isBeats := strings.CutPrefix(stack.Name, names.HeartbeatsStack)
	switch name := stack.Name; {
	case name == names.HubStack, name == names.StandbyStack:
		want := hubRules(stack, hubs, names.Capture, suffix, true, access)
		return probesOf(app.arriving(stack, hubs, user), func(h happening) []string {
			if h.drill && h.region != stack.Region {
				return []string{names.Record + "breakglass-drills" + suffix}
			}
			return want(h)
		})
	case strings.HasPrefix(name, names.IntegrityStack):
		return probesOf(app.arriving(stack, hubs, user), hubRules(stack, hubs, names.Capture, suffix, true, integrity))
	case strings.HasPrefix(name, names.ChatStack) && strings.HasSuffix(name, "-integrity"):
		return probesOf(app.arriving(stack, hubs, user), hubRules(stack, hubs, names.Chat, suffix, false, integrity))
	case strings.HasPrefix(name, names.ChatStack):
		return probesOf(app.arriving(stack, hubs, user), hubRules(stack, hubs, names.Chat, suffix, false, access))
	case strings.HasPrefix(name, names.ForwarderStack):
		return app.forwarderProbes(stack, hubs, user)
	case isBeats && user == "":
		return app.heartbeatProbes(stack, group)
	}
	return nil
}

func probesOf(all []happening, want func(happening) []string) []probe {
	var probes []probe
	for _, h := range all {
		probes = append(probes, probe{h.what, h.event, want(h)})
	}
	return probes
}

// forwarderProbes returns what happens in a forwarder's Region, and what arrives there from a hub (in a hub's Region, from the
// other). The first reaches the rule of its entry, a heartbeat every rule; the second none: otherwise it would go round in
// a circle.
func (app *Assembly) forwarderProbes(stack *Stack, hubs []string, user string) []probe {
	prefix, isHub := names.Capture, slices.Contains(hubs, stack.Region)
	if isHub {
		prefix = names.Forward // the hub's own rules have the other prefix
	}
	own := app.happenings(stack.Region, user)
	probes := probesOf(own, func(h happening) []string {
		entry, ok := watch.ByID(h.Entry)
		switch {
		case h.Beat:
			return stack.ruleNames()
		case !ok, (entry.HubsOnly || h.keyed && !h.drill) && !isHub:
			return nil // of a drill only the type is looked at
		}
		return []string{prefix + entry.Rule}
	})
	from := hubRegion
	if stack.Region == hubRegion {
		from = standbyRegion
	}
	for _, h := range app.happenings(from, "") {
		if user == "" && (h.Entry != "" || h.Beat) {
			probes = append(probes, probe{h.what, h.event, nil})
		}
	}
	return probes
}

// heartbeatProbes: each beat reaches the rule of its Region, and nothing else does.
func (app *Assembly) heartbeatProbes(stack *Stack, group string) []probe {
	var probes []probe
	for _, region := range app.watched() {
		for _, h := range app.happenings(region, "") {
			switch {
			case h.Beat && (group == "standby" && region == hubRegion || group == watch.WorldPartOf(region)):
				probes = append(probes, probe{h.what, h.event, []string{names.Capture + names.HeartbeatAlarm(region)}})
			case h.Beat, region == stack.Region:
				probes = append(probes, probe{h.what, h.event, nil})
			}
		}
	}
	return probes
}

// watched returns the Regions that have rules.
func (app *Assembly) watched() []string {
	var regions []string
	for _, stack := range app.Stacks {
		if len(stack.OfType("AWS::Events::Rule")) > 0 {
			regions = append(regions, stack.Region)
		}
	}
	slices.Sort(regions)
	return slices.Compact(regions)
}
