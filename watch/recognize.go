package watch

import (
	"slices"
	"strings"
)

// Recognizer finds the entry that a recorded event belongs to.
type Recognizer struct {
	account string
	entries []Entry
	details []Fields // of the entries, as JSON
	// activity is the pattern of what the role's sessions do in target accounts, as JSON.
	activity Fields
}

// NewRecognizer returns the recognizer of a deployment. It knows the parts that are off, too: they may have been on when the
// event was recorded.
func NewRecognizer(s Scope) Recognizer {
	r := Recognizer{account: s.Account, entries: slices.Concat(Catalogue, Observed), activity: asJSON(ActivityInHub(s))}
	for _, e := range r.entries {
		r.details = append(r.details, asJSON(e.Detail(s)))
	}
	return r
}

// Entry returns the entry of an event in its JSON form, and whether the event is a drill. A record that no pattern matches, since
// the scope has changed or lacks the topic's key, belongs to the first entry of its source that may be about such a call, if all
// of them are of one part.
func (r Recognizer) Entry(event Fields) (e Entry, drill, ok bool) {
	source, _ := event["source"].(string)
	kind, _ := event["detail-type"].(string)
	if source == DrillSource {
		e, ok = ByID(strings.TrimPrefix(kind, "DRILL: "))
		return e, true, ok && kind == e.DrillType()
	}
	if all := r.Matching(event); len(all) > 0 {
		return all[0], false, true
	}
	if r.IsActivity(event) {
		return Entry{}, false, false
	}
	observed := Text(event, "account") != r.account
	var alike []Entry
	for i, e := range r.entries {
		if observed == isObserved(e) && slices.Contains(e.Sources, source) && slices.Contains(e.DetailTypes, kind) &&
			mayBeOf(r.details[i], Text(event, "detail.eventName")) {
			alike = append(alike, e)
		}
	}
	if len(alike) == 0 || slices.ContainsFunc(alike, func(e Entry) bool { return e.Part != alike[0].Part }) {
		return Entry{}, false, false
	}
	return alike[0], false, true
}

// mayBeOf reports whether a pattern may be about a call of that name: it asks for such a name, or for none.
func mayBeOf(detail Fields, call string) bool {
	either, _ := detail["$or"].([]any)
	listed := false
	for _, one := range append([]any{detail}, either...) {
		fields, _ := one.(Fields)
		names, ok := fields["eventName"].([]any)
		listed = listed || ok
		if anyValue(names, call, true) {
			return true
		}
	}
	return !listed
}

// Matching returns the entries whose patterns match a record in its JSON form.
func (r Recognizer) Matching(event Fields) []Entry {
	source, _ := event["source"].(string)
	kind, _ := event["detail-type"].(string)
	detail, _ := event["detail"].(Fields)
	observed := Text(event, "account") != r.account
	var all []Entry
	for i, e := range r.entries {
		listed := slices.Contains(e.Sources, source) || e.AnyService && strings.HasPrefix(source, "aws.")
		if observed == isObserved(e) && listed && slices.Contains(e.DetailTypes, kind) && matches(r.details[i], detail) {
			all = append(all, e)
		}
	}
	return all
}

func isObserved(e Entry) bool { return e.Part == TargetAccounts }

// Text returns the text at a path in an event: detail.userIdentity.userName, with a number for an element of a list. It is
// empty for anything but a text.
func Text(event Fields, path string) string {
	var at any = event
	for _, key := range strings.Split(path, ".") {
		switch in := at.(type) {
		case Fields:
			at = in[key]
		case []any:
			if key != "0" || len(in) == 0 {
				return ""
			}
			at = in[0]
		default:
			return ""
		}
	}
	text, _ := at.(string)
	return text
}

// Target returns what an event is about: a role, a user, or a resource of the alerting; empty where the record does not say.
func Target(event Fields) string {
	for _, path := range targets() {
		if text := Text(event, path); text != "" {
			return text
		}
	}
	return ""
}
