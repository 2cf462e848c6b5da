package leftovers

import "slices"

// identities is the part of the table about IAM.
var identities = []row{
	{
		event: "iam:CreateUser", effect: Made, what: "user {userName}",
		ask: ask{service: "iam", call: "GetUser 2010-05-08", with: "UserName={userName}"}, gone: noEntity,
		undo: "aws iam delete-user --user-name {userName}",
		note: "remove its keys, password, devices, policies and groups first",
	},
	{
		event: "iam:UpdateUser", effect: Made, what: "user {newUserName}, which was {userName} before",
		ask: ask{service: "iam", call: "GetUser 2010-05-08", with: "UserName={newUserName}"}, gone: noEntity,
		undo: "aws iam update-user --user-name {newUserName} --new-user-name {userName}",
	},
	{
		event: "iam:CreateAccessKey", effect: Made, what: "access key {accessKey.accessKeyId} of {accessKey.userName}",
		ask: ask{service: "iam", call: "ListAccessKeys 2010-05-08", with: "UserName={accessKey.userName}"}, gone: noEntity,
		has:  "<AccessKeyId>{accessKey.accessKeyId}<",
		undo: "aws iam delete-access-key --user-name {accessKey.userName} --access-key-id {accessKey.accessKeyId}",
	},
	{
		event: "iam:UpdateAccessKey", when: "status=Active", effect: Changed, what: "access key {accessKeyId} of {userName}, which was made active",
		ask: ask{service: "iam", call: "ListAccessKeys 2010-05-08", with: "UserName={userName}"}, gone: noEntity, has: "<AccessKeyId>{accessKeyId}<",
		undo: "aws iam update-access-key --user-name {userName} --access-key-id {accessKeyId} --status Inactive",
	},
	{
		event: "iam:UpdateAccessKey", when: "status=Inactive", effect: Changed, what: "access key {accessKeyId} of {userName}, which was made inactive",
		ask: ask{service: "iam", call: "ListAccessKeys 2010-05-08", with: "UserName={userName}"}, gone: noEntity, has: "<AccessKeyId>{accessKeyId}<",
		undo: "aws iam update-access-key --user-name {userName} --access-key-id {accessKeyId} --status Active",
		note: "only if its owner still has it and nobody else does",
	},
	{
		event: "iam:CreateLoginProfile", effect: Made, what: "password of user {userName}",
		ask: ask{service: "iam", call: "GetLoginProfile 2010-05-08", with: "UserName={userName}"}, gone: noEntity,
		undo: "aws iam delete-login-profile --user-name {userName}",
	},
	{
		event: "iam:UpdateLoginProfile iam:ChangePassword", effect: Changed, what: "password of user {userName}",
		ask: ask{service: "iam", call: "GetLoginProfile 2010-05-08", with: "UserName={userName}"}, gone: noEntity,
		note: "whoever called it knows the password: set a new one, of an emergency user with breakglass credentials rotate",
	},
	{
		event: "iam:DeleteLoginProfile", effect: Removed, what: "password of user {userName}",
		ask: ask{service: "iam", call: "GetLoginProfile 2010-05-08", with: "UserName={userName}"}, gone: noEntity,
		note: "set a new one, of an emergency user with breakglass credentials create",
	},
	{
		event: "iam:CreateVirtualMFADevice", effect: Made, what: "MFA device {virtualMFADevice.serialNumber}",
		ask: ask{service: "iam", call: "ListVirtualMFADevices 2010-05-08", with: "MaxItems=1000"}, gone: noEntity,
		has:  "<SerialNumber>{virtualMFADevice.serialNumber}<",
		undo: "aws iam delete-virtual-mfa-device --serial-number {virtualMFADevice.serialNumber}",
	},
	{
		event: "iam:EnableMFADevice", effect: Made, what: "MFA device {serialNumber} of {userName}",
		ask: ask{service: "iam", call: "ListMFADevices 2010-05-08", with: "UserName={userName}"}, gone: noEntity, has: "<SerialNumber>{serialNumber}<",
		undo: "aws iam deactivate-mfa-device --user-name {userName} --serial-number {serialNumber}",
	},
	{
		event: "iam:DeactivateMFADevice", effect: Removed, what: "MFA device {serialNumber} of {userName}",
		ask: ask{service: "iam", call: "ListMFADevices 2010-05-08", with: "UserName={userName}"}, gone: noEntity, has: "<SerialNumber>{serialNumber}<",
		undo: "aws iam enable-mfa-device --user-name {userName} --serial-number {serialNumber} --authentication-code1 CODE --authentication-code2 NEXT",
		note: "CODE and NEXT are two codes of the device, one after the other",
	},
	{
		event: "iam:UploadSigningCertificate", effect: Made, what: "signing certificate {certificate.certificateId} of {certificate.userName}",
		ask: ask{service: "iam", call: "ListSigningCertificates 2010-05-08", with: "UserName={certificate.userName}"}, gone: noEntity,
		has:  "<CertificateId>{certificate.certificateId}<",
		undo: "aws iam delete-signing-certificate --user-name {certificate.userName} --certificate-id {certificate.certificateId}",
	},
	{
		event: "iam:UploadSSHPublicKey", effect: Made, what: "SSH key {sSHPublicKey.sSHPublicKeyId} of {userName}",
		ask: ask{service: "iam", call: "ListSSHPublicKeys 2010-05-08", with: "UserName={userName}"}, gone: noEntity,
		has:  "<SSHPublicKeyId>{sSHPublicKey.sSHPublicKeyId}<",
		undo: "aws iam delete-ssh-public-key --user-name {userName} --ssh-public-key-id {sSHPublicKey.sSHPublicKeyId}",
	},
	{
		event: "iam:UploadServerCertificate", effect: Made, what: "server certificate {serverCertificateName}",
		ask: ask{service: "iam", call: "GetServerCertificate 2010-05-08", with: "ServerCertificateName={serverCertificateName}"}, gone: noEntity,
		undo: "aws iam delete-server-certificate --server-certificate-name {serverCertificateName}",
	},
	{
		event: "iam:CreateServiceSpecificCredential", effect: Made,
		what: "service-specific credential {serviceSpecificCredential.serviceSpecificCredentialId} of {userName}",
		ask:  ask{service: "iam", call: "ListServiceSpecificCredentials 2010-05-08", with: "UserName={userName}"}, gone: noEntity,
		has:  "<ServiceSpecificCredentialId>{serviceSpecificCredential.serviceSpecificCredentialId}<",
		undo: "aws iam delete-service-specific-credential --user-name {userName} --service-specific-credential-id {serviceSpecificCredential.serviceSpecificCredentialId}",
	},
	{
		event: "iam:CreateRole", effect: Made, what: "role {roleName}",
		ask: ask{service: "iam", call: "GetRole 2010-05-08", with: "RoleName={roleName}"}, gone: noEntity,
		undo: "aws iam delete-role --role-name {roleName}",
		note: "detach its policies and instance profiles first",
	},
	{
		event: "iam:UpdateAssumeRolePolicy", effect: Changed, what: "trust policy of role {roleName}",
		ask: ask{service: "iam", call: "GetRole 2010-05-08", with: "RoleName={roleName}"}, gone: noEntity,
		undo: "aws iam update-assume-role-policy --role-name {roleName} --policy-document file://trust.json",
		note: "write the earlier policy into trust.json",
	},
	{
		event: "iam:CreateGroup", effect: Made, what: "group {groupName}",
		ask: ask{service: "iam", call: "GetGroup 2010-05-08", with: "GroupName={groupName}"}, gone: noEntity,
		undo: "aws iam delete-group --group-name {groupName}",
	},
	{
		event: "iam:AddUserToGroup", effect: Made, what: "user {userName} in group {groupName}",
		ask: ask{service: "iam", call: "ListGroupsForUser 2010-05-08", with: "UserName={userName}"}, gone: noEntity, has: "<GroupName>{groupName}<",
		undo: "aws iam remove-user-from-group --user-name {userName} --group-name {groupName}",
	},
	{
		event: "iam:RemoveUserFromGroup", effect: Removed, what: "user {userName} in group {groupName}",
		ask: ask{service: "iam", call: "ListGroupsForUser 2010-05-08", with: "UserName={userName}"}, gone: noEntity, has: "<GroupName>{groupName}<",
		undo: "aws iam add-user-to-group --user-name {userName} --group-name {groupName}",
	},
	{
		event: "iam:CreatePolicy", effect: Made, what: "policy {policy.arn}",
		ask: ask{service: "iam", call: "GetPolicy 2010-05-08", with: "PolicyArn={policy.arn}"}, gone: noEntity,
		undo: "aws iam delete-policy --policy-arn {policy.arn}",
		note: "detach it everywhere first",
	},
	{
		event: "iam:CreatePolicyVersion", effect: Made, what: "version {policyVersion.versionId} of policy {policyArn}",
		ask: ask{service: "iam", call: "GetPolicyVersion 2010-05-08", with: "PolicyArn={policyArn}&VersionId={policyVersion.versionId}"}, gone: noEntity,
		undo: "aws iam delete-policy-version --policy-arn {policyArn} --version-id {policyVersion.versionId}",
		note: "make another version the default first",
	},
	{
		event: "iam:SetDefaultPolicyVersion", effect: Changed, what: "default version of policy {policyArn}",
		ask: ask{service: "iam", call: "GetPolicy 2010-05-08", with: "PolicyArn={policyArn}"}, gone: noEntity,
		undo: "aws iam set-default-policy-version --policy-arn {policyArn} --version-id VERSION",
		note: "VERSION is the earlier one: aws iam list-policy-versions names them",
	},
	{
		event: "iam:CreateSAMLProvider", effect: Made, what: "identity provider {sAMLProviderArn}",
		ask: ask{service: "iam", call: "GetSAMLProvider 2010-05-08", with: "SAMLProviderArn={sAMLProviderArn}"}, gone: noEntity,
		undo: "aws iam delete-saml-provider --saml-provider-arn {sAMLProviderArn}",
	},
	{
		event: "iam:UpdateSAMLProvider", effect: Changed, what: "identity provider {sAMLProviderArn}",
		ask: ask{service: "iam", call: "GetSAMLProvider 2010-05-08", with: "SAMLProviderArn={sAMLProviderArn}"}, gone: noEntity,
		undo: "aws iam update-saml-provider --saml-provider-arn {sAMLProviderArn} --saml-metadata-document file://metadata.xml",
		note: "write the earlier metadata of the identity provider into metadata.xml",
	},
	{
		event: "iam:CreateOpenIDConnectProvider", effect: Made, what: "identity provider {openIDConnectProviderArn}",
		ask: ask{service: "iam", call: "GetOpenIDConnectProvider 2010-05-08", with: "OpenIDConnectProviderArn={openIDConnectProviderArn}"}, gone: noEntity,
		undo: "aws iam delete-open-id-connect-provider --open-id-connect-provider-arn {openIDConnectProviderArn}",
	},
	{
		event: "iam:CreateInstanceProfile", effect: Made, what: "instance profile {instanceProfileName}",
		ask: ask{service: "iam", call: "GetInstanceProfile 2010-05-08", with: "InstanceProfileName={instanceProfileName}"}, gone: noEntity,
		undo: "aws iam delete-instance-profile --instance-profile-name {instanceProfileName}",
	},
	{
		event: "iam:AddRoleToInstanceProfile", effect: Made, what: "role {roleName} in instance profile {instanceProfileName}",
		ask: ask{service: "iam", call: "GetInstanceProfile 2010-05-08", with: "InstanceProfileName={instanceProfileName}"}, gone: noEntity,
		has:  "<RoleName>{roleName}<",
		undo: "aws iam remove-role-from-instance-profile --instance-profile-name {instanceProfileName} --role-name {roleName}",
	},
	{
		event: "iam:UpdateAccountPasswordPolicy", effect: Changed, what: "password policy of the account",
		ask: ask{service: "iam", call: "GetAccountPasswordPolicy 2010-05-08"}, gone: noEntity,
		undo: "aws iam update-account-password-policy --cli-input-json file://password-policy.json",
		note: "write the whole earlier policy into password-policy.json: what is missing gets its default",
	},
	{
		event: "iam:DeleteAccountPasswordPolicy", effect: Removed, what: "password policy of the account",
		ask: ask{service: "iam", call: "GetAccountPasswordPolicy 2010-05-08"}, gone: noEntity,
		undo: "aws iam update-account-password-policy --cli-input-json file://password-policy.json",
		note: "write the whole earlier policy into password-policy.json: what is missing gets its default",
	},
	{
		event: "iam:DeleteUser", effect: Removed, what: "user {userName}",
		ask: ask{service: "iam", call: "GetUser 2010-05-08", with: "UserName={userName}"}, gone: noEntity,
		note: "make it again if its owner needs it: its keys, password and devices are lost; an emergency user comes back with breakglass deploy",
	},
	{
		event: "iam:DeleteRole", effect: Removed, what: "role {roleName}",
		ask: ask{service: "iam", call: "GetRole 2010-05-08", with: "RoleName={roleName}"}, gone: noEntity,
		note: "make it again with its earlier trust policy and policies; a role of this project comes back with breakglass deploy",
	},
	{
		event: "iam:DeleteGroup", effect: Removed, what: "group {groupName}",
		ask: ask{service: "iam", call: "GetGroup 2010-05-08", with: "GroupName={groupName}"}, gone: noEntity,
		note: "make it again with its earlier policies and users; the group of this project comes back with breakglass deploy",
	},
	{
		event: "iam:DeletePolicy", effect: Removed, what: "policy {policyArn}",
		ask: ask{service: "iam", call: "GetPolicy 2010-05-08", with: "PolicyArn={policyArn}"}, gone: noEntity,
		note: "make it again from where it is kept: AWS has no copy of it",
	},
	{
		event: "iam:DeleteAccessKey", effect: Removed, what: "access key {accessKeyId} of {userName}",
		ask: ask{service: "iam", call: "ListAccessKeys 2010-05-08", with: "UserName={userName}"}, gone: noEntity, has: "<AccessKeyId>{accessKeyId}<",
		note: "a deleted key cannot come back: make another one only if its owner still needs one",
	},
	{
		event: "iam:UpdateRole", effect: Changed, what: "description or longest session of role {roleName}",
		ask: ask{service: "iam", call: "GetRole 2010-05-08", with: "RoleName={roleName}"}, gone: noEntity,
		undo: "aws iam update-role --role-name {roleName} --max-session-duration SECONDS",
		note: "SECONDS is the earlier value",
	},
	{
		event: "iam:UpdateSSHPublicKey", effect: Changed, what: "SSH key {sSHPublicKeyId} of {userName}",
		ask: ask{service: "iam", call: "ListSSHPublicKeys 2010-05-08", with: "UserName={userName}"}, gone: noEntity, has: "<SSHPublicKeyId>{sSHPublicKeyId}<",
		undo: "aws iam update-ssh-public-key --user-name {userName} --ssh-public-key-id {sSHPublicKeyId} --status STATUS",
		note: "STATUS is the earlier one: Active or Inactive",
	},
	{
		event: "iam:UpdateSigningCertificate", effect: Changed, what: "signing certificate {certificateId} of {userName}",
		ask: ask{service: "iam", call: "ListSigningCertificates 2010-05-08", with: "UserName={userName}"}, gone: noEntity, has: "<CertificateId>{certificateId}<",
		undo: "aws iam update-signing-certificate --user-name {userName} --certificate-id {certificateId} --status STATUS",
		note: "STATUS is the earlier one: Active or Inactive",
	},
	{
		event: "iam:UpdateServiceSpecificCredential", effect: Changed, what: "service-specific credential {serviceSpecificCredentialId} of {userName}",
		ask: ask{service: "iam", call: "ListServiceSpecificCredentials 2010-05-08", with: "UserName={userName}"}, gone: noEntity,
		has:  "<ServiceSpecificCredentialId>{serviceSpecificCredentialId}<",
		undo: "aws iam update-service-specific-credential --user-name {userName} --service-specific-credential-id {serviceSpecificCredentialId} --status STATUS",
		note: "STATUS is the earlier one: Active or Inactive",
	},
	{
		event: "iam:ResetServiceSpecificCredential", effect: Changed, what: "password of service-specific credential {serviceSpecificCredentialId} of {userName}",
		ask: ask{service: "iam", call: "ListServiceSpecificCredentials 2010-05-08", with: "UserName={userName}"}, gone: noEntity,
		has:  "<ServiceSpecificCredentialId>{serviceSpecificCredentialId}<",
		undo: "aws iam update-service-specific-credential --user-name {userName} --service-specific-credential-id {serviceSpecificCredentialId} --status Inactive",
		note: "whoever called it knows the password: set another one for its owner (aws iam reset-service-specific-credential)",
	},
	{
		event: "iam:AddClientIDToOpenIDConnectProvider", effect: Made, what: "client {clientID} of identity provider {openIDConnectProviderArn}",
		ask: ask{service: "iam", call: "GetOpenIDConnectProvider 2010-05-08", with: "OpenIDConnectProviderArn={openIDConnectProviderArn}"}, gone: noEntity,
		has:  "<member>{clientID}<",
		undo: "aws iam remove-client-id-from-open-id-connect-provider --open-id-connect-provider-arn {openIDConnectProviderArn} --client-id {clientID}",
	},
	{
		event: "iam:UpdateOpenIDConnectProviderThumbprint", effect: Changed, what: "certificates of identity provider {openIDConnectProviderArn}",
		ask: ask{service: "iam", call: "GetOpenIDConnectProvider 2010-05-08", with: "OpenIDConnectProviderArn={openIDConnectProviderArn}"}, gone: noEntity,
		undo: "aws iam update-open-id-connect-provider-thumbprint --open-id-connect-provider-arn {openIDConnectProviderArn} --thumbprint-list THUMBPRINTS",
		note: "THUMBPRINTS are the earlier ones",
	},
	{
		event: "iam:DeleteSAMLProvider", effect: Removed, what: "identity provider {sAMLProviderArn}",
		ask: ask{service: "iam", call: "GetSAMLProvider 2010-05-08", with: "SAMLProviderArn={sAMLProviderArn}"}, gone: noEntity,
		note: "make it again with its earlier metadata: nobody gets in through it until then",
	},
	{
		event: "iam:DeleteOpenIDConnectProvider", effect: Removed, what: "identity provider {openIDConnectProviderArn}",
		ask: ask{service: "iam", call: "GetOpenIDConnectProvider 2010-05-08", with: "OpenIDConnectProviderArn={openIDConnectProviderArn}"}, gone: noEntity,
		note: "make it again with its earlier address and clients: nobody gets in through it until then",
	},
	{
		event: "iam:EnableOrganizationsRootSessions", effect: Made, what: "sessions of root in member accounts",
		ask: ask{service: "iam", call: "ListOrganizationsFeatures 2010-05-08"}, gone: noEntity, has: "<member>RootSessions<",
		undo: "aws iam disable-organizations-root-sessions",
	},
	{
		event: "iam:CreateDelegationRequest iam:AcceptDelegationRequest", effect: Made, what: "delegation {delegationRequestId}",
		ask: ask{service: "iam", call: "GetDelegationRequest 2010-05-08", with: "DelegationRequestId={delegationRequestId}"}, gone: noEntity,
		undo: "aws iam reject-delegation-request --delegation-request-id {delegationRequestId}",
		note: "one that was accepted lasts until its time is over: deny its session in the account",
	},
}

// tagged is the part about tags: policies may give rights by them.
var tagged = slices.Concat(tagsOf("User", "user {userName}", "UserName={userName}"), tagsOf("Role", "role {roleName}", "RoleName={roleName}"),
	tagsOf("Policy", "policy {policyArn}", "PolicyArn={policyArn}"))

// tagsOf returns the rows about the tags of a kind of thing.
func tagsOf(kind, of, with string) []row {
	list := ask{service: "iam", call: "List" + kind + "Tags 2010-05-08", with: with}
	return []row{
		{
			event: "iam:Tag" + kind, effect: Changed, each: "tags", what: "tag {key} of " + of, ask: list, gone: noEntity, has: "<Key>{key}<",
			note: "policies may give rights to whoever has a tag: give it the value of before, or remove it",
		},
		{
			event: "iam:Untag" + kind, effect: Removed, each: "tagKeys", what: "tag {each} of " + of, ask: list, gone: noEntity, has: "<Key>{each}<",
			note: "policies may give rights to whoever lacks a tag: set it again",
		},
	}
}
