package watch

import "example.com/breakglass/names"

var accountSamples = []Sample{
	// account-change
	tampering("the organization left", "account-change", "organizations", "LeaveOrganization", nil),
	onStackSet("a stack set changed", "UpdateStackSet", Fields{
		"stackSetName": "BreakGlass-Role-ou-ab12-11111111", "callAs": "DELEGATED_ADMIN", "templateBody": "{}", "accounts": []any{"222222222222"}, "regions": []any{"us-east-1"},
	}),
	onStackSet("a stack set emptied", "DeleteStackInstances", Fields{
		"stackSetName": "BreakGlass-Observer-ou-ab12-11111111", "callAs": "DELEGATED_ADMIN", "retainStacks": false, "regions": []any{"eu-west-1", "us-east-1"},
		"deploymentTargets": Fields{"organizationalUnitIds": []any{"ou-ab12-11111111"}, "accounts": []any{"222222222222"}, "accountFilterType": "INTERSECTION"},
	}),
	onStackSet("a stack set deleted", "DeleteStackSet", Fields{"stackSetName": "BreakGlass-Role-ou-ab12-11111111"}),
	onStackSet("a stack set's operation stopped", "StopStackSetOperation", Fields{
		"stackSetName": "BreakGlass-Role-ou-ab12-11111111:0f0f0f0f-1111-2222-3333-444444444444", "operationId": "0f0f0f0f-1111-2222-3333-444444444444",
	}),
	silent("a stack set's change refused", "cloudformation", "UpdateStackSet", Fields{"stackSetName": "BreakGlass-Role-ou-ab12-11111111"}, refused),
	silent("another stack set changed", "cloudformation", "UpdateStackSet", Fields{"stackSetName": "baseline"}, nil),
	silent("a look at a stack set", "cloudformation", "DescribeStackSet", Fields{"stackSetName": "BreakGlass-Role-ou-ab12-11111111"}, Fields{"detail.readOnly": true}),
	silent("a stack set compared with its stacks", "cloudformation", "DetectStackSetDrift", Fields{"stackSetName": "BreakGlass-Role-ou-ab12-11111111"}, nil),
	tampering("a Region disabled", "account-change", "account", "DisableRegion", Fields{"regionName": "eu-south-2"}),
	inConsole("console access restricted", "PutConsoleAuthorizationConfiguration", Fields{"targetId": "111111111111"}),
	inConsole("console access from one network only", "PutResourcePermissionStatement", Fields{"sourceIp": "203.0.113.0/24", "excludedPrincipal": "arn:aws:iam::111111111111:role/other"}),
	inConsole("an exception from the console's policy removed", "DeleteResourcePermissionStatement", Fields{"statementId": "emergency"}),
	inConsole("the sessions of an emergency user ended", "BatchRevokeSessions", Fields{"principalArn": "arn:aws:iam::111111111111:user/BreakglassUser", "reason": "test"}),
	silent("the sessions of a role ended", "signin", "BatchRevokeSessions", Fields{"principalArn": "arn:aws:sts::111111111111:assumed-role/Developer/ada"}, nil),
	silent("the own sessions ended", "signin", "BatchRevokeSessions", Fields{"sessionArns": []any{"arn:aws:signin:us-east-1:111111111111:session/0f0f0f0f"}}, nil),
	inConsole("console access no longer restricted", "DeleteConsoleAuthorizationConfiguration", nil),
	{Name: "a Region that is being disabled", Entry: "account-change", Alert: "-region", record: "region-opt-in", set: Fields{"detail.status": "DISABLING", "detail.regionName": "eu-south-2"}},
	{
		Name: "passwords that expire", Entry: "account-change", Alert: "-console", record: "disable-rule",
		set: callTo("iam", "UpdateAccountPasswordPolicy", Fields{"maxPasswordAge": 1, "hardExpiry": true}),
	},
	{
		Name: "passwords that expire, by an emergency user", Entry: "iam-change", record: "disable-rule",
		set: with(callTo("iam", "UpdateAccountPasswordPolicy", Fields{"maxPasswordAge": 1}), Fields{"detail.userIdentity": asLongTermKey}),
	},
	silent("passwords that expire, refused", "iam", "UpdateAccountPasswordPolicy", Fields{"maxPasswordAge": 1}, refused),
	silent("a Region enabled by a call", "account", "EnableRegion", Fields{"regionName": "eu-south-2"}, nil),
	silent("an organization that was not left", "organizations", "LeaveOrganization", nil, refused),
	silent("a look at the console's policy", "signin", "GetResourcePolicy", nil, Fields{"detail.readOnly": true}),
	{Name: "a Region that was disabled", record: "region-opt-in", set: Fields{"detail.status": "DISABLED"}},

	// channel-change
	tampering("the chat channel removed", "channel-change", "chatbot", "DeleteSlackChannelConfiguration", Fields{"ChatConfigurationArn": slackARN}),
	tampering("the workspace disconnected", "channel-change", "chatbot", "DeleteSlackWorkspaceAuthorization", Fields{"SlackTeamId": "T00000000"}),
	tampering("a notification configuration removed", "channel-change", "notifications", "DeleteNotificationConfiguration",
		Fields{"arn": "arn:aws:notifications::111111111111:configuration/a01jes88qxwkbj05xv9c967pgm1"}),
	tampering("an address of AWS User Notifications removed", "channel-change", "notifications-contacts", "DeleteEmailContact",
		Fields{"arn": "arn:aws:notifications-contacts::111111111111:emailcontact/a01jes88qxwkbj05xv9c967pgm1"}),
	byStackOf("deployment", "a notification configuration removed by a stack", "notifications", "DeleteNotificationConfiguration",
		Fields{"arn": "arn:aws:notifications::111111111111:configuration/a01jes88qxwkbj05xv9c967pgm1"}),
	silent("another channel removed", "chatbot", "DeleteSlackChannelConfiguration",
		Fields{"ChatConfigurationArn": "arn:aws:chatbot::111111111111:chat-configuration/slack-channel/orders"}, nil),
	silent("a notification configuration made", "notifications", "CreateNotificationConfiguration", Fields{"name": "orders"}, nil),

	// pipeline-change
	tampering("a pipeline changed", "pipeline-change", "codepipeline", "UpdatePipeline", Fields{"pipeline": Fields{"name": names.PipelineStack, "version": 7}}),
	tampering("a pipeline started by hand", "pipeline-change", "codepipeline", "StartPipelineExecution", Fields{"name": names.PipelineStack}),
	tampering("a build started with another source", "pipeline-change", "codebuild", "StartBuild", Fields{"projectName": names.SynthBuild, "sourceLocationOverride": "other"}),
	tampering("a build started by the ARN of its project", "pipeline-change", "codebuild", "StartBuildBatch",
		Fields{"projectName": "arn:aws:codebuild:us-east-1:111111111111:project/" + names.SynthBuild, "buildspecOverride": "version: 0.2"}),
	tampering("a build started again, by its ARN", "pipeline-change", "codebuild", "RetryBuild",
		Fields{"id": "arn:aws:codebuild:us-east-1:111111111111:build/" + names.DiffBuild + ":0f0f0f0f-1111-2222-3333-444444444444"}),
	silent("another build started by the ARN of its project", "codebuild", "StartBuild", Fields{"projectName": "arn:aws:codebuild:us-east-1:111111111111:project/orders"}, nil),
	tampering("a build started again", "pipeline-change", "codebuild", "RetryBuild", Fields{"id": names.DiffBuild + ":0f0f0f0f-1111-2222-3333-444444444444"}),
	tampering("a build opened to everybody", "pipeline-change", "codebuild", "UpdateProjectVisibility",
		Fields{"projectArn": "arn:aws:codebuild:us-east-1:111111111111:project/" + names.SynthBuild, "projectVisibility": "PUBLIC_READ"}),
	tampering("a pipeline started from outside", "pipeline-change", "codepipeline", "PutWebhook", Fields{"webhook": Fields{"name": "other", "targetPipeline": names.PipelineStack}}),
	silent("another build started again", "codebuild", "RetryBuild", Fields{"id": "orders:0f0f0f0f-1111-2222-3333-444444444444"}, nil),
	tampering("a build changed", "pipeline-change", "codebuild", "UpdateProject", Fields{"name": names.DiffBuild}),
	tampering("a stage of the pipeline switched off", "pipeline-change", "codepipeline", "DisableStageTransition", Fields{"pipelineName": names.PipelineStack, "stageName": "Hub"}),
	tampering("a role of the pipeline changed", "pipeline-change", "iam", "PutRolePolicy", Fields{"roleName": names.PipelineStack + "-PipelineSynthRole0f0f0f0f-abcdef", "policyName": "more"}),
	tampering("a policy of the pipeline changed", "pipeline-change", "iam", "CreatePolicyVersion",
		Fields{"policyArn": "arn:aws:iam::111111111111:policy/" + names.PipelineStack + "-PipelinePolicy1-abcdef", "setAsDefault": true}),
	tampering("the pipeline's bucket opened", "pipeline-change", "s3", "PutBucketPolicy", Fields{"bucketName": names.PipelineBucket + "111111111111-us-east-1"}),
	tampering("the pipeline's key replaced", "pipeline-change", "kms", "UpdateAlias", Fields{"aliasName": names.PipelineKeyAlias, "targetKeyId": "99999999-2222-3333-4444-555555555555"}),
	silent("a build started by the pipeline", "codebuild", "StartBuild", Fields{"projectName": names.SynthBuild},
		Fields{"detail.userIdentity.sessionContext.sessionIssuer.userName": names.PipelineStack + "-PipelinePipelineRole0f0f0f0f-abcdef"}),
	silent("a deployment approved", "codepipeline", "PutApprovalResult", Fields{"pipelineName": names.PipelineStack, "stageName": "Hub"}, nil),
	silent("another pipeline started", "codepipeline", "StartPipelineExecution", Fields{"name": "orders"}, nil),
	silent("another build changed", "codebuild", "UpdateProject", Fields{"name": "orders"}, nil),
	silent("a look at the pipeline", "codepipeline", "GetPipeline", Fields{"name": names.PipelineStack}, Fields{"detail.readOnly": true}),
	silent("another bucket opened", "s3", "PutBucketPolicy", Fields{"bucketName": "breakglass-pipelines"}, nil),
	silent("a policy of the pipeline attached to somebody else", "iam", "AttachRolePolicy",
		Fields{"roleName": "web", "policyArn": "arn:aws:iam::111111111111:policy/" + names.PipelineStack + "-PipelinePolicy1-abcdef"}, nil),

	// deploying-role; a drill of the first one has no account but the hub's
	{Name: "a role that deploys, in a record that does not name its account", Entry: "deploying-role", record: "assume-role", set: Fields{
		"detail.userIdentity": asBystander, "detail.requestParameters.roleArn": bootstrapped("222222222222", "deploy-role"), "detail.resources": nil,
	}},
	deploying("a role that deploys into a target", "deploying-role", "222222222222", "deploy-role", "Developer"),
	deploying("a role that publishes there", "deploying-role", "222222222222", "file-publishing-role", "Developer"),
	deploying("a role of another bootstrap there", "deploying-role", "999999999999", "deploy-role", "Developer"),
	deploying("a role whose name begins like the pipeline's", "deploying-role", "222222222222", "deploy-role", "BreakGlass-Pipelines"),
	{Name: "a role that deploys, assumed by a user", Entry: "deploying-role", record: "assume-role", set: Fields{
		"detail.userIdentity": asBystander, "detail.requestParameters.roleArn": bootstrapped("222222222222", "deploy-role"),
	}},
	deploying("a role that the pipeline assumes", "", "222222222222", "deploy-role", names.PipelineStack+"-PipelinePipelineRole0f0f0f0f-abcdef"),
	deploying("a role that deploys in the hub account", "", "111111111111", "deploy-role", "Developer"),
	{Name: "a role that deploys, refused", record: "assume-role", set: Fields{
		"detail.userIdentity": asBystander, "detail.requestParameters.roleArn": bootstrapped("222222222222", "deploy-role"), "detail.errorCode": "AccessDenied",
	}},
	switching("a switch into a role that deploys", "deploying-role", bootstrapped("222222222222", "deploy-role"), "Success"),
	switching("a switch into a role that publishes", "deploying-role", bootstrapped("999999999999", "file-publishing-role"), "Success"),
	switching("a switch into a role that deploys, which failed", "", bootstrapped("222222222222", "deploy-role"), "Failure"),
	switching("a switch into another role", "", "arn:aws:iam::222222222222:role/my-cdk-role", "Success"),
	{Name: "a switch back from a role that deploys", record: "switch-role", set: Fields{
		"detail.userIdentity": asBystander, "detail.eventName": "ExitRole", "detail.additionalEventData.SwitchTo": bootstrapped("222222222222", "deploy-role"),
	}},
	{Name: "another role in a target", record: "assume-role", set: Fields{"detail.userIdentity": asBystander, "detail.requestParameters.roleArn": "arn:aws:iam::222222222222:role/my-cdk-role"}},
}

// bootstrapped returns the ARN of a role of the CDK's bootstrap.
func bootstrapped(account, kind string) string {
	return "arn:aws:iam::" + account + ":role/cdk-hnb659fds-" + kind + "-" + account + "-us-east-1"
}

// deploying returns the sample of a role of the CDK's bootstrap that a session of another role assumes.
func deploying(name, entry, account, kind, by string) Sample {
	role := bootstrapped(account, kind)
	return Sample{Name: name, Entry: entry, record: "assume-role", set: Fields{
		"detail.requestParameters.roleArn": role,
		"detail.resources":                 []any{Fields{"accountId": account, "type": "AWS::IAM::Role", "ARN": role}},
		"detail.userIdentity": Fields{
			"type": "AssumedRole", "accountId": "111111111111", "arn": "arn:aws:sts::111111111111:assumed-role/" + by + "/mallory",
			"sessionContext": Fields{"sessionIssuer": Fields{"type": "Role", "userName": by, "accountId": "111111111111"}},
		},
	}}
}

// switching returns the sample of a switch in the console into a role.
func switching(name, entry, role, result string) Sample {
	return Sample{Name: name, Entry: entry, record: "switch-role", set: Fields{
		"detail.userIdentity": asBystander, "detail.additionalEventData.SwitchTo": role, "detail.responseElements.SwitchRole": result,
	}}
}

// inConsole returns the sample of a change to who may use the console.
func inConsole(name, call string, parameters Fields) Sample {
	return Sample{Name: name, Entry: "account-change", Alert: "-console", record: "disable-rule", set: callTo("signin", call, parameters)}
}

var composerSamples = []Sample{
	tampering("the composer changed", "composer-change", "states", "UpdateStateMachine", Fields{"stateMachineArn": composerARN}),
	tampering("the composer deleted", "composer-change", "states", "DeleteStateMachine", Fields{"stateMachineArn": composerARN}),
	tampering("a composer of somebody's own", "composer-change", "states", "CreateStateMachine", Fields{"name": names.Composer}),
	tampering("an alert stopped on its way", "composer-change", "states", "StopExecution", Fields{"executionArn": executionARN}),
	tampering("an alert made up", "composer-change", "states", "StartExecution", Fields{"stateMachineArn": composerARN, "input": "{}"}),
	tampering("an alert made up by a version of the composer", "composer-change", "states", "StartExecution", Fields{"stateMachineArn": composerARN + ":1", "input": "{}"}),
	tampering("a version of the composer made", "composer-change", "states", "PublishStateMachineVersion", Fields{"stateMachineArn": composerARN}),
	{
		Name: "an alert made up by an IAM user", Entry: "composer-change", record: "disable-rule",
		set: with(callTo("states", "StartExecution", Fields{"stateMachineArn": composerARN}), Fields{"detail.userIdentity": asBystander}),
	},
	tampering("the composer's table deleted", "composer-change", "dynamodb", "DeleteTable", Fields{"tableName": names.AlertsTable}),
	tampering("the composer's table filled", "composer-change", "dynamodb", "StartBulkPutItems", Fields{"tableName": names.AlertsTable, "maxWriteRequestUnits": 1000}),
	silent("another table filled", "dynamodb", "StartBulkPutItems", Fields{"tableName": "orders"}, nil),
	tampering("the composer's table closed", "composer-change", "dynamodb", "PutResourcePolicy",
		Fields{"resourceArn": "arn:aws:dynamodb:us-east-1:111111111111:table/" + names.AlertsTable, "policy": "{}"}),
	byAStack("the composer's table closed to others by its stack", "dynamodb", "PutResourcePolicy",
		Fields{"resourceArn": "arn:aws:dynamodb:us-east-1:111111111111:table/" + names.AlertsTable, "policy": "{}"}),
	tampering("a state machine of somebody's own with the composer's role", "composer-change", "states", "CreateStateMachine",
		Fields{"name": "helper", "roleArn": "arn:aws:iam::111111111111:role/" + names.ComposerRole}),
	tampering("a state tried with the composer's role", "composer-change", "states", "TestState", Fields{"roleArn": "arn:aws:iam::111111111111:role/" + names.ComposerRole}),
	tampering("a pipe of somebody's own that starts the composer", "composer-change", "pipes", "CreatePipe",
		Fields{"name": "noise", "source": "arn:aws:sqs:us-east-1:111111111111:orders", "target": composerARN, "roleArn": "arn:aws:iam::111111111111:role/noise"}),
	byStackOf("composer-change", "a pipe of a stack that writes into the ledger", "pipes", "UpdatePipe",
		Fields{"name": "noise", "target": "arn:aws:logs:us-east-1:111111111111:log-group:" + names.Ledger, "roleArn": "arn:aws:iam::111111111111:role/noise"}),
	silent("a pipe that starts something else", "pipes", "CreatePipe", Fields{"name": "orders", "target": "arn:aws:states:us-east-1:111111111111:stateMachine:orders"}, nil),
	silent("a state machine with another role", "states", "CreateStateMachine", Fields{"name": "helper", "roleArn": "arn:aws:iam::111111111111:role/helper"}, nil),
	silent("a table whose name ends like the composer's deleted", "dynamodb", "DeleteTable", Fields{"tableName": "old-" + names.AlertsTable}, nil),
	silent("another account's table of that name deleted", "dynamodb", "DeleteTable",
		Fields{"tableName": "arn:aws:dynamodb:us-east-1:999999999999:table/" + names.AlertsTable}, nil),
	tampering("what the composer remembers kept for ever", "composer-change", "dynamodb", "UpdateTimeToLive",
		Fields{"tableName": "arn:aws:dynamodb:us-east-1:111111111111:table/" + names.AlertsTable}),
	silent("an alert on its way", "states", "StartExecution", Fields{"stateMachineArn": composerARN}, Fields{"detail.userIdentity": asRules}),
	silent("an alert on its way, of a record that names no role", "states", "StartExecution", Fields{"stateMachineArn": composerARN},
		Fields{"detail.userIdentity": Fields{"type": "AWSService", "invokedBy": "events.amazonaws.com"}}),
	silent("another state machine started", "states", "StartExecution", Fields{"stateMachineArn": "arn:aws:states:us-east-1:111111111111:stateMachine:orders"}, nil),
	silent("another execution stopped", "states", "StopExecution", Fields{"executionArn": "arn:aws:states:us-east-1:111111111111:execution:orders:1"}, nil),
	silent("another table deleted", "dynamodb", "DeleteTable", Fields{"tableName": "orders"}, nil),
	silent("what the composer writes", "dynamodb", "UpdateItem", Fields{"tableName": names.AlertsTable}, nil),
}

const executionARN = "arn:aws:states:us-east-1:111111111111:execution:" + names.Composer + ":0f0f0f0f-1111-2222-3333-444444444444"

// asRules is what starts the composer.
var asRules = Fields{
	"type": "AssumedRole", "principalId": "AROAEXAMPLEROLE000007:0f0f0f0f", "accountId": "111111111111", "invokedBy": "events.amazonaws.com",
	"arn":            "arn:aws:sts::111111111111:assumed-role/" + names.ComposerStartRole + "/0f0f0f0f",
	"sessionContext": Fields{"sessionIssuer": Fields{"type": "Role", "userName": names.ComposerStartRole}},
}

// asIssued is a federated session that a user issued.
func asIssued(user string) Fields {
	return Fields{
		"type": "FederatedUser", "principalId": "111111111111:somebody", "arn": "arn:aws:sts::111111111111:federated-user/somebody", "accountId": "111111111111",
		"sessionContext": Fields{"sessionIssuer": Fields{"type": "IAMUser", "arn": "arn:aws:iam::111111111111:user/" + user, "userName": user}},
	}
}

// issuedByRoot is a federated session that root issued.
var issuedByRoot = Fields{
	"type": "FederatedUser", "principalId": "111111111111:somebody", "arn": "arn:aws:sts::111111111111:federated-user/somebody", "accountId": "111111111111",
	"sessionContext": Fields{"sessionIssuer": asRoot},
}

var otherSamples = []Sample{
	other("a bucket listed by the user", asLongTermKey, true),
	other("a bucket listed by a session of the user", asIssued("BreakglassUser"), true),
	other("a call of the root user", asRoot, false),
	other("a bucket listed by a session that root issued", issuedByRoot, true),
	{Name: "a user listed by the user", Entry: "other-call", record: "create-access-key", set: Fields{"detail.userIdentity": asLongTermKey, "detail.eventName": "ListUsers", "detail.readOnly": true}},
	{Name: "a role made by root", Entry: "other-call", record: "create-access-key", set: Fields{"detail.userIdentity": asRoot, "detail.eventName": "CreateRole", "detail.requestParameters": Fields{"roleName": "web"}}},
	{
		Name: "an action of root in the billing console", Entry: "other-call", record: "disable-rule",
		set: with(callTo("billingconsole", "SetAccountPreferences", nil), Fields{"detail-type": consoleAction, "detail.userIdentity": asRoot, "detail.eventType": "AwsConsoleAction"}),
	},
	silent("an action of a stranger in the billing console", "billingconsole", "SetAccountPreferences", nil, Fields{"detail-type": consoleAction, "detail.userIdentity": asBystander}),
	silent("a bucket listed by a stranger", "s3", "ListBuckets", nil, Fields{"detail.userIdentity": asBystander, "detail.readOnly": true}),
	silent("a bucket listed by a session of a stranger", "s3", "ListBuckets", nil, Fields{"detail.userIdentity": asIssued("bystander"), "detail.readOnly": true}),
	silent("what a service does on behalf of root", "s3", "ListBuckets", nil, Fields{"detail.userIdentity": with(asRoot, Fields{"invokedBy": "support.amazonaws.com"})}),
}

func other(name string, as Fields, reads bool) Sample {
	return Sample{Name: name, Entry: "other-call", record: "disable-rule", set: with(callTo("s3", "ListBuckets", nil), Fields{"detail.userIdentity": as, "detail.readOnly": reads})}
}

// onStackSet returns the sample of a call on a stack set that no stack made.
func onStackSet(name, call string, parameters Fields) Sample {
	return Sample{Name: name, Entry: "account-change", Alert: "-stack-set", record: "disable-rule", set: callTo("cloudformation", call, parameters)}
}
