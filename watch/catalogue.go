package watch

import (
	"slices"

	"example.com/breakglass/names"
)

// The detail types of CloudTrail records on the bus. AWS documents the second spelling of the console's, with "Signin", while
// rules that are known to work have the first: both are accepted.
var (
	consoleSignIn = []string{"AWS Console Sign In via CloudTrail", "AWS Console Signin via CloudTrail"}
	apiCall       = []string{"AWS API Call via CloudTrail"}
)

// notFailed matches a console sign-in that did not fail. It excludes failures rather than require success, so that a record
// without a result counts as a sign-in.
var notFailed = Fields{"ConsoleLogin": []any{Fields{"exists": false}, Fields{"anything-but": []string{"Failure"}}}}

var (
	present = []any{Fields{"exists": true}}
	absent  = []any{Fields{"exists": false}}
)

// Catalogue lists what is watched in the hub account: first uses of the emergency access, then changes to the alerting
// itself. Observed lists what is watched in the target accounts.
var Catalogue = slices.Concat(accessEntries, integrityEntries)

// accessEntries are in the order in which an emergency usually shows itself.
var accessEntries = []Entry{
	{
		ID:       "sign-in",
		Rule:     "breakglass-user-sign-in",
		Title:    "Console sign-in by an emergency user",
		Why:      "Every use of an emergency user must be seen at once. Nobody signs in as one on an ordinary day.",
		Response: stopAtOnce,

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
			Facts: []string{who, where, when, from, "MFA: <mfaUsed>", "Result: <signIn>"},
		}},
	},
	{
		ID:       "failed-sign-in",
		Rule:     "breakglass-user-failed-sign-in",
		Title:    "Failed console sign-in by an emergency user or the root user",
		Why:      "Someone is guessing passwords or has lost an MFA device. Anyone who knows the account number can cause it at will, so an alarm counts it.",
		Response: readLedger,

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
		ID:       "switch-role",
		Rule:     "breakglass-user-switch-role",
		Title:    "Role switch by an emergency user in the console",
		Why:      "It shows which account the user entered. CloudTrail records it in the account of the user or of the role.",
		Response: stopAtOnce,

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
				Hint:  emptyMFA,
			},
			{
				Suffix: "-arrival",
				Title:  "BREAK GLASS ROLE SWITCH into account <account>",
				Detail: func(s Scope) Fields {
					return switchRole(Fields{"additionalEventData": Fields{"SwitchFrom": s.UserARNs}})
				},
				Facts: []string{"Who: <switchFrom>", "Role and account: <arn>", where, when, from, sessionMFA, "Result: <switched>"},
				Hint:  emptyMFA,
			},
		},
	},
	{
		ID:    "assume-role",
		Rule:  "breakglass-user-assume-role",
		Title: "Role assumption, temporary credentials or tokens by an emergency user",
		Why: "It shows which account the user entered, from the command line or through a role switch in the console. " +
			"GetSessionToken and GetFederationToken are ways in with an access key, and no policy can deny the first. " +
			"With aws login, a console session becomes credentials for the command line.",
		Response: stopAtOnce,

		Sources: []string{"aws.sts", "aws.signin"}, DetailTypes: apiCall,
		Detail: func(s Scope) Fields { return stsCall(s, nil) },
		Alerts: []Alert{
			{
				Title:  "BREAK GLASS <call> by <user>",
				Detail: func(s Scope) Fields { return stsCall(s, absent) },
				Facts:  []string{who, "Role and account: <role><targetPrincipal>", where, when, from, callMFA, "Result: Success"},
				Hint:   emptyOfCall,
			},
			{
				Suffix: "-refused",
				Title:  "BREAK GLASS <call> by <user> FAILED",
				Detail: func(s Scope) Fields { return stsCall(s, present) },
				Facts:  []string{who, where, when, from, callMFA, "Result: Failed, <error>"},
				Hint:   emptyOfFailure,
			},
		},
	},
	{
		ID:    "iam-change",
		Rule:  "breakglass-user-iam-change",
		Title: "IAM change by or to an emergency user, or to their group",
		Why: "A new access key, password or MFA device is how an attacker takes over an emergency user; changing IAM is what an emergency user is for. " +
			"CloudTrail records IAM changes in us-east-1.",
		Response: "Do step 2 for the actor. Then find and remove new access keys, MFA devices and policies.",

		Sources: []string{"aws.iam"}, DetailTypes: apiCall,
		Detail: func(s Scope) Fields {
			return iamChange(Fields{"$or": []any{
				Fields{"userIdentity": byUser(s)},
				Fields{"requestParameters": onOurs(s), "errorCode": absent},
			}})
		},
		Alerts: []Alert{
			{
				Title: "BREAK GLASS IAM CHANGE: <call>",
				Detail: func(s Scope) Fields {
					return iamChange(Fields{"errorCode": absent, "$or": []any{
						Fields{"userIdentity": byUser(s)},
						Fields{"requestParameters": onOurs(s)},
					}})
				},
				Facts: []string{"Who: <arn>", "Affected user: <onUser> <newUserName>", where, when, from, sessionMFA, "Result: Success"},
				Hint:  "Empty affected user: the change is to the caller, or to a group, role or policy. Two names: the user was renamed. " + emptyMFA,
			},
			{
				Suffix: "-refused",
				Title:  "BREAK GLASS IAM CHANGE FAILED: <call>",
				Detail: func(s Scope) Fields { return iamChange(Fields{"errorCode": present, "userIdentity": byUser(s)}) },
				Facts:  []string{"Who: <arn>", where, when, from, sessionMFA, "Result: Failed, <error>"},
				Hint:   emptyMFA,
			},
		},
	},
	{
		ID:    "refused-iam-change",
		Rule:  "breakglass-user-refused-iam-change",
		Title: "Failed IAM change to an emergency user, by someone else",
		Why: "Someone without the permissions is trying to take over an emergency user. Anyone with any credentials in the hub account can cause it at will, " +
			"so an alarm counts it.",
		Response: readLedger,

		Sources: []string{"aws.iam"}, DetailTypes: apiCall,
		Detail: func(s Scope) Fields {
			return iamChange(Fields{
				"errorCode":    present,
				"$or":          []any{Fields{"requestParameters": onUser(s)}, refusedOn(s)},
				"userIdentity": Fields{"userName": []any{Fields{"exists": false}, Fields{"anything-but": s.Users}}},
			})
		},
		Counts: []Count{{AtLeast: 1, Title: "FAILED IAM CHANGE TO A BREAK GLASS USER"}},
	},
	{
		ID:       "root-sign-in",
		Rule:     "breakglass-root-sign-in",
		Title:    "Console sign-in or aws login by the root user of the hub account, or a new password or email address of root",
		Why:      "The root user can do everything that the guard policy denies to the emergency users. Nobody needs it on an ordinary day.",
		Response: stopRoot,

		Sources: []string{"aws.signin"}, DetailTypes: slices.Concat(consoleSignIn, apiCall),
		Detail: func(Scope) Fields {
			return Fields{
				"userIdentity": byRoot,
				"$or": []any{
					Fields{"eventName": []string{"ConsoleLogin"}, "responseElements": notFailed},
					Fields{"eventName": []string{"PasswordRecoveryRequested", "PasswordRecoveryCompleted", "PasswordUpdated", "EmailUpdated"}},
					Fields{"eventName": loginCalls, "errorCode": absent},
				},
			}
		},
		Alerts: []Alert{{
			Title: "ROOT USER of the break glass hub: <call>",
			Facts: []string{
				"Who: root user of account <account>", where, when, from, "MFA: <mfaUsed>",
				"Result: <call> <signIn><recoveryRequested><recovered><passwordUpdated><emailUpdated>",
			},
			Hint: "A password recovery: whoever knows the root user's email address can ask for one, and gets nowhere without that mailbox.",
		}},
	},
}

var byRoot = Fields{"type": []string{"Root"}}

// byUser matches the name: some sign-in records lack the ARN.
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

// credentialCalls are the calls with which an emergency user gets temporary credentials or tokens.
var credentialCalls = append([]string{
	"AssumeRole", "AssumeRoot", "GetSessionToken", "GetFederationToken", "GetWebIdentityToken", "GetDelegatedAccessToken",
}, loginCalls...)

// loginCalls are those of AWS Sign-In with which a console session becomes credentials elsewhere: aws login and its like. They
// only read, as CloudTrail has it.
var loginCalls = []string{"AuthorizeOAuth2Access", "CreateOAuth2Token", "CreateOAuth2TokenWithIAM", "CreateBearerToken"}

func stsCall(s Scope, errorCode []any) Fields {
	f := Fields{"eventName": credentialCalls, "userIdentity": byUser(s)}
	if errorCode != nil {
		f["errorCode"] = errorCode
	}
	return f
}

// onUser matches the name as a caller may have typed it: IAM ignores the case of user names.
func onUser(s Scope) Fields { return Fields{"userName": inAnyCase(s.Users)} }

// onOurs matches a change to an emergency user, or to the group through which the users get their permissions and the guard
// policy. A user or a group that is renamed to one of these names takes its place.
func onOurs(s Scope) Fields {
	users, group := inAnyCase(s.Users), inAnyCase([]string{names.Group})
	return Fields{"$or": []any{
		Fields{"userName": users}, Fields{"newUserName": users}, Fields{"groupName": group}, Fields{"newGroupName": group},
	}}
}

func inAnyCase(names []string) []any {
	var all []any
	for _, name := range names {
		all = append(all, Fields{"equals-ignore-case": name})
	}
	return all
}

// refusedOn matches a denied call on a user whose record lacks the parameters of the call, as CloudTrail writes it for every
// AccessDenied of IAM: only the message names the user, as "user NAME" or by the ARN, followed by the reason or by nothing.
//
// EventBridge rejects a pattern as too complex by the wildcards of one field. There is room for both forms of one name, or for
// three names that nothing precedes; with more users than that, a denied call on any user counts.
func refusedOn(s Scope) Fields {
	var message []any
	for _, user := range s.Users {
		switch n := len(s.Users); {
		case n == 1:
			message = append(message, Fields{"wildcard": "*user " + user + " *"}, Fields{"wildcard": "*user/" + user + " *"})
		case n <= MaxNamedInMessages:
			message = append(message, Fields{"wildcard": "*" + user + " *"})
		default:
			return refusedOnMessage(Fields{"wildcard": "*resource: user *"}, Fields{"wildcard": "*resource: arn*:user/*"})
		}
		message = append(message, Fields{"suffix": " " + user}, Fields{"suffix": "/" + user})
	}
	return refusedOnMessage(message...)
}

// MaxNamedInMessages is the number of users up to which a denied call without parameters counts only if it names one of them.
const MaxNamedInMessages = 3

func refusedOnMessage(message ...any) Fields {
	return Fields{"requestParameters": Fields{"userName": absent}, "errorMessage": message}
}

// iamChange matches a record that does not say whether it only read, too: better one alert too many than one too few.
func iamChange(more Fields) Fields {
	f := Fields{"readOnly": []any{false, Fields{"exists": false}}}
	for k, v := range more {
		f[k] = v
	}
	return f
}
