package deploy

import (
	"strings"

	"example.com/breakglass/names"
)

// again ends what to do about a failure.
const again = "then run breakglass deploy again: it does only what is left"

// Fix is what to do about a failure, as far as its reason tells.
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
		return "a ledger was kept there by an earlier deployment: remove it (aws logs delete-log-group --log-group-name " + names.Ledger +
			" --region " + o.Region + "), or take it back with npx cdk import " + o.Stack + "; " + again
	case has("already exists", "alreadyexists"):
		return "something else has that name: remove or rename it there, or take it over with npx cdk import " + o.Stack + "; " + again
	case has("not authorized", "accessdenied", "access denied", "unauthorized"):
		return "have the permission granted (a service control policy may deny it); " + again
	case has("security token", "unrecognizedclient", "optinrequired", "invalidclienttokenid"):
		return "see whether the Region is enabled: aws account get-region-opt-status --region-name " + o.Region + "; " + again
	case has("expired"):
		return "sign in again; " + again
	case has("throttl", "rate exceeded", "too many requests"):
		return "AWS asked to slow down: run breakglass deploy again, it does only what is left"
	case has("limit exceeded", "limitexceeded", "quota", "maximum"):
		return "raise the quota or remove what is in its way; " + again
	case has("_in_progress state"):
		return "CloudFormation is still at it: wait for its end, " + again
	case has("enotfound", "econnrefused", "etimedout", "timeout", "socket hang up"):
		return "see whether the Region answers, " + again
	case has("could not assume role"):
		return "see whether the role exists, and trusts these credentials; " + again
	}
	return "remove the cause, " + again
}
