package watch

import "slices"

// otherEntries are a net below the others: what an emergency user does that none of them is about. They come last, so that a
// record is recognized by the entry that says more about it.
var otherEntries = []Entry{{
	ID:    "other-call",
	Rule:  "breakglass-user-other-call",
	Title: "Any other call by an emergency user, by a session issued to one, or by the root user",
	Why: "A stolen key looks around first, and calls that only read count, too. In an emergency there are thousands, so an alarm counts them, " +
		"and the details are in the ledger.",
	Response: "<stop> Read the ledger: which calls, and from where.",

	// Of every service: nobody knows what a stolen key is used for.
	AnyService: true, DetailTypes: append([]string{consoleAction}, apiCall...),
	Detail: func(s Scope) Fields {
		but := func(calls ...string) []any { return []any{Fields{"anything-but": calls}} }
		return Fields{"$or": []any{
			Fields{
				"userIdentity": byUser(s), "eventName": but(credentialCalls...),
				// IAM's changes belong to iam-change.
				"$or": []any{Fields{"eventSource": but("iam.amazonaws.com")}, Fields{"readOnly": []bool{true}}},
			},
			Fields{"userIdentity": issuedByUser(s)},
			// Not what a service does on behalf of the account (CIS AWS Foundations, use of the root user). A refused call of root's is the
			// only trace of a stolen key that a policy of the organization keeps from everything.
			Fields{
				"userIdentity": Fields{"invokedBy": absent, "$or": ofRoot["$or"]},
				"$or":          []any{Fields{"eventName": but(slices.Concat(loginCalls, rootKeyCalls)...)}, Fields{"errorCode": present}},
			},
		}}
	},
	Counts: []Count{{AtLeast: 1, Title: "OTHER CALLS BY A BREAK GLASS USER OR ROOT"}},
}}
