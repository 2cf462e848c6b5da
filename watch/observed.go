package watch

import (
	"fmt"
	"slices"
	"strings"

	"example.com/breakglass/names"
)

// IDs of the entries about target accounts.
const (
	// TargetAccess has an alarm for each account, or for a few together.
	TargetAccess = "target-access"
	// TargetDeployment has one alarm for all accounts.
	TargetDeployment = "target-deployment"
)

// Observed lists what is watched in the target accounts, from where observers carry it to the hubs. Anyone with permissions
// in a target account can cause it at will, so alarms count it: one for each account or, if there are many, for a few together.
var Observed = []Entry{
	{
		ID:    TargetAccess,
		Rule:  "breakglass-target-access",
		Part:  TargetAccounts,
		Title: "Role switch into a target account, or manual change to its role",
		Why: "A changed trust policy lets in someone other than the emergency users, and no other alert reports it. " +
			"CloudTrail may record a role switch in the console in the target account only.",
		Response: stopThere,

		Sources: []string{"aws.iam", "aws.signin"}, DetailTypes: slices.Concat(apiCall, consoleSignIn),
		Detail: func(s Scope) Fields {
			return Fields{"$or": []any{
				Fields{
					"eventName":           []string{"SwitchRole"},
					"additionalEventData": Fields{"SwitchFrom": s.UserARNs},
				},
				iamChange(Fields{
					"errorCode":         absent,
					"userIdentity":      Fields{"invokedBy": notCloudFormation},
					"requestParameters": Fields{"roleName": s.targetRoles()},
				}),
			}}
		},
		Counts: []Count{{AtLeast: 1, Title: "BREAK GLASS ROLE USED OR CHANGED"}},
	},
	{
		ID:    TargetDeployment,
		Rule:  "breakglass-target-deployment",
		Part:  TargetAccounts,
		Title: "Change to the role in a target account by CloudFormation, or a stack there that it begins to change or delete",
		Why: "A deployment may reach a thousand accounts, so one alarm counts for all of them. A change that nobody announced is someone " +
			"opening a way in with a stack of their own, or taking the observers away first.",
		Response: stopThere,

		Sources: []string{"aws.iam", "aws.cloudformation"}, DetailTypes: append([]string{stackStatus}, apiCall...),
		Detail: func(s Scope) Fields {
			return Fields{"$or": []any{
				iamChange(Fields{
					"errorCode":         absent,
					"userIdentity":      Fields{"invokedBy": []string{cloudFormation}},
					"requestParameters": Fields{"roleName": s.targetRoles()},
				}),
				// CloudFormation says so itself when it begins, before it has deleted the rule that carries this. A record of CloudTrail comes minutes
				// later, when there is no rule left. A stack set's stacks have names of AWS's making.
				Fields{
					"stack-id":       []any{Fields{"wildcard": "*:stack/BreakGlass-*"}, Fields{"wildcard": "*:stack/StackSet-BreakGlass-*"}},
					"status-details": Fields{"status": []string{"DELETE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS"}},
				},
			}}
		},
		Counts: []Count{{AtLeast: 1, Title: "BREAK GLASS ROLE CHANGED BY CLOUDFORMATION"}},
	},
}

// stackStatus is the detail type of what CloudFormation tells of a stack (CloudFormation user guide, stack status change event detail).
const stackStatus = "CloudFormation Stack Status Change"

// targetRoles returns the patterns of the project's role names in a target account.
func (s Scope) targetRoles() []any {
	return []any{Fields{"equals-ignore-case": s.Role}, Fields{"equals-ignore-case": names.ObserverRole}}
}

// TargetSources returns the sources of the events that hubs receive from target accounts. All of them belong to AWS services.
func TargetSources() []string {
	var sources []string
	for _, e := range Observed {
		sources = append(sources, e.Sources...)
	}
	slices.Sort(sources)
	return slices.Compact(sources)
}

// PatternInTarget returns the pattern of a rule in a target account and Region that carries the entry's records to the hubs. account
// is its number or, in a template for many accounts, a CloudFormation pseudo parameter; so is region.
func (e Entry) PatternInTarget(s Scope, account, region any) Fields {
	pattern := e.real()
	pattern["account"], pattern["region"], pattern["detail"] = []any{account}, []any{region}, e.Detail(s)
	return live(pattern)
}

// PatternInHub returns the pattern of a hub's rule for what the observers of some accounts carry there. accounts is a list of account
// numbers or of matchers for them. drillsOf is the hub's Region if the rule also takes the drills that the hub account puts on
// the bus there, and empty if not: one of many rules is enough, or a drill would trigger all of their alarms at once.
func (e Entry) PatternInHub(s Scope, accounts []any, drillsOf string) Fields {
	record := e.real()
	record["account"] = accounts
	if drillsOf == "" {
		record["detail"] = e.Detail(s)
		return live(record)
	}
	drill := e.drill()
	drill["account"], drill["region"] = []string{s.Account}, []string{drillsOf}
	return live(Fields{"detail": e.Detail(s), "$or": []any{record, drill}})
}

// AllOthers returns the matcher of every account except the hub account and those given.
func (s Scope) AllOthers(but []string) []any {
	return []any{Fields{"anything-but": append([]string{s.Account}, but...)}}
}

// TextInHub returns the description of the alarm on what happens in some accounts. which names them, in the first sentence: a
// reader at night wants to know where.
func (c Count) TextInHub(which, hubRegion, instructions string) string {
	return fmt.Sprintf("%s in %s: %d or more in %.0f minutes. %s\n%s",
		c.Title, which, c.AtLeast, CountPeriod.Minutes(), lookUp(hubRegion), strings.Join(whatToDo(instructions), "\n"))
}
