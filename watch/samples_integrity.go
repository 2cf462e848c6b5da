package watch

import (
	"slices"

	"example.com/breakglass/names"
)

// Samples are the events that the catalogue is held against: those that must reach people, entry by entry, and those
// that must stay silent. Every sample is tried on every rule.
var Samples = slices.Concat(accessSamples, integritySamples, accountSamples, composerSamples, otherSamples, recordedSamples)

var integritySamples = []Sample{
	// rule-change
	tampering("a rule switched off", "rule-change", "events", "DisableRule", Fields{"name": "capture-breakglass-user-sign-in"}),
	tampering("a rule written anew", "rule-change", "events", "PutRule", Fields{"name": "forward-breakglass-user-sign-in", "eventPattern": "{}"}),
	tampering("a rule without its targets", "rule-change", "events", "RemoveTargets", Fields{"rule": "capture-breakglass-user-sign-in-standby", "ids": []any{"people"}}),
	tampering("a bus opened to somebody", "bus-change", "events", "PutPermission", Fields{"statementId": "open", "principal": "*"}),
	tampering("a bus opened to somebody, by name", "bus-change", "events", "PutPermission", Fields{"statementId": "open", "eventBusName": "default"}),
	tampering("a bus with a key of somebody's own", "bus-change", "events", "UpdateEventBus", Fields{"name": "default", "kmsKeyIdentifier": "arn:aws:kms:us-east-1:111111111111:key/other"}),
	tampering("a rule of somebody's own that publishes to the topic", "foreign-target", "events", "PutTargets",
		Fields{"rule": "nightly-backup", "targets": []any{Fields{"id": "other", "arn": "arn:aws:sqs:us-east-1:111111111111:orders"}, Fields{"id": "noise", "arn": topicARN}}}),
	tampering("a rule of somebody's own that writes into the ledger", "foreign-target", "events", "PutTargets",
		Fields{"rule": "nightly-backup", "targets": []any{Fields{"id": "noise", "arn": "arn:aws:logs:us-east-1:111111111111:log-group:" + names.Ledger}}}),
	tampering("a rule of somebody's own that acts as the forwarding role", "foreign-target", "events", "PutTargets", Fields{
		"rule":    "nightly-backup",
		"targets": []any{Fields{"id": "noise", "arn": "arn:aws:events:us-east-1:111111111111:event-bus/default", "roleArn": "arn:aws:iam::111111111111:role/" + names.ForwardRole}},
	}),
	tampering("a rule of somebody's own that has the forwarding role", "foreign-target", "events", "PutRule",
		Fields{"name": "nightly-backup", "roleArn": "arn:aws:iam::111111111111:role/" + names.ForwardRole}),
	tampering("an archive of the bus", "bus-change", "events", "CreateArchive",
		Fields{"archiveName": "everything", "eventSourceArn": "arn:aws:events:us-east-1:111111111111:event-bus/default"}),
	tampering("old events replayed", "bus-change", "events", "StartReplay", Fields{
		"replayName": "again", "eventSourceArn": "arn:aws:events:us-east-1:111111111111:archive/everything",
		"destination": Fields{"arn": "arn:aws:events:us-east-1:111111111111:event-bus/default"},
	}),
	byStackOf("foreign-target", "a rule of a stack that publishes to the topic", "events", "PutTargets",
		Fields{"rule": "nightly-backup", "targets": []any{Fields{"id": "noise", "arn": topicARN}}}),
	tampering("a rule of somebody's own that starts the composer", "foreign-target", "events", "PutTargets", Fields{
		"rule":    "nightly-backup",
		"targets": []any{Fields{"id": "noise", "arn": composerARN, "roleArn": "arn:aws:iam::111111111111:role/" + names.ComposerStartRole}},
	}),
	tampering("a schedule of somebody's own that starts the composer", "foreign-target", "scheduler", "CreateSchedule",
		Fields{"name": "noise", "groupName": "default", "target": Fields{"arn": composerARN, "roleArn": "arn:aws:iam::111111111111:role/noise"}}),
	tampering("a schedule of somebody's own that puts beats", "foreign-target", "scheduler", "CreateSchedule", Fields{
		"name": "nightly-backup", "target": Fields{"arn": "arn:aws:events:eu-west-1:111111111111:event-bus/default", "roleArn": "arn:aws:iam::111111111111:role/" + names.HeartbeatRole},
	}),
	tampering("a schedule of somebody's own that makes the canary's calls, as another spelling has it", "foreign-target", "scheduler", "UpdateSchedule", Fields{
		"Name": "breakglass-canary", "Target": Fields{"Arn": "arn:aws:scheduler:::aws-sdk:eventbridge:tagResource", "RoleArn": "arn:aws:iam::111111111111:role/" + names.HeartbeatRole},
	}),
	byStackOf("foreign-target", "a schedule of a stack that puts beats", "scheduler", "CreateSchedule", Fields{
		"name": "nightly-backup", "target": Fields{"arn": "arn:aws:events:eu-west-1:111111111111:event-bus/default", "roleArn": "arn:aws:iam::111111111111:role/" + names.HeartbeatRole},
	}),
	tampering("a rule of somebody's own that acts as the role of the dead man's switch", "foreign-target", "events", "PutTargets", Fields{
		"rule":    "nightly-backup",
		"targets": []any{Fields{"id": "noise", "arn": "arn:aws:events:us-east-1:111111111111:api-destination/x/0f0f", "roleArn": "arn:aws:iam::111111111111:role/" + names.DeadMansSwitchRole}},
	}),
	tampering("a schedule of ours that starts the composer", "rule-change", "scheduler", "UpdateSchedule",
		Fields{"name": names.Heartbeat, "target": Fields{"arn": composerARN, "roleArn": "arn:aws:iam::111111111111:role/" + names.HeartbeatRole}}),
	tampering("a rule that is named like ours, but is not", "rule-change", "events", "PutTargets",
		Fields{"rule": "nightly-breakglass-copy", "targets": []any{Fields{"id": "noise", "arn": topicARN}}}),
	byAStack("a heartbeat deployed", "scheduler", "CreateSchedule", Fields{
		"name": names.Heartbeat, "target": Fields{"arn": "arn:aws:events:eu-west-1:111111111111:event-bus/default", "roleArn": "arn:aws:iam::111111111111:role/" + names.HeartbeatRole},
	}),
	silent("a schedule with a role of another name", "scheduler", "CreateSchedule", Fields{
		"name": "report", "target": Fields{"arn": "arn:aws:events:eu-west-1:111111111111:event-bus/default", "roleArn": "arn:aws:iam::111111111111:role/report-breakglass-role"},
	}, nil),
	silent("a schedule with our role that was refused", "scheduler", "CreateSchedule", Fields{
		"name": "report", "target": Fields{"arn": "arn:aws:events:eu-west-1:111111111111:event-bus/default", "roleArn": "arn:aws:iam::111111111111:role/" + names.HeartbeatRole},
	}, refused),
	silent("another schedule made", "scheduler", "CreateSchedule",
		Fields{"name": "report", "target": Fields{"arn": "arn:aws:sqs:us-east-1:111111111111:orders"}}, nil),
	tampering("a schedule changed, as another spelling has it", "rule-change", "scheduler", "UpdateSchedule", Fields{"Name": names.Heartbeat}),
	tampering("a schedule removed", "rule-change", "scheduler", "DeleteSchedule", Fields{"name": names.Heartbeat, "groupName": "default"}),
	silent("a rule switched off that was refused", "events", "DisableRule", Fields{"name": "capture-breakglass-user-sign-in"}, refused),
	tampering("a rule of somebody's own that starts a version of the composer", "foreign-target", "events", "PutTargets",
		Fields{"rule": "nightly-backup", "targets": []any{Fields{"id": "noise", "arn": composerARN + ":1"}}}),
	tampering("the dead man's switch sent elsewhere", "rule-change", "events", "UpdateApiDestination",
		Fields{"name": names.DeadMansSwitch, "invocationEndpoint": "https://example.com"}),
	tampering("the dead man's switch cut off", "rule-change", "events", "DeauthorizeConnection", Fields{"name": names.DeadMansSwitch}),
	silent("another API destination changed", "events", "UpdateApiDestination", Fields{"name": "orders"}, nil),
	byAStack("the dead man's switch removed by a stack", "events", "DeleteConnection", Fields{"name": names.DeadMansSwitch}),
	silent("another rule's targets", "events", "PutTargets", Fields{
		"rule":    "nightly-backup",
		"targets": []any{Fields{"id": "run", "arn": "arn:aws:sns:us-east-1:111111111111:orders", "roleArn": "arn:aws:iam::111111111111:role/backup"}},
	}, nil),
	silent("another account's topic as a target", "events", "PutTargets",
		Fields{"rule": "nightly-backup", "targets": []any{Fields{"id": "noise", "arn": othersTopicARN}}}, nil),
	tampering("a bus opened to somebody, by its ARN", "bus-change", "events", "PutPermission",
		Fields{"statementId": "open", "eventBusName": "arn:aws:events:us-east-1:111111111111:event-bus/default"}),
	silent("a bus with a name that ends like the default bus opened", "events", "PutPermission", Fields{"statementId": "open", "eventBusName": "orders-default"}, nil),
	silent("an archive of another bus", "events", "CreateArchive",
		Fields{"archiveName": "orders", "eventSourceArn": "arn:aws:events:us-east-1:111111111111:event-bus/orders"}, nil),
	silent("old events replayed to another bus", "events", "StartReplay",
		Fields{"replayName": "again", "destination": Fields{"arn": "arn:aws:events:us-east-1:111111111111:event-bus/orders"}}, nil),
	silent("another rule switched off", "events", "DisableRule", Fields{"name": "nightly-backup"}, nil),
	silent("another bus opened", "events", "PutPermission", Fields{"statementId": "open", "eventBusName": "orders"}, nil),
	silent("a look at the composer", "states", "DescribeStateMachine", Fields{"stateMachineArn": "arn:aws:states:us-east-1:111111111111:stateMachine:" + names.Composer},
		Fields{"detail.readOnly": true}),
	silent("a look at a rule", "events", "DescribeRule", Fields{"name": "capture-breakglass-user-sign-in"}, Fields{"detail.readOnly": true}),
	silent("another schedule removed", "scheduler", "DeleteSchedule", Fields{"name": "report", "groupName": "default"}, nil),

	// queue-change
	tampering("a dead-letter queue purged", "queue-change", "sqs", "PurgeQueue",
		Fields{"queueUrl": "https://sqs.eu-west-1.amazonaws.com/111111111111/BreakGlass-Forwarder-eu-west-1-DeadLettersQueue9F481A3B-abcdef"}),
	tampering("a dead-letter queue purged by its older address", "queue-change", "sqs", "PurgeQueue",
		Fields{"queueUrl": "https://eu-west-1.queue.amazonaws.com/111111111111/BreakGlass-Forwarder-eu-west-1-DeadLettersQueue9F481A3B-abcdef"}),
	tampering("what could not be delivered carried elsewhere", "queue-change", "sqs", "StartMessageMoveTask", Fields{
		"sourceArn":      "arn:aws:sqs:eu-west-1:111111111111:BreakGlass-Forwarder-eu-west-1-DeadLettersQueue9F481A3B-abcdef",
		"destinationArn": "arn:aws:sqs:eu-west-1:111111111111:nowhere",
	}),
	silent("what another queue holds carried elsewhere", "sqs", "StartMessageMoveTask", Fields{"sourceArn": "arn:aws:sqs:eu-west-1:111111111111:orders"}, nil),
	silent("a dead-letter queue of another account purged", "sqs", "PurgeQueue", Fields{"queueUrl": "https://sqs.eu-west-1.amazonaws.com/999999999999/BreakGlass-Hub-DeadLetters"}, nil),
	silent("another queue purged", "sqs", "PurgeQueue", Fields{"queueUrl": "https://sqs.eu-west-1.amazonaws.com/111111111111/orders"}, nil),

	// alarm-change
	tampering("alarms without actions", "alarm-change", "monitoring", "DisableAlarmActions", Fields{"alarmNames": []any{"breakglass-user-failed-sign-in", "other"}}),
	tampering("an alarm set to OK", "alarm-change", "monitoring", "SetAlarmState", Fields{"alarmName": "breakglass-heartbeat-eu-west-1", "stateValue": "OK"}),
	tampering("an alarm muted", "alarm-change", "monitoring", "PutAlarmMuteRule",
		Fields{"name": "quiet", "muteTargets": Fields{"alarmNames": []any{"breakglass-undelivered"}}}),
	tampering("an alarm of somebody's own that notifies the topic", "alarm-change", "monitoring", "PutMetricAlarm",
		Fields{"alarmName": "cpu", "alarmActions": []any{"arn:aws:sns:us-east-1:111111111111:orders", topicARN}}),
	tampering("an alarm of somebody's own that notifies the topic when it is OK", "alarm-change", "monitoring", "PutCompositeAlarm",
		Fields{"alarmName": "any", "oKActions": []any{topicARN}}),
	tampering("an alarm of somebody's own that notifies the topic without data", "alarm-change", "monitoring", "PutMetricAlarm",
		Fields{"alarmName": "cpu", "insufficientDataActions": []any{topicARN}}),
	tampering("an alarm on logs, of somebody's own, that notifies the topic", "alarm-change", "monitoring", "PutLogAlarm",
		Fields{"alarmName": "errors", "alarmActions": []any{topicARN}}),
	tampering("a key for all metrics", "alarm-change", "monitoring", "AssociateDatasetKmsKey",
		Fields{"datasetIdentifier": "default", "kmsKeyArn": "arn:aws:kms:us-east-1:111111111111:key/99999999-2222-3333-4444-555555555555"}),
	silent("a key for all metrics, refused", "monitoring", "AssociateDatasetKmsKey", Fields{"datasetIdentifier": "default"}, refused),
	byStackOf("alarm-change", "an alarm of a stack that notifies the topic", "monitoring", "PutMetricAlarm",
		Fields{"alarmName": "cpu", "alarmActions": []any{topicARN}}),
	tampering("the dashboard replaced, in another Region", "alarm-change", "monitoring", "PutDashboard", Fields{"dashboardName": names.Dashboard, "dashboardBody": "{}"}),
	tampering("the dashboard deleted", "alarm-change", "monitoring", "DeleteDashboards", Fields{"dashboardNames": []any{"orders", names.Dashboard}}),
	byAStack("the dashboard deployed", "monitoring", "PutDashboard", Fields{"dashboardName": names.Dashboard, "dashboardBody": "{}"}),
	silent("another dashboard replaced", "monitoring", "PutDashboard", Fields{"dashboardName": names.Dashboard + "-Test"}, nil),
	silent("an alarm that notifies another account's topic", "monitoring", "PutMetricAlarm", Fields{"alarmName": "cpu", "alarmActions": []any{othersTopicARN}}, nil),
	silent("an alarm that notifies another topic", "monitoring", "PutMetricAlarm",
		Fields{"alarmName": "cpu", "alarmActions": []any{"arn:aws:sns:us-east-1:111111111111:orders"}}, nil),
	silent("other alarms without actions", "monitoring", "DisableAlarmActions", Fields{"alarmNames": []any{"cpu", "disk"}}, nil),
	silent("another alarm deleted", "monitoring", "DeleteAlarms", Fields{"alarmNames": []any{"cpu"}}, nil),

	// trail-change
	tampering("a trail stopped", "trail-change", "cloudtrail", "StopLogging", Fields{"name": "arn:aws:cloudtrail:us-east-1:111111111111:trail/all"}),
	tampering("a trail that logs less", "trail-change", "cloudtrail", "PutEventSelectors", Fields{"trailName": "all"}),
	tampering("a trail whose events are aggregated or enriched otherwise", "trail-change", "cloudtrail", "PutEventConfiguration", Fields{"trailName": "all"}),
	tampering("an administrator of the organization's trails named", "trail-change", "cloudtrail", "RegisterOrganizationDelegatedAdmin", Fields{"memberAccountId": "222222222222"}),
	tampering("the trail's administrator removed", "trail-change", "cloudtrail", "DeregisterOrganizationDelegatedAdmin", Fields{"delegatedAdminAccountId": "222222222222"}),
	tampering("the organization no longer trusts CloudTrail", "trail-change", "organizations", "DisableAWSServiceAccess", Fields{"servicePrincipal": "cloudtrail.amazonaws.com"}),
	tampering("the organization no longer trusts stack sets", "trail-change", "organizations", "DisableAWSServiceAccess",
		Fields{"servicePrincipal": "member.org.stacksets.cloudformation.amazonaws.com"}),
	tampering("the organization no longer trusts stack sets, by their other principal", "trail-change", "organizations", "DisableAWSServiceAccess",
		Fields{"servicePrincipal": "stacksets.cloudformation.amazonaws.com"}),
	tampering("stack sets cut off from the organization", "trail-change", "cloudformation", "DeactivateOrganizationsAccess", nil),
	tampering("another administrator of stack sets", "trail-change", "organizations", "RegisterDelegatedAdministrator",
		Fields{"servicePrincipal": "member.org.stacksets.cloudformation.amazonaws.com", "accountId": "222222222222"}),
	tampering("the administrator of stack sets removed", "trail-change", "organizations", "DeregisterDelegatedAdministrator",
		Fields{"servicePrincipal": "member.org.stacksets.cloudformation.amazonaws.com", "accountId": "111111111111"}),
	silent("the organization no longer trusts another service", "organizations", "DisableAWSServiceAccess", Fields{"servicePrincipal": "config.amazonaws.com"}, nil),
	silent("another service's administrator", "organizations", "RegisterDelegatedAdministrator",
		Fields{"servicePrincipal": "securityhub.amazonaws.com", "accountId": "222222222222"}, nil),
	silent("the organization trusts stack sets", "organizations", "EnableAWSServiceAccess",
		Fields{"servicePrincipal": "member.org.stacksets.cloudformation.amazonaws.com"}, nil),
	silent("the organization trusts CloudTrail still", "organizations", "DisableAWSServiceAccess", Fields{"servicePrincipal": "cloudtrail.amazonaws.com"}, refused),
	{
		Name: "a trail changed by a stack", Entry: "trail-change", record: "disable-rule",
		set: with(callTo("cloudtrail", "UpdateTrail", Fields{"name": "all"}), byStack),
	},
	tampering("the trail's files expire", "trail-change", "s3", "PutBucketLifecycle", Fields{"bucketName": trailBucket + "trailbucket0f0f0f0f-abcdef"}),
	tampering("the policy of the trail's bucket removed", "trail-change", "s3", "DeleteBucketPolicy", Fields{"bucketName": trailBucket + "trailbucket0f0f0f0f-abcdef"}),
	silent("another bucket's policy changed", "s3", "PutBucketPolicy", Fields{"bucketName": "orders"}, nil),
	silent("a file written into the trail's bucket", "s3", "PutObject", Fields{"bucketName": trailBucket + "trailbucket0f0f0f0f-abcdef"}, nil),
	silent("a trail started", "cloudtrail", "StartLogging", Fields{"name": "all"}, nil),

	// role-change
	tampering("the forwarding role changed", "role-change", "iam", "DetachRolePolicy",
		Fields{"roleName": names.ForwardRole, "policyArn": "arn:aws:iam::111111111111:policy/" + names.ForwardPolicy}),
	tampering("the guard's text changed", "role-change", "iam", "CreatePolicyVersion",
		Fields{"policyArn": "arn:aws:iam::111111111111:policy/" + names.GuardPolicy, "setAsDefault": true}),
	tampering("the forwarding role, typed otherwise", "role-change", "iam", "DeleteRolePolicy", Fields{"roleName": "BREAKGLASS-event-bus-role"}),
	tampering("a policy of the hub account's own role", "role-change", "iam", "PutRolePolicy", Fields{"roleName": "breakGlassRole", "policyName": "more"}),
	tampering("the composer's role changed", "role-change", "iam", "PutRolePolicy", Fields{"roleName": names.ComposerRole, "policyName": "less"}),
	tampering("the rules' permission to start the composer changed", "role-change", "iam", "CreatePolicyVersion",
		Fields{"policyArn": "arn:aws:iam::111111111111:policy/" + names.ComposerStartPolicy, "setAsDefault": true}),
	tampering("a role that is named like those of the observers, in the hub account", "role-change", "iam", "CreateRole", Fields{"roleName": "Breakglass-Observer-Role"}),
	tampering("the role of the dead man's switch changed", "role-change", "iam", "DeleteRolePolicy", Fields{"roleName": names.DeadMansSwitchRole}),
	tampering("the policy of the dead man's switch changed", "role-change", "iam", "CreatePolicyVersion",
		Fields{"policyArn": "arn:aws:iam::111111111111:policy/" + names.DeadMansSwitchPolicy, "setAsDefault": true}),
	silent("another role changed", "iam", "DetachRolePolicy", Fields{"roleName": "web"}, nil),
	silent("the guard attached to somebody else", "iam", "AttachRolePolicy",
		Fields{"roleName": "web", "policyArn": "arn:aws:iam::111111111111:policy/" + names.GuardPolicy}, nil),

	// topic-change
	tampering("the topic deleted", "topic-change", "sns", "DeleteTopic", Fields{"topicArn": topicARN}),
	tampering("a stranger subscribed", "topic-change", "sns", "Subscribe", Fields{"topicArn": topicARN, "protocol": "email", "endpoint": "mallory@example.com"}),
	tampering("a subscription changed", "topic-change", "sns", "SetSubscriptionAttributes",
		Fields{"subscriptionArn": topicARN + ":0f0f0f0f-1111-2222-3333-444444444444", "attributeName": "FilterPolicy"}),
	tampering("a protection policy that hides the text", "topic-change", "sns", "PutDataProtectionPolicy", Fields{"resourceArn": topicARN}),
	tampering("no more SMS", "topic-change", "sns", "SetSMSAttributes", Fields{"attributes": Fields{"MonthlySpendLimit": "0"}}),
	tampering("SMS stopped by the limit of AWS End User Messaging", "topic-change", "sms-voice", "SetTextMessageSpendLimitOverride", Fields{"monthlyLimit": 0}),
	tampering("SMS stopped by a rule against countries", "topic-change", "sms-voice", "SetAccountDefaultProtectConfiguration", Fields{"protectConfigurationId": "protect-0f0f0f0f"}),
	tampering("a number that gets no SMS any more", "topic-change", "sms-voice", "PutOptedOutNumber", Fields{"optOutListName": "Default", "optedOutNumber": "+15550100123"}),
	tampering("SMS to a country stopped", "topic-change", "sms-voice", "UpdateProtectConfigurationCountryRuleSet",
		Fields{"protectConfigurationId": "protect-0f0f0f0f", "numberCapability": "SMS", "countryRuleSetUpdates": Fields{"DE": Fields{"protectStatus": "BLOCK"}}}),
	tampering("SMS to a number stopped", "topic-change", "sms-voice", "PutProtectConfigurationRuleSetNumberOverride",
		Fields{"protectConfigurationId": "protect-0f0f0f0f", "destinationPhoneNumber": "+15550100123", "action": "BLOCK"}),
	tampering("SMS limited to what AWS allows again", "topic-change", "sms-voice", "DeleteTextMessageSpendLimitOverride", nil),
	tampering("a number that the sandbox reaches no longer", "topic-change", "sns", "DeleteSMSSandboxPhoneNumber", Fields{"phoneNumber": "+15550100123"}),
	tampering("a number that the sandbox of AWS End User Messaging reaches no longer", "topic-change", "sms-voice", "DeleteVerifiedDestinationNumber",
		Fields{"verifiedDestinationNumberId": "verified-0f0f0f0f"}),
	tampering("a number that SMS come from given up", "topic-change", "sms-voice", "ReleasePhoneNumber", Fields{"phoneNumberId": "phone-0f0f0f0f"}),
	tampering("a number that SMS come from changed", "topic-change", "sms-voice", "UpdatePhoneNumber",
		Fields{"phoneNumberId": "phone-0f0f0f0f", "optOutListName": "everybody", "selfManagedOptOutsEnabled": false}),
	silent("a number requested that SMS come from", "sms-voice", "RequestPhoneNumber", Fields{"isoCountryCode": "US", "messageType": "TRANSACTIONAL"}, nil),
	silent("a number gets SMS although its country does not", "sms-voice", "DeleteProtectConfigurationRuleSetNumberOverride",
		Fields{"protectConfigurationId": "protect-0f0f0f0f", "destinationPhoneNumber": "+15550100123"}, nil),
	silent("a number that gets SMS again", "sms-voice", "DeleteOptedOutNumber", Fields{"optOutListName": "Default", "optedOutNumber": "+15550100123"}, nil),
	silent("a subscriber of another account's topic", "sns", "Subscribe", Fields{"topicArn": othersTopicARN}, nil),
	silent("a subscriber of a topic with a longer name", "sns", "Subscribe", Fields{"topicArn": topicARN + "-test"}, nil),
	silent("a number opted in again", "sns", "OptInPhoneNumber", Fields{"phoneNumber": "+15550100"}, nil),
	silent("a subscriber of another topic", "sns", "Subscribe", Fields{"topicArn": "arn:aws:sns:us-east-1:111111111111:orders"}, nil),
	silent("a subscription to another topic ended", "sns", "Unsubscribe",
		Fields{"subscriptionArn": "arn:aws:sns:us-east-1:111111111111:orders:0f0f0f0f-1111-2222-3333-444444444444"}, nil),

	// key-change
	tampering("the key switched off", "key-change", "kms", "DisableKey", Fields{"keyId": SampleKey}),
	tampering("the key's policy changed", "key-change", "kms", "PutKeyPolicy", Fields{"keyId": "arn:aws:kms:us-east-1:111111111111:key/" + SampleKey}),
	{
		Name: "the key scheduled for deletion", Entry: "key-change", record: "disable-rule",
		set: with(callTo("kms", "ScheduleKeyDeletion", Fields{"keyId": "alias/breakglassSNS"}),
			Fields{"detail.resources": []any{Fields{"accountId": "111111111111", "type": "AWS::KMS::Key", "ARN": "arn:aws:kms:us-east-1:111111111111:key/" + SampleKey}}}),
	},
	tampering("the key's alias removed", "key-change", "kms", "DeleteAlias", Fields{"aliasName": names.KeyAlias}),
	tampering("the key's alias given to another key", "key-change", "kms", "UpdateAlias",
		Fields{"aliasName": names.KeyAlias, "targetKeyId": "99999999-2222-3333-4444-555555555555"}),
	byAStack("the key's alias deployed", "kms", "CreateAlias", Fields{"aliasName": names.KeyAlias, "targetKeyId": "99999999-2222-3333-4444-555555555555"}),
	silent("another key's alias removed", "kms", "DeleteAlias", Fields{"aliasName": names.KeyAlias + "2"}, nil),
	silent("another key switched off", "kms", "DisableKey", Fields{"keyId": "99999999-2222-3333-4444-555555555555"}, nil),
	silent("the key used", "kms", "Decrypt", Fields{"keyId": SampleKey}, Fields{"detail.readOnly": true}),

	// ledger-change
	tampering("the ledger deleted", "ledger-change", "logs", "DeleteLogGroup", Fields{"logGroupName": names.Ledger}),
	tampering("the ledger's grant removed", "ledger-change", "logs", "DeleteResourcePolicy", Fields{"policyName": names.LedgerPolicy}),
	tampering("a policy of another name that denies the ledger", "ledger-change", "logs", "PutResourcePolicy",
		Fields{"policyName": "quiet", "policyDocument": `{"Statement":[{"Effect":"Deny","Resource":"arn:aws:logs:us-east-1:111111111111:log-group:/aws/events/breakglass-ledger:*"}]}`}),
	tampering("the ledger's records masked", "ledger-change", "logs", "PutDataProtectionPolicy",
		Fields{"logGroupIdentifier": "arn:aws:logs:us-east-1:111111111111:log-group:/aws/events/breakglass-ledger:*"}),
	tampering("a key for the ledger", "ledger-change", "logs", "AssociateKmsKey",
		Fields{"resourceIdentifier": "arn:aws:logs:us-east-1:111111111111:log-group:/aws/events/breakglass-ledger", "kmsKeyId": "arn:aws:kms:us-east-1:111111111111:key/other"}),
	tampering("a policy of another name for every log group", "ledger-change", "logs", "PutResourcePolicy",
		Fields{"policyName": "other", "policyDocument": `{"Statement":[{"Effect":"Deny","Resource":"arn:aws:logs:*:*:*"}]}`}),
	tampering("an account policy that masks every log group", "ledger-change", "logs", "PutAccountPolicy",
		Fields{"policyName": "quiet", "policyType": "DATA_PROTECTION_POLICY"}),
	tampering("the ledger's records transformed", "ledger-change", "logs", "PutTransformer", Fields{"logGroupIdentifier": names.Ledger}),
	tampering("the ledger's records carried elsewhere", "ledger-change", "logs", "PutSubscriptionFilter",
		Fields{"logGroupName": names.Ledger, "filterName": "copy", "destinationArn": "arn:aws:lambda:us-east-1:111111111111:function:copy"}),
	byStackOf("ledger-change", "a policy of a stack for every log group", "logs", "PutResourcePolicy",
		Fields{"policyName": "other", "policyDocument": `{"Statement":[{"Effect":"Deny","Resource":"arn:aws:logs:*:*:*"}]}`}),
	tampering("the ledger no longer protected from deletion", "ledger-change", "logs", "PutLogGroupDeletionProtection",
		Fields{"logGroupIdentifier": names.Ledger, "deletionProtectionEnabled": false}),
	tampering("the ledger opened to bearer tokens", "ledger-change", "logs", "PutBearerTokenAuthentication",
		Fields{"logGroupIdentifier": "arn:aws:logs:us-east-1:111111111111:log-group:" + names.Ledger, "bearerTokenAuthenticationEnabled": true}),
	tampering("the ledger opened to syslog", "ledger-change", "logs", "PutSyslogConfiguration", Fields{"logGroupIdentifier": names.Ledger, "vpcEndpointId": "vpce-0f0f0f0f"}),
	silent("another log group opened to bearer tokens", "logs", "PutBearerTokenAuthentication", Fields{"logGroupIdentifier": "/aws/events/orders"}, nil),
	tampering("a saved query that hides something", "ledger-change", "logs", "PutQueryDefinition", Fields{"name": names.Queries + "Timeline", "queryString": "limit 1"}),
	byAStack("a saved query deployed", "logs", "PutQueryDefinition", Fields{"name": names.Queries + "Timeline", "queryString": "limit 1"}),
	silent("another saved query changed", "logs", "PutQueryDefinition", Fields{"name": "orders", "queryString": "limit 1"}, nil),
	silent("a policy of another log group removed", "logs", "DeleteResourcePolicy", Fields{"policyName": "other"}, nil),
	silent("another log group's records carried elsewhere", "logs", "PutSubscriptionFilter", Fields{"logGroupName": "/aws/events/orders", "filterName": "copy"}, nil),
	silent("another log group deleted", "logs", "DeleteLogGroup", Fields{"logGroupName": "/aws/events/orders"}, nil),

	// deployment
	tampering("a stack deployed", "deployment", "cloudformation", "ExecuteChangeSet", Fields{"stackName": "BreakGlass-Forwarder-eu-west-1"}),
	tampering("the hub's stack deleted", "deployment", "cloudformation", "DeleteStack",
		Fields{"stackName": "arn:aws:cloudformation:us-east-1:111111111111:stack/BreakGlass-Hub/0f0f0f0f-1111-2222-3333-444444444444"}),
	tampering("a rollback that skips what it cannot restore", "deployment", "cloudformation", "ContinueUpdateRollback",
		Fields{"stackName": "BreakGlass-Hub", "resourcesToSkip": []any{"Topic"}}),
	tampering("a stack without protection", "deployment", "cloudformation", "UpdateTerminationProtection",
		Fields{"stackName": "BreakGlass-Hub", "enableTerminationProtection": false}),
	tampering("a second name for a stack", "deployment", "cloudformation", "SetAlias", Fields{"stackName": "BreakGlass-Hub", "aliasName": "orders"}),
	silent("a second name for another stack", "cloudformation", "SetAlias", Fields{"stackName": "orders-2026", "aliasName": "orders"}, nil),
	silent("another bus opened by a stack", "events", "PutPermission", Fields{"statementId": "open", "eventBusName": "orders"}, byStack),
	byAStack("a rule written by a stack", "events", "PutRule", Fields{"name": "capture-breakglass-user-sign-in"}),
	byAStack("a bus opened by a stack", "events", "PutPermission", Fields{"statementId": "open", "principal": "*"}),
	byAStack("a queue removed by a stack", "sqs", "DeleteQueue",
		Fields{"queueUrl": "https://sqs.eu-west-1.amazonaws.com/111111111111/BreakGlass-Forwarder-eu-west-1-DeadLettersQueue9F481A3B-abcdef"}),
	byAStack("the topic changed by a stack", "sns", "SetTopicAttributes", Fields{"topicArn": topicARN}),
	byAStack("the key's policy changed by a stack", "kms", "PutKeyPolicy", Fields{"keyId": SampleKey}),
	byAStack("an alarm removed by a stack", "monitoring", "DeleteAlarms", Fields{"alarmNames": []any{"breakglass-undelivered"}}),
	byAStack("the forwarding role changed by a stack", "iam", "PutRolePolicy", Fields{"roleName": names.ForwardRole}),
	tampering("a change set named by its ARN", "deployment", "cloudformation", "ExecuteChangeSet",
		Fields{"changeSetName": "arn:aws:cloudformation:us-east-1:111111111111:changeSet/x/0f0f0f0f-1111-2222-3333-444444444444"}),
	byAStack("the guard's text changed by a stack", "iam", "CreatePolicyVersion", Fields{"policyArn": "arn:aws:iam::111111111111:policy/" + names.GuardPolicy}),
	byAStack("the hub account's own role changed by a stack", "iam", "PutRolePolicy", Fields{"roleName": "BreakGlassRole", "policyName": "more"}),
	byAStack("the composer changed by a stack", "states", "UpdateStateMachine", Fields{"stateMachineArn": composerARN}),
	byAStack("the composer's table deleted by a stack", "dynamodb", "DeleteTable", Fields{"tableName": names.AlertsTable}),
	byAStack("the bucket of the trail opened by a stack", "s3", "PutBucketPolicy", Fields{"bucketName": trailBucket + "trailbucket0f0f0f0f-abcdef"}),
	byAStack("a build of the pipeline changed by a stack", "codebuild", "UpdateProject", Fields{"name": names.SynthBuild}),
	byAStack("the chat channel removed by a stack", "chatbot", "DeleteSlackChannelConfiguration", Fields{"ChatConfigurationArn": slackARN}),
	{
		Name: "a change by a stack whose record does not say that it writes", Entry: "deployment", record: "disable-rule",
		set: with(with(callTo("events", "DisableRule", Fields{"name": "capture-breakglass-user-sign-in"}), byStack), Fields{"detail.readOnly": nil}),
	},
	byAStack("a stack set changed by a stack", "cloudformation", "UpdateStackSet", Fields{"stackSetName": "BreakGlass-Role-ou-ab12-11111111"}),
	byAStack("a stack set deleted by a stack", "cloudformation", "DeleteStackSet",
		Fields{"stackSetName": "BreakGlass-Observer-ou-ab12-11111111:0f0f0f0f-1111-2222-3333-444444444444"}),
	tampering("resources moved between stacks", "deployment", "cloudformation", "ExecuteStackRefactor", Fields{"stackRefactorId": "0f0f0f0f-1111-2222-3333-444444444444"}),
	silent("another stack set changed by a stack", "cloudformation", "UpdateStackSet", Fields{"stackSetName": "baseline"}, byStack),
	silent("a change set made, which changes nothing", "cloudformation", "CreateChangeSet", Fields{"stackName": "BreakGlass-Hub"}, nil),
	silent("a stack of another service", "opsworks", "DeleteStack", Fields{"stackId": "0f0f0f0f-1111-2222-3333-444444444444"}, nil),
	silent("a rule read by a stack", "events", "DescribeRule", Fields{"name": "capture-breakglass-user-sign-in"}, with(byStack, Fields{"detail.readOnly": true})),
	silent("another stack deployed", "cloudformation", "ExecuteChangeSet", Fields{"stackName": "orders"}, nil),
	silent("another rule written by a stack", "events", "PutRule", Fields{"name": "nightly-backup"}, byStack),

	// composer-failure
	{Name: "the composer failed", Entry: "composer-failure", record: "execution-status"},
	{Name: "the composer was stopped", Entry: "composer-failure", record: "execution-status", set: Fields{"detail.status": "ABORTED"}},
	{Name: "the composer did its work", record: "execution-status", set: Fields{"detail.status": "SUCCEEDED"}},
	{Name: "another state machine failed", record: "execution-status", set: Fields{"detail.stateMachineArn": "arn:aws:states:us-east-1:111111111111:stateMachine:billing"}},

	// undelivered
	{Name: "a message in a dead-letter queue", Entry: "undelivered", record: "alarm-state"},
	{Name: "a subscriber that was not reached", Entry: "undelivered", record: "alarm-state", set: Fields{"detail.alarmName": names.UndeliveredAlarm}},
	{Name: "a composer that is slowed down", Entry: "undelivered", record: "alarm-state", set: Fields{"detail.alarmName": names.ComposerThrottledAlarm}},
	{Name: "a dead-letter queue that is empty again", record: "alarm-state", set: Fields{"detail.state.value": "OK"}},
	{Name: "another alarm", record: "alarm-state", set: Fields{"detail.alarmName": "cpu"}},

	// new-region
	{Name: "a Region switched on", Entry: "new-region", record: "region-opt-in"},
	{Name: "a Region that is being switched on", record: "region-opt-in", set: Fields{"detail.status": "ENABLING"}},
	{Name: "a watched Region switched on", record: "region-opt-in", set: Fields{"detail.regionName": "eu-west-1"}},

	// heartbeats
	{Name: "a heartbeat", Beat: true, record: "region-opt-in", set: Fields{"source": HeartbeatSource, "detail-type": HeartbeatType, "detail": Fields{}}},
	{
		Name: "a heartbeat from an archive", record: "region-opt-in",
		set: Fields{"source": HeartbeatSource, "detail-type": HeartbeatType, "detail": Fields{}, "replay-name": "again"},
	},
	{
		Name: "a heartbeat of another account", record: "region-opt-in",
		set: Fields{"account": "999999999999", "source": HeartbeatSource, "detail-type": HeartbeatType, "detail": Fields{}},
	},
}

const (
	composerARN = "arn:aws:states:us-east-1:111111111111:stateMachine:" + names.Composer
	slackARN    = "arn:aws:chatbot::111111111111:chat-configuration/slack-channel/" + names.ChatTopic + "-slack"
)

const (
	topicARN       = "arn:aws:sns:us-east-1:111111111111:" + names.Topic
	othersTopicARN = "arn:aws:sns:us-east-1:999999999999:" + names.Topic
)

// byStack is what CloudTrail records about a call that CloudFormation makes on behalf of a user.
var byStack = Fields{
	"detail.userIdentity.invokedBy": cloudFormation, "detail.sourceIPAddress": cloudFormation, "detail.userAgent": cloudFormation,
}

// callTo returns what differs in the record of another call.
func callTo(service, call string, parameters Fields) Fields {
	return Fields{
		"source": "aws." + service, "detail.eventSource": service + ".amazonaws.com", "detail.eventName": call, "detail.requestParameters": parameters,
	}
}

func tampering(name, entry, service, call string, parameters Fields) Sample {
	return Sample{Name: name, Entry: entry, record: "disable-rule", set: callTo(service, call, parameters)}
}

func byAStack(name, service, call string, parameters Fields) Sample {
	return byStackOf("deployment", name, service, call, parameters)
}

func byStackOf(entry, name, service, call string, parameters Fields) Sample {
	return Sample{Name: name, Entry: entry, record: "disable-rule", set: with(callTo(service, call, parameters), byStack)}
}

func silent(name, service, call string, parameters, more Fields) Sample {
	return Sample{Name: name, record: "disable-rule", set: with(callTo(service, call, parameters), more)}
}
