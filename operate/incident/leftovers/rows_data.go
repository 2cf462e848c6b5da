package leftovers

// data is the part of the table about what is stored, and with whom it is shared.
var data = []row{
	{
		event: "s3:CreateBucket", effect: Made, what: "bucket {bucketName}",
		ask: ask{service: "s3", call: "GET /{bucketName}?location="}, gone: []string{"NoSuchBucket"},
		undo: "aws s3api delete-bucket --bucket {bucketName}",
		note: "empty it first",
	},
	{
		event: "s3:DeleteBucket", effect: Removed, what: "bucket {bucketName}",
		ask: ask{service: "s3", call: "GET /{bucketName}?location="}, gone: []string{"NoSuchBucket"},
		note: "its objects are lost; whoever makes a bucket of that name next gets what is written to it: make it again at once",
	},
	{
		event: "s3:PutBucketVersioning", effect: Changed, what: "versioning of bucket {bucketName}",
		ask: ask{service: "s3", call: "GET /{bucketName}?versioning="}, gone: []string{"NoSuchBucket"},
		undo: "aws s3api put-bucket-versioning --bucket {bucketName} --versioning-configuration Status=Enabled",
		note: "unless it was off before",
	},
	{
		event: "s3:PutBucketLogging", effect: Changed, what: "access logging of bucket {bucketName}",
		ask: ask{service: "s3", call: "GET /{bucketName}?logging="}, gone: []string{"NoSuchBucket"},
		undo: "aws s3api put-bucket-logging --bucket {bucketName} --bucket-logging-status file://logging.json",
		note: "write the earlier target into logging.json",
	},
	{
		event: "s3:PutBucketNotification", effect: Changed, what: "notifications of bucket {bucketName}",
		ask: ask{service: "s3", call: "GET /{bucketName}?notification="}, gone: []string{"NoSuchBucket"},
		undo: "aws s3api put-bucket-notification-configuration --bucket {bucketName} --notification-configuration file://notification.json",
		note: "write the earlier targets into notification.json",
	},
	{
		event: "s3:PutBucketPublicAccessBlock", effect: Changed, what: "block of public access to bucket {bucketName}",
		ask: ask{service: "s3", call: "GET /{bucketName}?publicAccessBlock="}, gone: []string{"NoSuchBucket", "NoSuchPublicAccessBlockConfiguration"},
		undo: "aws s3api put-public-access-block --bucket {bucketName} --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true",
		note: "unless it was open before",
	},
	{
		event: "s3:DeleteBucketLifecycle", effect: Removed, what: "lifecycle rules of bucket {bucketName}",
		ask: ask{service: "s3", call: "GET /{bucketName}?lifecycle="}, gone: []string{"NoSuchLifecycleConfiguration", "NoSuchBucket"},
		undo: "aws s3api put-bucket-lifecycle-configuration --bucket {bucketName} --lifecycle-configuration file://lifecycle.json",
		note: "write the earlier rules into lifecycle.json",
	},
	{
		event: "s3:DeleteBucketReplication", effect: Removed, what: "replication of bucket {bucketName}",
		ask: ask{service: "s3", call: "GET /{bucketName}?replication="}, gone: []string{"ReplicationConfigurationNotFoundError", "NoSuchBucket"},
		undo: "aws s3api put-bucket-replication --bucket {bucketName} --replication-configuration file://replication.json",
		note: "write the earlier rules into replication.json",
	},
	{
		event: "s3:DeleteBucketEncryption", effect: Changed, what: "encryption of bucket {bucketName}",
		ask: ask{service: "s3", call: "GET /{bucketName}?encryption="}, gone: []string{"NoSuchBucket", "ServerSideEncryptionConfigurationNotFoundError"},
		undo: "aws s3api put-bucket-encryption --bucket {bucketName} --server-side-encryption-configuration file://encryption.json",
		note: "write the earlier key into encryption.json: without it, S3 uses its own",
	},
	{
		event: "kms:CreateKey", effect: Made, what: "key {keyMetadata.keyId}",
		ask: ask{service: "kms", call: "TrentService.DescribeKey", with: `{"KeyId": "{keyMetadata.keyId}"}`}, gone: []string{"NotFoundException"}, hasNot: `"KeyState":"PendingDeletion"`,
		undo: "aws kms schedule-key-deletion --key-id {keyMetadata.keyId}",
		note: "only if nothing is encrypted with it",
	},
	{
		event: "kms:DisableKeyRotation", effect: Removed, what: "rotation of key {keyId}",
		ask: ask{service: "kms", call: "TrentService.GetKeyRotationStatus", with: `{"KeyId": "{keyId}"}`}, gone: []string{"NotFoundException"}, has: `"KeyRotationEnabled":true`,
		undo: "aws kms enable-key-rotation --key-id {keyId}",
	},
	{
		event: "secretsmanager:DeleteSecret", effect: Made, what: "deletion of secret {secretId}",
		ask: ask{service: "secretsmanager", call: "secretsmanager.DescribeSecret", with: `{"SecretId": "{secretId}"}`}, gone: []string{"ResourceNotFoundException"}, has: `"DeletedDate":`,
		undo: "aws secretsmanager restore-secret --secret-id {secretId}",
	},
	{
		event: "secretsmanager:PutSecretValue secretsmanager:UpdateSecret", effect: Changed, what: "value of secret {secretId}",
		ask: ask{service: "secretsmanager", call: "secretsmanager.DescribeSecret", with: `{"SecretId": "{secretId}"}`}, gone: []string{"ResourceNotFoundException"},
		undo: "aws secretsmanager update-secret-version-stage --secret-id {secretId} --version-stage AWSCURRENT --move-to-version-id VERSION --remove-from-version-id NEWER",
		note: "VERSION is the earlier one and NEWER that of the call: aws secretsmanager list-secret-version-ids names them",
	},
	{
		event: "secretsmanager:ReplicateSecretToRegions", effect: Changed, what: "Regions to which secret {secretId} is copied",
		ask: ask{service: "secretsmanager", call: "secretsmanager.DescribeSecret", with: `{"SecretId": "{secretId}"}`}, gone: []string{"ResourceNotFoundException"},
		undo: "aws secretsmanager remove-regions-from-replication --secret-id {secretId} --remove-replica-regions REGIONS",
		note: "REGIONS are those of the call",
	},
	{
		event: "ecr:SetRepositoryPolicy", effect: Changed, what: "policy of repository {repositoryName}",
		ask: ask{service: "ecr", call: "AmazonEC2ContainerRegistry_V20150921.GetRepositoryPolicy", with: `{"repositoryName": "{repositoryName}"}`}, gone: []string{"RepositoryPolicyNotFoundException", "RepositoryNotFoundException"},
		undo: "aws ecr set-repository-policy --repository-name {repositoryName} --policy-text file://policy.json",
		note: "write the earlier policy into policy.json; only if there was none: aws ecr delete-repository-policy",
	},
	{
		event: "ecr:DeleteRepositoryPolicy", effect: Removed, what: "policy of repository {repositoryName}",
		ask: ask{service: "ecr", call: "AmazonEC2ContainerRegistry_V20150921.GetRepositoryPolicy", with: `{"repositoryName": "{repositoryName}"}`}, gone: []string{"RepositoryPolicyNotFoundException", "RepositoryNotFoundException"},
		undo: "aws ecr set-repository-policy --repository-name {repositoryName} --policy-text file://policy.json",
		note: "write the earlier policy into policy.json",
	},
	{
		event: "ecr:PutRegistryPolicy", effect: Changed, what: "policy of the registry",
		ask: ask{service: "ecr", call: "AmazonEC2ContainerRegistry_V20150921.GetRegistryPolicy", with: "{}"}, gone: []string{"RegistryPolicyNotFoundException"},
		undo: "aws ecr put-registry-policy --policy-text file://policy.json",
		note: "write the earlier policy into policy.json; only if there was none: aws ecr delete-registry-policy",
	},
	{
		event: "ecr:PutReplicationConfiguration", effect: Changed, what: "replication of the registry",
		ask: ask{service: "ecr", call: "AmazonEC2ContainerRegistry_V20150921.DescribeRegistry", with: "{}"}, hasNot: `"rules":[]`,
		undo: "aws ecr put-replication-configuration --replication-configuration file://rules.json",
		note: "write the earlier rules into rules.json; an empty list replicates nothing",
	},
	{
		event: "rds:ModifyDBSnapshotAttribute", effect: Changed, what: "who may use snapshot {dBSnapshotIdentifier} of a database",
		ask: ask{service: "rds", call: "DescribeDBSnapshotAttributes 2014-10-31", with: "DBSnapshotIdentifier={dBSnapshotIdentifier}"}, gone: []string{"DBSnapshotNotFound"},
		undo: "aws rds modify-db-snapshot-attribute --db-snapshot-identifier {dBSnapshotIdentifier} --attribute-name restore --values-to-remove ACCOUNTS",
		note: "ACCOUNTS are those that the call added; everybody: all",
	},
	{
		event: "rds:ModifyDBClusterSnapshotAttribute", effect: Changed, what: "who may use snapshot {dBClusterSnapshotIdentifier} of a cluster",
		ask: ask{service: "rds", call: "DescribeDBClusterSnapshotAttributes 2014-10-31", with: "DBClusterSnapshotIdentifier={dBClusterSnapshotIdentifier}"}, gone: []string{"DBClusterSnapshotNotFoundFault"},
		undo: "aws rds modify-db-cluster-snapshot-attribute --db-cluster-snapshot-identifier {dBClusterSnapshotIdentifier} --attribute-name restore --values-to-remove ACCOUNTS",
		note: "ACCOUNTS are those that the call added; everybody: all",
	},
	{
		event: "dynamodb:PutResourcePolicy", effect: Changed, what: "policy of {resourceArn}",
		ask: ask{service: "dynamodb", call: "DynamoDB_20120810.GetResourcePolicy", with: `{"ResourceArn": "{resourceArn}"}`}, gone: []string{"PolicyNotFoundException", "ResourceNotFoundException"},
		undo: "aws dynamodb put-resource-policy --resource-arn {resourceArn} --policy file://policy.json",
		note: "write the earlier policy into policy.json; only if there was none: aws dynamodb delete-resource-policy",
	},
	{
		event: "ram:CreateResourceShare", effect: Made, what: "share {resourceShare.resourceShareArn}",
		ask: ask{service: "ram", call: "POST /getresourceshares", with: `{"resourceOwner": "SELF", "resourceShareArns": ["{resourceShare.resourceShareArn}"]}`}, gone: []string{"UnknownResourceException"}, hasNot: `"status":"DELETED"`,
		undo: "aws ram delete-resource-share --resource-share-arn {resourceShare.resourceShareArn}",
	},
	{
		event: "ram:AssociateResourceShare", effect: Changed, what: "what share {resourceShareArn} has, and with whom",
		ask: ask{service: "ram", call: "POST /getresourceshares", with: `{"resourceOwner": "SELF", "resourceShareArns": ["{resourceShareArn}"]}`}, gone: []string{"UnknownResourceException"}, hasNot: `"status":"DELETED"`,
		undo: "aws ram disassociate-resource-share --resource-share-arn {resourceShareArn} --principals PRINCIPALS",
		note: "PRINCIPALS are those of the call; of resources: --resource-arns",
	},
	{
		event: "sns:Unsubscribe", effect: Removed, what: "subscription {subscriptionArn}",
		ask: ask{service: "sns", call: "GetSubscriptionAttributes 2010-03-31", with: "SubscriptionArn={subscriptionArn}"}, gone: []string{"NotFound", "NotFoundException"},
		note: "subscribe it again: aws sns subscribe; one of this project comes back with breakglass deploy",
	},
	{
		event: "sns:DeleteTopic", effect: Removed, what: "topic {topicArn}",
		ask: ask{service: "sns", call: "GetTopicAttributes 2010-03-31", with: "TopicArn={topicArn}"}, gone: []string{"NotFound", "NotFoundException"},
		note: "make it again with its subscriptions; one of this project comes back with breakglass deploy",
	},
	{
		event: "sqs:DeleteQueue", effect: Removed, what: "queue {queueUrl}",
		ask: ask{service: "sqs", call: "AmazonSQS.GetQueueAttributes", with: `{"QueueUrl": "{queueUrl}", "AttributeNames": ["QueueArn"]}`}, gone: []string{"QueueDoesNotExist", "NonExistentQueue"},
		note: "make it again with its earlier settings; one of this project comes back with breakglass deploy",
	},
	{
		event: "cloudfront:CreateDistribution", effect: Made, what: "distribution {distribution.id} of CloudFront",
		ask: ask{service: "cloudfront", call: "GET /2020-05-31/distribution/{distribution.id}"}, gone: []string{"NoSuchDistribution"},
		note: "disable it, and delete it when that is deployed: aws cloudfront update-distribution, aws cloudfront delete-distribution",
	},
	{
		event: "cloudfront:UpdateDistribution", effect: Changed, what: "distribution {id} of CloudFront",
		ask: ask{service: "cloudfront", call: "GET /2020-05-31/distribution/{id}"}, gone: []string{"NoSuchDistribution"},
		note: "write the earlier settings, origins above all: aws cloudfront update-distribution",
	},
	{
		event: "cognito-identity:CreateIdentityPool", effect: Made, what: "identity pool {identityPoolId}",
		ask: ask{service: "cognito-identity", call: "AWSCognitoIdentityService.DescribeIdentityPool", with: `{"IdentityPoolId": "{identityPoolId}"}`}, gone: []string{"ResourceNotFoundException"},
		undo: "aws cognito-identity delete-identity-pool --identity-pool-id {identityPoolId}",
	},
	{
		event: "cognito-identity:UpdateIdentityPool", effect: Changed, what: "identity pool {identityPoolId}",
		ask: ask{service: "cognito-identity", call: "AWSCognitoIdentityService.DescribeIdentityPool", with: `{"IdentityPoolId": "{identityPoolId}"}`}, gone: []string{"ResourceNotFoundException"},
		undo: "aws cognito-identity update-identity-pool --identity-pool-id {identityPoolId} --cli-input-json file://pool.json",
		note: "write the earlier settings into pool.json",
	},
	{
		event: "cognito-identity:SetIdentityPoolRoles", effect: Changed, what: "roles of identity pool {identityPoolId}",
		ask: ask{service: "cognito-identity", call: "AWSCognitoIdentityService.GetIdentityPoolRoles", with: `{"IdentityPoolId": "{identityPoolId}"}`}, gone: []string{"ResourceNotFoundException"},
		undo: "aws cognito-identity set-identity-pool-roles --identity-pool-id {identityPoolId} --roles file://roles.json",
		note: "write the earlier roles into roles.json",
	},
}
