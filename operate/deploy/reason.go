package deploy

import (
	"strings"

	"example.com/breakglass/names"
)

// again ends what to do about a failure.
const again = "then run breakglass deploy again: it deploys only what is left"

// Fix returns what to do about a failure with that reason.
func Fix(reason string, o Outcome) string {
	has := func(words ...string) bool {
		for _, word := range words {
			if strings.Contains(strings.ToLower(reason), word) {
				return true
			}
		}
		return false
	}
	switch {
	case has("already exists", "alreadyexists") && has(names.Ledger):
		return "an earlier deployment left its ledger there: delete it (aws logs delete-log-group --log-group-name " + names.Ledger +
			" --region " + o.Region + "), or import it with npx cdk import " + o.Stack + "; " + again
	case has("already exists", "alreadyexists"):
		return "another resource has that name: delete or rename it, or import it with npx cdk import " + o.Stack + "; " + again
	case has("not authorized", "accessdenied", "access denied", "unauthorized"):
		return "get the permission granted (a service control policy may deny it); " + again
	case has("security token", "unrecognizedclient", "optinrequired", "invalidclienttokenid"):
		return "check that the Region is enabled: aws account get-region-opt-status --region-name " + o.Region + "; " + again
	case has("expired"):
		return "sign in again; " + again
	case has("throttl", "rate exceeded", "too many requests"):
		return "AWS throttled the requests: run breakglass deploy again; it deploys only what is left"
	case has("limit exceeded", "limitexceeded", "quota", "maximum"):
		return "raise the quota, or remove what uses it up; " + again
	case has("_in_progress state"):
		return "CloudFormation is still working on the stack: wait until it has finished, " + again
	case has("enotfound", "econnrefused", "etimedout", "timeout", "socket hang up"):
		return "check that the Region can be reached, " + again
	case has("could not assume role"):
		return "check that the role exists and trusts these credentials; " + again
	}
	return "remove the cause, " + again
}
