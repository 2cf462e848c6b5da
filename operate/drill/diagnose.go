package drill

import (
	"context"
	"strings"
	"sync"

	"example.com/breakglass/internal/fan"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

// hop is a rule that a drill has to pass, and the target that carries it on.
type hop struct {
	region, stack string
	rule          plan.Rule
	ruleTarget    string
}

// looks remembers the finding of each hop: in a hub, many drills pass the same one.
type looks struct {
	mutex sync.Mutex
	found map[string]func() finding
}

// finding is the state of a hop.
type finding struct {
	broken *Broken
	// queue is the dead-letter queue of the target, as the rule has it.
	queue string
}

func (l *looks) at(s hop, look func(hop) finding) finding {
	l.mutex.Lock()
	key := s.region + " " + s.rule.Name + " " + s.ruleTarget
	once, ok := l.found[key]
	if !ok {
		once = sync.OnceValue(func() finding { return look(s) })
		l.found[key] = once
	}
	l.mutex.Unlock()
	return once()
}

// diagnose follows each drill that did not arrive from its Region to the hub, and records the first broken link. Then it reports
// the Regions that have not been reported yet.
func (s *state) diagnose(ctx context.Context) {
	l, composers := &looks{found: map[string]func() finding{}}, &composerStates{found: map[string]func() *Broken{}}
	var silent []string
	for _, region := range s.Regions {
		if s.open[region] != through {
			silent = append(silent, region)
		}
	}
	fan.Out(ctx, silent, fan.Bound, func(ctx context.Context, region string) (struct{}, error) {
		for _, d := range s.in(region) {
			receipts := s.results[d.ID].Receipts // none of a drill that was not sent
			for i := range receipts {
				if at := &receipts[i]; !at.Arrived {
					at.Broken = s.brokenLink(ctx, l, composers, d, *at)
				}
			}
		}
		s.mutex.Lock()
		defer s.mutex.Unlock()
		s.tell(region)
		return struct{}{}, nil
	}, nil)
}

func (s *state) brokenLink(ctx context.Context, l *looks, composers *composerStates, d Drill, at Receipt) *Broken {
	ctx, cancel := context.WithTimeout(ctx, s.asking)
	defer cancel()
	if s.options.Recorded {
		return s.unrecordedLink(ctx, l, d, at)
	}
	composer := func(hub string) *Broken { return s.composerState(ctx, hub) }
	if at.Broken != nil { // it was sent raw: the definition may say why
		if broken := composers.at(at.Hub, composer); broken != nil {
			return broken
		}
		return at.Broken
	}
	if broken := s.onTheWay(ctx, l, s.way(d, at), at, d.ID); broken != nil {
		return broken
	}
	if at.Where == Topic {
		if broken := composers.at(at.Hub, composer); broken != nil {
			return broken
		}
		if broken := s.swallowed(at.Hub); broken != nil {
			return broken
		}
		if broken := s.topicState(ctx, at.Hub); broken != nil {
			return broken
		}
	}
	return &Broken{
		What: "the rules, targets and dead-letter queues on its way are correct",
		Fix:  "drill again with a longer --wait; if that fails, run breakglass check" + s.Again + ": it compares the roles, the topic, its key and the ledger",
	}
}

// onTheWay returns the first link that is broken; nil where none is. A dead letter is recognized by a text.
func (s *state) onTheWay(ctx context.Context, l *looks, way []hop, at Receipt, text string) *Broken {
	for i, next := range way {
		if mute := s.mute[next.region]; mute != nil {
			return mute
		}
		if away := s.away[next.region]; away != nil {
			return away
		}
		found := l.at(next, func(at hop) finding { return s.lookAt(ctx, at) })
		if found.broken != nil {
			return found.broken
		}
		if lost := s.lost[place(at.Where, at.Hub)]; lost != nil && i == len(way)-1 {
			return lost
		}
		if waiting := s.deadLetter(ctx, next, found.queue, text); waiting != nil {
			return waiting
		}
	}
	return nil
}

// way returns the rules between a drill's Region and where it has to arrive.
func (s *state) way(d Drill, to Receipt) []hop {
	hub := s.config.HubIn(to.Hub)
	end := hub.LogGroup(names.Ledger)
	if to.Where == Topic {
		end = hub.StateMachine(names.Composer)
	}
	inHub := func(r plan.Rule) bool {
		rule := names.Capture + d.entry.Rule
		// Events from observers have a rule for each account or group of accounts; the first rule takes the drills.
		return r.Name == rule || r.Name == rule+names.StandbySuffix || d.entry.Part == watch.TargetAccounts && strings.HasPrefix(r.Name, rule+"-")
	}
	if d.Region != to.Hub {
		return []hop{
			s.find(d.Region, hub.Bus(), func(r plan.Rule) bool {
				// In a hub's Region, a rule of the hub has the other name.
				_, carries := r.Target(to.Hub)
				return carries && (r.Name == names.Capture+d.entry.Rule || r.Name == names.Forward+d.entry.Rule)
			}),
			s.find(to.Hub, end, func(r plan.Rule) bool {
				// A rule that counts takes no drill of another Region.
				return len(d.entry.Messages) > 0 && inHub(r) || len(d.entry.Counts) > 0 && strings.HasPrefix(r.Name, names.Record)
			}),
		}
	}
	return []hop{s.find(to.Hub, end, inHub)}
}

// find returns the first rule of the hub account in a Region that is the one.
func (s *state) find(region, target string, is func(plan.Rule) bool) hop {
	for _, at := range s.plan.Placements {
		if at.Place() != s.config.HubIn(region) {
			continue
		}
		for _, rule := range s.plan.Rules(at, plan.Refs{Key: s.scope(region).Key}) {
			if is(rule) {
				return hop{region: region, stack: at.Path(), rule: rule, ruleTarget: target}
			}
		}
	}
	return hop{region: region}
}

// hubStack returns the CDK path of a hub's stack.
func (s *state) hubStack(region string) string {
	at, _ := s.plan.HubStack(region)
	return at.Path()
}
