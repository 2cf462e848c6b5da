//go:build verify

package verify

import (
	"cmp"
	"encoding/json"
	"maps"
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
	drill bool
	// also are further entries that it belongs to.
	also []string
	// alive is set for what a hub's composer reports each hour.
	alive  bool
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
	add := func(s watch.Sample, event watch.Fields, drill bool, also ...string) {
		h := happening{Sample: s, drill: drill, also: also, region: region, what: s.Name + ", in " + region}
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
		if twin, event, also := byStack(s); twin.Name != "" {
			add(twin, event, false, also...)
		}
	}
	if user == "" {
		all = append(all, happening{region: region, alive: true, what: "what a composer reports, in " + region, event: aliveIn(region)})
	}
	return all
}

// aliveIn returns what the composer of a Region reports when every rule has carried a heartbeat.
func aliveIn(region string) json.RawMessage {
	return json.RawMessage(jsonOf(watch.Fields{
		"version": "0", "id": "0d2f6a54-8f0e-4a8e-9b13-6a1c9a7e5f21", "time": "2026-11-22T08:30:04Z", "resources": []string{},
		"account": watch.SampleScope.Account, "region": region, "source": watch.AliveSource, "detail-type": watch.AliveType,
		"detail": watch.Fields{"hub": region, "carried": 3, "expected": 3},
	}))
}

// recognizer finds the entry of a change that a stack makes.
var recognizer = watch.NewRecognizer(watch.SampleScope)

// byStack returns a change to the alerting as CloudFormation makes it for somebody: whoever makes it with a stack of their own, under
// any name, must not go unseen, as a test of the catalogue shows for what has a resource in CloudFormation. The sample has no name when
// it is no change by hand.
func byStack(s watch.Sample) (twin watch.Sample, event watch.Fields, also []string) {
	entry, _ := watch.ByID(s.Entry)
	event = s.Event()
	detail := event["detail"].(watch.Fields)
	by, _ := detail["userIdentity"].(watch.Fields)
	if entry.Part != watch.Tampering || by == nil {
		return watch.Sample{}, nil, nil
	}
	by = maps.Clone(by) // samples share it
	by["invokedBy"] = "cloudformation.amazonaws.com"
	detail["userIdentity"] = by
	if request, _ := detail["requestParameters"].(watch.Fields); request["keyId"] != nil {
		request = maps.Clone(request)
		request["keyId"] = watch.SampleKey // however somebody else names it
		detail["requestParameters"] = request
	}
	s.Name, s.Entry, s.Alert = s.Name+", by a stack", "", ""
	for i, e := range recognizer.Matching(event) {
		if i == 0 {
			s.Entry = e.ID
		} else {
			also = append(also, e.ID)
		}
	}
	return s, event, also
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

// hubRules returns the rules of a hub that an event reaches: that of its entry, wherever it comes from. A drill of what is counted
// does so only from the hub's own Region; another rule of the hub stack records it. A heartbeat of the hub's own Region passes every
// rule that starts the composer.
func hubRules(stack *Stack, hubs []string, suffix string, has func(watch.Part) bool) func(happening) []string {
	return func(h happening) []string {
		if h.Name == otherKey && h.region != stack.Region && slices.Contains(hubs, h.region) {
			h.Entry = "key-change"
		}
		entry, ok := watch.ByID(cmp.Or(h.Entry, h.Disguised))
		distant := h.drill && h.region != stack.Region && len(entry.Counts) > 0
		switch {
		case h.Beat && h.region == stack.Region:
			return starting(suffix, has)
		case !ok || !entry.Always():
			return nil // no app here has a pipeline
		case distant && (stack.Name == names.HubStack || stack.Name == names.StandbyStack):
			return []string{names.Record + "breakglass-drills" + suffix}
		case distant || !has(entry.Part):
			return nil
		}
		return []string{names.Capture + entry.Rule + suffix}
	}
}

// starting returns the rules of a hub that start its composer.
func starting(suffix string, has func(watch.Part) bool) []string {
	var rules []string
	for _, e := range watch.Catalogue {
		if has(e.Part) && len(e.Messages) > 0 && e.Always() {
			rules = append(rules, names.Capture+e.Rule+suffix)
		}
	}
	return rules
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
		return probesOf(app.arriving(stack, hubs, user), hubRules(stack, hubs, suffix, access))
	case strings.HasPrefix(name, names.IntegrityStack):
		return probesOf(app.arriving(stack, hubs, user), hubRules(stack, hubs, suffix, integrity))
	case strings.HasPrefix(name, names.ForwarderStack):
		return app.forwarderProbes(stack, hubs, user)
	case isBeats && user == "":
		return app.heartbeatProbes(stack, group, hubs)
	}
	return nil
}

func probesOf(all []happening, want func(happening) []string) []probe {
	var probes []probe
	for _, h := range all {
		p := probe{h.what, h.event, want(h)}
		for _, id := range h.also {
			h.Entry = id
			p.want = append(p.want, want(h)...)
		}
		probes = append(probes, p)
	}
	return probes
}

// forwarderProbes returns what happens in a forwarder's Region, and what arrives there from a hub (in a hub's Region, from the
// other). The first reaches the rule of its entry, a heartbeat each of these rules, and what the composer reports a rule of its own;
// the second none: otherwise it would go round in a circle.
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
			return slices.DeleteFunc(stack.ruleNames(), func(name string) bool { return name == names.Forward+names.Alive })
		case h.Recorded:
			return []string{prefix + names.Recorded}
		case h.Canary && app.canary():
			return []string{prefix + names.Recorded}
		case h.alive && isHub:
			return []string{names.Forward + names.Alive}
		case !ok, !entry.Always(), (entry.HubsOnly || h.keyed && !h.drill) && !isHub:
			return nil // of a drill only the type is looked at
		}
		return []string{prefix + entry.Rule}
	})
	from := hubRegion
	if stack.Region == hubRegion {
		from = standbyRegion
	}
	for _, h := range app.happenings(from, "") {
		if user == "" && (h.Entry != "" || h.Beat || h.Recorded || h.Canary || h.alive) {
			probes = append(probes, probe{h.what, h.event, nil})
		}
	}
	return probes
}

// heartbeatProbes: each beat reaches the rule of its Region, what a composer reports that of its hub, a recorded call the one for those,
// and nothing else does. A hub
// counts what the other reports, and without another its own; the first hub's report also goes to the monitor outside AWS.
func (app *Assembly) heartbeatProbes(stack *Stack, group string, hubs []string) []probe {
	counted := hubs[len(hubs)-1]
	if group == "standby" {
		counted = hubRegion
	}
	var probes []probe
	posted, recorded := names.Capture+names.DeadMansSwitch, names.Capture+names.Recorded
	if group == "standby" {
		recorded += names.StandbySuffix
	}
	for _, region := range app.watched() {
		for _, h := range app.happenings(region, "") {
			var want []string
			if h.alive && region == stack.Region && slices.Contains(stack.ruleNames(), posted) {
				want = []string{posted}
			}
			switch {
			case h.Recorded && slices.Contains(stack.ruleNames(), recorded):
				probes = append(probes, probe{h.what, h.event, []string{recorded}})
			case (h.Beat || h.Canary && app.canary()) && (group == "standby" && region == hubRegion || group == watch.WorldPartOf(region)):
				probes = append(probes, probe{h.what, h.event, []string{names.Capture + names.HeartbeatAlarm(region)}})
			case h.alive && region == counted && (group == "standby" || group == watch.WorldPartOf(hubRegion)):
				probes = append(probes, probe{h.what, h.event, append(want, names.Capture+names.AliveAlarm(region))})
			case h.Beat, h.alive, h.Recorded, h.Canary, region == stack.Region:
				probes = append(probes, probe{h.what, h.event, want})
			}
		}
	}
	return probes
}

// canary reports whether the app has one.
func (app *Assembly) canary() bool {
	return slices.ContainsFunc(app.beats(), func(b beat) bool { return b.record })
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
