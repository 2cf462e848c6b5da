package watch

import (
	"encoding/json"
	"slices"
)

// DrillSource is the source of a drill: nobody may put events with an aws.* source, so every entry also matches this.
const DrillSource = "breakglass.drill"

// MaxPattern is how many characters a rule's pattern may have (EventBridge quotas, event pattern size).
const MaxPattern = 2048

// DrillType returns the detail type of the entry's drills. The first line of the alert's text shows it.
func (e Entry) DrillType() string { return "DRILL: " + e.ID }

// Forward returns the pattern of a rule that carries the entry's records of one Region to a hub, and the Region's heartbeat.
// It names the Region, so that no event can go round in a circle.
func (e Entry) Forward(s Scope, region string) Fields {
	record := e.real()
	record["detail"] = e.Detail(s)
	return live(Fields{"account": []string{s.Account}, "region": []string{region}, "$or": []any{record, e.drill(), beat}})
}

// InHub returns the pattern of a hub's rule for the entry: its records of every Region. A drill has the form of a record, and must
// match the same detail.
//
// A rule that starts the composer also takes the drills of other Regions, which the composer ends, so that the ledger has them, and
// the heartbeat of the hub's own Region, which shows that the rule still starts it. One that counts takes neither.
func (e Entry) InHub(s Scope, hubRegion string) Fields {
	account, detail := []string{s.Account}, e.Detail(s)
	if len(e.Messages) == 0 {
		drill := e.drill()
		drill["region"] = []string{hubRegion}
		return live(Fields{"account": account, "detail": detail, "$or": []any{e.real(), drill}})
	}
	sources := []any{Fields{"prefix": "aws."}}
	if !e.AnyService {
		sources = listed(e.Sources)
	}
	return live(Fields{"account": account, "$or": []any{
		Fields{
			"source":      append(sources, DrillSource),
			"detail-type": append(slices.Clone(e.DetailTypes), e.DrillType()),
			"detail":      detail,
		},
		Fields{"source": []string{HeartbeatSource}, "region": []string{hubRegion}},
	}})
}

func listed(values []string) []any {
	all := make([]any, len(values))
	for i, value := range values {
		all[i] = value
	}
	return all
}

func (e Entry) real() Fields {
	if e.AnyService {
		return Fields{"source": []any{Fields{"prefix": "aws."}}, "detail-type": e.DetailTypes}
	}
	return Fields{"source": e.Sources, "detail-type": e.DetailTypes}
}

func (e Entry) drill() Fields {
	return Fields{"source": []string{DrillSource}, "detail-type": []string{e.DrillType()}}
}

// DistantDrills returns the pattern of the rule that writes the drills of other Regions of entries that are counted into a hub's
// ledger. An alarm does not count them: a drill over all Regions at once must not look like an attack.
func DistantDrills(s Scope, hubRegion string) Fields {
	var types []string
	for _, e := range s.Entries() {
		if len(e.Counts) > 0 {
			types = append(types, e.DrillType())
		}
	}
	return live(Fields{
		"account":     []string{s.Account},
		"region":      []any{Fields{"anything-but": []string{hubRegion}}},
		"source":      []string{DrillSource},
		"detail-type": types,
	})
}

// live returns the pattern without what somebody replays from an archive: an old record must not pass for a new one, nor an old
// beat for a Region that is alive. Only EventBridge itself adds the field (EventBridge user guide, archives and replays).
func live(pattern Fields) Fields {
	pattern["replay-name"] = absent
	return pattern
}

// Size returns the number of characters of a pattern as EventBridge counts them.
func Size(pattern Fields) int {
	text, err := json.Marshal(pattern)
	if err != nil {
		panic(err) // a pattern holds maps, lists, texts and booleans only
	}
	return len(text)
}
