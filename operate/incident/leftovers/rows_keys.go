package leftovers

// keys is the part of the table about keys, certificates and users of other services than IAM.
var keys = []row{
	{
		event: "cognito-idp:AdminCreateUser", effect: Made, what: "user {username|sub} of user pool {userPoolId}",
		ask: ask{
			service: "cognito-idp", call: "AWSCognitoIdentityProviderService.AdminGetUser", with: `{"UserPoolId": "{userPoolId}", "Username": "{username|sub}"}`,
		}, gone: []string{"UserNotFoundException", "ResourceNotFoundException"},
		undo: "aws cognito-idp admin-delete-user --user-pool-id {userPoolId} --username {username|sub}",
	},
	{
		event: "cognito-idp:AdminSetUserPassword cognito-idp:AdminResetUserPassword cognito-idp:AdminEnableUser cognito-idp:AdminUpdateUserAttributes cognito-idp:AdminAddUserToGroup", effect: Changed, what: "user {username|sub} of user pool {userPoolId}",
		ask: ask{
			service: "cognito-idp", call: "AWSCognitoIdentityProviderService.AdminGetUser", with: `{"UserPoolId": "{userPoolId}", "Username": "{username|sub}"}`,
		}, gone: []string{"UserNotFoundException", "ResourceNotFoundException"},
		note: "compare its password, groups and attributes, an email address above all, with what they should be: aws cognito-idp admin-reset-user-password, aws cognito-idp admin-remove-user-from-group, aws cognito-idp admin-update-user-attributes",
	},
	{
		event: "cognito-idp:CreateUserPoolClient", effect: Made, what: "client {userPoolClient.clientId} of user pool {userPoolId}",
		ask: ask{
			service: "cognito-idp", call: "AWSCognitoIdentityProviderService.DescribeUserPoolClient",
			with: `{"UserPoolId": "{userPoolId}", "ClientId": "{userPoolClient.clientId}"}`,
		}, gone: notFound,
		undo: "aws cognito-idp delete-user-pool-client --user-pool-id {userPoolId} --client-id {userPoolClient.clientId}",
	},
	{
		event: "cognito-idp:UpdateUserPoolClient", effect: Changed, what: "client {clientId|userPoolClient.clientId} of user pool {userPoolId}",
		ask: ask{
			service: "cognito-idp", call: "AWSCognitoIdentityProviderService.DescribeUserPoolClient",
			with: `{"UserPoolId": "{userPoolId}", "ClientId": "{clientId|userPoolClient.clientId}"}`,
		}, gone: notFound,
		undo: "aws cognito-idp update-user-pool-client --user-pool-id {userPoolId} --client-id {clientId|userPoolClient.clientId} --cli-input-json file://client.json",
		note: "write the whole earlier settings into client.json: what is missing gets its default",
	},
	{
		event: "cognito-idp:UpdateUserPool", effect: Changed, what: "user pool {userPoolId}",
		ask: ask{service: "cognito-idp", call: "AWSCognitoIdentityProviderService.DescribeUserPool", with: `{"UserPoolId": "{userPoolId}"}`}, gone: notFound,
		undo: "aws cognito-idp update-user-pool --user-pool-id {userPoolId} --cli-input-json file://userpool.json",
		note: "write the whole earlier settings into userpool.json, triggers above all: what is missing gets its default",
	},
	{
		event: "cognito-idp:CreateIdentityProvider", effect: Made, what: "identity provider {providerName} of user pool {userPoolId}",
		ask: ask{
			service: "cognito-idp", call: "AWSCognitoIdentityProviderService.DescribeIdentityProvider",
			with: `{"UserPoolId": "{userPoolId}", "ProviderName": "{providerName}"}`,
		}, gone: notFound,
		undo: "aws cognito-idp delete-identity-provider --user-pool-id {userPoolId} --provider-name {providerName}",
	},
	{
		event: "cognito-idp:UpdateIdentityProvider", effect: Changed, what: "identity provider {providerName} of user pool {userPoolId}",
		ask: ask{
			service: "cognito-idp", call: "AWSCognitoIdentityProviderService.DescribeIdentityProvider",
			with: `{"UserPoolId": "{userPoolId}", "ProviderName": "{providerName}"}`,
		}, gone: notFound,
		undo: "aws cognito-idp update-identity-provider --user-pool-id {userPoolId} --provider-name {providerName} --cli-input-json file://provider.json",
		note: "write the earlier details into provider.json",
	},
	{
		event: "acm-pca:IssueCertificate", effect: Made, what: "certificate {certificateArn}",
		ask: ask{
			service: "acm-pca", call: "ACMPrivateCA.GetCertificate",
			with: `{"CertificateAuthorityArn": "{certificateAuthorityArn}", "CertificateArn": "{certificateArn}"}`,
		}, gone: notFound,
		note: "revoke it by its serial number: aws acm-pca revoke-certificate; whoever has it may come through Roles Anywhere",
	},
	{
		event: "acm-pca:CreateCertificateAuthority", effect: Made, what: "certificate authority {certificateAuthorityArn}",
		ask:  ask{service: "acm-pca", call: "ACMPrivateCA.DescribeCertificateAuthority", with: `{"CertificateAuthorityArn": "{certificateAuthorityArn}"}`},
		gone: notFound, hasNot: `"Status":"DELETED"`,
		undo: "aws acm-pca delete-certificate-authority --certificate-authority-arn {certificateAuthorityArn}",
		note: "first: aws acm-pca update-certificate-authority",
	},
	{
		event: "acm-pca:UpdateCertificateAuthority", effect: Changed, what: "certificate authority {certificateAuthorityArn}",
		ask:  ask{service: "acm-pca", call: "ACMPrivateCA.DescribeCertificateAuthority", with: `{"CertificateAuthorityArn": "{certificateAuthorityArn}"}`},
		gone: notFound,
		undo: "aws acm-pca update-certificate-authority --certificate-authority-arn {certificateAuthorityArn} --cli-input-json file://authority.json",
		note: "write the earlier state and revocation into authority.json",
	},
	{
		event: "acm-pca:PutPolicy", effect: Changed, what: "policy of {resourceArn}",
		ask: ask{service: "acm-pca", call: "ACMPrivateCA.GetPolicy", with: `{"ResourceArn": "{resourceArn}"}`}, gone: notFound,
		undo: "aws acm-pca put-policy --resource-arn {resourceArn} --policy file://policy.json",
		note: "write the earlier policy into policy.json; only if there was none: aws acm-pca delete-policy",
	},
	{
		event: "acm:ImportCertificate acm:RequestCertificate", effect: Made, what: "certificate {certificateArn}",
		ask: ask{service: "acm", call: "CertificateManager.DescribeCertificate", with: `{"CertificateArn": "{certificateArn}"}`}, gone: notFound,
		undo: "aws acm delete-certificate --certificate-arn {certificateArn}",
		note: "if one of before was imported again, import that",
	},
	{
		event: "acm:ExportCertificate", effect: Changed, what: "certificate {certificateArn}, whose private key was read",
		ask: ask{service: "acm", call: "CertificateManager.DescribeCertificate", with: `{"CertificateArn": "{certificateArn}"}`}, gone: notFound,
		note: "replace it, and have it revoked: whoever has the key can pretend to be its domain",
	},
	{
		event: "apigateway:CreateApiKey", effect: Made, what: "key {id} of API Gateway",
		ask: ask{service: "apigateway", call: "GET /apikeys/{id}"}, gone: []string{"NotFoundException"},
		undo: "aws apigateway delete-api-key --api-key {id}",
	},
	{
		event: "apigateway:CreateRestApi apigateway:ImportRestApi", effect: Made, what: "API {id}",
		ask: ask{service: "apigateway", call: "GET /restapis/{id}"}, gone: []string{"NotFoundException"},
		undo: "aws apigateway delete-rest-api --rest-api-id {id}",
	},
	{
		event: "apigateway:UpdateRestApi", effect: Changed, what: "API {restApiId}",
		ask: ask{service: "apigateway", call: "GET /restapis/{restApiId}"}, gone: []string{"NotFoundException"},
		undo: "aws apigateway update-rest-api --rest-api-id {restApiId} --patch-operations file://operations.json",
		note: "write the earlier values, the policy above all, into operations.json, and deploy it: aws apigateway create-deployment",
	},
	{
		event: "apigateway:CreateApi", effect: Made, what: "API {apiId}",
		ask: ask{service: "apigateway", call: "GET /v2/apis/{apiId}"}, gone: []string{"NotFoundException"},
		undo: "aws apigatewayv2 delete-api --api-id {apiId}",
	},
	{
		event: "appsync:CreateApiKey", effect: Made, what: "key {apiKey.id} of API {apiId}",
		ask: ask{service: "appsync", call: "GET /v1/apis/{apiId}/apikeys"}, gone: []string{"NotFoundException"}, has: `"id":"{apiKey.id}"`,
		undo: "aws appsync delete-api-key --api-id {apiId} --id {apiKey.id}",
	},
	{
		event: "appsync:UpdateGraphqlApi", effect: Changed, what: "API {apiId}",
		ask: ask{service: "appsync", call: "GET /v1/apis/{apiId}"}, gone: []string{"NotFoundException"},
		undo: "aws appsync update-graphql-api --api-id {apiId} --cli-input-json file://api.json",
		note: "write the earlier ways of authentication into api.json",
	},
	{
		event: "iot:CreateKeysAndCertificate iot:CreateCertificateFromCsr iot:RegisterCertificate iot:RegisterCertificateWithoutCA", effect: Made,
		what: "certificate {certificateId} of IoT",
		ask:  ask{service: "iot", call: "GET /certificates/{certificateId}"}, gone: notFound,
		undo: "aws iot delete-certificate --force-delete --certificate-id {certificateId}",
		note: "make it inactive first: aws iot update-certificate",
	},
	{
		event: "iot:AttachPolicy", effect: Made, what: "policy {policyName} at {target}",
		ask: ask{service: "iot", call: "POST /policy-targets/{policyName}", with: "{}"}, gone: notFound, has: `"{target}"`,
		undo: "aws iot detach-policy --policy-name {policyName} --target {target}",
	},
	{
		event: "iot:CreateRoleAlias", effect: Made, what: "role alias {roleAlias}, by which devices get credentials",
		ask: ask{service: "iot", call: "GET /role-aliases/{roleAlias}"}, gone: notFound,
		undo: "aws iot delete-role-alias --role-alias {roleAlias}",
	},
	{
		event: "iot:UpdateRoleAlias", effect: Changed, what: "role alias {roleAlias}, by which devices get credentials",
		ask: ask{service: "iot", call: "GET /role-aliases/{roleAlias}"}, gone: notFound,
		undo: "aws iot update-role-alias --role-alias {roleAlias} --role-arn ARN",
		note: "ARN is that of the earlier role",
	},
	{
		event: "iot:CreateTopicRule", effect: Made, what: "rule {ruleName} of IoT",
		ask: ask{service: "iot", call: "GET /rules/{ruleName}"}, gone: []string{"UnauthorizedException"},
		undo: "aws iot delete-topic-rule --rule-name {ruleName}",
	},
	{
		event: "lightsail:CreateBucketAccessKey", effect: Made, what: "access key {accessKey.accessKeyId} of bucket {bucketName} of Lightsail",
		ask: ask{service: "lightsail", call: "Lightsail_20161128.GetBucketAccessKeys", with: `{"bucketName": "{bucketName}"}`}, gone: []string{"NotFoundException"},
		has:  `"accessKeyId":"{accessKey.accessKeyId}"`,
		undo: "aws lightsail delete-bucket-access-key --bucket-name {bucketName} --access-key-id {accessKey.accessKeyId}",
	},
	{
		event: "lightsail:CreateKeyPair lightsail:ImportKeyPair", effect: Made, what: "key pair {keyPairName} of Lightsail",
		ask: ask{service: "lightsail", call: "Lightsail_20161128.GetKeyPair", with: `{"keyPairName": "{keyPairName}"}`}, gone: []string{"NotFoundException"},
		undo: "aws lightsail delete-key-pair --key-pair-name {keyPairName}",
	},
	{
		event: "lightsail:CreateInstances", effect: Made, what: "instance {each} of Lightsail", each: "instanceNames",
		ask: ask{service: "lightsail", call: "Lightsail_20161128.GetInstance", with: `{"instanceName": "{each}"}`}, gone: []string{"NotFoundException"},
		undo: "aws lightsail delete-instance --instance-name {each}",
	},
	{
		event: "lightsail:OpenInstancePublicPorts lightsail:PutInstancePublicPorts", effect: Changed, what: "open ports of instance {instanceName} of Lightsail",
		ask:  ask{service: "lightsail", call: "Lightsail_20161128.GetInstancePortStates", with: `{"instanceName": "{instanceName}"}`},
		gone: []string{"NotFoundException"},
		undo: "aws lightsail put-instance-public-ports --instance-name {instanceName} --port-infos file://ports.json",
		note: "write the earlier ports into ports.json",
	},
	{
		event: "transfer:CreateServer", effect: Made, what: "server {serverId} of Transfer Family",
		ask: ask{service: "transfer", call: "TransferService.DescribeServer", with: `{"ServerId": "{serverId}"}`}, gone: notFound,
		undo: "aws transfer delete-server --server-id {serverId}",
	},
	{
		event: "transfer:CreateUser", effect: Made, what: "user {userName} of server {serverId} of Transfer Family",
		ask: ask{service: "transfer", call: "TransferService.DescribeUser", with: `{"ServerId": "{serverId}", "UserName": "{userName}"}`}, gone: notFound,
		undo: "aws transfer delete-user --server-id {serverId} --user-name {userName}",
	},
	{
		event: "transfer:UpdateUser", effect: Changed, what: "user {userName} of server {serverId} of Transfer Family",
		ask: ask{service: "transfer", call: "TransferService.DescribeUser", with: `{"ServerId": "{serverId}", "UserName": "{userName}"}`}, gone: notFound,
		undo: "aws transfer update-user --server-id {serverId} --user-name {userName} --cli-input-json file://user.json",
		note: "write the earlier role and folders into user.json",
	},
	{
		event: "transfer:ImportSshPublicKey", effect: Made, what: "SSH key {sshPublicKeyId} of {userName} of server {serverId}",
		ask: ask{service: "transfer", call: "TransferService.DescribeUser", with: `{"ServerId": "{serverId}", "UserName": "{userName}"}`}, gone: notFound,
		has:  `"SshPublicKeyId":"{sshPublicKeyId}"`,
		undo: "aws transfer delete-ssh-public-key --server-id {serverId} --user-name {userName} --ssh-public-key-id {sshPublicKeyId}",
	},
	{
		event: "workspaces:CreateWorkspaces", effect: Made, what: "desktop {workspaceId}", each: "pendingRequests",
		ask:  ask{service: "workspaces", call: "WorkspacesService.DescribeWorkspaces", with: `{"WorkspaceIds": ["{workspaceId}"]}`},
		gone: []string{"InvalidParameterValuesException"}, has: `"WorkspaceId":"{workspaceId}"`,
		undo: "aws workspaces terminate-workspaces --terminate-workspace-requests WorkspaceId={workspaceId}",
	},
	{
		event: "cloud9:CreateEnvironmentMembership", effect: Made, what: "{userArn} in environment {environmentId} of Cloud9",
		ask:  ask{service: "cloud9", call: "AWSCloud9WorkspaceManagementService.DescribeEnvironmentMemberships", with: `{"environmentId": "{environmentId}"}`},
		gone: []string{"NotFoundException"}, has: `"userArn":"{userArn}"`,
		undo: "aws cloud9 delete-environment-membership --environment-id {environmentId} --user-arn {userArn}",
	},
	{
		event: "cloud9:CreateEnvironmentEC2", effect: Made, what: "environment {environmentId} of Cloud9",
		ask:  ask{service: "cloud9", call: "AWSCloud9WorkspaceManagementService.DescribeEnvironments", with: `{"environmentIds": ["{environmentId}"]}`},
		gone: []string{"NotFoundException"},
		undo: "aws cloud9 delete-environment --environment-id {environmentId}",
	},
}
