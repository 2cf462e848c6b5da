package leftovers

// accounts is the part of the table about accounts, their contacts and Regions, and who is in the organization.
var accounts = []row{
	{
		event: "account:PutAlternateContact", effect: Changed, what: "contact {alternateContactType}[[ of account {accountId}]]",
		ask:  ask{service: "account", call: "POST /getAlternateContact", with: `{"AlternateContactType": "{alternateContactType}"[[, "AccountId": "{accountId}"]]}`},
		gone: notFound,
		undo: "aws account put-alternate-contact --alternate-contact-type {alternateContactType}[[ --account-id {accountId}]] --cli-input-json file://contact.json",
		note: "write the earlier name, address and number into contact.json; only if there was none: aws account delete-alternate-contact",
	},
	{
		event: "account:DeleteAlternateContact", effect: Removed, what: "contact {alternateContactType}[[ of account {accountId}]]",
		ask:  ask{service: "account", call: "POST /getAlternateContact", with: `{"AlternateContactType": "{alternateContactType}"[[, "AccountId": "{accountId}"]]}`},
		gone: notFound,
		undo: "aws account put-alternate-contact --alternate-contact-type {alternateContactType}[[ --account-id {accountId}]] --cli-input-json file://contact.json",
		note: "write the earlier name, address and number into contact.json",
	},
	{
		event: "signin:PasswordUpdated signin:PasswordRecoveryCompleted signin:EmailUpdated", effect: Changed,
		what: "password or email address of the root user",
		ask:  ask{service: "iam", call: "GetAccountSummary 2010-05-08"}, gone: noEntity,
		note: "whoever did it may have the password or the mailbox: set both anew at the sign-in page, and compare the devices of root",
	},
	{
		event: "account:PutContactInformation", effect: Changed, what: "address of the account[[ {accountId}]]",
		ask: ask{service: "account", call: "POST /getContactInformation", with: `{[["AccountId": "{accountId}"]]}`}, gone: notFound,
		undo: "aws account put-contact-information[[ --account-id {accountId}]] --contact-information file://address.json",
		note: "write the earlier address into address.json",
	},
	{
		event: "account:StartPrimaryEmailUpdate account:AcceptPrimaryEmailUpdate", effect: Changed, what: "email address of the root user of account {accountId}",
		ask: ask{service: "account", call: "POST /getPrimaryEmail", with: `{"AccountId": "{accountId}"}`}, gone: notFound,
		undo: "aws account start-primary-email-update --account-id {accountId} --primary-email EMAIL",
		note: "EMAIL is the earlier one; then accept it with the code: aws account accept-primary-email-update",
	},
	{
		event: "account:EnableRegion", effect: Made, what: "Region {regionName}[[ of account {accountId}]]",
		ask:    ask{service: "account", call: "POST /getRegionOptStatus", with: `{"RegionName": "{regionName}"[[, "AccountId": "{accountId}"]]}`},
		hasNot: `"RegionOptStatus":"DISABLED"`,
		undo:   "aws account disable-region --region-name {regionName}[[ --account-id {accountId}]]",
		note:   "what runs there goes on until it is deleted: look there first",
	},
	{
		event: "account:DisableRegion", effect: Removed, what: "Region {regionName}[[ of account {accountId}]]",
		ask:    ask{service: "account", call: "POST /getRegionOptStatus", with: `{"RegionName": "{regionName}"[[, "AccountId": "{accountId}"]]}`},
		hasNot: `"RegionOptStatus":"DISABLED"`,
		undo:   "aws account enable-region --region-name {regionName}[[ --account-id {accountId}]]",
	},
	{
		event: "organizations:CreateAccount organizations:CreateGovCloudAccount", effect: Made, what: "account of request {createAccountStatus.id}",
		ask: ask{
			service: "organizations", call: "AWSOrganizationsV20161128.DescribeCreateAccountStatus", with: `{"CreateAccountRequestId": "{createAccountStatus.id}"}`,
		}, gone: []string{"CreateAccountStatusNotFoundException"}, hasNot: `"State":"FAILED"`,
		note: "close it, or decide to keep it; the request names it: aws organizations describe-create-account-status, aws organizations close-account",
	},
	{
		event: "organizations:InviteAccountToOrganization", effect: Made, what: "invitation {handshake.id} to the organization",
		ask:  ask{service: "organizations", call: "AWSOrganizationsV20161128.DescribeHandshake", with: `{"HandshakeId": "{handshake.id}"}`},
		gone: []string{"HandshakeNotFoundException"}, hasNot: `"State":"CANCELED"`,
		undo: "aws organizations cancel-handshake --handshake-id {handshake.id}",
		note: "of an account that has accepted it: aws organizations remove-account-from-organization",
	},
	{
		event: "organizations:AcceptHandshake", effect: Changed, what: "the account, which accepted {handshakeId}",
		ask:  ask{service: "organizations", call: "AWSOrganizationsV20161128.DescribeHandshake", with: `{"HandshakeId": "{handshakeId}"}`},
		gone: []string{"HandshakeNotFoundException"},
		note: "an account of another organization obeys its management account: aws organizations describe-organization shows it, aws organizations leave-organization leaves it",
	},
	{
		event: "organizations:LeaveOrganization", effect: Removed, what: "membership of the account in an organization",
		ask: ask{service: "organizations", call: "AWSOrganizationsV20161128.DescribeOrganization", with: "{}"}, gone: []string{"AWSOrganizationsNotInUseException"},
		note: "have the management account invite it again, and accept: aws organizations invite-account-to-organization, aws organizations accept-handshake",
	},
	{
		event: "organizations:RemoveAccountFromOrganization", effect: Removed, what: "account {accountId} in the organization",
		ask:  ask{service: "organizations", call: "AWSOrganizationsV20161128.DescribeAccount", with: `{"AccountId": "{accountId}"}`},
		gone: []string{"AccountNotFoundException"},
		undo: "aws organizations invite-account-to-organization --target Type=ACCOUNT,Id={accountId}",
		note: "then accept it in the account: aws organizations accept-handshake",
	},
	{
		event: "organizations:CloseAccount", effect: Removed, what: "account {accountId}",
		ask:  ask{service: "organizations", call: "AWSOrganizationsV20161128.DescribeAccount", with: `{"AccountId": "{accountId}"}`},
		gone: []string{"AccountNotFoundException"}, hasNot: `"Status":"SUSPENDED"`,
		note: "AWS Support reopens it within 90 days",
	},
	{
		event: "organizations:CreateOrganizationalUnit", effect: Made, what: "organizational unit {organizationalUnit.id}",
		ask: ask{
			service: "organizations", call: "AWSOrganizationsV20161128.DescribeOrganizationalUnit", with: `{"OrganizationalUnitId": "{organizationalUnit.id}"}`,
		},
		gone: []string{"OrganizationalUnitNotFoundException"},
		undo: "aws organizations delete-organizational-unit --organizational-unit-id {organizationalUnit.id}",
		note: "move its accounts first",
	},
	{
		event: "organizations:DeleteOrganizationalUnit", effect: Removed, what: "organizational unit {organizationalUnitId}",
		ask:  ask{service: "organizations", call: "AWSOrganizationsV20161128.DescribeOrganizationalUnit", with: `{"OrganizationalUnitId": "{organizationalUnitId}"}`},
		gone: []string{"OrganizationalUnitNotFoundException"},
		note: "make it again, with its policies: stack sets and settings that name it need the new ID",
	},
	{
		event: "organizations:DeleteResourcePolicy", effect: Removed, what: "resource policy of the organization",
		ask: ask{service: "organizations", call: "AWSOrganizationsV20161128.DescribeResourcePolicy", with: "{}"}, gone: []string{"ResourcePolicyNotFoundException"},
		undo: "aws organizations put-resource-policy --content file://policy.json",
		note: "write the earlier policy into policy.json",
	},
	{
		event: "organizations:EnablePolicyType", effect: Made, what: "policies of the type {policyType} at {rootId}",
		ask: ask{service: "organizations", call: "AWSOrganizationsV20161128.ListRoots", with: "{}"}, has: `"Type":"{policyType}"`,
		undo: "aws organizations disable-policy-type --root-id {rootId} --policy-type {policyType}",
		note: "only if none of them is needed: it detaches all",
	},
	{
		event: "sso:DeletePermissionSet", effect: Removed, what: "permission set {permissionSetArn}",
		ask: ask{
			service: "sso", call: "SWBExternalService.DescribePermissionSet", with: `{"InstanceArn": "{instanceArn}", "PermissionSetArn": "{permissionSetArn}"}`,
		}, gone: notFound,
		note: "make it again with its earlier policies, and assign it: aws sso-admin create-permission-set",
	},
	{
		event: "sso:PutPermissionsBoundaryToPermissionSet", effect: Changed, what: "permissions boundary of permission set {permissionSetArn}",
		ask: ask{
			service: "sso", call: "SWBExternalService.GetPermissionsBoundaryForPermissionSet",
			with: `{"InstanceArn": "{instanceArn}", "PermissionSetArn": "{permissionSetArn}"}`,
		}, gone: notFound,
		undo: "aws sso-admin put-permissions-boundary-to-permission-set --instance-arn {instanceArn} --permission-set-arn {permissionSetArn} --permissions-boundary file://boundary.json",
		note: "write the earlier boundary into boundary.json, then provision the set; only if there was none: aws sso-admin delete-permissions-boundary-from-permission-set",
	},
	{
		event: "sso:DeletePermissionsBoundaryFromPermissionSet", effect: Removed, what: "permissions boundary of permission set {permissionSetArn}",
		ask: ask{
			service: "sso", call: "SWBExternalService.GetPermissionsBoundaryForPermissionSet",
			with: `{"InstanceArn": "{instanceArn}", "PermissionSetArn": "{permissionSetArn}"}`,
		}, gone: notFound,
		undo: "aws sso-admin put-permissions-boundary-to-permission-set --instance-arn {instanceArn} --permission-set-arn {permissionSetArn} --permissions-boundary file://boundary.json",
		note: "write the earlier boundary into boundary.json; then provision it: aws sso-admin provision-permission-set",
	},
	{
		event: "sso:DeleteInlinePolicyFromPermissionSet", effect: Removed, what: "inline policy of permission set {permissionSetArn}",
		ask: ask{
			service: "sso", call: "SWBExternalService.GetInlinePolicyForPermissionSet",
			with: `{"InstanceArn": "{instanceArn}", "PermissionSetArn": "{permissionSetArn}"}`,
		}, gone: notFound, has: `"InlinePolicy":"{`,
		undo: "aws sso-admin put-inline-policy-to-permission-set --instance-arn {instanceArn} --permission-set-arn {permissionSetArn} --inline-policy file://policy.json",
		note: "write the earlier policy into policy.json; then provision it: aws sso-admin provision-permission-set",
	},
	{
		event: "sso:AttachCustomerManagedPolicyReferenceToPermissionSet", effect: Made,
		what: "policy {customerManagedPolicyReference.name} in permission set {permissionSetArn}",
		ask: ask{
			service: "sso", call: "SWBExternalService.ListCustomerManagedPolicyReferencesInPermissionSet",
			with: `{"InstanceArn": "{instanceArn}", "PermissionSetArn": "{permissionSetArn}"}`,
		}, gone: notFound, has: `"Name":"{customerManagedPolicyReference.name}"`,
		undo: "aws sso-admin detach-customer-managed-policy-reference-from-permission-set --instance-arn {instanceArn} --permission-set-arn {permissionSetArn} --customer-managed-policy-reference Name={customerManagedPolicyReference.name}[[,Path={customerManagedPolicyReference.path}]]",
		note: "then provision it: aws sso-admin provision-permission-set",
	},
	{
		event: "sso:DetachCustomerManagedPolicyReferenceFromPermissionSet", effect: Removed,
		what: "policy {customerManagedPolicyReference.name} in permission set {permissionSetArn}",
		ask: ask{
			service: "sso", call: "SWBExternalService.ListCustomerManagedPolicyReferencesInPermissionSet",
			with: `{"InstanceArn": "{instanceArn}", "PermissionSetArn": "{permissionSetArn}"}`,
		}, gone: notFound, has: `"Name":"{customerManagedPolicyReference.name}"`,
		undo: "aws sso-admin attach-customer-managed-policy-reference-to-permission-set --instance-arn {instanceArn} --permission-set-arn {permissionSetArn} --customer-managed-policy-reference Name={customerManagedPolicyReference.name}[[,Path={customerManagedPolicyReference.path}]]",
		note: "then provision it: aws sso-admin provision-permission-set",
	},
	{
		event: "sso:CreateTrustedTokenIssuer", effect: Made, what: "trusted token issuer {trustedTokenIssuerArn}",
		ask: ask{service: "sso", call: "SWBExternalService.DescribeTrustedTokenIssuer", with: `{"TrustedTokenIssuerArn": "{trustedTokenIssuerArn}"}`}, gone: notFound,
		undo: "aws sso-admin delete-trusted-token-issuer --trusted-token-issuer-arn {trustedTokenIssuerArn}",
	},
	{
		event: "sso:CreateApplication", effect: Made, what: "application {applicationArn} of Identity Center",
		ask: ask{service: "sso", call: "SWBExternalService.DescribeApplication", with: `{"ApplicationArn": "{applicationArn}"}`}, gone: notFound,
		undo: "aws sso-admin delete-application --application-arn {applicationArn}",
	},
	{
		event: "sso:CreateApplicationAssignment", effect: Made, what: "application {applicationArn} of {principalId}",
		ask: ask{service: "sso", call: "SWBExternalService.ListApplicationAssignments", with: `{"ApplicationArn": "{applicationArn}"}`}, gone: notFound,
		has:  `"PrincipalId":"{principalId}"`,
		undo: "aws sso-admin delete-application-assignment --application-arn {applicationArn} --principal-id {principalId} --principal-type {principalType}",
	},
	{
		event: "sso:CreateInstanceAccessControlAttributeConfiguration sso:UpdateInstanceAccessControlAttributeConfiguration", effect: Changed,
		what: "attributes for access control of {instanceArn}",
		ask:  ask{service: "sso", call: "SWBExternalService.DescribeInstanceAccessControlAttributeConfiguration", with: `{"InstanceArn": "{instanceArn}"}`},
		gone: notFound,
		undo: "aws sso-admin update-instance-access-control-attribute-configuration --instance-arn {instanceArn} --instance-access-control-attribute-configuration file://access.json",
		note: "write the earlier attributes into access.json; only if there were none: aws sso-admin delete-instance-access-control-attribute-configuration",
	},
	{
		event: "identitystore:UpdateUser", effect: Changed, what: "user {userId} of Identity Center",
		ask:  ask{service: "identitystore", call: "AWSIdentityStore.DescribeUser", with: `{"IdentityStoreId": "{identityStoreId}", "UserId": "{userId}"}`},
		gone: notFound,
		undo: "aws identitystore update-user --identity-store-id {identityStoreId} --user-id {userId} --operations file://user-operations.json",
		note: "write the earlier values into user-operations.json; whoever owns a changed email address can set a new password",
	},
	{
		event: "identitystore:DeleteUser", effect: Removed, what: "user {userId} of Identity Center",
		ask:  ask{service: "identitystore", call: "AWSIdentityStore.DescribeUser", with: `{"IdentityStoreId": "{identityStoreId}", "UserId": "{userId}"}`},
		gone: notFound,
		note: "make it again, with its groups and assignments: it gets another ID",
	},
	{
		event: "identitystore:CreateGroup", effect: Made, what: "group {groupId} of Identity Center",
		ask:  ask{service: "identitystore", call: "AWSIdentityStore.DescribeGroup", with: `{"IdentityStoreId": "{identityStoreId}", "GroupId": "{groupId}"}`},
		gone: notFound,
		undo: "aws identitystore delete-group --identity-store-id {identityStoreId} --group-id {groupId}",
	},
	{
		event: "identitystore:DeleteGroup", effect: Removed, what: "group {groupId} of Identity Center",
		ask:  ask{service: "identitystore", call: "AWSIdentityStore.DescribeGroup", with: `{"IdentityStoreId": "{identityStoreId}", "GroupId": "{groupId}"}`},
		gone: notFound,
		note: "make it again, with its members and assignments: it gets another ID",
	},
	{
		event: "identitystore:DeleteGroupMembership", effect: Removed, what: "membership {membershipId} in a group of Identity Center",
		ask: ask{
			service: "identitystore", call: "AWSIdentityStore.DescribeGroupMembership",
			with: `{"IdentityStoreId": "{identityStoreId}", "MembershipId": "{membershipId}"}`,
		}, gone: notFound,
		note: "make it again with its group and user: aws identitystore create-group-membership",
	},
}
