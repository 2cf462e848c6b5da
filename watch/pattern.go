package watch

import "encoding/json"

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

// Publish returns the pattern of the hub's rule for one alert of the entry: records of every Region, and drills of the hub's
// own. A drill has the form of a record, and must match the same detail.
func (e Entry) Publish(s Scope, a Alert, hubRegion string) Fields {
	if a.Detail != nil {
		return e.inHub(s, a.Detail(s), hubRegion)
	}
	return e.Tally(s, hubRegion)
}

// Tally returns the pattern of the hub's rule for an entry that is counted.
func (e Entry) Tally(s Scope, hubRegion string) Fields {
	return e.inHub(s, e.Detail(s), hubRegion)
}

func (e Entry) inHub(s Scope, detail Fields, hubRegion string) Fields {
	drill := e.drill()
	drill["region"] = []string{hubRegion}
	return live(Fields{"account": []string{s.Account}, "detail": detail, "$or": []any{e.real(), drill}})
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

// DistantDrills returns the pattern of the rule that writes the drills of other Regions into a hub's ledger. They are not
// published: a drill over all Regions at once must not look like an attack.
func DistantDrills(s Scope, hubRegion string) Fields {
	return live(Fields{
		"account": []string{s.Account},
		"region":  []any{Fields{"anything-but": []string{hubRegion}}},
		"source":  []string{DrillSource},
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
