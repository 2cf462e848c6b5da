package leftovers

// organization is the part of the table about the organization and its Identity Center.
var organization = []row{
	{
		event: "sso:CreateAccountAssignment", effect: Made, what: "permission set {permissionSetArn} of {principalId} in account {targetId}",
		ask: ask{
			service: "sso", call: "SWBExternalService.ListAccountAssignments",
			with: `{"InstanceArn": "{instanceArn}", "AccountId": "{targetId}", "PermissionSetArn": "{permissionSetArn}"}`,
		}, gone: []string{"ResourceNotFoundException"}, has: `"PrincipalId":"{principalId}"`,
		undo: "aws sso-admin delete-account-assignment --instance-arn {instanceArn} --permission-set-arn {permissionSetArn} --target-id {targetId} --target-type {targetType} --principal-type {principalType} --principal-id {principalId}",
	},
	{
		event: "sso:DeleteAccountAssignment", effect: Removed, what: "permission set {permissionSetArn} of {principalId} in account {targetId}",
		ask: ask{
			service: "sso", call: "SWBExternalService.ListAccountAssignments",
			with: `{"InstanceArn": "{instanceArn}", "AccountId": "{targetId}", "PermissionSetArn": "{permissionSetArn}"}`,
		}, gone: []string{"ResourceNotFoundException"}, has: `"PrincipalId":"{principalId}"`,
		undo: "aws sso-admin create-account-assignment --instance-arn {instanceArn} --permission-set-arn {permissionSetArn} --target-id {targetId} --target-type {targetType} --principal-type {principalType} --principal-id {principalId}",
	},
	{
		event: "sso:CreatePermissionSet", effect: Made, what: "permission set {permissionSet.permissionSetArn}",
		ask: ask{
			service: "sso", call: "SWBExternalService.DescribePermissionSet",
			with: `{"InstanceArn": "{instanceArn}", "PermissionSetArn": "{permissionSet.permissionSetArn}"}`,
		}, gone: []string{"ResourceNotFoundException"},
		undo: "aws sso-admin delete-permission-set --instance-arn {instanceArn} --permission-set-arn {permissionSet.permissionSetArn}",
		note: "delete its assignments first",
	},
	{
		event: "sso:UpdatePermissionSet", effect: Changed, what: "permission set {permissionSetArn}",
		ask: ask{
			service: "sso", call: "SWBExternalService.DescribePermissionSet", with: `{"InstanceArn": "{instanceArn}", "PermissionSetArn": "{permissionSetArn}"}`,
		}, gone: []string{"ResourceNotFoundException"},
		undo: "aws sso-admin update-permission-set --instance-arn {instanceArn} --permission-set-arn {permissionSetArn} --session-duration DURATION",
		note: "DURATION is the earlier one, such as PT1H; then provision it: aws sso-admin provision-permission-set",
	},
	{
		event: "sso:AttachManagedPolicyToPermissionSet", effect: Made, what: "policy {managedPolicyArn} in permission set {permissionSetArn}",
		ask: ask{
			service: "sso", call: "SWBExternalService.ListManagedPoliciesInPermissionSet",
			with: `{"InstanceArn": "{instanceArn}", "PermissionSetArn": "{permissionSetArn}"}`,
		}, gone: []string{"ResourceNotFoundException"}, has: `"Arn":"{managedPolicyArn}"`,
		undo: "aws sso-admin detach-managed-policy-from-permission-set --instance-arn {instanceArn} --permission-set-arn {permissionSetArn} --managed-policy-arn {managedPolicyArn}",
		note: "then provision it: aws sso-admin provision-permission-set",
	},
	{
		event: "sso:DetachManagedPolicyFromPermissionSet", effect: Removed, what: "policy {managedPolicyArn} in permission set {permissionSetArn}",
		ask: ask{
			service: "sso", call: "SWBExternalService.ListManagedPoliciesInPermissionSet",
			with: `{"InstanceArn": "{instanceArn}", "PermissionSetArn": "{permissionSetArn}"}`,
		}, gone: []string{"ResourceNotFoundException"}, has: `"Arn":"{managedPolicyArn}"`,
		undo: "aws sso-admin attach-managed-policy-to-permission-set --instance-arn {instanceArn} --permission-set-arn {permissionSetArn} --managed-policy-arn {managedPolicyArn}",
		note: "then provision it: aws sso-admin provision-permission-set",
	},
	{
		event: "sso:PutInlinePolicyToPermissionSet", effect: Changed, what: "inline policy of permission set {permissionSetArn}",
		ask: ask{
			service: "sso", call: "SWBExternalService.GetInlinePolicyForPermissionSet",
			with: `{"InstanceArn": "{instanceArn}", "PermissionSetArn": "{permissionSetArn}"}`,
		}, gone: []string{"ResourceNotFoundException"},
		undo: "aws sso-admin put-inline-policy-to-permission-set --instance-arn {instanceArn} --permission-set-arn {permissionSetArn} --inline-policy file://policy.json",
		note: "write the earlier policy into policy.json, then provision the set; only if there was none: aws sso-admin delete-inline-policy-from-permission-set",
	},
	{
		event: "identitystore:CreateUser", effect: Made, what: "user {userId} of Identity Center",
		ask:  ask{service: "identitystore", call: "AWSIdentityStore.DescribeUser", with: `{"IdentityStoreId": "{identityStoreId}", "UserId": "{userId}"}`},
		gone: []string{"ResourceNotFoundException"},
		undo: "aws identitystore delete-user --identity-store-id {identityStoreId} --user-id {userId}",
	},
	{ // by the console
		event: "sso-directory:CreateUser", effect: Made, what: "user {user.userId} of Identity Center",
		ask:  ask{service: "identitystore", call: "AWSIdentityStore.DescribeUser", with: `{"IdentityStoreId": "{identityStoreId}", "UserId": "{user.userId}"}`},
		gone: []string{"ResourceNotFoundException"},
		undo: "aws identitystore delete-user --identity-store-id {identityStoreId} --user-id {user.userId}",
	},
	{
		event: "sso-directory:AddMemberToGroup", effect: Made, what: "user {member.memberId} in group {groupId} of Identity Center",
		ask: ask{
			service: "identitystore", call: "AWSIdentityStore.IsMemberInGroups",
			with: `{"IdentityStoreId": "{identityStoreId}", "MemberId": {"UserId": "{member.memberId}"}, "GroupIds": ["{groupId}"]}`,
		}, gone: []string{"ResourceNotFoundException"}, has: `"MembershipExists":true`,
		undo: "aws identitystore get-group-membership-id --identity-store-id {identityStoreId} --group-id {groupId} --member-id UserId={member.memberId}",
		note: "then, with the ID that it prints: aws identitystore delete-group-membership",
	},
	{
		event: "identitystore:CreateGroupMembership", effect: Made, what: "membership {membershipId} in group {groupId} of Identity Center",
		ask: ask{
			service: "identitystore", call: "AWSIdentityStore.DescribeGroupMembership",
			with: `{"IdentityStoreId": "{identityStoreId}", "MembershipId": "{membershipId}"}`,
		}, gone: []string{"ResourceNotFoundException"},
		undo: "aws identitystore delete-group-membership --identity-store-id {identityStoreId} --membership-id {membershipId}",
	},
	{
		event: "organizations:DeregisterDelegatedAdministrator", effect: Removed, what: "delegated administrator {accountId} for {servicePrincipal}",
		ask:  ask{service: "organizations", call: "AWSOrganizationsV20161128.ListDelegatedAdministrators", with: `{"ServicePrincipal": "{servicePrincipal}"}`},
		has:  `"Id":"{accountId}"`,
		undo: "aws organizations register-delegated-administrator --account-id {accountId} --service-principal {servicePrincipal}",
	},
	{
		event: "organizations:DisableAWSServiceAccess", effect: Removed, what: "access of {servicePrincipal} to the organization",
		ask: ask{service: "organizations", call: "AWSOrganizationsV20161128.ListAWSServiceAccessForOrganization", with: "{}"}, has: `"{servicePrincipal}"`,
		undo: "aws organizations enable-aws-service-access --service-principal {servicePrincipal}",
	},
	{
		event: "organizations:DisablePolicyType", effect: Removed, what: "policies of the type {policyType} at {rootId}",
		ask: ask{service: "organizations", call: "AWSOrganizationsV20161128.ListRoots", with: "{}"}, has: `"Type":"{policyType}"`,
		undo: "aws organizations enable-policy-type --root-id {rootId} --policy-type {policyType}",
		note: "then attach the policies again: none is attached any more",
	},
	{
		event: "organizations:DeletePolicy", effect: Removed, what: "control policy {policyId}",
		ask:  ask{service: "organizations", call: "AWSOrganizationsV20161128.DescribePolicy", with: `{"PolicyId": "{policyId}"}`},
		gone: []string{"PolicyNotFoundException"},
		note: "make it again from where it is kept, and attach it where it was",
	},
	{
		event: "organizations:PutResourcePolicy", effect: Changed, what: "resource policy of the organization",
		ask: ask{service: "organizations", call: "AWSOrganizationsV20161128.DescribeResourcePolicy", with: "{}"}, gone: []string{"ResourcePolicyNotFoundException"},
		undo: "aws organizations put-resource-policy --content file://policy.json",
		note: "write the earlier policy into policy.json; only if there was none: aws organizations delete-resource-policy",
	},
	{
		event: "organizations:MoveAccount", effect: Changed, what: "account {accountId}, which was moved from {sourceParentId} to {destinationParentId}",
		ask:  ask{service: "organizations", call: "AWSOrganizationsV20161128.ListParents", with: `{"ChildId": "{accountId}"}`},
		gone: []string{"ChildNotFoundException"}, has: `"Id":"{destinationParentId}"`,
		undo: "aws organizations move-account --account-id {accountId} --source-parent-id {destinationParentId} --destination-parent-id {sourceParentId}",
	},
}
