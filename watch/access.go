package watch

import (
	"slices"
	"strings"

	"example.com/breakglass/names"
)

// What the records of an emergency user, or about one, have in common.

var byRoot = Fields{"type": []string{"Root"}}

// ofRoot matches root, and a federated session that root issued: it can do what root can, except in IAM.
var ofRoot = Fields{"$or": []any{byRoot, Fields{"sessionContext": Fields{"sessionIssuer": byRoot}}}}

// byUser matches the name: some sign-in records lack the ARN, and one that failed may have the name as it was typed. The patterns have
// room to ignore the case of a few names; of many, they take the spelling that IAM keeps, which is what it records of a call.
func byUser(s Scope) Fields {
	f := Fields{"type": []string{"IAMUser"}, "userName": s.Users}
	if len(s.Users) <= maxNamedInMessages {
		f["userName"] = inAnyCase(s.Users)
	}
	return f
}

// notUser matches a user name that is missing, or of somebody else.
func notUser(s Scope) []any {
	return []any{Fields{"exists": false}, Fields{"anything-but": Fields{"equals-ignore-case": s.Users}}}
}

// issuedByUser matches a federated session that an emergency user issued.
func issuedByUser(s Scope) Fields {
	return Fields{"sessionContext": Fields{"sessionIssuer": byUser(s)}}
}

// rootKeyCalls are calls with which root changes its own keys and devices, or gets a password again: a session that the management
// account opens as root makes its recovery possible.
var rootKeyCalls = []string{"CreateLoginProfile", "CreateAccessKey", "UpdateAccessKey", "EnableMFADevice", "DeactivateMFADevice", "DeleteVirtualMFADevice"}

func switchRole(more Fields) Fields {
	f := Fields{"eventName": []string{"SwitchRole"}}
	for k, v := range more {
		f[k] = v
	}
	return f
}

// stsCalls are those of STS with which an emergency user gets temporary credentials or tokens, credentialCalls those of all services.
var (
	stsCalls = []string{
		"AssumeRole", "AssumeRoot", "GetSessionToken", "GetFederationToken", "GetWebIdentityToken", "GetDelegatedAccessToken", "GetScopedCredentials",
	}
	credentialCalls = slices.Concat(stsCalls, loginCalls)
)

// loginCalls are those of AWS Sign-In with which a console session becomes credentials elsewhere: aws login and its like. They
// only read, as CloudTrail has it.
var loginCalls = []string{"AuthorizeOAuth2Access", "CreateOAuth2Token", "CreateOAuth2TokenWithIAM", "CreateOAuth2TokenWithTokenExchange", "CreateBearerToken"}

// logins matches them, and those of the kind that AWS adds.
var logins = []any{"AuthorizeOAuth2Access", Fields{"prefix": "CreateOAuth2Token"}, "CreateBearerToken"}

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
// EventBridge rejects a pattern as too complex by the wildcards of one field. There is room for both forms of one name, and for
// the name in small letters, whatever it is of; or for three names that nothing precedes; with more users than that, a denied call
// on any user counts. No wildcard ignores case, and beside a suffix that does, EventBridge's matcher takes longer names for the user's.
func refusedOn(s Scope) Fields {
	var message []any
	for _, user := range s.Users {
		switch n := len(s.Users); {
		case n == 1:
			message = append(message, Fields{"wildcard": "*user " + user + " *"}, Fields{"wildcard": "*user/" + user + " *"})
			if small := strings.ToLower(user); small != user {
				message = append(message, Fields{"wildcard": "* " + small + " *"})
			}
		case n <= maxNamedInMessages:
			message = append(message, Fields{"wildcard": "*" + user + " *"})
		default:
			return refusedOnMessage(Fields{"wildcard": "*resource: user *"}, Fields{"wildcard": "*resource: arn*:user/*"})
		}
		message = append(message, Fields{"suffix": " " + user}, Fields{"suffix": "/" + user})
	}
	return refusedOnMessage(message...)
}

// maxNamedInMessages is the number of users up to which a denied call without parameters counts only if it names one of them, and up to
// which patterns ignore the case of a caller's name.
const maxNamedInMessages = 3

func refusedOnMessage(message ...any) Fields {
	return Fields{"requestParameters": Fields{"userName": absent}, "errorMessage": message}
}

// mayChange matches a call that did not only read. The rules get those, too, such as the reads of breakglass check.
var mayChange = []any{false, Fields{"exists": false}}

// iamChange matches a record that does not say whether it only read, too: better one alert too many than one too few.
func iamChange(more Fields) Fields {
	f := Fields{"readOnly": mayChange}
	for k, v := range more {
		f[k] = v
	}
	return f
}
