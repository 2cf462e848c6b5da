package access

import (
	"slices"
	"strings"

	"example.com/breakglass/names"
	"example.com/breakglass/place"
)

// MaxOrganizationPolicy is the number of characters of a service control policy or a resource control policy (AWS Organizations,
// quotas). They count with white space where a policy is not created in the console, so it is written without.
const MaxOrganizationPolicy = 5120

// GuardrailScope is what the organization's policies protect, and from whom.
type GuardrailScope struct {
	// Hub is the hub account, in any Region.
	Hub place.Place
	// Users are the emergency users, Role is the name of their role in every target account.
	Users []User
	Role  string
	// Deployers are the roles that deploy: by name or path/name, the same in every account, or by ARN. A name may end in *, where what
	// follows is not known.
	Deployers []string
	// Policies are the names, with their paths, of the customer managed policies and boundaries that the users or their role have.
	Policies []string
	// StackSets reports whether stack sets deploy anything.
	StackSets bool
}

// Guardrail returns the service control policy that keeps everybody but the deployers from changing what alerts and what the users
// rely on, administrators included. A deployer is known by the ARN of its role, so nobody may create a role of that name or
// change who may use one; nor update a stack of this project, which would act with the role that it was deployed with; nor, in the
// hub account, have a stack set act with the roles that stack sets have in every account.
func Guardrail(s GuardrailScope) Document {
	anywhere, hub := s.Hub.Of(place.Any).In(place.Any), s.Hub.In(place.Any)
	deployers := make([]string, len(s.Deployers))
	for i, name := range s.Deployers {
		if deployers[i] = name; !strings.HasPrefix(name, "arn:") {
			deployers[i] = anywhere.Role(name)
		}
	}
	stacks := []string{anywhere.ARN("cloudformation", "stack/BreakGlass-*/*")}
	if s.StackSets {
		// Of whichever stack set: each stack has the role that deploys them all, and an update of it acts with that role. A delegated
		// administrator reaches the stack sets of all others.
		stacks = append(stacks, anywhere.ARN("cloudformation", "stack/StackSet-*/*"), anywhere.ARN("cloudformation", "stackset/BreakGlass-*"))
	}
	policies := []string{anywhere.Policy(names.Prefix + "*"), hub.Policy(names.AssumePolicy), hub.Policy(names.GuardPolicy)}
	for _, name := range s.Policies {
		policies = append(policies, anywhere.Policy(name))
	}
	deny := func(sid string, actions, resources []string, also map[string]any) Statement {
		condition := map[string]any{"ArnNotLike": map[string]any{"aws:PrincipalArn": list(deployers)}}
		for operator, keys := range also {
			condition[operator] = keys
		}
		return Statement{"Sid": sid, "Effect": "Deny", "Action": list(actions), "Resource": list(resources), "Condition": condition}
	}
	return document(
		// One statement, so that the deployers are listed once: no action is one of another service's resources.
		deny("Protected",
			[]string{
				"cloudformation:*Stack", "cloudformation:ContinueUpdateRollback", "cloudformation:CreateChangeSet", "cloudformation:CreateStack*",
				"cloudformation:DeleteChangeSet", "cloudformation:DeleteStack*", "cloudformation:Execute*", "cloudformation:Set*",
				"cloudformation:UpdateStack*", "cloudformation:UpdateTerminationProtection",
				"cloudtrail:DeleteTrail", "cloudtrail:PutEventSelectors", "cloudtrail:StopLogging", "cloudtrail:UpdateTrail",
				"cloudwatch:DeleteAlarms", "cloudwatch:DisableAlarmActions", "cloudwatch:PutAlarmMuteRule", "cloudwatch:Put*Alarm",
				"cloudwatch:SetAlarmState",
				"dynamodb:DeleteResourcePolicy", "dynamodb:DeleteTable", "dynamodb:PutResourcePolicy", "dynamodb:StartBulk*", "dynamodb:UpdateTable",
				"events:Deauthorize*", "events:Delete*", "events:DisableRule", "events:PutRule", "events:PutTargets", "events:RemoveTargets", "events:Update*",
				"iam:AttachGroupPolicy", "iam:AttachRolePolicy", "iam:CreatePolicyVersion", "iam:CreateRole", "iam:DeleteGroup*", "iam:DeletePolicy*",
				"iam:DeleteRole*", "iam:DetachGroupPolicy", "iam:DetachRolePolicy", "iam:PassRole", "iam:PutGroupPolicy", "iam:PutRole*",
				"iam:RemoveUserFromGroup",
				"iam:SetDefaultPolicyVersion", "iam:UpdateAssumeRolePolicy", "iam:UpdateGroup", "iam:UpdateRole*",
				"kms:DeleteAlias", "kms:UpdateAlias",
				"logs:AssociateKmsKey", "logs:DeleteLog*", "logs:DisassociateKmsKey", "logs:PutDataProtectionPolicy", "logs:PutRetentionPolicy",
				"logs:PutTransformer",
				"s3:DeleteBucketPolicy", "s3:PutBucketPolicy", "scheduler:DeleteSchedule", "scheduler:UpdateSchedule",
				"sns:AddPermission", "sns:DeleteTopic", "sns:PutDataProtectionPolicy", "sns:RemovePermission", "sns:SetSubscriptionAttributes",
				"sns:SetTopicAttributes", "states:DeleteStateMachine", "states:StopExecution", "states:UpdateStateMachine",
			},
			slices.Concat([]string{anywhere.Role(s.Role), anywhere.Role(names.Prefix + "*")}, deployers, policies, stacks, []string{
				anywhere.Rule(observers), hub.Rule("*-breakglass-*"), hub.Bus(), hub.APIDestination(names.Prefix + "*"), hub.ARN("events", "connection/*"),
				hub.Alarm(names.Prefix + "*"), hub.LogGroup("/aws/events/breakglass-*"), hub.Topic("breakglass*"),
				hub.ARN("scheduler", "schedule/*/"+names.Prefix+"*"), hub.StateMachine(names.Prefix + "*"),
				hub.ARN("states", "execution:"+names.Prefix+"*"), hub.Table(names.Prefix + "*"),
				hub.Trail(place.Any), hub.Bucket(names.Prefix + "trail-*"), hub.Group(names.Group), hub.ARN("kms", names.KeyAlias),
			}), nil),
		// A key is known by its alias, which is why that is protected, too.
		deny("Key",
			[]string{"kms:DisableKey", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"}, []string{hub.Key(place.Any)},
			map[string]any{"ForAnyValue:StringEquals": map[string]any{"kms:ResourceAliases": names.KeyAlias}}),
		// Most of these calls have no resource that a policy could name. A stack set acts with a role that passes in every account.
		deny("HubAccount",
			[]string{
				"account:DisableRegion", "cloudformation:CreateStackInstances", "cloudformation:CreateStackSet", "cloudformation:DeleteStackInstances",
				"cloudformation:DeleteStackSet", "cloudformation:ImportStacksToStackSet", "cloudformation:StopStackSetOperation",
				"cloudformation:UpdateStackInstances", "cloudformation:UpdateStackSet", "cloudwatch:AssociateDataset*", "events:PutPermission",
				"events:RemovePermission",
				"logs:DeleteResourcePolicy", "logs:PutAccountPolicy", "logs:PutResourcePolicy", "signin:Put*",
			},
			[]string{place.Any}, map[string]any{"StringEquals": map[string]any{"aws:PrincipalAccount": s.Hub.Account}}),
		// An account that is not in the organization has none of its policies.
		Statement{
			"Sid": "Leave", "Effect": "Deny", "Action": list([]string{"account:CloseAccount", "organizations:LeaveOrganization"}), "Resource": place.Any,
		},
	)
}

// GuardrailOfRole returns the resource control policy that lets nobody but the emergency users assume their role, whatever its
// trust policy has been changed into: no other user or role, no identity provider's user and no service. An organization's policy is
// no grant: the trust policy still has to admit the user.
func GuardrailOfRole(s GuardrailScope) Document {
	return document(Statement{
		"Sid": "Role", "Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole*", "Resource": s.Hub.Of(place.Any).Role(s.Role),
		// A negated operator holds where the key is missing, as for services and identity providers.
		"Condition": map[string]any{"ArnNotEquals": map[string]any{"aws:PrincipalArn": userARNs(s.Users)}},
	})
}
