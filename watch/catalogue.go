package watch

import "slices"

// The detail types of CloudTrail records on the bus. AWS documents the second spelling of the console's, with "Signin", while
// rules that are known to work have the first: both are accepted.
var (
	consoleSignIn = []string{"AWS Console Sign In via CloudTrail", "AWS Console Signin via CloudTrail"}
	apiCall       = []string{"AWS API Call via CloudTrail"}
	// consoleAction is what somebody does in the console that is no call of an API, as in the billing console.
	consoleAction = "AWS Console Action via CloudTrail"
	// regionOptIn is what AWS Account Management sends when a Region is enabled or disabled.
	regionOptIn = "Region Opt-In Status Change"
)

// notFailed matches a console sign-in that did not fail. It excludes failures rather than require success, so that a record
// without a result counts as a sign-in.
var notFailed = Fields{"ConsoleLogin": anyResultBut("Failure")}

func anyResultBut(result string) []any {
	return []any{Fields{"exists": false}, Fields{"anything-but": []string{result}}}
}

// signInToken is what a session calls to enter the console without a password: the sign-in with the token that it gets has a record, too.
const signInToken = "GetSigninToken"

var (
	present = []any{Fields{"exists": true}}
	absent  = []any{Fields{"exists": false}}
)

// Catalogue lists what is watched in the hub account: first uses of the emergency access, then changes to the alerting
// itself. Observed lists what is watched in the target accounts.
var Catalogue = slices.Concat(accessEntries, integrityEntries, accountEntries, composerEntries, otherEntries)

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
				"eventName":        []string{"ConsoleLogin", signInToken},
				"$or":              []any{Fields{"userIdentity": byUser(s)}, Fields{"userIdentity": issuedByUser(s)}},
				"responseElements": with(notFailed, Fields{signInToken: anyResultBut("Failure")}),
			}
		},
		Messages: []Message{{
			Subject: "<user> signed in<byToken>", After: "<withMFA>",
			What:  "The emergency user <user> signed in to the AWS console<byToken>.",
			Facts: []Fact{{"Federated session", "<federatedAs>"}},
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
		Messages: []Message{
			{
				Suffix:  "-arrival",
				When:    Condition{Path: "detail.additionalEventData.SwitchFrom", In: func(s Scope) []string { return s.UserARNs }},
				Subject: "<user> switched into <account>", After: "<failed>",
				What:  "The emergency user <user> <switched> into the account <account> in the AWS console.",
				Facts: []Fact{{"Switched from", "<switchFrom>"}, {"Role", "<arn>"}},
			},
			{
				Subject: "<user> switched into <into>", After: "<failed>",
				What:  "The emergency user <user> <switched> into <into> in the AWS console.",
				Facts: []Fact{{"Switched from", "<switchFrom>"}, {"Role", "<switchTo>"}},
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
		Detail: func(s Scope) Fields {
			return Fields{"eventName": append(listed(stsCalls), logins...), "userIdentity": byUser(s)}
		},
		Messages: []Message{
			{
				Suffix: "-refused", When: wasRefused,
				Subject: "<user> was REFUSED <call>",
				What:    "AWS refused the emergency user <user> temporary credentials or a token.",
				Facts:   append([]Fact{{"Call", "<call>"}, {"Reason", "<reason>"}}, calledFor...),
				Note:    "AWS may leave out what a refused call asked for.",
			},
			{
				Subject: "<user> called <call><calledFor>",
				What:    "The emergency user <user> got temporary credentials or a token: a way into another account or tool.",
				Facts:   append([]Fact{{"Call", "<call>"}}, calledFor...),
				Note:    "<ownRights>",
			},
		},
	},
	{
		ID:    "iam-change",
		Rule:  "breakglass-user-iam-change",
		Title: "IAM change by or to an emergency user, or to their group",
		Why: "A new access key, password or MFA device is how an attacker takes over an emergency user; changing IAM is what an emergency user is for. " +
			"CloudTrail records IAM changes in us-east-1.",
		Response: "<stop> Then find and remove new access keys, MFA devices and policies.",

		Sources: []string{"aws.iam"}, DetailTypes: apiCall,
		Detail: func(s Scope) Fields {
			return iamChange(Fields{"$or": []any{
				Fields{"userIdentity": byUser(s)},
				Fields{"requestParameters": onOurs(s), "errorCode": absent},
			}})
		},
		Messages: []Message{
			{
				Suffix: "-refused", When: wasRefused,
				Subject: "<user> was REFUSED <call>",
				What:    "AWS refused an IAM change that the emergency user <user> tried to make.",
				Facts:   append([]Fact{{"Call", "<call>"}, {"Reason", "<reason>"}}, OnIAM...),
			},
			{
				Subject: "IAM change: <call><onWhat> by <user>",
				What:    "<byOurs><user> made an IAM change<toOurs>.",
				Facts:   append([]Fact{{"Call", "<call>"}, {"Identity", "<arn>"}}, OnIAM...),
				Note:    "<ofCaller>",
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
				"userIdentity": Fields{"userName": notUser(s)},
			})
		},
		Counts: []Count{{AtLeast: 1, Title: "FAILED IAM CHANGE TO A BREAK GLASS USER"}},
	},
	{
		ID:       "root-sign-in",
		Rule:     "breakglass-root-sign-in",
		Title:    "Console sign-in or aws login by the root user of the hub account, or a new password, email address, access key or MFA device of root",
		Why:      "The root user can do everything that the guard policy denies to the emergency users. Nobody needs it on an ordinary day.",
		Response: StopPlace,

		Sources: []string{"aws.signin", "aws.iam"}, DetailTypes: slices.Concat(consoleSignIn, apiCall),
		Detail: func(s Scope) Fields {
			return Fields{
				"userIdentity": ofRoot,
				"$or": []any{
					Fields{"eventName": []string{"ConsoleLogin"}, "responseElements": notFailed},
					Fields{"eventName": []any{Fields{"prefix": "Password"}, "EmailUpdated"}},
					Fields{"eventName": logins, "errorCode": absent},
					// A key or device of an emergency user belongs to iam-change.
					Fields{
						"eventName": rootKeyCalls, "errorCode": absent,
						"requestParameters": Fields{"userName": notUser(s)},
					},
				},
			}
		},
		Messages: []Message{{
			Subject: "root user<rootDid>", After: "<withMFA>",
			What:  "The root user<rootDid>. It can do everything that is denied to the emergency users.",
			Facts: []Fact{{"Call", "<call>"}, {"User", "<onUser>"}, {"Access key", "<accessKey>"}, {"MFA device", "<device>"}, {"Status", "<status>"}},
			Note:  "<onRecovery>",
		}},
	},
}
