package leftovers

import (
	"slices"
	"strings"
)

// rights is the part of the table about what users, roles and groups may do: IAM has the same calls for each kind. Groups have no
// permissions boundary.
var rights = slices.Concat(
	forKind("User", policies), forKind("Role", policies), forKind("Group", policies),
	forKind("User", boundaries), forKind("Role", boundaries),
)

// forKind returns rows for one kind of principal, whose name takes the place of Kind and kind.
func forKind(kind string, rows []row) []row {
	named := strings.NewReplacer("Kind", kind, "kind", strings.ToLower(kind)).Replace
	all := slices.Clone(rows)
	for i := range all {
		r := &all[i]
		for _, text := range []*string{&r.event, &r.what, &r.ask.call, &r.ask.with, &r.undo, &r.note} {
			*text = named(*text)
		}
	}
	return all
}

// policies are the policies of a principal.
var policies = []row{
	{
		event: "iam:PutKindPolicy", effect: Made, what: "inline policy {policyName} of kind {kindName}",
		ask: ask{service: "iam", call: "GetKindPolicy 2010-05-08", with: "KindName={kindName}&PolicyName={policyName}"}, gone: noEntity,
		undo: "aws iam delete-kind-policy --kind-name {kindName} --policy-name {policyName}",
		note: "if it was there before, put the earlier one back instead: the call also replaces policies",
	},
	{
		event: "iam:DeleteKindPolicy", effect: Removed, what: "inline policy {policyName} of kind {kindName}",
		ask: ask{service: "iam", call: "GetKindPolicy 2010-05-08", with: "KindName={kindName}&PolicyName={policyName}"}, gone: noEntity,
		undo: "aws iam put-kind-policy --kind-name {kindName} --policy-name {policyName} --policy-document file://policy.json",
		note: "AWS keeps no copy of it",
	},
	{
		event: "iam:AttachKindPolicy", effect: Made, what: "policy {policyArn} at kind {kindName}",
		ask: ask{service: "iam", call: "ListAttachedKindPolicies 2010-05-08", with: "KindName={kindName}"}, gone: noEntity, has: "<PolicyArn>{policyArn}<",
		undo: "aws iam detach-kind-policy --kind-name {kindName} --policy-arn {policyArn}",
	},
	{
		event: "iam:DetachKindPolicy", effect: Removed, what: "policy {policyArn} at kind {kindName}",
		ask: ask{service: "iam", call: "ListAttachedKindPolicies 2010-05-08", with: "KindName={kindName}"}, gone: noEntity, has: "<PolicyArn>{policyArn}<",
		undo: "aws iam attach-kind-policy --kind-name {kindName} --policy-arn {policyArn}",
	},
}

// boundaries are the permissions boundaries of a principal.
var boundaries = []row{
	{
		event: "iam:PutKindPermissionsBoundary", effect: Changed, what: "permissions boundary of kind {kindName}",
		ask: ask{service: "iam", call: "GetKind 2010-05-08", with: "KindName={kindName}"}, gone: noEntity, has: "<PermissionsBoundary>",
		undo: "aws iam put-kind-permissions-boundary --kind-name {kindName} --permissions-boundary ARN",
		note: "ARN is that of the earlier boundary; only if there was none: aws iam delete-kind-permissions-boundary",
	},
	{
		event: "iam:DeleteKindPermissionsBoundary", effect: Removed, what: "permissions boundary of kind {kindName}",
		ask: ask{service: "iam", call: "GetKind 2010-05-08", with: "KindName={kindName}"}, gone: noEntity, has: "<PermissionsBoundary>",
		undo: "aws iam put-kind-permissions-boundary --kind-name {kindName} --permissions-boundary ARN",
		note: "ARN is that of the earlier boundary",
	},
}
