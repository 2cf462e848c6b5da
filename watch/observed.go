package watch

import (
	"fmt"
	"slices"
	"strings"

	"example.com/breakglass/names"
)

// IDs of the entries that happen in target accounts.
const (
	// TargetAccess has an alarm for each account, or for a few together.
	TargetAccess = "target-access"
	// TargetDeployment has one alarm for all accounts.
	TargetDeployment = "target-deployment"
)

// Observed lists what is watched in the target accounts, where observers carry it to the hubs. Whoever has rights in a
// target account can cause it as often as he likes, so alarms count: one for each account or, of many, for a few together.
var Observed = []Entry{
	{
		ID:    TargetAccess,
		Rule:  "breakglass-target-access",
		Part:  TargetAccounts,
		Title: "Switch into the role in a target account, or change of it by hand",
		Why: "A changed trust lets in somebody else than the emergency users, past every other alert. " +
			"The record of a switch in the console may appear in the target account only.",

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
		Title: "Change of the role in a target account by CloudFormation",
		Why: "A deployment may reach a thousand accounts, so one alarm counts for all of them: one that nobody announced is somebody who " +
			"changes the way in with a stack of his own.",

		Sources: []string{"aws.iam"}, DetailTypes: apiCall,
		Detail: func(s Scope) Fields {
			return iamChange(Fields{
				"errorCode":         absent,
				"userIdentity":      Fields{"invokedBy": []string{cloudFormation}},
				"requestParameters": Fields{"roleName": s.targetRoles()},
			})
		},
		Counts: []Count{{AtLeast: 1, Title: "BREAK GLASS ROLE CHANGED BY CLOUDFORMATION"}},
	},
}

// targetRoles are the project's roles in a target account.
func (s Scope) targetRoles() []any {
	return []any{Fields{"equals-ignore-case": s.Role}, Fields{"equals-ignore-case": names.ObserverRole}}
}

// ObservedSources are the sources of the events that the hubs hear from target accounts. All of them are AWS's own.
func ObservedSources() []string {
	var sources []string
	for _, e := range Observed {
		sources = append(sources, e.Sources...)
	}
	slices.Sort(sources)
	return slices.Compact(sources)
}

// Observe is the pattern of a rule in a target account and Region that carries the entry's records to the hubs. account is
// its number or, where a template serves many, what CloudFormation puts there; region likewise.
func (e Entry) Observe(s Scope, account, region any) Fields {
	pattern := e.real()
	pattern["account"], pattern["region"], pattern["detail"] = []any{account}, []any{region}, e.Detail(s)
	return pattern
}

// Heard is the pattern of a hub's rule for what the observers of some accounts carry there. accounts is a list of numbers, or
// of what stands for accounts in a pattern. drillsOf is the hub's Region where the rule takes drills, too, those that the hub
// account puts there; empty where it doesn't: one of many rules is enough, or a drill would ring all of their alarms at once.
func (e Entry) Heard(s Scope, accounts []any, drillsOf string) Fields {
	record := e.real()
	record["account"] = accounts
	if drillsOf == "" {
		record["detail"] = e.Detail(s)
		return record
	}
	drill := e.drill()
	drill["account"], drill["region"] = []string{s.Account}, []string{drillsOf}
	return Fields{"detail": e.Detail(s), "$or": []any{record, drill}}
}

// AllOthers stands in a pattern for every account but the hub's own and those given.
func (s Scope) AllOthers(but []string) []any {
	return []any{Fields{"anything-but": append([]string{s.Account}, but...)}}
}

// HeardText is the description of the alarm on what happens in some accounts. which names them, and ends the first sentence: a
// reader at night wants to know where.
func (c Count) HeardText(which, hubRegion, instructions string) string {
	return fmt.Sprintf("%s in %s. At least %d in %.0f minutes. Each one, with who, when and where: aws logs tail %s --since 15m --region %s "+
		"(a drill counts too, and says DRILL there).\n%s",
		c.Title, which, c.AtLeast, CountPeriod.Minutes(), names.Ledger, hubRegion, strings.Join(whatToDo(instructions), "\n"))
}
