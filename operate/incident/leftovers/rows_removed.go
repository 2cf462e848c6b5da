package leftovers

// removed is the part of the table about what was taken away in IAM, and what IAM gives beside users and roles.
var removed = []row{
	{
		event: "iam:UpdateGroup", effect: Made, what: "group {newGroupName}, which was {groupName} before",
		ask: ask{service: "iam", call: "GetGroup 2010-05-08", with: "GroupName={newGroupName}"}, gone: noEntity,
		undo: "aws iam update-group --group-name {newGroupName} --new-group-name {groupName}",
	},
	{
		event: "iam:CreateAccountAlias", effect: Made, what: "alias {accountAlias} of the account",
		ask: ask{service: "iam", call: "ListAccountAliases 2010-05-08"}, has: "<member>{accountAlias}<",
		undo: "aws iam delete-account-alias --account-alias {accountAlias}",
	},
	{
		event: "iam:DeleteAccountAlias", effect: Removed, what: "alias {accountAlias} of the account",
		ask: ask{service: "iam", call: "ListAccountAliases 2010-05-08"}, has: "<member>{accountAlias}<",
		undo: "aws iam create-account-alias --account-alias {accountAlias}",
	},
	{
		event: "iam:EnableOrganizationsRootCredentialsManagement", effect: Made, what: "management of root credentials of member accounts",
		ask: ask{service: "iam", call: "ListOrganizationsFeatures 2010-05-08"}, has: "<member>RootCredentialsManagement<",
		undo: "aws iam disable-organizations-root-credentials-management",
	},
	{
		event: "iam:DisableOrganizationsRootCredentialsManagement", effect: Removed, what: "management of root credentials of member accounts",
		ask: ask{service: "iam", call: "ListOrganizationsFeatures 2010-05-08"}, has: "<member>RootCredentialsManagement<",
		undo: "aws iam enable-organizations-root-credentials-management",
	},
	{
		event: "iam:DisableOrganizationsRootSessions", effect: Removed, what: "sessions of root in member accounts",
		ask: ask{service: "iam", call: "ListOrganizationsFeatures 2010-05-08"}, has: "<member>RootSessions<",
		undo: "aws iam enable-organizations-root-sessions",
	},
	{
		event: "iam:EnableOutboundWebIdentityFederation", effect: Made, what: "tokens by which the account identifies itself elsewhere",
		ask: ask{service: "iam", call: "GetOutboundWebIdentityFederationInfo 2010-05-08"}, gone: []string{"FeatureDisabled", "FeatureDisabledException"},
		has:  "<JwtVendingEnabled>true<",
		undo: "aws iam disable-outbound-web-identity-federation",
	},
	{
		event: "iam:DeletePolicyVersion", effect: Removed, what: "version {versionId} of policy {policyArn}",
		ask: ask{service: "iam", call: "GetPolicyVersion 2010-05-08", with: "PolicyArn={policyArn}&VersionId={versionId}"}, gone: noEntity,
		note: "make it again from where it is kept: AWS has no copy of it",
	},
	{
		event: "iam:RemoveRoleFromInstanceProfile", effect: Removed, what: "role {roleName} in instance profile {instanceProfileName}",
		ask: ask{service: "iam", call: "GetInstanceProfile 2010-05-08", with: "InstanceProfileName={instanceProfileName}"}, gone: noEntity,
		has:  "<RoleName>{roleName}<",
		undo: "aws iam add-role-to-instance-profile --instance-profile-name {instanceProfileName} --role-name {roleName}",
	},
	{
		event: "iam:DeleteInstanceProfile", effect: Removed, what: "instance profile {instanceProfileName}",
		ask: ask{service: "iam", call: "GetInstanceProfile 2010-05-08", with: "InstanceProfileName={instanceProfileName}"}, gone: noEntity,
		undo: "aws iam create-instance-profile --instance-profile-name {instanceProfileName}",
		note: "then put its role back: aws iam add-role-to-instance-profile",
	},
	{
		event: "iam:DeleteVirtualMFADevice", effect: Removed, what: "MFA device {serialNumber}",
		ask: ask{service: "iam", call: "ListVirtualMFADevices 2010-05-08", with: "MaxItems=1000"}, has: "<SerialNumber>{serialNumber}<",
		note: "a deleted device cannot come back: register another one, of an emergency user with breakglass credentials",
	},
	{
		event: "iam:DeleteSSHPublicKey", effect: Removed, what: "SSH key {sSHPublicKeyId} of {userName}",
		ask: ask{service: "iam", call: "ListSSHPublicKeys 2010-05-08", with: "UserName={userName}"}, gone: noEntity, has: "<SSHPublicKeyId>{sSHPublicKeyId}<",
		note: "upload it again if its owner needs it: aws iam upload-ssh-public-key",
	},
	{
		event: "iam:DeleteServiceSpecificCredential", effect: Removed, what: "service-specific credential {serviceSpecificCredentialId} of {userName}",
		ask: ask{service: "iam", call: "ListServiceSpecificCredentials 2010-05-08", with: "UserName={userName}"}, gone: noEntity,
		has:  "<ServiceSpecificCredentialId>{serviceSpecificCredentialId}<",
		note: "it cannot come back: make another one only if its owner still needs one",
	},
	{
		event: "iam:DeleteSigningCertificate", effect: Removed, what: "signing certificate {certificateId} of {userName}",
		ask: ask{service: "iam", call: "ListSigningCertificates 2010-05-08", with: "UserName={userName}"}, gone: noEntity, has: "<CertificateId>{certificateId}<",
		note: "upload it again if its owner needs it: aws iam upload-signing-certificate",
	},
	{
		event: "iam:DeleteServerCertificate", effect: Removed, what: "server certificate {serverCertificateName}",
		ask: ask{service: "iam", call: "GetServerCertificate 2010-05-08", with: "ServerCertificateName={serverCertificateName}"}, gone: noEntity,
		note: "upload it again from where its key is kept: aws iam upload-server-certificate",
	},
	{
		event: "iam:CreateServiceLinkedRole", effect: Made, what: "service-linked role {role.roleName}",
		ask: ask{service: "iam", call: "GetRole 2010-05-08", with: "RoleName={role.roleName}"}, gone: noEntity,
		undo: "aws iam delete-service-linked-role --role-name {role.roleName}",
		note: "only if nothing uses the service",
	},
	{
		event: "iam:RemoveClientIDFromOpenIDConnectProvider", effect: Removed, what: "client {clientID} of identity provider {openIDConnectProviderArn}",
		ask: ask{service: "iam", call: "GetOpenIDConnectProvider 2010-05-08", with: "OpenIDConnectProviderArn={openIDConnectProviderArn}"}, gone: noEntity,
		has:  "<member>{clientID}<",
		undo: "aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn {openIDConnectProviderArn} --client-id {clientID}",
	},
	{
		event: "iam:SetSecurityTokenServicePreferences", effect: Changed, what: "version of the tokens of the global endpoint of STS",
		ask: ask{service: "iam", call: "GetAccountSummary 2010-05-08"}, gone: noEntity,
		undo: "aws iam set-security-token-service-preferences --global-endpoint-token-version VERSION",
		note: "VERSION is the earlier one: v1Token or v2Token",
	},
	{
		event: "rolesanywhere:DeleteTrustAnchor", effect: Removed, what: "trustanchor {trustAnchorId|trustAnchor.trustAnchorId} of Roles Anywhere",
		ask: ask{service: "rolesanywhere", call: "GET /trustanchor/{trustAnchorId|trustAnchor.trustAnchorId}"}, gone: notFound,
		note: "make it again with its earlier certificates: aws rolesanywhere create-trust-anchor",
	},
	{
		event: "rolesanywhere:DeleteProfile", effect: Removed, what: "profile {profileId|profile.profileId} of Roles Anywhere",
		ask: ask{service: "rolesanywhere", call: "GET /profile/{profileId|profile.profileId}"}, gone: notFound,
		note: "make it again with its earlier roles: aws rolesanywhere create-profile",
	},
}
