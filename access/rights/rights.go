// Package rights lists, as data, the permissions that the readiness check, the drill and the proof need. Messages, tests and
// the pipeline read the lists; the package imports nothing of this module.
package rights

import "slices"

// Check is what each area of the check needs, by its ID. All of it only reads.
var Check = map[string][]string{
	"answers": {"sts:GetCallerIdentity"},
	"regions": {"account:ListRegions"},
	"stacks":  {"cloudformation:DescribeStacks", "cloudformation:ListStackResources"},
	"trail":   {"cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors"},
	"rules":   {"events:ListRules", "events:ListTargetsByRule"},
	"bus":     {"events:DescribeEventBus"},
	"composer": {
		"states:DescribeStateMachine", "states:ListStateMachineAliases", "states:ListStateMachineVersions", "states:ListExecutions",
		"dynamodb:DescribeTable", "dynamodb:DescribeTimeToLive", "dynamodb:GetResourcePolicy",
		"iam:GetRole", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies", "iam:GetPolicy", "iam:GetPolicyVersion",
	},
	"topic":       {"sns:GetTopicAttributes", "sns:GetDataProtectionPolicy"},
	"key":         {"kms:DescribeKey", "kms:GetKeyRotationStatus", "kms:GetKeyPolicy"},
	"subscribers": {"sns:ListSubscriptionsByTopic", "sns:GetSubscriptionAttributes"},
	"queues":      {"sqs:ListQueues", "sqs:GetQueueAttributes"},
	"alarms":      {"cloudwatch:DescribeAlarms"},
	"heartbeats":  {"scheduler:GetSchedule", "logs:FilterLogEvents"},
	"ledger":      {"logs:DescribeLogGroups", "logs:DescribeResourcePolicies"},
	"forwarding":  {"iam:GetRole", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies", "iam:GetRolePolicy", "iam:GetPolicy", "iam:GetPolicyVersion"},
	"users": {
		"iam:GetUser", "iam:GetLoginProfile", "iam:ListMFADevices",
		"iam:ListAccessKeys", "iam:ListGroupsForUser", "iam:ListUserPolicies", "iam:ListAttachedUserPolicies",
	},
	"exercises": {"logs:FilterLogEvents"},
	"passwords": {"iam:GetAccountPasswordPolicy"},
	"group":     {"iam:GetGroup", "iam:ListAttachedGroupPolicies", "iam:ListGroupPolicies", "iam:GetPolicy", "iam:GetPolicyVersion"},
	"roles":     {"iam:GetRole", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies", "iam:GetRolePolicy", "iam:GetPolicy"},
	"bootstrap": {"iam:GetPolicy", "iam:GetPolicyVersion", "iam:ListRoles", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies"},
	"way":       {"iam:SimulatePrincipalPolicy"},
	"stacksets": {
		"cloudformation:ListStackResources", "cloudformation:DescribeStackSet", "cloudformation:ListStackInstances",
		"cloudformation:ListStackSetOperations", "cloudformation:DescribeOrganizationsAccess",
		"organizations:DescribeOrganization", "organizations:ListParents", "organizations:ListDelegatedAdministrators",
		"organizations:ListAccountsForParent", "organizations:ListOrganizationalUnitsForParent",
	},
}

// Optional is what an area of the check also uses, by its ID, where the credentials have it: without, the report says what was not
// looked at, and that is no problem. All of it only reads.
var Optional = map[string][]string{
	"heartbeats": {"cloudwatch:GetMetricStatistics"},
	"passwords":  {"iam:GenerateCredentialReport", "iam:GetCredentialReport"},
	"subscribers": {
		"sns:GetSMSSandboxAccountStatus", "sns:ListSMSSandboxPhoneNumbers", "sns:CheckIfPhoneNumberIsOptedOut", "sns:GetSMSAttributes",
	},
	"way": {
		"organizations:DescribeOrganization", "organizations:ListParents", "organizations:ListPoliciesForTarget", "organizations:DescribePolicy",
		"signin:GetConsoleAuthorizationConfiguration", "signin:GetResourcePolicy",
	},
}

// Drill lists what a drill that does not change the topic needs (--no-queue). It puts drills on the buses, searches the ledgers
// and, where one does not arrive, finds the broken link.
var Drill = []string{
	"sts:GetCallerIdentity",
	"events:PutEvents", "logs:FilterLogEvents",
	"events:DescribeRule", "events:ListTargetsByRule", "sqs:GetQueueUrl", "sqs:ReceiveMessage", "sns:GetTopicAttributes", "kms:DescribeKey",
	"states:DescribeStateMachine", "states:ListExecutions", "states:DescribeExecution", "dynamodb:DescribeTable",
}

// DrillQueue lists what it also needs to subscribe queues of its own to the topics.
var DrillQueue = []string{
	"sns:ListSubscriptionsByTopic", "sns:Subscribe", "sns:Unsubscribe",
	"sqs:CreateQueue", "sqs:DeleteMessage", "sqs:DeleteQueue", "sqs:ReceiveMessage",
}

// DrillRecorded lists what breakglass drill --recorded needs as well: the trails are read first, then two harmless calls are made.
var DrillRecorded = []string{
	"cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors", "events:TestEventPattern", "events:TagResource",
}

// Proof is what breakglass proof needs in the hub account. All of it only reads.
var Proof = []string{"sts:GetCallerIdentity", "cloudformation:DescribeStacks", "logs:DescribeLogGroups", "logs:FilterLogEvents"}

// inTargets are the areas of the check that ask the target accounts only: whoever checks the hub account needs nothing of theirs there.
var inTargets = []string{"bootstrap"}

// Readiness returns, sorted, the permissions in the hub account that both need: the check, what is optional included, and the drill that
// does not change the topic.
func Readiness() []string {
	all := slices.Clone(Drill)
	for _, areas := range []map[string][]string{Check, Optional} {
		for area, asks := range areas {
			if !slices.Contains(inTargets, area) {
				all = append(all, asks...)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
