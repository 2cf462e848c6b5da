package access

import (
	"example.com/breakglass/names"
	"example.com/breakglass/place"
)

// ExecutionScope is what CloudFormation makes in a target account that trusts the hub account to deploy there (deploy.access:
// bootstrap).
type ExecutionScope struct {
	// Target is the account.
	Target place.Place
	// Role is the name of the users' role; ManagedPolicies are the ARNs of its policies, Boundary is that of its boundary, if any.
	Role            string
	ManagedPolicies []string
	Boundary        string
	// Inline is set where the role has an inline policy. Nothing confines what is written into one but a boundary.
	Inline bool
	// Buses of the hubs, to which the account's observers carry events of the Sources; none where nothing is observed.
	Buses, Sources []string
}

// Execution returns what CloudFormation may do in a target account: make the role that the file names, with the policies that the
// file names, and the observers. The hub account is trusted to deploy there, so whoever may assume the deploying role can have
// CloudFormation do all of this with the role that has this policy. What another stack of the account has stored as its role is not
// confined by it: docs/deploy.md.
//
// It is also the permissions boundary of the observers' role, whose permissions are an inline policy that CloudFormation writes:
// with it, that role can do no more than CloudFormation could anyway.
func Execution(s ExecutionScope) Document {
	role, observer := s.Target.Role(s.Role), s.Target.Role(names.ObserverRole)
	roles := []string{role}
	if len(s.Buses) > 0 {
		roles = append(roles, observer)
	}
	var bounded map[string]any
	writes := []string{"iam:CreateRole"}
	if s.Boundary != "" {
		bounded = map[string]any{"StringEquals": map[string]any{"iam:PermissionsBoundary": s.Boundary}}
		writes = append(writes, "iam:PutRolePermissionsBoundary")
		if s.Inline {
			writes = append(writes, "iam:PutRolePolicy")
		}
	}
	attach := map[string]any{"ArnEquals": map[string]any{"iam:PolicyARN": list(s.ManagedPolicies)}}
	for operator, keys := range bounded {
		attach[operator] = keys
	}
	statements := []Statement{
		{
			"Sid": "Roles", "Effect": "Allow",
			"Action": list([]string{
				"iam:DeleteRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy", "iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies",
				"iam:ListRolePolicies", "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole", "iam:UpdateRoleDescription",
			}),
			"Resource": list(roles),
		},
		allow("Role", writes, []string{role}, bounded),
	}
	if len(s.ManagedPolicies) > 0 {
		statements = append(statements, allow("Policies", []string{"iam:AttachRolePolicy"}, []string{role}, attach))
	}
	if len(s.Buses) > 0 {
		statements = append(statements, s.observers(observer)...)
	}
	return document(statements...)
}

// observers returns what the observers need, with the role that they act as.
func (s ExecutionScope) observers(role string) []Statement {
	anywhere := s.Target.In(place.Any)
	rules := []string{anywhere.Rule(observers)}
	return []Statement{
		allow("ObserverRole", []string{"iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"}, []string{role},
			map[string]any{"StringEquals": map[string]any{"iam:PermissionsBoundary": s.Target.Policy(names.ExecutionPolicy)}}),
		allow("PassIt", []string{"iam:PassRole"}, []string{role}, map[string]any{"StringEquals": map[string]any{"iam:PassedToService": eventBridge}}),
		allow("Rules", []string{
			"events:DeleteRule", "events:DescribeRule", "events:DisableRule", "events:EnableRule", "events:ListTagsForResource", "events:ListTargetsByRule",
			"events:PutRule", "events:RemoveTargets", "events:TagResource", "events:UntagResource",
		}, rules, nil),
		// Otherwise a rule could carry the account's events to anybody's bus.
		allow("Targets", []string{"events:PutTargets"}, rules, map[string]any{
			"ForAllValues:ArnEquals": map[string]any{"events:TargetArn": list(s.Buses)}, "Null": map[string]any{"events:TargetArn": "false"},
		}),
		allow("Queues", []string{
			"sqs:CreateQueue", "sqs:DeleteQueue", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListQueueTags", "sqs:SetQueueAttributes",
			"sqs:TagQueue", "sqs:UntagQueue",
		}, []string{anywhere.Queue("BreakGlass-*")}, nil),
		allow("PutEventsOnTheHubs", []string{putEvents}, s.Buses, eventsFrom(s.Sources...)),
	}
}

// DeployTrust is who may start deployments in a target account: the account itself and the hub account, unless that is the same. It is
// the trust policy that cdk bootstrap --trust writes (its template, version 33).
func DeployTrust(target place.Place, hub string) Document {
	roots := []string{target.Root()}
	if hub != target.Account {
		roots = append(roots, target.Of(hub).Root())
	}
	who := map[string]any{"AWS": list(roots)}
	return document(
		Statement{
			"Sid": "Deploy", "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": who,
			"Condition": map[string]any{"Null": map[string]any{"sts:ExternalId": "true"}},
		},
		Statement{"Sid": "Tag", "Effect": "Allow", "Action": "sts:TagSession", "Principal": who},
	)
}

// ExecutionTrust lets CloudFormation, and nobody else, act as the role that has what Execution returns.
func ExecutionTrust() Document {
	return document(Statement{
		"Sid": "CloudFormation", "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": map[string]any{"Service": "cloudformation.amazonaws.com"},
	})
}

func allow(sid string, actions, resources []string, condition map[string]any) Statement {
	s := Statement{"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": list(resources)}
	if len(condition) > 0 {
		s["Condition"] = condition
	}
	return s
}
