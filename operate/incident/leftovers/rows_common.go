package leftovers

// common is the part of the table about what is made and deleted every day: volumes, networks, queues, topics, tables, log groups.
var common = []row{
	{
		event: "ec2:CreateVolume", effect: Made, what: "volume {volumeId}",
		ask: ask{service: "ec2", call: "DescribeVolumes 2016-11-15", with: "VolumeId.1={volumeId}"}, gone: []string{"InvalidVolume.NotFound"},
		undo: "aws ec2 delete-volume --volume-id {volumeId}",
	},
	{
		event: "ec2:AttachVolume", effect: Made, what: "volume {volumeId} at {instanceId}",
		ask: ask{service: "ec2", call: "DescribeVolumes 2016-11-15", with: "VolumeId.1={volumeId}"}, gone: []string{"InvalidVolume.NotFound"}, has: "<instanceId>{instanceId}<",
		undo: "aws ec2 detach-volume --volume-id {volumeId}",
	},
	{
		event: "ec2:CreateNetworkInterface", effect: Made, what: "network interface {networkInterface.networkInterfaceId}",
		ask: ask{service: "ec2", call: "DescribeNetworkInterfaces 2016-11-15", with: "NetworkInterfaceId.1={networkInterface.networkInterfaceId}"}, gone: []string{"InvalidNetworkInterfaceID.NotFound"},
		undo: "aws ec2 delete-network-interface --network-interface-id {networkInterface.networkInterfaceId}",
	},
	{
		event: "ec2:CreateVpc", effect: Made, what: "network {vpc.vpcId}",
		ask: ask{service: "ec2", call: "DescribeVpcs 2016-11-15", with: "VpcId.1={vpc.vpcId}"}, gone: []string{"InvalidVpcID.NotFound"},
		undo: "aws ec2 delete-vpc --vpc-id {vpc.vpcId}",
		note: "delete what is in it first",
	},
	{
		event: "ec2:CreateSubnet", effect: Made, what: "subnet {subnet.subnetId}",
		ask: ask{service: "ec2", call: "DescribeSubnets 2016-11-15", with: "SubnetId.1={subnet.subnetId}"}, gone: []string{"InvalidSubnetID.NotFound"},
		undo: "aws ec2 delete-subnet --subnet-id {subnet.subnetId}",
	},
	{
		event: "ec2:CreateInternetGateway", effect: Made, what: "internet gateway {internetGateway.internetGatewayId}",
		ask: ask{service: "ec2", call: "DescribeInternetGateways 2016-11-15", with: "InternetGatewayId.1={internetGateway.internetGatewayId}"}, gone: []string{"InvalidInternetGatewayID.NotFound"},
		undo: "aws ec2 delete-internet-gateway --internet-gateway-id {internetGateway.internetGatewayId}",
		note: "detach it first: aws ec2 detach-internet-gateway",
	},
	{
		event: "ec2:CreateNatGateway", effect: Made, what: "NAT gateway {natGateway.natGatewayId}",
		ask: ask{service: "ec2", call: "DescribeNatGateways 2016-11-15", with: "NatGatewayId.1={natGateway.natGatewayId}"}, gone: []string{"NatGatewayNotFound"}, hasNot: "<state>deleted<",
		undo: "aws ec2 delete-nat-gateway --nat-gateway-id {natGateway.natGatewayId}",
	},
	{
		event: "ec2:DeleteSecurityGroup", effect: Removed, what: "security group {groupId}",
		ask: ask{service: "ec2", call: "DescribeSecurityGroups 2016-11-15", with: "GroupId.1={groupId}"}, gone: []string{"InvalidGroup.NotFound"},
		note: "make it again with its rules: aws ec2 create-security-group",
	},
	{
		event: "ec2:DeleteKeyPair", effect: Removed, what: "key pair {keyName}",
		ask: ask{service: "ec2", call: "DescribeKeyPairs 2016-11-15", with: "KeyName.1={keyName}"}, gone: []string{"InvalidKeyPair.NotFound"},
		note: "import its public key again: aws ec2 import-key-pair; what runs keeps it",
	},
	{
		event: "ec2:DisassociateIamInstanceProfile", effect: Removed, what: "instance profile at {iamInstanceProfileAssociation.instanceId}",
		ask: ask{service: "ec2", call: "DescribeIamInstanceProfileAssociations 2016-11-15", with: "Filter.1.Name=instance-id&Filter.1.Value.1={iamInstanceProfileAssociation.instanceId}"}, has: "<state>associated<",
		note: "put it back: aws ec2 associate-iam-instance-profile",
	},
	{
		event: "sns:CreateTopic", effect: Made, what: "topic {topicArn}",
		ask: ask{service: "sns", call: "GetTopicAttributes 2010-03-31", with: "TopicArn={topicArn}"}, gone: []string{"NotFound", "NotFoundException"},
		undo: "aws sns delete-topic --topic-arn {topicArn}",
		note: "if it was there before, leave it: the call also returns one of that name",
	},
	{
		event: "sns:RemovePermission", effect: Removed, what: "statement {label} in the policy of topic {topicArn}",
		ask: ask{service: "sns", call: "GetTopicAttributes 2010-03-31", with: "TopicArn={topicArn}"}, gone: []string{"NotFound", "NotFoundException"}, has: `"{label}"`,
		note: "add it again for whom it was: aws sns add-permission",
	},
	{
		event: "sqs:CreateQueue", effect: Made, what: "queue {queueUrl}",
		ask: ask{service: "sqs", call: "AmazonSQS.GetQueueAttributes", with: `{"QueueUrl": "{queueUrl}", "AttributeNames": ["QueueArn"]}`}, gone: []string{"QueueDoesNotExist", "NonExistentQueue"},
		undo: "aws sqs delete-queue --queue-url {queueUrl}",
		note: "if it was there before, leave it: the call also returns one of that name",
	},
	{
		event: "sqs:RemovePermission", effect: Removed, what: "statement {label} in the policy of queue {queueUrl}",
		ask: ask{service: "sqs", call: "AmazonSQS.GetQueueAttributes", with: `{"QueueUrl": "{queueUrl}", "AttributeNames": ["Policy"]}`}, gone: []string{"QueueDoesNotExist", "NonExistentQueue"}, has: `"{label}"`,
		note: "add it again for whom it was: aws sqs add-permission",
	},
	{
		event: "sqs:PurgeQueue", effect: Changed, what: "messages of queue {queueUrl}, which were deleted",
		ask: ask{service: "sqs", call: "AmazonSQS.GetQueueAttributes", with: `{"QueueUrl": "{queueUrl}", "AttributeNames": ["QueueArn"]}`}, gone: []string{"QueueDoesNotExist", "NonExistentQueue"},
		note: "they are lost; of a dead-letter queue of this project, the ledger has the events",
	},
	{
		event: "logs:CreateLogGroup", effect: Made, what: "log group {logGroupName}",
		ask: ask{service: "logs", call: "Logs_20140328.DescribeLogGroups", with: `{"logGroupNamePrefix": "{logGroupName}"}`}, has: `"{logGroupName}"`,
		undo: "aws logs delete-log-group --log-group-name {logGroupName}",
	},
	{
		event: "dynamodb:CreateTable", effect: Made, what: "table {tableName}",
		ask: ask{service: "dynamodb", call: "DynamoDB_20120810.DescribeTable", with: `{"TableName": "{tableName}"}`}, gone: notFound,
		undo: "aws dynamodb delete-table --table-name {tableName}",
	},
	{
		event: "kms:CreateAlias", effect: Made, what: "alias {aliasName} of a key",
		ask: ask{service: "kms", call: "TrentService.DescribeKey", with: `{"KeyId": "{aliasName}"}`}, gone: []string{"NotFoundException"},
		undo: "aws kms delete-alias --alias-name {aliasName}",
	},
	{
		event: "kms:CancelKeyDeletion kms:EnableKey", effect: Changed, what: "key {keyId}, which was made usable",
		ask: ask{service: "kms", call: "TrentService.DescribeKey", with: `{"KeyId": "{keyId}"}`}, gone: []string{"NotFoundException"},
		undo: "aws kms disable-key --key-id {keyId}",
		note: "only if it was not usable before on purpose",
	},
	{
		event: "lambda:DeleteFunctionUrlConfig", effect: Removed, what: "address of function {functionName}[[:{qualifier}]]",
		ask: ask{service: "lambda", call: "GET /2021-10-31/functions/{functionName}/url[[?Qualifier={qualifier}]]"}, gone: notFound,
		undo: "aws lambda create-function-url-config --auth-type AWS_IAM --function-name {functionName}[[ --qualifier {qualifier}]]",
		note: "it gets another address",
	},
	{
		event: "lambda:DeleteEventSourceMapping", effect: Removed, what: "event source {uUID} of a function",
		ask: ask{service: "lambda", call: "GET /2015-03-31/event-source-mappings/{uUID}"}, gone: notFound,
		note: "make it again with its earlier settings: aws lambda create-event-source-mapping",
	},
	{
		event: "lambda:PublishVersion", effect: Made, what: "version {version} of function {functionName}",
		ask: ask{service: "lambda", call: "GET /2015-03-31/functions/{functionName}?Qualifier={version}"}, gone: notFound,
		undo: "aws lambda delete-function --function-name {functionName} --qualifier {version}",
	},
	{
		event: "ecr:CreateRepository", effect: Made, what: "repository {repositoryName}",
		ask: ask{service: "ecr", call: "AmazonEC2ContainerRegistry_V20150921.DescribeRepositories", with: `{"repositoryNames": ["{repositoryName}"]}`}, gone: []string{"RepositoryNotFoundException"},
		undo: "aws ecr delete-repository --force --repository-name {repositoryName}",
	},
	{
		event: "ecr:DeleteRepository", effect: Removed, what: "repository {repositoryName}",
		ask: ask{service: "ecr", call: "AmazonEC2ContainerRegistry_V20150921.DescribeRepositories", with: `{"repositoryNames": ["{repositoryName}"]}`}, gone: []string{"RepositoryNotFoundException"},
		note: "make it again, and push its images from where they are built: aws ecr create-repository",
	},
	{
		event: "elasticmapreduce:RunJobFlow", effect: Made, what: "cluster {jobFlowId} of EMR",
		ask: ask{service: "elasticmapreduce", call: "ElasticMapReduce.DescribeCluster", with: `{"ClusterId": "{jobFlowId}"}`}, gone: []string{"InvalidRequestException"}, hasNot: `"State":"TERMINATED"`,
		undo: "aws emr terminate-clusters --cluster-ids {jobFlowId}",
	},
	{
		event: "elasticmapreduce:PutBlockPublicAccessConfiguration", effect: Changed, what: "block of public clusters of EMR",
		ask: ask{service: "elasticmapreduce", call: "ElasticMapReduce.GetBlockPublicAccessConfiguration", with: "{}"}, gone: []string{"InvalidRequestException"},
		undo: "aws emr put-block-public-access-configuration --block-public-access-configuration file://emr.json",
		note: "write the earlier setting into emr.json",
	},
	{
		event: "redshift:CreateClusterSnapshot", effect: Made, what: "snapshot {snapshotIdentifier} of a cluster of Redshift",
		ask: ask{service: "redshift", call: "DescribeClusterSnapshots 2012-12-01", with: "SnapshotIdentifier={snapshotIdentifier}"}, gone: []string{"ClusterSnapshotNotFound"},
		undo: "aws redshift delete-cluster-snapshot --snapshot-identifier {snapshotIdentifier}",
	},
	{
		event: "events:EnableRule", effect: Changed, what: "rule {name}[[ of bus {eventBusName}]]",
		ask: ask{service: "events", call: "AWSEvents.DescribeRule", with: `{"Name": "{name}"[[, "EventBusName": "{eventBusName}"]]}`}, gone: notFound,
		undo: "aws events disable-rule --name {name}[[ --event-bus-name {eventBusName}]]",
		note: "only if it was off before",
	},
}
