package watch

import "slices"

// maxNoticePattern is how many characters the pattern of an event rule of AWS User Notifications may have (its API,
// CreateEventRule).
const maxNoticePattern = 4096

// Notice is a part of the catalogue in the form of AWS User Notifications: one source, one detail type, and a pattern that
// filters their events.
type Notice struct {
	Source, EventType string
	Pattern           Fields
}

// Notices returns the notices of immediate alerts and, with counted, of counted events.
//
// AWS User Notifications takes the events of AWS services only, so no drill comes this way. It has no wildcards (user guide,
// customized JSON event patterns): what only a wildcard finds is left out, and so is the topic's key where the scope has none.
// And it checks the detail type, so of two spellings the first is asked for, which is known to be sent.
func Notices(entries []Entry, s Scope, counted bool) []Notice {
	s.Hubs = nil // a hub trusts the other hub's rules to have looked, and here there are none
	type kind struct{ source, eventType string }
	var kinds []kind
	details := map[kind][]Fields{}
	for _, e := range entries {
		if len(e.Messages) == 0 && !counted {
			continue
		}
		detail, ok := withoutWildcards(e.Detail(s))
		if !ok {
			continue
		}
		for _, source := range e.Sources {
			k := kind{source, e.typeOf(source)}
			if k == (kind{"aws.signin", apiCall[0]}) {
				continue // a pair that no document lists, so that AWS User Notifications may refuse it
			}
			if !slices.Contains(kinds, k) {
				kinds = append(kinds, k)
			}
			details[k] = append(details[k], detail)
		}
	}
	var notices []Notice
	for _, k := range kinds {
		// As many entries in one pattern as it has room for.
		for rest := details[k]; len(rest) > 0; {
			n := len(rest)
			for n > 1 && Size(noticePattern(s, rest[:n])) > maxNoticePattern {
				n--
			}
			notices = append(notices, Notice{Source: k.source, EventType: k.eventType, Pattern: noticePattern(s, rest[:n])})
			rest = rest[n:]
		}
	}
	return notices
}

// typeOf returns the first detail type of the entry that a source sends.
func (e Entry) typeOf(source string) string {
	for _, t := range e.DetailTypes {
		if slices.Contains(consoleSignIn, t) && source != "aws.signin" || t == regionOptIn && source != "aws.account" {
			continue
		}
		return t
	}
	return e.DetailTypes[0]
}

func noticePattern(s Scope, details []Fields) Fields {
	detail := details[0]
	if len(details) > 1 {
		var anyOf []any
		for _, d := range details {
			anyOf = append(anyOf, d)
		}
		detail = Fields{"$or": anyOf}
	}
	return Fields{"account": []string{s.Account}, "detail": detail}
}

// withoutWildcards returns the pattern without the alternatives that need a wildcard, or that end in an empty text, with which
// every value ends: it matches less, never more. The second result reports whether anything is left to match.
func withoutWildcards(pattern Fields) (Fields, bool) {
	left := Fields{}
	for key, want := range pattern {
		switch want := want.(type) {
		case Fields:
			inner, ok := withoutWildcards(want)
			if !ok {
				return nil, false
			}
			left[key] = inner
		case []any:
			alternatives := alternativesWithoutWildcards(key, want)
			if len(alternatives) == 0 {
				return nil, false
			}
			left[key] = alternatives
		default:
			left[key] = want
		}
	}
	// EventBridge takes an $or of two branches or more. A single one belongs to what is around it.
	if branches, ok := left["$or"].([]any); ok && len(branches) == 1 {
		delete(left, "$or")
		for key, want := range branches[0].(Fields) {
			if left[key] != nil {
				return nil, false
			}
			left[key] = want
		}
	}
	return left, true
}

func alternativesWithoutWildcards(key string, all []any) []any {
	var left []any
	for _, one := range all {
		operator, ok := one.(Fields)
		switch {
		case ok && key == "$or":
			if branch, ok := withoutWildcards(operator); ok {
				left = append(left, branch)
			}
		case ok && operator["wildcard"] == likeOurRules:
			left = append(left, ourRulesByPrefix...)
		case ok && (operator["wildcard"] != nil || operator["suffix"] == "" || isWildcard(operator["anything-but"])):
		default:
			left = append(left, one)
		}
	}
	return left
}

func isWildcard(operand any) bool {
	operator, ok := operand.(Fields)
	return ok && operator["wildcard"] != nil
}
