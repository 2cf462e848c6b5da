package watch

import "slices"

// What the sessions of the users' role do in the observed target accounts goes to the ledgers and to nobody's mailbox: it is the
// second source of a report on an incident. It is no entry of the catalogue, since nobody is alerted.
const (
	// ActivityRule is the name of the rules for it, behind their prefix.
	ActivityRule = "breakglass-target-activity"
	// AnyAWS is the source of the events of every AWS service, and of nobody else, as a policy names it.
	AnyAWS = "aws.*"
)

// ActivityDescription is the description of the rules.
const ActivityDescription = "Carries what sessions of the break glass role do in a target account to the ledger; no alert is sent."

// activity returns the pattern of the records of the role's sessions: every management event that CloudTrail records of them, reads
// and refusals included.
func activity(s Scope) Fields {
	return Fields{
		"source": []any{Fields{"prefix": "aws."}}, "detail-type": apiCall,
		"detail": Fields{"userIdentity": Fields{"sessionContext": Fields{"sessionIssuer": Fields{"userName": []string{s.Role}}}}},
	}
}

// ActivityInTarget returns the pattern of the rule that carries it from a target account and Region. Both may be a CloudFormation
// pseudo parameter.
func ActivityInTarget(s Scope, account, region any) Fields {
	pattern := activity(s)
	pattern["account"], pattern["region"] = []any{account}, []any{region}
	return live(pattern)
}

// ActivityInHub returns the pattern of a hub's rule for it, from every account but the hub's own.
func ActivityInHub(s Scope) Fields {
	pattern := activity(s)
	pattern["account"] = s.AllOthers(nil)
	return live(pattern)
}

// TargetDetailTypes returns the detail types of the events that hubs receive from target accounts.
func TargetDetailTypes() []string {
	all := slices.Clone(apiCall)
	for _, e := range Observed {
		all = append(all, e.DetailTypes...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// IsActivity reports whether an event is what a session of the role did in a target account, and no alert is about it.
func (r Recognizer) IsActivity(event Fields) bool {
	return matches(r.activity, event) && len(r.Matching(event)) == 0
}
