package leftovers

// compute is the part of the table about what runs, and what starts it.
var compute = []row{
	{
		event: "lambda:DeleteFunction", effect: Removed, what: "function {functionName}",
		ask: ask{service: "lambda", call: "GET /2015-03-31/functions/{functionName}"}, gone: []string{"ResourceNotFoundException"},
		note: "make it again from where it is built",
	},
	{
		event: "lambda:AddLayerVersionPermission", effect: Made, what: "statement {statementId} in the policy of version {versionNumber} of layer {layerName}",
		ask: ask{service: "lambda", call: "GET /2018-10-31/layers/{layerName}/versions/{versionNumber}/policy"}, gone: []string{"ResourceNotFoundException"},
		has:  `"{statementId}"`,
		undo: "aws lambda remove-layer-version-permission --layer-name {layerName} --version-number {versionNumber} --statement-id {statementId}",
	},
	{
		event: "lambda:UpdateFunctionUrlConfig", effect: Changed, what: "address of function {functionName}[[:{qualifier}]]",
		ask: ask{service: "lambda", call: "GET /2021-10-31/functions/{functionName}/url[[?Qualifier={qualifier}]]"}, gone: []string{"ResourceNotFoundException"},
		undo: "aws lambda update-function-url-config --function-name {functionName}[[ --qualifier {qualifier}]] --auth-type AWS_IAM",
		note: "unless it was open before",
	},
	{
		event: "lambda:CreateAlias", effect: Made, what: "alias {name} of function {functionName}",
		ask: ask{service: "lambda", call: "GET /2015-03-31/functions/{functionName}/aliases/{name}"}, gone: []string{"ResourceNotFoundException"},
		undo: "aws lambda delete-alias --function-name {functionName} --name {name}",
	},
	{
		event: "ec2:CreateSnapshot ec2:CopySnapshot", effect: Made, what: "snapshot {snapshotId}",
		ask: ask{service: "ec2", call: "DescribeSnapshots 2016-11-15", with: "SnapshotId.1={snapshotId}"}, gone: []string{"InvalidSnapshot.NotFound"},
		undo: "aws ec2 delete-snapshot --snapshot-id {snapshotId}",
	},
	{
		event: "ec2:CreateImage ec2:CopyImage", effect: Made, what: "image {imageId}",
		ask: ask{service: "ec2", call: "DescribeImages 2016-11-15", with: "ImageId.1={imageId}"}, gone: []string{"InvalidAMIID.NotFound", "InvalidAMIID.Unavailable"},
		has:  "<imageId>{imageId}<",
		undo: "aws ec2 deregister-image --image-id {imageId}",
		note: "then delete its snapshots",
	},
	{
		event: "ec2:DisableSnapshotBlockPublicAccess", effect: Removed, what: "block of public snapshots",
		ask: ask{service: "ec2", call: "GetSnapshotBlockPublicAccessState 2016-11-15"}, hasNot: "<state>unblocked<",
		undo: "aws ec2 enable-snapshot-block-public-access --state block-all-sharing",
	},
	{
		event: "ec2:DisableImageBlockPublicAccess", effect: Removed, what: "block of public images",
		ask: ask{service: "ec2", call: "GetImageBlockPublicAccessState 2016-11-15"}, hasNot: "<imageBlockPublicAccessState>unblocked<",
		undo: "aws ec2 enable-image-block-public-access --image-block-public-access-state block-new-sharing",
	},
	{
		event: "ec2:DisableEbsEncryptionByDefault", effect: Removed, what: "encryption of new volumes by default",
		ask: ask{service: "ec2", call: "GetEbsEncryptionByDefault 2016-11-15"}, has: "<ebsEncryptionByDefault>true<",
		undo: "aws ec2 enable-ebs-encryption-by-default",
	},
	{
		event: "ec2:EnableSerialConsoleAccess", effect: Made, what: "serial console of instances",
		ask: ask{service: "ec2", call: "GetSerialConsoleAccessStatus 2016-11-15"}, has: "<serialConsoleAccessEnabled>true<",
		undo: "aws ec2 disable-serial-console-access",
	},
	{
		event: "ec2:CreateVpcPeeringConnection ec2:AcceptVpcPeeringConnection", effect: Made, what: "peering {vpcPeeringConnection.vpcPeeringConnectionId}",
		ask:  ask{service: "ec2", call: "DescribeVpcPeeringConnections 2016-11-15", with: "VpcPeeringConnectionId.1={vpcPeeringConnection.vpcPeeringConnectionId}"},
		gone: []string{"InvalidVpcPeeringConnectionID.NotFound"}, hasNot: "<code>deleted<",
		undo: "aws ec2 delete-vpc-peering-connection --vpc-peering-connection-id {vpcPeeringConnection.vpcPeeringConnectionId}",
	},
	{
		event: "ec2:CreateLaunchTemplate", effect: Made, what: "launch template {launchTemplate.launchTemplateId}",
		ask:  ask{service: "ec2", call: "DescribeLaunchTemplates 2016-11-15", with: "LaunchTemplateId.1={launchTemplate.launchTemplateId}"},
		gone: []string{"InvalidLaunchTemplateId.NotFound"},
		undo: "aws ec2 delete-launch-template --launch-template-id {launchTemplate.launchTemplateId}",
	},
	{
		event: "ec2:TerminateInstances", effect: Removed, what: "instance {instanceId}", each: "instancesSet.items",
		ask: ask{service: "ec2", call: "DescribeInstances 2016-11-15", with: "InstanceId.1={instanceId}"}, gone: []string{"InvalidInstanceID.NotFound"},
		hasNot: "<name>terminated</name>",
		note:   "make it again from an image or a snapshot of before",
	},
	{
		event: "ssm:UpdateDocument ssm:UpdateDocumentDefaultVersion", effect: Changed, what: "document {name}",
		ask: ask{service: "ssm", call: "AmazonSSM.DescribeDocument", with: `{"Name": "{name}"}`}, gone: []string{"InvalidDocument"},
		undo: "aws ssm update-document-default-version --name {name} --document-version VERSION",
		note: "VERSION is the earlier one: aws ssm list-document-versions names them",
	},
	{
		event: "ssm:CreateActivation", effect: Made, what: "activation {activationId}, by which machines register",
		ask:  ask{service: "ssm", call: "AmazonSSM.DescribeActivations", with: `{"Filters": [{"FilterKey": "ActivationIds", "FilterValues": ["{activationId}"]}]}`},
		gone: []string{"InvalidFilter"}, has: `"ActivationId":"{activationId}"`,
		undo: "aws ssm delete-activation --activation-id {activationId}",
		note: "machines that registered by it stay: aws ssm describe-instance-information names them",
	},
	{
		event: "ssm:SendCommand", effect: Changed, what: "instances on which command {command.commandId} ran",
		ask: ask{service: "ssm", call: "AmazonSSM.ListCommands", with: `{"CommandId": "{command.commandId}"}`}, gone: []string{"InvalidCommandId"},
		has:  `"CommandId":"{command.commandId}"`,
		note: "AWS cannot undo it: look at what it ran, and replace the instances",
	},
	{
		event: "ssm:StartSession", effect: Made, what: "session {sessionId} on {target}",
		ask:  ask{service: "ssm", call: "AmazonSSM.DescribeSessions", with: `{"State": "Active", "Filters": [{"key": "SessionId", "value": "{sessionId}"}]}`},
		gone: []string{"InvalidFilterKey"}, has: `"SessionId":"{sessionId}"`,
		undo: "aws ssm terminate-session --session-id {sessionId}",
		note: "look at what was done in it",
	},
	{
		event: "events:CreateApiDestination", effect: Made, what: "API destination {name}",
		ask: ask{service: "events", call: "AWSEvents.DescribeApiDestination", with: `{"Name": "{name}"}`}, gone: []string{"ResourceNotFoundException"},
		undo: "aws events delete-api-destination --name {name}",
	},
	{
		event: "events:CreateConnection", effect: Made, what: "connection {name} of EventBridge",
		ask: ask{service: "events", call: "AWSEvents.DescribeConnection", with: `{"Name": "{name}"}`}, gone: []string{"ResourceNotFoundException"},
		undo: "aws events delete-connection --name {name}",
	},
	{
		event: "events:CreateEventBus", effect: Made, what: "bus {name}",
		ask: ask{service: "events", call: "AWSEvents.DescribeEventBus", with: `{"Name": "{name}"}`}, gone: []string{"ResourceNotFoundException"},
		undo: "aws events delete-event-bus --name {name}",
		note: "delete its rules first",
	},
	{
		event: "events:PutPermission", effect: Changed, what: "policy of bus[[ {eventBusName}]]",
		ask: ask{service: "events", call: "AWSEvents.DescribeEventBus", with: `{[["Name": "{eventBusName}"]]}`}, gone: []string{"ResourceNotFoundException"},
		undo: "aws events put-permission --policy file://policy.json[[ --event-bus-name {eventBusName}]]",
		note: "write the earlier policy into policy.json; only if there was none: aws events remove-permission --remove-all-permissions",
	},
	{
		event: "events:RemoveTargets", effect: Changed, what: "targets of rule {rule}[[ of bus {eventBusName}]], of which some were removed",
		ask:  ask{service: "events", call: "AWSEvents.ListTargetsByRule", with: `{"Rule": "{rule}"[[, "EventBusName": "{eventBusName}"]]}`},
		gone: []string{"ResourceNotFoundException"},
		note: "put the earlier targets back: aws events put-targets; those of this project come back with breakglass deploy",
	},
	{
		event: "pipes:CreatePipe", effect: Made, what: "pipe {name}",
		ask: ask{service: "pipes", call: "GET /v1/pipes/{name}"}, gone: []string{"NotFoundException"},
		undo: "aws pipes delete-pipe --name {name}",
	},
	{
		event: "scheduler:DeleteSchedule", effect: Removed, what: "schedule {name}[[ of group {groupName}]]",
		ask: ask{service: "scheduler", call: "GET /schedules/{name}[[?groupName={groupName}]]"}, gone: []string{"ResourceNotFoundException"},
		note: "make it again with its earlier settings: aws scheduler create-schedule; one of this project comes back with breakglass deploy",
	},
	{
		event: "states:CreateStateMachine", effect: Made, what: "state machine {stateMachineArn}",
		ask:  ask{service: "states", call: "AWSStepFunctions.DescribeStateMachine", with: `{"stateMachineArn": "{stateMachineArn}"}`},
		gone: []string{"StateMachineDoesNotExist"},
		undo: "aws stepfunctions delete-state-machine --state-machine-arn {stateMachineArn}",
	},
	{
		event: "cloudformation:UpdateStack", effect: Changed, what: "stack {stackName}",
		ask: ask{service: "cloudformation", call: "DescribeStacks 2010-05-15", with: "StackName={stackName}"}, gone: []string{"ValidationError"},
		hasNot: "<StackStatus>DELETE_COMPLETE<",
		undo:   "aws cloudformation update-stack --stack-name {stackName} --cli-input-json file://stack.json",
		note:   "write the earlier template and parameters into stack.json; a stack of this project comes back with breakglass deploy",
	},
	{
		event: "cloudformation:DeleteStack", effect: Removed, what: "stack {stackName}",
		ask: ask{service: "cloudformation", call: "DescribeStacks 2010-05-15", with: "StackName={stackName}"}, gone: []string{"ValidationError"},
		hasNot: "<StackStatus>DELETE_COMPLETE<",
		note:   "make it again from where its template is kept; a stack of this project comes back with breakglass deploy",
	},
	{
		event: "cloudformation:UpdateStackSet", effect: Changed, what: "stack set {stackSetName}",
		ask:  ask{service: "cloudformation", call: "DescribeStackSet 2010-05-15", with: "StackSetName={stackSetName}&CallAs=[[{callAs}]]"},
		gone: []string{"StackSetNotFoundException"},
		undo: "aws cloudformation update-stack-set --stack-set-name {stackSetName}[[ --call-as {callAs}]] --cli-input-json file://stack.json",
		note: "write the earlier template and parameters into stack.json; one of this project comes back with breakglass deploy",
	},
}
