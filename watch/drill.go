package watch

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"example.com/breakglass/names"
)

// Drill returns a drill of one of the entry's alerts as it appears on the bus of a Region: shaped like the first sample of
// that alert, with the deployment's own account, user and key in it. suffix is the alert's; id stands where the text for
// people shows it. It is nil for a suffix that the entry lacks.
//
// In a hub's Region the scope needs that Region's Key.
func (e Entry) Drill(s Scope, suffix, region, id string, at time.Time) Fields {
	for _, sample := range slices.Concat(Samples, TargetSamples) {
		if sample.Entry == e.ID && sample.Alert == suffix {
			event := At(InRegion(sample.AsDrill(), region), at)
			detail := event["detail"].(Fields)
			event["account"], event["resources"] = s.Account, []any{}
			event["detail"] = deployed(s, region).in(detail)
			mark(event, id)
			return event
		}
	}
	return nil
}

// CodeWord is the field of a drill's detail with the word that a person who reads the message proves it by.
const CodeWord = "codeWord"

// mark puts the ID where a reader finds it. A text that does not end in the record's event ID has one of the other fields
// on its first line.
func mark(event Fields, id string) {
	detail := event["detail"].(Fields)
	detail["eventID"] = id
	if detail["regionName"] != nil {
		detail["regionName"] = id
	}
	if detail["alarmName"] != nil {
		detail["alarmName"] = names.DeadLettersAlarm + id
	}
}

// Names of the deployment that the samples belong to, and what they are in another one.
type replacements struct{ *strings.Replacer }

func deployed(s Scope, region string) replacements {
	pairs := []string{
		// The group's name begins like the sample's user, and is the same everywhere.
		names.Group, names.Group,
		SampleScope.Users[0], s.Users[0],
		// No account of anybody else appears in the text of a drill.
		SampleScope.Account, s.Account, SampleTarget, s.Account,
	}
	if s.Role != "" {
		pairs = append(pairs, SampleScope.Role, s.Role)
	}
	if s.Key != "" {
		pairs = append(pairs, SampleKey, s.Key)
	}
	for _, known := range SampleScope.Known {
		pairs = append(pairs, known, region)
	}
	return replacements{strings.NewReplacer(pairs...)}
}

func (r replacements) in(fields Fields) Fields {
	out := Fields{}
	for key, value := range fields {
		out[key] = r.value(value)
	}
	return out
}

func (r replacements) value(value any) any {
	switch v := value.(type) {
	case string:
		return r.Replace(v)
	case Fields:
		return r.in(v)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = r.value(v[i])
		}
		return out
	case json.RawMessage:
		return nil // the samples have it for a JSON null
	}
	return value
}
