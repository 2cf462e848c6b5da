package watch

import (
	"slices"

	"example.com/breakglass/names"
)

// The detail types of CloudTrail records on the bus. AWS documents the first spelling of the console's, the one with
// "Signin", while rules that are known to work have the other: both are accepted.
var (
	consoleSignIn = []string{"AWS Console Sign In via CloudTrail", "AWS Console Signin via CloudTrail"}
	apiCall       = []string{"AWS API Call via CloudTrail"}
)

// notFailed is a console sign-in that did not fail. It is written as the opposite of a failure, so that a record without
// a result still counts as a sign-in.
var notFailed = Fields{"ConsoleLogin": []any{Fields{"exists": false}, Fields{"anything-but": []string{"Failure"}}}}

var (
	present = []any{Fields{"exists": true}}
	absent  = []any{Fields{"exists": false}}
)

// Catalogue lists what is watched: first who uses the emergency access, then what happens to the alarm
// itself. All of it happens in the hub account; Observed lists what happens elsewhere.
var Catalogue = slices.Concat(accessEntries, integrityEntries)

// accessEntries are in the order in which an emergency usually shows itself.
var accessEntries = []Entry{
	{
		ID:    "sign-in",
		Rule:  "breakglass-user-sign-in",
		Title: "Console sign-in of an emergency user",
		Why:   "Whoever uses an emergency user must be seen at once. Nobody signs in with one on an ordinary day.",

		Sources: []string{"aws.signin"}, DetailTypes: consoleSignIn,
		Detail: func(s Scope) Fields {
			return Fields{
				"eventName":        []string{"ConsoleLogin"},
				"userIdentity":     byUser(s),
				"responseElements": notFailed,
			}
		},
		Alerts: []Alert{{
			Title: "BREAK GLASS SIGN-IN by <user>",
			Facts: []string{who, where, when, from, "With MFA: <mfaUsed>", "Result: <signIn>"},
		}},
	},
	{
		ID:    "failed-sign-in",
		Rule:  "breakglass-user-failed-sign-in",
		Title: "Failed console sign-in of an emergency user or of root",
		Why:   "Somebody is trying passwords or has lost a device. Anyone who knows the account number can cause it at will, so an alarm counts it.",

		Sources: []string{"aws.signin"}, DetailTypes: consoleSignIn,
		Detail: func(s Scope) Fields {
			return Fields{
				"eventName":        []string{"ConsoleLogin"},
				"responseElements": Fields{"ConsoleLogin": []string{"Failure"}},
				"$or":              []any{Fields{"userIdentity": byUser(s)}, Fields{"userIdentity": byRoot}},
			}
		},
		Counts: []Count{
			{AtLeast: 1, Title: "FAILED BREAK GLASS SIGN-IN"},
			{Suffix: "-many", AtLeast: 20, Title: "MANY FAILED BREAK GLASS SIGN-INS"},
		},
	},
	{
		ID:    "switch-role",
		Rule:  "breakglass-user-switch-role",
		Title: "Role switch of an emergency user in the console",
		Why:   "It shows which account the user went into. The record appears on the side of the user or of the role.",

		Sources: []string{"aws.signin"}, DetailTypes: consoleSignIn,
		Detail: func(s Scope) Fields {
			return switchRole(Fields{"$or": []any{
				Fields{"userIdentity": byUser(s)},
				Fields{"additionalEventData": Fields{"SwitchFrom": s.UserARNs}},
			}})
		},
		Alerts: []Alert{
			{
				Title: "BREAK GLASS ROLE SWITCH by <user>",
				Detail: func(s Scope) Fields {
					notArrival := []any{Fields{"exists": false}, Fields{"anything-but": s.UserARNs}}
					return switchRole(Fields{"userIdentity": byUser(s), "additionalEventData": Fields{"SwitchFrom": notArrival}})
				},
				Facts: []string{who, "Role and account: <switchTo>", where, when, from, sessionMFA, "Result: <switched>"},
				Hint:  noMFASaid,
			},
			{
				Suffix: "-arrival",
				Title:  "BREAK GLASS ROLE SWITCH into account <account>",
				Detail: func(s Scope) Fields {
					return switchRole(Fields{"additionalEventData": Fields{"SwitchFrom": s.UserARNs}})
				},
				Facts: []string{"Who: <switchFrom>", "Role and account: <arn>", where, when, from, sessionMFA, "Result: <switched>"},
				Hint:  noMFASaid,
			},
		},
	},
	{
		ID:    "assume-role",
		Rule:  "breakglass-user-assume-role",
		Title: "Role assumption or temporary credentials of an emergency user",
		Why: "It shows which account the user went into, from the command line or through a switch in the console. " +
			"GetSessionToken and GetFederationToken are a way in with an access key, and no policy can deny the first.",

		Sources: []string{"aws.sts"}, DetailTypes: apiCall,
		Detail: func(s Scope) Fields { return stsCall(s, nil) },
		Alerts: []Alert{
			{
				Title:  "BREAK GLASS <call> by <user>",
				Detail: func(s Scope) Fields { return stsCall(s, absent) },
				Facts:  []string{who, "Role and account: <role>", where, when, from, callMFA, "Result: Success"},
				Hint:   noRoleSaid,
			},
			{
				Suffix: "-refused",
				Title:  "BREAK GLASS <call> REFUSED to <user>",
				Detail: func(s Scope) Fields { return stsCall(s, present) },
				Facts: []string{
					who, where, when, from, callMFA, "Result: REFUSED, <error>",
				},
				Hint: refusedSaid,
			},
		},
	},
	{
		ID:    "iam-change",
		Rule:  "breakglass-user-iam-change",
		Title: "IAM change by or on an emergency user, or on their group",
		Why: "A new key, password or device on an emergency user is how somebody takes it over; a change by one is what it was built for. " +
			"IAM's records appear in us-east-1.",

		Sources: []string{"aws.iam"}, DetailTypes: apiCall,
		Detail: func(s Scope) Fields {
			return iamChange(Fields{"$or": []any{
				Fields{"userIdentity": byUser(s)},
				Fields{"requestParameters": onUser(s), "errorCode": absent},
				Fields{"requestParameters": onGroup, "errorCode": absent},
			}})
		},
		Alerts: []Alert{
			{
				Title: "BREAK GLASS IAM CHANGE <call>",
				Detail: func(s Scope) Fields {
					return iamChange(Fields{"errorCode": absent, "$or": []any{
						Fields{"userIdentity": byUser(s)},
						Fields{"requestParameters": onUser(s)},
						Fields{"requestParameters": onGroup},
					}})
				},
				Facts: []string{"Who: <arn>", "On user: <onUser>", where, when, from, sessionMFA, "Result: Success"},
				Hint:  noMFASaid,
			},
			{
				Suffix: "-refused",
				Title:  "BREAK GLASS IAM CHANGE <call> REFUSED",
				Detail: func(s Scope) Fields { return iamChange(Fields{"errorCode": present, "userIdentity": byUser(s)}) },
				Facts:  []string{"Who: <arn>", where, when, from, sessionMFA, "Result: REFUSED, <error>"},
				Hint:   noMFASaid,
			},
		},
	},
	{
		ID:    "refused-iam-change",
		Rule:  "breakglass-user-refused-iam-change",
		Title: "Refused IAM change on an emergency user, by somebody else",
		Why: "Somebody without the rights tries to take an emergency user over. Anyone with any credentials of the hub account can cause it at will, " +
			"so an alarm counts it.",

		Sources: []string{"aws.iam"}, DetailTypes: apiCall,
		Detail: func(s Scope) Fields {
			return iamChange(Fields{
				"errorCode":    present,
				"$or":          []any{Fields{"requestParameters": onUser(s)}, refusedOnSomebody},
				"userIdentity": Fields{"userName": []any{Fields{"exists": false}, Fields{"anything-but": s.Users}}},
			})
		},
		Counts: []Count{{AtLeast: 1, Title: "REFUSED IAM CHANGE ON A BREAK GLASS USER"}},
	},
	{
		ID:    "root-sign-in",
		Rule:  "breakglass-root-sign-in",
		Title: "Console sign-in of the hub account's root user",
		Why:   "Root can do in the hub account whatever the guard keeps from the emergency users. Nobody needs it there on an ordinary day.",

		Sources: []string{"aws.signin"}, DetailTypes: consoleSignIn,
		Detail: func(Scope) Fields {
			return Fields{
				"eventName":        []string{"ConsoleLogin"},
				"userIdentity":     byRoot,
				"responseElements": notFailed,
			}
		},
		Alerts: []Alert{{
			Title: "ROOT SIGN-IN in the break glass account",
			Facts: []string{"Who: root of account <account>", where, when, from, "With MFA: <mfaUsed>", "Result: <signIn>"},
		}},
	},
}

var byRoot = Fields{"type": []string{"Root"}}

// byUser matches on the name: some records of sign-ins lack the ARN.
func byUser(s Scope) Fields {
	return Fields{"type": []string{"IAMUser"}, "userName": s.Users}
}

func switchRole(more Fields) Fields {
	f := Fields{"eventName": []string{"SwitchRole"}}
	for k, v := range more {
		f[k] = v
	}
	return f
}

func stsCall(s Scope, errorCode []any) Fields {
	f := Fields{"eventName": []string{"AssumeRole", "GetSessionToken", "GetFederationToken"}, "userIdentity": byUser(s)}
	if errorCode != nil {
		f["errorCode"] = errorCode
	}
	return f
}

// onUser matches the name as a caller may have typed it: IAM tells users apart whatever the case of their names.
func onUser(s Scope) Fields {
	var names []any
	for _, user := range s.Users {
		names = append(names, Fields{"equals-ignore-case": user})
	}
	return Fields{"userName": names}
}

// onGroup is a change of the group that gives the users their rights, and the guard.
var onGroup = Fields{"groupName": []any{Fields{"equals-ignore-case": names.Group}}}

// refusedOnSomebody is a refused call on a user whose record doesn't say on which: CloudTrail often leaves the parameters of
// such a call out, and the message has the user as an ARN or as "user NAME". It counts for whatever user: a wildcard for
// each of ours, EventBridge would refuse as too complex.
var refusedOnSomebody = Fields{
	"requestParameters": Fields{"userName": absent},
	"errorMessage":      []any{Fields{"wildcard": "*resource: *user*"}},
}

// iamChange accepts a record that doesn't say whether it only read: better one alert too many than one too few.
func iamChange(more Fields) Fields {
	f := Fields{"readOnly": []any{false, Fields{"exists": false}}}
	for k, v := range more {
		f[k] = v
	}
	return f
}
