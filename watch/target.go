package watch

import (
	"maps"
	"slices"
)

// firstTargets are the fields that name the target of an event better than any other: an IAM call may name several.
var firstTargets = []string{
	"detail.requestParameters.roleArn", "detail.requestParameters.userName", "detail.requestParameters.groupName",
	"detail.additionalEventData.SwitchTo",
}

// lastTargets are fields that no pattern asks for in a request, or not of every record.
var lastTargets = []string{
	"detail.requestParameters.statementId", "detail.requestParameters.archiveName", "detail.requestParameters.replayName",
	"detail.requestParameters.alarmNames.0", "detail.requestParameters.dashboardNames.0", "detail.requestParameters.muteTargets.alarmNames.0",
	"detail.requestParameters.trailName", "detail.requestParameters.delegatedAdminAccountId", "detail.requestParameters.memberAccountId", "detail.requestParameters.attributes.MonthlySpendLimit",
	"detail.requestParameters.optedOutNumber", "detail.requestParameters.destinationPhoneNumber", "detail.requestParameters.phoneNumber",
	"detail.requestParameters.verifiedDestinationNumberId", "detail.requestParameters.protectConfigurationId", "detail.requestParameters.phoneNumberId",
	"detail.requestParameters.changeSetName", "detail.requestParameters.stackRefactorId", "detail.requestParameters.pipeline.name",
	"detail.requestParameters.webhook.targetPipeline", "detail.requestParameters.arn", "detail.requestParameters.SlackTeamId",
	"detail.requestParameters.regionName", "detail.requestParameters.targetId", "detail.requestParameters.excludedPrincipal", "detail.alarmName", "detail.regionName", "detail.stateMachineArn",
}

// noTargets are request parameters that do not name the target of an event, or that are lists.
var noTargets = []string{
	"serialNumber", "policyDocument", "eventBusName", "alarmNames", "dashboardNames", "muteTargets", "targets", "target", "Target", "destination", "eventSourceArn", "pipeline", "webhook",
	"alarmActions", "oKActions", "insufficientDataActions",
}

// targets returns the fields, as Logs Insights names them, that say what an event is about: a role, a user, or a resource of the
// alerting. Most of them are the request parameters that the patterns of the catalogue match.
func targets() []string {
	all := slices.Clone(firstTargets)
	add := func(name string) {
		if !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	for _, e := range Catalogue {
		for _, parameter := range requested(e.Detail(SampleScope)) {
			if !slices.Contains(noTargets, parameter) {
				add("detail.requestParameters." + parameter)
			}
		}
	}
	for _, name := range lastTargets {
		add(name)
	}
	return all
}

// requested returns the request parameters that a pattern matches, including those in its branches.
func requested(pattern Fields) []string {
	var found []string
	for _, key := range slices.Sorted(maps.Keys(pattern)) {
		inner, _ := pattern[key].(Fields)
		branches, _ := pattern[key].([]any)
		switch {
		case key == "$or":
			for _, branch := range branches {
				found = append(found, requested(branch.(Fields))...)
			}
		case key == "requestParameters":
			for _, parameter := range slices.Sorted(maps.Keys(inner)) {
				if parameter == "$or" {
					found = append(found, requestedInOr(inner[parameter].([]any))...)
				} else {
					found = append(found, parameter)
				}
			}
		}
	}
	return found
}

func requestedInOr(branches []any) []string {
	var found []string
	for _, branch := range branches {
		found = append(found, requested(Fields{"requestParameters": branch})...)
	}
	return found
}
