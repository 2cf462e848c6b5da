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
	// StackSets reports whether stack sets deploy anything.
	StackSets bool
}

// Guardrail returns the service control policy that keeps everybody but the deployers from changing what alerts and what the users
// rely on, administrators included. A deployer is known by the ARN of its role, so nobody may create a role of that name or
// change who may use one; nor update a stack of this project, which would act with the role that it was deployed with.
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
		// Of whichever stack set: each stack has the role that deploys them all, and an update of it acts with that role.
		stacks = append(stacks, anywhere.ARN("cloudformation", "stack/StackSet-*/*"))
	}
	deny := func(sid string, actions, resources []string, also map[string]any) Statement {
		condition := map[string]any{"ArnNotLike": map[string]any{"aws:PrincipalArn": list(deployers)}}
		for operator, keys := range also {
			condition[operator] = keys
		}
		return Statement{"Sid": sid, "Effect": "Deny", "Action": list(actions), "Resource": list(resources), "Condition": condition}
	}
	return document(
		deny("Roles",
			[]string{
				"iam:AttachRolePolicy", "iam:CreateRole", "iam:DeleteRole*", "iam:DetachRolePolicy", "iam:PassRole", "iam:PutRole*", "iam:UpdateAssumeRolePolicy",
				"iam:UpdateRole*",
			},
			slices.Concat([]string{anywhere.Role(s.Role), anywhere.Role(names.Prefix + "*")}, deployers), nil),
		deny("Stacks",
			[]string{
				"cloudformation:*ChangeSet", "cloudformation:*Stack", "cloudformation:ContinueUpdateRollback", "cloudformation:SetStackPolicy",
				"cloudformation:UpdateTerminationProtection",
			},
			stacks, nil),
		deny("Rules",
			[]string{"events:DeleteRule", "events:DisableRule", "events:PutRule", "events:PutTargets", "events:RemoveTargets"},
			[]string{anywhere.Rule(names.Observe + "breakglass-*"), hub.Rule("*-breakglass-*")}, nil),
		deny("Hub",
			[]string{
				"cloudtrail:DeleteTrail", "cloudtrail:PutEventSelectors", "cloudtrail:StopLogging", "cloudtrail:UpdateTrail",
				"cloudwatch:DeleteAlarms", "cloudwatch:DisableAlarmActions", "cloudwatch:PutCompositeAlarm", "cloudwatch:PutMetricAlarm",
				"dynamodb:DeleteTable", "dynamodb:UpdateTable",
				"iam:AttachGroupPolicy", "iam:CreatePolicyVersion", "iam:DeleteGroup*", "iam:DeletePolicy*", "iam:DetachGroupPolicy", "iam:PutGroupPolicy",
				"iam:SetDefaultPolicyVersion",
				"logs:DeleteLog*", "logs:PutRetentionPolicy", "scheduler:DeleteSchedule", "scheduler:UpdateSchedule",
				"sns:AddPermission", "sns:DeleteTopic", "sns:RemovePermission", "sns:SetTopicAttributes",
				"states:DeleteStateMachine", "states:UpdateStateMachine",
			},
			[]string{
				hub.Alarm(names.Prefix + "*"), hub.ARN("logs", "log-group:/aws/events/breakglass-*"), hub.Topic("breakglass*"),
				hub.ARN("scheduler", "schedule/*/"+names.Prefix+"*"), hub.ARN("states", "stateMachine:"+names.Prefix+"*"), hub.ARN("dynamodb", "table/"+names.Prefix+"*"),
				hub.Trail(names.Trail), hub.Group(names.Group), hub.Policy(names.AssumePolicy), hub.Policy(names.GuardPolicy), hub.Policy(names.Prefix + "*"),
			}, nil),
		deny("Key",
			[]string{"kms:DisableKey", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"}, []string{hub.Key(place.Any)},
			map[string]any{"ForAnyValue:StringEquals": map[string]any{"kms:ResourceAliases": names.KeyAlias}}),
	)
}

// GuardrailOfRole returns the resource control policy that lets nobody but the emergency users assume their role, whatever its
// trust policy has been changed into. An organization's policy is no grant: the trust policy still has to admit the user.
func GuardrailOfRole(s GuardrailScope) Document {
	return document(Statement{
		"Sid": "Role", "Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Resource": s.Hub.Of(place.Any).Role(s.Role),
		"Condition": map[string]any{
			"ArnNotEquals": map[string]any{"aws:PrincipalArn": userARNs(s.Users)},
			"BoolIfExists": map[string]any{"aws:PrincipalIsAWSService": "false"},
		},
	})
}
